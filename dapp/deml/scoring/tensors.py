"""Checks that model files and holdouts share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

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
    if not np.isfinite(tensor).all():
        raise NotFinite(name)


def reals(name: str, tensor: Tensor) -> NDArray[Any]:
    """Widen float32 or float16 to float64, which is exact.

    Raises
    ------
    UnsupportedDtype, NotFinite
    """
    require_dtype(name, tensor, "F32", "F16")
    require_finite(name, tensor)
    return tensor.astype(np.float64)


def integers(name: str, tensor: Tensor) -> NDArray[np.int32]:
    """Widen integers to int32.

    Raises
    ------
    UnsupportedDtype
    """
    require_dtype(name, tensor, "I32", "I16", "I8")
    return tensor.astype(np.int32)
