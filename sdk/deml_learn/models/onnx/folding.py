"""Operations with constants, folded into the layers beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.onnx.chain import Elementwise

Array = NDArray[Any]


def factor_and_shift(step: Elementwise) -> tuple[Array, Array]:
    """Write an operation as ``factor * z + shift``."""
    match step.op:
        case "Add":
            return np.ones_like(step.value), step.value
        case "Sub":
            return np.ones_like(step.value), -step.value
        case "Mul":
            return step.value, np.zeros_like(step.value)
        case _:
            return 1 / step.value, np.zeros_like(step.value)


def fitting(step: Elementwise, width: int, axis: int) -> None:
    """Check that there is a number for each feature or channel, whose axis is `axis`, counted from the last."""
    if len(step.value) not in (1, width) or step.axis not in (None, axis):
        raise step.node.refused(f"it has {len(step.value)} numbers for {width} features or channels")
