"""Train on rows: start from the given model, judge by the job's own metric on validation rows, write the best."""

from __future__ import annotations

from collections.abc import Callable

from deml.scoring import Metric
from deml.scoring.errors import ConstantTarget, OneClassOnly
from deml_learn.training.epoch import TrainingEpoch
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.model_file import Trainable
from deml_learn.training.network import Network
from deml_learn.training.split import Split
from deml_learn.training.trainer import Measure, train
from deml_sdk.data.holdout import data_file, score_files


def improve(
    start: Trainable,
    metric: Metric,
    rows: Split,
    hyperparameters: Hyperparameters,
    report: Callable[[TrainingEpoch], None],
    half: bool = False,
) -> bytes:
    """Train `start`, and write the best model met.

    Parameters
    ----------
    metric
        What chooses between epochs, on the validation rows.
    report
        Called after every epoch.
    half
        Write float16.
    """
    measure = _measure(start, metric, rows, half)
    best = train(start.network, start.standardizer.apply(rows.x), rows.y, hyperparameters, measure, report)
    return start.with_network(best).file(half)


def _measure(start: Trainable, metric: Metric, rows: Split, half: bool) -> Measure | None:
    """Score on the validation rows, as the dapp would; None if they cannot tell models apart."""
    if not len(rows.validation_y):
        return None
    holdout = data_file(start.architecture, rows.validation_x, rows.validation_y)

    def measure(network: Network) -> int:
        file = start.with_network(network).file(half)
        return score_files(start.architecture, metric, file, holdout, len(rows.validation_y))

    try:
        measure(start.network)
    except (ConstantTarget, OneClassOnly):
        return None
    return measure
