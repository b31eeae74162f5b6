"""Whether an initial model is better than always saying the same, or would be with its two classes exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from deml.base.limits import PPM
from deml.base.types import Score
from deml.scoring import Holdout, Model, score
from deml.scoring.task import Task
from deml_sdk.scores import score_text


def constant_score(metric: str, targets: NDArray[np.generic]) -> float | None:
    """Best score of a model that says the same of every row; None for a metric that is not known here.

    Parameters
    ----------
    metric
        Its name, as in the terms.
    targets
        Class numbers, or values.
    """
    if metric in ("r2", "mse", "mae"):
        values = targets.astype(np.float64)
        return {"r2": 0.0, "mse": -float(values.var()), "mae": -float(np.abs(values - np.median(values)).mean())}[
            metric
        ]
    shares = np.unique(targets, return_counts=True)[1] / len(targets)
    most = float(shares.max())
    squares = float((shares * shares).sum())
    known = {
        "accuracy": most,
        "balanced_accuracy": 1 / len(shares),
        "macro_f1": 2 * most / (1 + most) / len(shares),
        "roc_auc": 0.5,
        "log_loss": -float(-(shares * np.log(shares)).sum()),
        "brier": -(1 - squares) / (2 if len(shares) == 2 else 1),
    }
    return known.get(metric)


def chance_warnings(initial: Model, rows: Holdout, baseline: Score) -> Iterator[str]:
    """Tell where the initial model is worse than chance, and whether its labels look swapped."""
    constant = constant_score(rows.metric.name, rows.targets)
    if constant is None or baseline >= PPM * constant:
        return
    said = f"The initial model scores {score_text(baseline)}, worse than always saying the same ({constant:.6f})."
    architecture = initial.architecture
    if architecture.task is Task.CLASSIFICATION and architecture.classes == 2:
        exchanged = score(initial, replace(rows, targets=(1 - rows.targets).astype(rows.targets.dtype)))
        if exchanged > max(baseline, PPM * constant):
            yield (
                f"{said} With the two classes exchanged it would score {score_text(exchanged)}: the holdout's labels "
                "are probably swapped. Check which number each of them stands for."
            )
            return
    yield f"{said} Anyone would be paid for nothing: use a model that has learnt something, or check the labels."
