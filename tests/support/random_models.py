"""Random architectures, models and holdouts of every family: valid ones, the same on every platform.

They are drawn as integers by Python's own generator, whose sequence does not depend on the platform, and made numbers
by operations that are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from random import Random
from typing import Any

import numpy as np

from deml.scoring import Architecture
from deml.scoring.activations import ACTIVATIONS
from deml.scoring.architecture import TensorKind, TensorSpec
from deml.scoring.families.embedding_bag import EmbeddingBag
from deml.scoring.families.standardizer import SCALE
from deml.scoring.families.trees import Trees
from deml.scoring.task import Task

Fields = dict[str, Any]
Arrays = dict[str, np.ndarray]


def random_architecture(family: str, draw: Random) -> Fields:
    """Architecture JSON of a small model of `family`."""
    return {"family": family, **FAMILIES[family](draw)}


def random_model(architecture: Architecture, draw: Random) -> Arrays:
    """Tensors that `architecture` accepts: reals in float32, integers in int32."""
    if isinstance(architecture, Trees):
        return _random_trees(architecture, draw)
    return {name: _tensor(name, spec, draw) for name, spec in architecture.tensor_specs().items()}


def random_holdout(architecture: Architecture, draw: Random, rows: int) -> Arrays:
    """``x`` and ``y`` of a holdout; with two rows or more, both of two classes occur and targets differ."""
    if isinstance(architecture, EmbeddingBag):
        tokens = [draw.randint(-1, architecture.vocabulary - 1) for _ in range(rows * architecture.inputs)]
        x = np.array(tokens, np.int32).reshape(rows, architecture.inputs)
    else:
        x = random_reals((rows, architecture.inputs), draw)
    if architecture.task is Task.REGRESSION:
        return {"x": x, "y": np.array([row + draw.randint(0, 7) / 8 for row in range(rows)], np.float32)}
    labels = [0, 1] + [draw.randrange(architecture.classes) for _ in range(rows)]
    return {"x": x, "y": np.array(labels[:rows], np.int64)}


def random_reals(shape: tuple[int, ...], draw: Random) -> np.ndarray:
    """Numbers of about one size, a tenth of them zero."""
    exponent = draw.randint(-18, -8)
    numbers = [draw.randint(-4_096, 4_096) * (draw.randrange(10) > 0) * 2.0**exponent for _ in range(prod(shape))]
    return np.array(numbers, np.float32).reshape(shape)


def _tensor(name: str, spec: TensorSpec, draw: Random) -> np.ndarray:
    numbers = random_reals(spec.shape, draw)
    return np.abs(numbers) + np.float32(2**-12) if name == SCALE else numbers


def _random_trees(architecture: Trees, draw: Random) -> Arrays:
    made = {
        name: np.full(spec.shape, -1, np.int32) if spec.kind is TensorKind.INTEGER else random_reals(spec.shape, draw)
        for name, spec in architecture.tensor_specs().items()
    }
    if architecture.probabilities:
        made["trees.value"] = np.abs(made["trees.value"])
    for tree in range(architecture.trees):
        _grow(architecture, made, tree, draw)
    return made


def _grow(architecture: Trees, tensors: Arrays, tree: int, draw: Random) -> None:
    """Split leaves of one tree, in the order of their numbers, as long as there are nodes; children in any order."""
    depths, used = {0: 0}, 1
    for node in range(architecture.nodes):
        if used + 2 > architecture.nodes or depths.get(node, architecture.depth) == architecture.depth:
            continue
        if draw.randrange(5) == 0:
            continue
        children = [used, used + 1]
        draw.shuffle(children)
        tensors["trees.feature"][tree, node] = draw.randrange(architecture.inputs)
        tensors["trees.left"][tree, node], tensors["trees.right"][tree, node] = children
        depths |= dict.fromkeys(children, depths[node] + 1)
        used += 2


def _task(draw: Random) -> Fields:
    if draw.randrange(3) == 0:
        return {"task": "regression", "outputs": 1}
    return {"task": "classification", "outputs": draw.randint(1, 5)}


def _standardize(draw: Random) -> Fields:
    return {"standardize": True} if draw.randrange(2) else {}


def _activation(draw: Random) -> Fields:
    return {"activation": draw.choice(list(ACTIVATIONS))}


def _linear(draw: Random) -> Fields:
    return {"inputs": draw.randint(1, 12)} | _standardize(draw)


def _logistic(draw: Random) -> Fields:
    return {"inputs": draw.randint(1, 12), "outputs": draw.randint(1, 5)} | _standardize(draw)


def _mlp(draw: Random) -> Fields:
    hidden = [draw.randint(1, 8) for _ in range(draw.randint(1, 3))]
    return {"inputs": draw.randint(1, 12), "hidden": hidden} | _task(draw) | _activation(draw) | _standardize(draw)


def _cnn(draw: Random) -> Fields:
    task = _task(draw)
    channels, height, width = shape = [draw.randint(1, 3), draw.randint(3, 7), draw.randint(3, 7)]
    layers: list[Fields] = []
    for _ in range(draw.randint(1, 2)):
        kernel = [draw.randint(1, 3), draw.randint(1, 3)]
        padding = [min(draw.randint(0, 1), side - 1) for side in kernel]
        groups = draw.choice([1, channels])
        channels = groups * draw.randint(1, 2)
        layer = {"kind": "conv2d", "channels": channels, "kernel": kernel, "padding": padding, "groups": groups}
        layers.append(layer | {"activation": draw.choice(["none", *ACTIVATIONS])})
        height, width = height + 2 * padding[0] - kernel[0] + 1, width + 2 * padding[1] - kernel[1] + 1
        if draw.randrange(2):
            kernel, stride = [min(2, height), min(2, width)], [draw.randint(1, 2), draw.randint(1, 2)]
            layers.append({"kind": draw.choice(["max_pool", "avg_pool"]), "kernel": kernel, "stride": stride})
            height, width = (height - kernel[0]) // stride[0] + 1, (width - kernel[1]) // stride[1] + 1
        if min(height, width) < 3:
            break
    layers.append({"kind": "flatten"})
    if draw.randrange(2):
        layers.append({"kind": "dense", "units": draw.randint(1, 6)} | _activation(draw))
    layers.append({"kind": "dense", "units": task["outputs"]})
    return {"task": task["task"], "shape": shape, "layers": layers}


def _trees(draw: Random) -> Fields:
    fields = {"inputs": draw.randint(1, 12), "trees": draw.randint(1, 7), "nodes": draw.randint(1, 31)}
    fields |= {"depth": draw.randint(1, 6)} | _task(draw)
    if fields["outputs"] > 1 and draw.randrange(2):
        fields["output"] = "probabilities"
    return fields


def _centroids(draw: Random) -> Fields:
    fields = {"inputs": draw.randint(1, 12), "outputs": draw.randint(2, 5), "per_class": draw.randint(1, 3)}
    return fields | _standardize(draw)


def _embedding_bag(draw: Random) -> Fields:
    fields: Fields = {"vocabulary": draw.randint(1, 30), "length": draw.randint(1, 9), "dimension": draw.randint(1, 6)}
    fields["mode"] = draw.choice(["mean", "sum"])
    fields["hidden"] = [draw.randint(1, 8) for _ in range(draw.randint(0, 2))]
    return fields | _task(draw) | _activation(draw)


FAMILIES: dict[str, Callable[[Random], Fields]] = {
    "linear": _linear,
    "logistic": _logistic,
    "mlp": _mlp,
    "cnn": _cnn,
    "trees": _trees,
    "centroids": _centroids,
    "embedding_bag": _embedding_bag,
}
