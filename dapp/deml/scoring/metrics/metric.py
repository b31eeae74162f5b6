"""What a metric is: evidence row by row, and a conclusion from all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from deml.base.limits import MAX_SCORE
from deml.scoring.architecture import Work
from deml.scoring.metrics.pairing import Cut, Pairing
from deml.scoring.task import Task

RowEvidence = NDArray[Any]
"""One number a row: all that a metric remembers of the row's outputs, so that slices of rows can be joined."""


@dataclass(frozen=True, slots=True)
class Metric:
    """How predictions are judged.

    `evidence` takes outputs (rows by outputs) and targets of the same rows; `measure` the evidence and the targets of
    all rows, and returns ppm; `check` the targets alone. `binary` metrics need exactly two classes. `work` counts what
    the evidence of a row takes, given the number of classes, and `concluding` the cycles that all which is concluded
    from it takes for a row: the score, and what of it luck cannot explain. `pairing` says how two models are
    compared, given the number of classes and the cut; None where that is not known. `largest_cut` is the largest cut
    that makes sense, in ppm; 0 where a row's loss has a bound of its own.
    """

    name: str
    task: Task
    evidence: Callable[[NDArray[Any], NDArray[Any]], RowEvidence]
    measure: Callable[[RowEvidence, NDArray[Any]], int]
    check: Callable[[NDArray[Any]], None] = lambda _targets: None
    binary: bool = False
    work: Callable[[int], Work] = lambda classes: Work(touched=classes)
    concluding: int = 450
    pairing: Callable[[int, Cut], Pairing] | None = None
    largest_cut: int = 0

    def conclude(self, evidence: RowEvidence, targets: NDArray[Any]) -> int:
        """Score in ppm, clipped to `MAX_SCORE`."""
        return max(-MAX_SCORE, min(MAX_SCORE, self.measure(evidence, targets)))
