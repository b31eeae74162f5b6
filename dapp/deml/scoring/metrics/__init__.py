"""Metrics: exact integers in parts per million, higher is better."""

from __future__ import annotations

from typing import Final

from deml.scoring.architecture import Architecture
from deml.scoring.errors import MetricMismatch, NeedsTwoClasses, UnknownMetric
from deml.scoring.metrics import absolute, accuracy, brier, by_class, log_loss, r2, roc_auc, squared
from deml.scoring.metrics.metric import Metric
from deml.scoring.metrics.prediction import predicted
from deml.scoring.metrics.residual import residuals
from deml.scoring.task import Task

__all__ = ["METRICS", "Metric", "parse_metric"]

METRICS: Final = {
    one.name: one
    for one in (
        Metric("accuracy", Task.CLASSIFICATION, predicted, accuracy.measure),
        Metric("balanced_accuracy", Task.CLASSIFICATION, predicted, by_class.balanced_accuracy),
        Metric("macro_f1", Task.CLASSIFICATION, predicted, by_class.macro_f1),
        Metric("roc_auc", Task.CLASSIFICATION, roc_auc.margins, roc_auc.measure, roc_auc.check, binary=True),
        Metric("log_loss", Task.CLASSIFICATION, log_loss.losses, log_loss.measure, curves=lambda classes: classes + 1),
        Metric("brier", Task.CLASSIFICATION, brier.distances, brier.measure, curves=lambda classes: classes),
        Metric("r2", Task.REGRESSION, residuals, r2.measure, r2.check),
        Metric("mse", Task.REGRESSION, residuals, squared.measure),
        Metric("mae", Task.REGRESSION, residuals, absolute.measure),
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
