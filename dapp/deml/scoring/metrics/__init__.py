"""Metrics: exact integers in parts per million, higher is better."""

from __future__ import annotations

from typing import Final

from deml.base.limits import MAX_SCORE, PPM
from deml.scoring.architecture import Architecture, Work
from deml.scoring.errors import CutOutOfRange, MetricMismatch, NeedsTwoClasses, NoPairing, UnknownMetric
from deml.scoring.metrics import absolute, accuracy, brier, by_class, log_loss, r2, roc_auc, squared
from deml.scoring.metrics.metric import Metric, RowEvidence
from deml.scoring.metrics.pairing import Cut, Pairing, Qualities
from deml.scoring.metrics.prediction import predicted
from deml.scoring.metrics.residual import residuals
from deml.scoring.task import Task

__all__ = ["METRICS", "Metric", "Pairing", "Qualities", "RowEvidence", "parse_metric", "parse_pairing"]

_CLASSES, _VALUES = Task.CLASSIFICATION, Task.REGRESSION
_LARGEST_LOSS: Final = int(log_loss.MAX_LOSS) * PPM

METRICS: Final = {
    one.name: one
    for one in (
        Metric("accuracy", _CLASSES, predicted, accuracy.measure, pairing=accuracy.pairing),
        Metric("balanced_accuracy", _CLASSES, predicted, by_class.balanced_accuracy, pairing=by_class.pairing),
        Metric("macro_f1", _CLASSES, predicted, by_class.macro_f1),
        Metric(
            *("roc_auc", _CLASSES, roc_auc.margins, roc_auc.measure, roc_auc.check),
            binary=True,
            concluding=2_300,
            pairing=roc_auc.pairing,
        ),
        Metric(
            *("log_loss", _CLASSES, log_loss.losses, log_loss.measure),
            work=lambda classes: Work(curves=classes + 2, touched=4 * classes),
            pairing=log_loss.pairing,
            largest_cut=_LARGEST_LOSS,
        ),
        Metric(
            *("brier", _CLASSES, brier.distances, brier.measure),
            work=lambda classes: Work(curves=classes, touched=16 * classes + 30),
            pairing=brier.pairing,
        ),
        Metric(
            *("r2", _VALUES, residuals, r2.measure, r2.check),
            concluding=800,
            pairing=r2.pairing,
            largest_cut=MAX_SCORE,
        ),
        Metric("mse", _VALUES, residuals, squared.measure, pairing=squared.pairing, largest_cut=MAX_SCORE),
        Metric("mae", _VALUES, residuals, absolute.measure, pairing=absolute.pairing, largest_cut=MAX_SCORE),
    )
}


def parse_metric(name: str, architecture: Architecture) -> Metric:
    """Find a metric that fits what the model does.

    Raises
    ------
    UnknownMetric, MetricMismatch, NeedsTwoClasses
    """
    metric = METRICS.get(name)
    if metric is None:
        raise UnknownMetric(f"{name!a:.60}", ", ".join(METRICS))
    if metric.task is not architecture.task:
        fitting = (one.name for one in METRICS.values() if one.task is architecture.task)
        raise MetricMismatch(name, architecture.task, ", ".join(fitting))
    if metric.binary and architecture.classes != 2:
        raise NeedsTwoClasses(name, architecture.classes)
    return metric


def parse_pairing(metric: Metric, architecture: Architecture, cut: int) -> Pairing:
    """Find how two models are compared on the same rows.

    Parameters
    ----------
    cut
        In ppm of the loss's unit, for metrics whose losses have no bound; 0 for the others.

    Raises
    ------
    NoPairing, CutOutOfRange
    """
    if metric.pairing is None:
        known = (one.name for one in METRICS.values() if one.task is metric.task and one.pairing)
        raise NoPairing(metric.name, ", ".join(known))
    if not min(metric.largest_cut, 1) <= cut <= metric.largest_cut:
        raise CutOutOfRange(metric.name, cut, min(metric.largest_cut, 1), metric.largest_cut)
    return metric.pairing(architecture.classes, Cut(cut))
