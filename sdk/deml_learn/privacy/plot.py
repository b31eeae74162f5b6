"""The attack's curves, on logarithmic scales, where the few rows show that are recognised beyond doubt."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np

from deml_learn.privacy.attack import Audit
from deml_learn.privacy.errors import NoPlot
from deml_sdk.extras import needed_to

FORMS: Final = ("png", "svg", "pdf")
"""What a plot can be, as the endings of files say it."""


def plot_form(path: Path) -> str:
    """Tell one of `FORMS` by a file's name, before an attack takes minutes.

    Raises
    ------
    NoPlot
        If its name ends otherwise.
    LibraryMissing
        If nothing can be drawn here.
    """
    with needed_to("draw plots"):
        import matplotlib.figure  # noqa: F401
    form = path.suffix.removeprefix(".").lower()
    if form not in FORMS:
        raise NoPlot(str(path), f"the form {path.suffix or 'without an ending'} is not supported")
    return form


def draw_plot(audit: Audit, form: str) -> bytes:
    """Draw how many members are recognised against how many others are accused, for every attack.

    Parameters
    ----------
    audit
        What an attack has found.
    form
        One of `FORMS`.

    Returns
    -------
    bytes
        The file.
    """
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
    drawn = BytesIO()
    figure.savefig(drawn, format=form, dpi=150)
    return drawn.getvalue()
