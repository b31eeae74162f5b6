"""Which models can be trained with differential privacy, and so answer a job that asks for it."""

from __future__ import annotations

from typing import Final

from deml.scoring import Architecture
from deml.scoring.families.dense import Dense

PRIVATE_FAMILIES: Final = "linear, logistic, and mlp with ReLU"
"""What can be trained so, in words."""


def trains_privately(architecture: Architecture) -> bool:
    """Whether a model of this shape can be: only the very class that has such a trainer, and nothing made of it."""
    return type(architecture) is Dense and architecture.activation == "relu"
