"""Encodings of a real tensor ``T`` in a model file, each widened to float64.

==========================  =====================================================================================
plain                       ``T`` in F32, F16 or BF16
scaled                      ``T`` in I16 or I8, times ``T:scale`` in F32: one for all, or one for each first index
delta                       ``T:delta``, plain or scaled (``T:delta:scale``), added to the job's initial model
sparse delta                ``T:delta``, plain or scaled, for some numbers only; ``T:skip`` in U8 says for which
==========================  =====================================================================================
"""

from __future__ import annotations

from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.blocks import blocks
from deml.scoring.errors import (
    BadScale,
    MissingTensor,
    NoInitialModel,
    NumberTooLarge,
    PositionOutOfRange,
    WrongShape,
)
from deml.scoring.safetensors import DTYPES, Tensor
from deml.scoring.tensors import require_dtype, require_finite, require_shape

Array = NDArray[np.float64]

BOUND: Final = 2.0**128
"""Numbers of a model stay below this magnitude, as those of F32 do."""

LEAST_SCALE: Final = 2.0**-126
"""Smallest scale: the least F32 that is not subnormal."""


def scale_name(tensor: str) -> str:
    """Name of the scale that `tensor`'s integers are multiplied by."""
    return f"{tensor}:scale"


def delta_name(tensor: str) -> str:
    """Name of what is added to the initial model's `tensor`."""
    return f"{tensor}:delta"


def skip_name(tensor: str) -> str:
    """Name of the counts of numbers that keep their initial value, before each number that does not."""
    return f"{tensor}:skip"


def take_reals(file: dict[str, Tensor], name: str, shape: tuple[int, ...], initial: Array | None) -> Array:
    """Take the parts of a tensor out of `file`, and put them together.

    Parameters
    ----------
    initial
        The same tensor of the job's initial model, if there is one.

    Raises
    ------
    MissingTensor, UnsupportedDtype, WrongShape, NotFinite, BadScale
    NumberTooLarge
        If a number reaches `BOUND`.
    NoInitialModel
        If there is a delta, and nothing to add it to.
    PositionOutOfRange
    """
    if name in file:
        return _numbers(file, name, shape, per_channel=True)
    if delta_name(name) not in file:
        raise MissingTensor(name)
    if initial is None:
        raise NoInitialModel(name)
    if skip_name(name) in file:
        return _bounded(name, _with_some_changed(file, name, initial))
    values = _numbers(file, delta_name(name), shape, per_channel=True)
    values += initial
    return _bounded(name, values)


def _bounded(name: str, values: Array) -> Array:
    if max(values.max(initial=0.0), -values.min(initial=0.0)) >= BOUND:
        raise NumberTooLarge(name)
    return values


def _widened(name: str, tensor: Tensor) -> Array:
    if tensor.dtype != DTYPES["BF16"]:
        require_finite(name, tensor)
        return tensor.astype(np.float64)
    numbers, wide = tensor.reshape(-1), np.empty(tensor.size)
    for part in blocks(tensor.size):
        halves = numbers[part].astype(np.uint32)
        halves <<= 16
        require_finite(name, halves.view(np.float32))
        wide[part] = halves.view(np.float32)
    return wide.reshape(tensor.shape)


def _numbers(file: dict[str, Tensor], name: str, shape: tuple[int, ...], *, per_channel: bool) -> Array:
    tensor = file.pop(name)
    require_dtype(name, tensor, "F32", "F16", "BF16", "I16", "I8")
    require_shape(name, tensor, shape)
    if tensor.dtype.kind != "i":
        return _widened(name, tensor)
    scale = _scale(file, scale_name(name), shape[:1] if per_channel else ())
    return _bounded(name, tensor * scale.reshape(scale.shape + (1,) * (tensor.ndim - 1) if scale.ndim else ()))


def _scale(file: dict[str, Tensor], name: str, channels: tuple[int, ...]) -> Array:
    if name not in file:
        raise MissingTensor(name)
    scale = file.pop(name)
    require_dtype(name, scale, "F32")
    if scale.shape not in ((), channels):
        raise WrongShape(name, str(list(scale.shape)), " or ".join(sorted({"[]", str(list(channels))})))
    if not (np.isfinite(scale) & (scale >= LEAST_SCALE)).all():
        raise BadScale(name)
    return scale.astype(np.float64)


def _with_some_changed(file: dict[str, Tensor], name: str, initial: Array) -> Array:
    skip = file.pop(skip_name(name))
    require_dtype(skip_name(name), skip, "U8")
    if skip.ndim != 1:
        raise WrongShape(skip_name(name), str(list(skip.shape)), "one dimension")
    last, size = int(skip.sum(dtype=np.int64)) + len(skip) - 1, prod(initial.shape)
    if last >= size:
        raise PositionOutOfRange(skip_name(name), last, size)
    changes = _numbers(file, delta_name(name), skip.shape, per_channel=False)
    values: NDArray[Any] = initial.flatten()
    before = -1
    for part in blocks(len(skip)):
        places = skip[part].astype(np.int64)
        places += 1
        np.cumsum(places, out=places)
        places += before
        values[places] += changes[part]
        before = int(places[-1])
    return values.reshape(initial.shape)
