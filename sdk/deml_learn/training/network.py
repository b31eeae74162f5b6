"""What is trained: layers of weights, and what their outputs mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Head(Enum):
    """What the last layer's outputs mean."""

    BINARY = "logistic"
    SOFTMAX = "softmax"
    REGRESSION = "regression"


@dataclass(frozen=True, slots=True)
class Network:
    """Fully connected layers with ReLU between them; weights are out by in, biases out."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    head: Head
