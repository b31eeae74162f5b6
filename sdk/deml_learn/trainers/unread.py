"""Numbers of a model that scoring never reads, and zeros in their place: there rows could leave word for word.

What is not read, by family: nodes of a tree that no row can come to, thresholds of leaves and values of splits; the
weights of units that no later weight looks at, or that are always zero; places of a kernel that only ever see padding;
and the digits of every number that the exact products round away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture
from deml.scoring.exact import addends, scale
from deml.scoring.families.centroids import POINTS, Centroids
from deml.scoring.families.cnn import Cnn
from deml.scoring.families.dense import Dense
from deml.scoring.families.embedding_bag import TABLE, EmbeddingBag
from deml.scoring.families.layers import Conv2d, FullyConnected, Layer, activation_of
from deml.scoring.families.trees import Trees
from deml_learn.trainers.unread_nodes import cleared_trees
from deml_sdk.data.numbers import Mask

Array = NDArray[np.float64]
Tensors = dict[str, NDArray[Any]]


def cleared(architecture: Architecture, tensors: Mapping[str, NDArray[Any]]) -> Tensors:
    """Write zeros where scoring does not read; `tensors` are widened to float64, as `load_model` gives them."""
    made = {name: np.array(one) for name, one in tensors.items()}
    if isinstance(architecture, Trees):
        made = cleared_trees(architecture, made)
    elif isinstance(architecture, Centroids):
        made[POINTS] = scale(made[POINTS])
    elif isinstance(architecture, EmbeddingBag):
        table = addends(made[TABLE], architecture.length, axis=0)
        looked_at = _clear(_stages(architecture.head), made)
        made[TABLE] = np.where(looked_at, table, 0.0)
    elif isinstance(architecture, Dense | Cnn):
        _clear(_stages(architecture), made)
    else:
        raise TypeError(f"it is not known what scoring reads of {type(architecture).__name__}")
    return {name: one + 0 if one.dtype.kind == "f" else one for name, one in made.items()}  # no zero has a sign


@dataclass(frozen=True, slots=True)
class _Stage:
    """A layer, and where its tensors are."""

    layer: Layer
    weight: str
    bias: str


def _stages(architecture: Dense | Cnn) -> list[_Stage]:
    if isinstance(architecture, Cnn):
        layers = list(architecture.layers)
    else:
        widths, last = architecture.widths, len(architecture.widths) - 2
        layers = [
            FullyConnected((widths[index],), (widths[index + 1],), "none" if index == last else architecture.activation)
            for index in range(last + 1)
        ]
    return [_Stage(one, f"layers.{index}.weight", f"layers.{index}.bias") for index, one in enumerate(layers)]


def _clear(stages: list[_Stage], tensors: Tensors) -> Mask:
    """Clear layers until nothing changes; return which numbers before the first one are looked at."""
    while True:
        before = {name: one.copy() for name, one in tensors.items()}
        _forwards(stages, tensors)
        looked_at = _backwards(stages, tensors)
        if all(np.array_equal(before[name], one) for name, one in tensors.items()):
            return looked_at


def _forwards(stages: list[_Stage], tensors: Tensors) -> None:
    """Clear the weights of numbers that are always zero; round the others as scoring does."""
    silent = np.zeros(stages[0].layer.before, bool)
    for stage in stages:
        layer = stage.layer
        if isinstance(layer, FullyConnected):
            weight = tensors[stage.weight]
            weight[:, silent] = 0
            weight[:] = scale(weight)
            silent = _silent(layer, weight, tensors[stage.bias])
        elif isinstance(layer, Conv2d):
            kernels = tensors[stage.weight]
            kernels[:, :, ~_seen(layer, 0)] = 0
            kernels[:, :, :, ~_seen(layer, 1)] = 0
            for channel in np.flatnonzero(silent.all(axis=(1, 2))):
                group, place = divmod(int(channel), kernels.shape[1])
                of_group = len(kernels) // layer.groups
                kernels[group * of_group : (group + 1) * of_group, place] = 0
            rounded = scale(kernels.reshape(-1, layer.terms))
            kernels[:] = rounded.reshape(kernels.shape)
            quiet = _silent(layer, rounded, tensors[stage.bias])
            silent = np.broadcast_to(quiet[:, None, None], layer.after)
        else:
            silent = _passed_on(layer, silent)


def _silent(layer: FullyConnected | Conv2d, weight: Array, bias: Array) -> Mask:
    """Which units or channels are zero whatever they are given."""
    at_rest = activation_of(layer.activation).function(bias.copy())
    return np.asarray(~weight.any(axis=1) & (at_rest == 0))


def _passed_on(layer: Layer, silent: Mask) -> Mask:
    """Through pooling a channel is always zero if all of it is; flattening keeps every number."""
    if len(layer.after) == 1:
        return silent.reshape(-1)
    return np.broadcast_to(silent.all(axis=(1, 2), keepdims=True), layer.after)


def _backwards(stages: list[_Stage], tensors: Tensors) -> Mask:
    """Clear units and channels that no later weight looks at."""
    looked_at = np.ones(stages[-1].layer.after, bool)
    for stage in reversed(stages):
        layer = stage.layer
        if isinstance(layer, FullyConnected):
            _silence(tensors, stage, looked_at)
            looked_at = np.asarray(tensors[stage.weight].any(axis=0))
        elif isinstance(layer, Conv2d):
            _silence(tensors, stage, np.asarray(looked_at.any(axis=(1, 2))))
            kernels = tensors[stage.weight]
            used = kernels.any(axis=(2, 3)).reshape(layer.groups, -1, kernels.shape[1]).any(axis=1).reshape(-1)
            looked_at = np.broadcast_to(used[:, None, None], layer.before)
        elif len(layer.after) == 1:
            looked_at = looked_at.reshape(layer.before)
        else:
            looked_at = np.broadcast_to(looked_at.any(axis=(1, 2), keepdims=True), layer.before)
    return looked_at


def _silence(tensors: Tensors, stage: _Stage, looked_at: Mask) -> None:
    tensors[stage.weight][~looked_at] = 0
    tensors[stage.bias][~looked_at] = 0


def _seen(layer: Conv2d, axis: int) -> Mask:
    """Which places of a kernel, down or across, come to lie on the image anywhere."""
    length, padding, stride = layer.before[1 + axis], layer.padding[axis], layer.stride[axis]
    places = (
        np.arange(layer.kernel[axis], dtype=np.int64)[:, None]
        + stride * np.arange(layer.after[1 + axis], dtype=np.int64)
        - padding
    )
    return np.asarray(((places >= 0) & (places < length)).any(axis=1))
