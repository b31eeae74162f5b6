"""Whether a row stands in a model as it is: a search, for models that our own trainer has made.

Numbers that a stranger's program has made can carry rows in any code of its choosing; no search finds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.families.standardizer import MEAN, SCALE

Array = NDArray[np.float64]

MOST_COMPARED: Final = 10**8
"""Most bytes of windows that are looked up; in models and rows so large that it is more, nothing is claimed."""

_COARSE: Final = (np.float32, np.float16)
"""What numbers are rounded to before they are compared: the types that models are stored in."""


def no_row_among(tensors: Mapping[str, NDArray[Any]], x: Array) -> bool:
    """Tell whether it is proven that no row of `x` stands in a model, number by number, as it is or standardised.

    Parameters
    ----------
    tensors
        The model's, widened. They are searched along each of their axes.
    x
        Rows by features.
    """
    width = x.shape[1]
    kinds = [x]
    if MEAN in tensors:
        kinds.append((x - tensors[MEAN]) / tensors[SCALE])
    lines = [line for tensor in tensors.values() for line in _lines(np.asarray(tensor, np.float64), width)]
    if sum(len(line) for line in lines) * width * 4 * len(kinds) * len(_COARSE) > MOST_COMPARED:
        return False
    return not any(_holds(line, rows, kind) for rows in kinds for line in lines for kind in _COARSE)


def _lines(tensor: Array, width: int) -> Iterator[Array]:
    """Numbers of a tensor in a sequence, each of its axes once as the fastest; one shorter than a row holds none."""
    if tensor.size < width:
        return
    for axis in range(max(1, tensor.ndim)):
        yield (np.moveaxis(tensor, axis, -1) if tensor.ndim else tensor).ravel()


def _holds(line: Array, rows: Array, kind: type[np.floating[Any]]) -> bool:
    with np.errstate(over="ignore"):
        here, wanted = line.astype(kind) + kind(0), np.ascontiguousarray(rows.astype(kind) + kind(0))
    width = rows.shape[1]
    known = {one.tobytes() for one in wanted}
    starts = np.flatnonzero(np.isin(here[: len(here) - width + 1], wanted[:, 0]))
    return any(here[start : start + width].tobytes() in known for start in starts)
