"""Holdouts: safetensors with ``x`` (rows by features) and ``y`` (a class number or a value a row)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.architecture import Architecture, Prepared, TensorKind
from deml.scoring.errors import EmptyHoldout, LabelOutOfRange, TooFewDistinctRows, TooManyRows, WrongShape
from deml.scoring.metrics import Metric
from deml.scoring.safetensors import Tensor, read_tensors
from deml.scoring.task import Task
from deml.scoring.tensors import integers, reals, require_dtype, require_names, require_shape

DISTINCT_BLOCK: Final = 4_096
"""Rows looked at together while equal ones are sought."""


@dataclass(frozen=True, slots=True)
class Holdout:
    """A holdout made ready for one architecture and metric: all that does not depend on the model is done.

    It takes at most four times the bytes of its file: 8 for a feature; for a row, 2 for its exponent
    (`exact.Scaled`) and 2 for its label or 4 for its target.
    """

    metric: Metric
    prepared: Prepared
    targets: NDArray[Any]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.targets)


def load_holdout(architecture: Architecture, metric: Metric, data: bytes, max_rows: int, min_rows: int = 1) -> Holdout:
    """Read and check a holdout.

    Parameters
    ----------
    data
        ``x`` in F32 or F16, or in I32, I16 or I8 where the architecture takes integers; ``y`` in I64, I32 or U8 for
        classification, in F32 or F16 for regression.
    min_rows
        How many rows there must be of which no two are the same: twice the same is no more evidence than once.

    Raises
    ------
    MalformedSafetensors, UnsupportedDtype, MissingTensor, SurplusTensor, WrongShape, NotFinite
    EmptyHoldout, TooManyRows, TooFewDistinctRows, LabelOutOfRange, ConstantTarget, OneClassOnly
    """
    tensors = read_tensors(data)
    require_names(tensors, ("x", "y"))
    rows = _rows(tensors["y"], max_rows)
    require_shape("x", tensors["x"], (rows, architecture.inputs))
    _check_distinct(tensors["x"], tensors["y"], min_rows)
    x = reals("x", tensors["x"]) if architecture.features is TensorKind.REAL else integers("x", tensors["x"])
    targets: NDArray[Any]
    if architecture.task is Task.REGRESSION:
        targets = reals("y", tensors["y"]).astype(np.float32)
    else:
        targets = _labels(tensors["y"], architecture.classes)
    metric.check(targets)
    return Holdout(metric, architecture.prepare(x), targets)


def _rows(y: Tensor, max_rows: int) -> int:
    if y.ndim != 1:
        raise WrongShape("y", str(list(y.shape)), "one value a row")
    if not len(y):
        raise EmptyHoldout()
    if len(y) > max_rows:
        raise TooManyRows(len(y), max_rows)
    return len(y)


def _check_distinct(x: Tensor, y: Tensor, least: int) -> None:
    distinct = _count_distinct(x, y, least)
    if distinct < least:
        raise TooFewDistinctRows(len(y), distinct, least)


def distinct_rows(data: bytes) -> int:
    """Count the rows of a holdout's file of which no two are the same; it has been read before."""
    tensors = read_tensors(data)
    return _count_distinct(tensors["x"], tensors["y"], len(tensors["y"]))


def _count_distinct(x: Tensor, y: Tensor, enough: int) -> int:
    """Count the rows of which no two have the same bytes of ``x`` and ``y``; leave off once there are `enough`."""
    seen: set[bytes] = set()
    for start in range(0, len(y), DISTINCT_BLOCK):
        part = slice(start, start + DISTINCT_BLOCK)
        rows = np.concatenate([_bytes(x[part]), _bytes(y[part])], axis=1)
        seen.update(rows.view(f"V{rows.shape[1]}")[:, 0].tolist())
        if len(seen) >= enough:
            break
    return len(seen)


def _bytes(rows: Tensor) -> NDArray[np.uint8]:
    return np.ascontiguousarray(rows).view(np.uint8).reshape(len(rows), -1)


def _labels(y: Tensor, classes: int) -> NDArray[np.int16]:
    require_dtype("y", y, "I64", "I32", "U8")
    for label in (int(y.min()), int(y.max())):
        if not 0 <= label < classes:
            raise LabelOutOfRange(label, classes)
    return y.astype(np.int16)
