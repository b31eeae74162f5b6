"""How far training has come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainingEpoch:
    """How far training has come. `score` is the job's metric in ppm on the validation rows; epoch 0 is the start."""

    number: int
    total: int
    loss: float | None
    score: int | None
