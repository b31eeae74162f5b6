"""Standardising features before a model's first layer: (x - mean) / scale, one mean and scale a feature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.architecture import TensorSpec, Work
from deml.scoring.errors import BadStandardizer
from deml.scoring.exact import clip, scale

Array = NDArray[np.float64]

MEAN: Final = "standardize.mean"
SCALE: Final = "standardize.scale"

TOUCHED: Final = 9
"""How often a feature is touched while it is standardised and scaled."""


@dataclass(frozen=True, slots=True)
class Standardizer:
    """Mean and scale of every feature."""

    mean: Array
    deviation: Array

    def __call__(self, rows: NDArray[np.float32]) -> Array:
        """Standardise rows and scale them for products."""
        standard = rows - self.mean
        standard /= self.deviation
        return scale(clip(standard), out=standard)


def tensor_specs(inputs: int) -> dict[str, TensorSpec]:
    """Tensors by name."""
    return {MEAN: TensorSpec((inputs,)), SCALE: TensorSpec((inputs,))}


def check(tensors: Mapping[str, Array]) -> None:
    """Refuse scales that are not above zero.

    Raises
    ------
    BadStandardizer
    """
    if not np.all(tensors[SCALE] > 0):
        raise BadStandardizer(SCALE)


def prepare(x: NDArray[Any], *, standardize: bool) -> NDArray[Any]:
    """Do what does not depend on a model: scale rows, or leave them as they are if they will be standardised."""
    if standardize:
        return x.astype(np.float32)
    wide = x.astype(np.float64)
    return scale(wide, out=wide)


def feature_work(*, standardize: bool) -> Work:
    """Count what `prepare` does to a feature, in float16 at worst."""
    return Work(touched=5 if standardize else 9)


def of(tensors: Mapping[str, Array]) -> Standardizer:
    """Take the tensors of a model."""
    return Standardizer(tensors[MEAN], tensors[SCALE])
