"""What stands between layers: functions of one number, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.elementary import gelu, sigmoid, tanh
from deml.scoring.exact import CEILING, clip

Array = NDArray[np.float64]

LEAKY_SLOPE: Final = 0.01
"""Slope of `leaky_relu` below zero: PyTorch's default."""


@dataclass(frozen=True, slots=True)
class Activation:
    """An elementwise function of values clipped to `exact.CEILING`.

    `function` takes an array that need not be clipped yet, may overwrite it, and returns one of the same shape, within
    the same bound. `curves` is what a value costs, and `touched` what it costs beside ReLU or a curve, in the units of
    `architecture.Work`; `nonnegative` says that no result lies below zero.
    """

    function: Callable[[Array], Array]
    curves: int = 0
    touched: int = 0
    nonnegative: bool = False


_CEILING_PATTERN: Final = np.float64(CEILING).view(np.int64)


def _relu(z: Array) -> Array:
    """Bound bit patterns, which is cheaper: ordered alike for positive numbers, negative integers for negative ones."""
    patterns = z.view(np.int64)
    np.clip(patterns, 0, _CEILING_PATTERN, out=patterns)
    return z


def _leaky_relu(z: Array) -> Array:
    clip(z)
    return np.maximum(z, z * LEAKY_SLOPE, out=z)


def _gelu(z: Array) -> Array:
    return gelu(clip(z))


ACTIVATIONS: Final = {
    "relu": Activation(_relu, nonnegative=True),
    "leaky_relu": Activation(_leaky_relu, touched=3),
    "tanh": Activation(tanh, curves=1),
    "sigmoid": Activation(sigmoid, curves=1, nonnegative=True),
    "gelu": Activation(_gelu, curves=2),
}

NONE: Final = Activation(clip)
"""Where a layer is followed by nothing."""
