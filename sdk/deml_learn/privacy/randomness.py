"""Where noise and samples come from. Noise that can be guessed again can be taken off again."""

from __future__ import annotations

import os
from typing import Final, Protocol

import numpy as np

from deml_learn.training.network import Array

_BITS: Final = 53
_GAUSSIANS: Final = 4


class Randomness(Protocol):
    """A source of random numbers."""

    def uniform(self, count: int) -> Array:
        """Numbers from 0 to 1, 1 not included."""

    def normal(self, shape: tuple[int, ...]) -> Array:
        """Numbers of the standard normal distribution."""


class SystemRandomness:
    """The operating system's generator, made for cryptography: what protects somebody must be unpredictable.

    NumPy's generators are not: a part of their output gives away the rest. Four Box-Muller variates
    are added up for each number, since the rounding of a single one tells where it came from (Mironov, 2012; Holohan
    and Braghin, "Secure Random Sampling in Differential Privacy", 2021).
    """

    def uniform(self, count: int) -> Array:
        """Numbers from 0 to 1, 1 not included, in steps of 2^-53."""
        words = np.frombuffer(os.urandom(8 * count), dtype=np.uint64)
        found: Array = (words >> np.uint64(64 - _BITS)).astype(np.float64) * 2.0**-_BITS
        return found

    def normal(self, shape: tuple[int, ...]) -> Array:
        """Numbers of the standard normal distribution."""
        count = int(np.prod(shape, dtype=np.int64))
        radius: Array = np.sqrt(-2 * np.log1p(-self.uniform(_GAUSSIANS * count)))
        angle = 2 * np.pi * self.uniform(_GAUSSIANS * count)
        found: Array = np.sum((radius * np.cos(angle)).reshape(_GAUSSIANS, *shape), axis=0) * _GAUSSIANS**-0.5
        return found


SYSTEM: Final = SystemRandomness()
