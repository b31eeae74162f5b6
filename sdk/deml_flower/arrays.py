"""Between the arrays of an app and the model files of a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.safetensors import write_tensors
from deml_flower.errors import ArrayNotReal, ArraysDiffer

Arrays = Mapping[str, NDArray[Any]]
"""An app's arrays, by key."""

TensorNames = Mapping[str, str]
"""The tensor of the job's architecture that each key stands for; empty where all are called the same."""

_WRITTEN: Final = {"float16": "<f2", "float32": "<f4", "float64": "<f4"}
"""How numbers are written: the machine reads no float64 from files."""


def model_file(arrays: Arrays, names: TensorNames) -> bytes:
    """Write a model as safetensors; float64 is rounded to float32. Equal models have equal bytes, in whatever order.

    Raises
    ------
    ArraysDiffer, ArrayNotReal
    """
    if names:
        _require_same(set(arrays), set(names))
    return write_tensors({names.get(key, key): _written(key, one) for key, one in arrays.items()})


def arrays_of(tensors: Arrays, names: TensorNames, like: Arrays) -> dict[str, NDArray[Any]]:
    """Turn a model's tensors into the app's arrays: keys, order and types as in `like`.

    Raises
    ------
    ArraysDiffer
    """
    _require_same(set(tensors), {names.get(key, key) for key in like})
    return {key: tensors[names.get(key, key)].astype(one.dtype) for key, one in like.items()}


def _written(key: str, array: NDArray[Any]) -> NDArray[Any]:
    written = _WRITTEN.get(array.dtype.name)
    if written is None:
        raise ArrayNotReal(key, array.dtype.name)
    with np.errstate(over="ignore"):  # What float32 does not hold becomes infinite, which no job accepts.
        return np.array(array, dtype=written, order="C")


def _require_same(found: set[str], wanted: set[str]) -> None:
    if found != wanted:
        missing, unknown = sorted(wanted - found), sorted(found - wanted)
        raise ArraysDiffer(", ".join(missing) or "nothing", ", ".join(unknown) or "nothing")
