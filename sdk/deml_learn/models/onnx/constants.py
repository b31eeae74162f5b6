"""What is made of an ONNX file's constants alone: a constant as well. Only operators that make no number out of two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Attributes = Mapping[str, Any]

_TYPES: Final = {1: np.float32, 6: np.int32, 7: np.int64, 11: np.float64}
"""Numbers of `TensorProto.DataType` that a constant may be cast to."""


def folded(op: str, inputs: Sequence[Array], attributes: Attributes) -> Array | None:
    """Calculate an operator; None if it is none of these, or its inputs do not suit it."""
    make = _MAKERS.get(op)
    if make is None:
        return None
    try:
        return make(inputs, attributes)
    except (ValueError, TypeError, IndexError):
        return None


def _cast(inputs: Sequence[Array], attributes: Attributes) -> Array | None:
    wanted = _TYPES.get(attributes.get("to", 0))
    return None if wanted is None or inputs[0].dtype.kind not in "fiu" else inputs[0].astype(wanted)


def _transpose(inputs: Sequence[Array], attributes: Attributes) -> Array:
    return np.transpose(inputs[0], attributes.get("perm"))


def _reshape(inputs: Sequence[Array], attributes: Attributes) -> Array | None:
    if len(inputs) != 2 or attributes.get("allowzero", 0):
        return None
    sizes = [int(one) for one in inputs[1]]
    return inputs[0].reshape([one if one else inputs[0].shape[place] for place, one in enumerate(sizes)])


def _axes(inputs: Sequence[Array], attributes: Attributes) -> tuple[int, ...] | None:
    given = inputs[1].tolist() if len(inputs) > 1 else attributes.get("axes")
    return None if given is None else tuple(int(one) for one in given)


def _squeeze(inputs: Sequence[Array], attributes: Attributes) -> Array:
    return np.squeeze(inputs[0], _axes(inputs, attributes))


def _unsqueeze(inputs: Sequence[Array], attributes: Attributes) -> Array:
    return np.expand_dims(inputs[0], _axes(inputs, attributes) or ())


_MAKERS: Final[dict[str, Callable[[Sequence[Array], Attributes], Array | None]]] = {
    "Identity": lambda inputs, _: inputs[0],
    "Transpose": _transpose,
    "Cast": _cast,
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
}
