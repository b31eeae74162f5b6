"""The output gate: the only way out of a trainer's folder, for the declared tensors and nothing else.

What passes is written anew from the checked tensors, so that no padding, order or metadata of the trainer's choosing
goes along; numbers that scoring does not read are zero, and those that must be the initial model's are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from deml.base.errors import DemlError
from deml.scoring import Architecture, Model, load_model
from deml.scoring.families.standardizer import MEAN, SCALE
from deml.scoring.safetensors import DTYPES, Tensor, read_tensors, write_tensors
from deml_learn.models.encode import bfloat16
from deml_learn.sandbox.interface import Left
from deml_learn.trainers.contract import MODEL
from deml_learn.trainers.errors import NoModel, OutputRefused
from deml_learn.trainers.unread import cleared
from deml_sdk.visible import visible

Tensors = dict[str, Tensor]


def let_out(
    left: Sequence[Left],
    architecture: Architecture,
    initial: Model | None,
    max_bytes: int,
    metadata: Mapping[str, str],
) -> bytes:
    """Check all that a trainer has left, and write the model.

    Parameters
    ----------
    max_bytes
        Largest file that the job takes.
    metadata
        What we ourselves say in the file.

    Raises
    ------
    NoModel, OutputRefused
    """
    content = _content(left, max_bytes)
    try:
        tensors = _as_read(architecture, read_tensors(content), load_model(architecture, content, initial), initial)
        made = write_tensors(tensors, metadata)
        load_model(architecture, made, initial)
    except DemlError as error:
        raise OutputRefused("a model", str(error).rstrip(".")) from error
    if len(made) > max_bytes:
        reason = f"written out in full, it has {len(made):,} bytes, more than the {max_bytes:,} that the job takes"
        raise OutputRefused("a model", reason)
    return made


def _as_read(architecture: Architecture, file: Tensors, model: Model, initial: Model | None) -> Tensors:
    """Write the tensors as scoring reads them: each in its own type, or in float32 where its encoding says more."""
    if initial is not None:
        for name in {MEAN, SCALE} & model.tensors.keys():
            _require_initial(name, file.get(name), model.tensors[name], initial.tensors[name])
    types = {name: _type(one, file.get(name)) for name, one in model.tensors.items()}
    read: Mapping[str, Tensor] = model.tensors
    before: Mapping[str, Tensor] | None = None
    while before is None or any(not np.array_equal(before[name], one) for name, one in read.items()):
        before = read  # what is rounded to a type may be rounded further for scoring
        read = {name: _widened(_stored(one, types[name])) for name, one in cleared(architecture, before).items()}
    made: Tensors = {}
    for name, one in read.items():
        parts = {part: tensor for part, tensor in file.items() if part.partition(":")[0] == name}
        encoded = len(parts) > 1 or name not in parts
        if not encoded or _has_idle_parts(parts) or not np.array_equal(one, model.tensors[name]):
            parts = {name: _stored(one, types[name])}
        made |= parts
    return made


def _require_initial(name: str, stored: Tensor | None, read: Tensor, initial: Tensor) -> None:
    """Refuse another standardising than the initial model's: whatever it is to do, the first weights can do as well."""
    expected = initial if stored is None else _widened(_stored(initial, _type(read, stored)))
    if not np.array_equal(read, expected):
        raise OutputRefused("a model", f"its {name} is not that of the initial model")


def _type(values: Tensor, stored: Tensor | None) -> np.dtype[Any]:
    """Type to write a tensor in: its own, or float32 for reals that come as integers and scales, or as changes."""
    scaled = stored is not None and values.dtype.kind == "f" and stored.dtype.kind == "i"
    return DTYPES["F32"] if stored is None or scaled else stored.dtype


def _stored(values: Tensor, dtype: np.dtype[Any]) -> Tensor:
    return bfloat16(values) if dtype == DTYPES["BF16"] else values.astype(dtype)


def _widened(stored: Tensor) -> Tensor:
    if stored.dtype == DTYPES["BF16"]:
        stored = (stored.astype(np.uint32) << 16).view(np.float32)
    return stored.astype(np.float64) if stored.dtype.kind == "f" else stored.astype(np.int32)


def _has_idle_parts(parts: Tensors) -> bool:
    """Whether an encoding has places that say nothing: scales of nothing but zeros, places of changes by zero."""
    for name, one in parts.items():
        if name.endswith(":skip") and not parts[name.removesuffix(":skip") + ":delta"].all():
            return True
        if name.endswith(":scale"):
            scaled = parts[name.removesuffix(":scale")]
            if not (scaled.reshape(len(scaled), -1).any(axis=1).all() if one.ndim else scaled.any()):
                return True
    return False


def _content(left: Sequence[Left], max_bytes: int) -> bytes:
    """Take the model's file, and refuse everything else by name."""
    for one in left:
        if one.name != MODEL:
            raise OutputRefused(f"'{visible(one.name)}'", "it is not the model")
    if not left:
        raise NoModel()
    model = left[0]
    if model.kind != "file":
        raise OutputRefused(f"'{MODEL}'", f"it is a {visible(model.kind)}, and not a file")
    if model.names != 1:
        raise OutputRefused(f"'{MODEL}'", "it has a second name elsewhere")
    if model.content is None or len(model.content) > max_bytes:
        raise OutputRefused(f"'{MODEL}'", f"it has more than {max_bytes:,} bytes, the most that the job takes")
    return model.content
