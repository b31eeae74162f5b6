"""Metrics: exact integers in parts per million, higher is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from deml.base.limits import MAX_SCORE
from deml.scoring.errors import MetricMismatch, UnknownMetric
from deml.scoring.families import Architecture
from deml.scoring.metrics import accuracy, log_loss, r2
from deml.scoring.task import Task

__all__ = ["METRICS", "Metric", "parse_metric"]


@dataclass(frozen=True, slots=True)
class Metric:
    """How predictions are judged: `measure` takes outputs (rows by outputs) and targets, `check` the targets alone."""

    name: str
    task: Task
    measure: Callable[[NDArray[Any], NDArray[Any]], int]
    check: Callable[[NDArray[Any]], None] = lambda _targets: None

    def __call__(self, outputs: NDArray[Any], targets: NDArray[Any]) -> int:
        """Score in ppm, clipped to `MAX_SCORE`."""
        return max(-MAX_SCORE, min(MAX_SCORE, self.measure(outputs, targets)))


METRICS: Final = {
    one.name: one
    for one in (
        Metric("accuracy", Task.CLASSIFICATION, accuracy.measure),
        Metric("log_loss", Task.CLASSIFICATION, log_loss.measure),
        Metric("r2", Task.REGRESSION, r2.measure, r2.check),
    )
}


def parse_metric(name: str, architecture: Architecture) -> Metric:
    """Find a metric that fits what the model does.

    Raises
    ------
    UnknownMetric, MetricMismatch
    """
    metric = METRICS.get(name)
    if metric is None:
        raise UnknownMetric(f"{name!a:.60}", ", ".join(METRICS))
    if metric.task is not architecture.task:
        fitting = (one.name for one in METRICS.values() if one.task is architecture.task)
        raise MetricMismatch(name, architecture.task, ", ".join(fitting))
    return metric
