"""The attack's curves, on logarithmic scales, where the few rows show that are recognised beyond doubt."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from deml_learn.privacy.attack import Audit
from deml_learn.privacy.errors import NoPlot
from deml_sdk.extras import needed_to


def write_plot(audit: Audit, path: Path) -> None:
    """Draw how many members are recognised against how many others are accused, for every attack.

    Raises
    ------
    NoPlot
        If the file cannot be written.
    LibraryMissing
    """
    with needed_to("draw plots"):
        from matplotlib.figure import Figure
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots()
    least = 1 / max(audit.members, audit.others)
    chance = np.geomspace(least, 1, 50)
    axes.plot(chance, chance, color="gray", linestyle="--", label="guessing")
    for name, outcome in audit.outcomes.items():
        false, true = outcome.curve
        axes.step(
            np.maximum(false, least / 2),
            np.maximum(true, least / 2),
            where="post",
            label=f"{name} (AUC {outcome.auc.value:.3f})",
        )
    axes.set(xscale="log", yscale="log", xlim=(least / 2, 1.05), ylim=(least / 2, 1.05))
    axes.set_xlabel("others wrongly accused (false positive rate)")
    axes.set_ylabel("rows trained on that are recognised (true positive rate)")
    axes.set_title(f"Membership inference, {audit.members} rows trained on, {audit.others} not")
    axes.legend(loc="lower right")
    try:
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:
        raise NoPlot(str(path), str(error)) from error
