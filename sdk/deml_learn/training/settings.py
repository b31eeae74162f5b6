"""How to train, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train. The same settings and data give the same model on the same machine.

    `held_back` is the part of the rows that choose between epochs and are not trained on; `l2` is the strength of
    weight decay (networks) or of the pull towards the initial model (linear regression).
    """

    epochs: int = 100
    batch: int = 32
    learning_rate: float = 3e-3
    l2: float = 1e-4
    held_back: float = 0.2
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Epoch:
    """How far training has come. `score` is the job's metric in ppm on the rows held back; epoch 0 is the start."""

    number: int
    total: int
    loss: float | None
    score: int | None
