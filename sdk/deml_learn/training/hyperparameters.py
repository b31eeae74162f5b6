"""How to train."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """How to train. The same hyperparameters and data give the same model on the same machine.

    `validation` is the part of the rows that choose between epochs and are not trained on; `l2` is the strength of
    weight decay (networks) or of the pull towards the initial model (linear regression). With a privacy budget neither
    `batch` nor `seed` is used: a step takes each row by chance (`Privacy.sampling_rate`).
    """

    epochs: int = 100
    batch: int = 32
    learning_rate: float = 3e-3
    l2: float = 1e-4
    validation: float = 0.2
    seed: int = 0


USUAL: Final = Hyperparameters()

PRIVATE: Final = Hyperparameters(epochs=30, learning_rate=0.03)
"""What is usual with a privacy budget: noise is added once a step, so that few steps with many rows each win."""
