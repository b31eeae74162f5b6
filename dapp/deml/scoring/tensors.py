"""Checks that model files and holdouts share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from deml.scoring.blocks import BLOCK_NUMBERS, blocks
from deml.scoring.errors import MissingTensor, NotFinite, SurplusTensor, UnsupportedDtype, WrongShape
from deml.scoring.safetensors import DTYPES, Tensor

_NAMES: Final = {dtype.str: name for name, dtype in DTYPES.items()}


def require_names(tensors: Mapping[str, Tensor], names: Iterable[str]) -> None:
    """Refuse a file that has not exactly these tensors.

    Raises
    ------
    MissingTensor, SurplusTensor
    """
    wanted = list(names)
    for name in wanted:
        if name not in tensors:
            raise MissingTensor(name)
    for name in tensors:
        if name not in wanted:
            raise SurplusTensor(name[:60])


def require_dtype(name: str, tensor: Tensor, *allowed: str) -> None:
    """Refuse a tensor of another type.

    Raises
    ------
    UnsupportedDtype
    """
    if _NAMES.get(tensor.dtype.str) not in allowed:
        raise UnsupportedDtype(name, str(tensor.dtype), ", ".join(allowed))


def require_shape(name: str, tensor: Tensor, shape: tuple[int, ...]) -> None:
    """Refuse a tensor of another shape.

    Raises
    ------
    WrongShape
    """
    if tensor.shape != shape:
        raise WrongShape(name, str(list(tensor.shape)), str(list(shape)))


def require_finite(name: str, tensor: Tensor) -> None:
    """Refuse NaN and infinity.

    Raises
    ------
    NotFinite
    """
    if tensor.size > BLOCK_NUMBERS:
        numbers = tensor.reshape(-1)
        for part in blocks(len(numbers)):
            require_finite(name, numbers[part])
    elif not np.isfinite(tensor).all():
        raise NotFinite(name)


def reals(name: str, tensor: Tensor) -> Tensor:
    """Take float32 or float16 as it is.

    Raises
    ------
    UnsupportedDtype, NotFinite
    """
    require_dtype(name, tensor, "F32", "F16")
    require_finite(name, tensor)
    return tensor


def integers(name: str, tensor: Tensor) -> Tensor:
    """Take integers as they are.

    Raises
    ------
    UnsupportedDtype
    """
    require_dtype(name, tensor, "I32", "I16", "I8")
    return tensor
