"""Noise that a seed repeats, for tests and measurements; no product may have it: the seed gives the noise away."""

from __future__ import annotations

import numpy as np

from deml_learn.training.network import Array


class SeededRandomness:
    """A `Randomness` that a seed repeats."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def uniform(self, count: int) -> Array:
        """Numbers from 0 to 1, 1 not included."""
        return self._generator.random(count)

    def normal(self, shape: tuple[int, ...]) -> Array:
        """Numbers of the standard normal distribution."""
        return self._generator.standard_normal(shape)
