"""Train on rows: start from the given model, judge by the job's own metric on rows held back, write the best."""

from __future__ import annotations

from collections.abc import Callable

from deml.scoring import Metric
from deml.scoring.errors import ConstantTarget, OneClassOnly
from deml_learn.training.model_file import Trainable
from deml_learn.training.network import Network
from deml_learn.training.rows import Rows
from deml_learn.training.settings import Epoch, Settings
from deml_learn.training.trainer import Measure, train
from deml_sdk.data.holdout import data_file, score_files


def improve(
    start: Trainable,
    metric: Metric,
    rows: Rows,
    settings: Settings,
    report: Callable[[Epoch], None],
    half: bool = False,
) -> bytes:
    """Train `start`, and write the best model met.

    Parameters
    ----------
    metric
        What chooses between epochs, on the rows held back.
    report
        Called after every epoch.
    half
        Write float16.
    """
    measure = _measure(start, metric, rows, half)
    best = train(start.network, start.standardizer.apply(rows.x), rows.y, settings, measure, report)
    return start.with_network(best).file(half)


def _measure(start: Trainable, metric: Metric, rows: Rows, half: bool) -> Measure | None:
    """Score on the rows held back, as the dapp would; None if they cannot tell models apart."""
    if not len(rows.held_y):
        return None
    holdout = data_file(start.architecture, rows.held_x, rows.held_y)

    def measure(network: Network) -> int:
        file = start.with_network(network).file(half)
        return score_files(start.architecture, metric, file, holdout, len(rows.held_y))

    try:
        measure(start.network)
    except (ConstantTarget, OneClassOnly):
        return None
    return measure
