"""Random architectures, models and holdouts of every family: valid ones, the same on every platform.

They are drawn as integers by Python's own generator, whose sequence does not depend on the platform, and made numbers
by operations that are exact.
"""

from __future__ import annotations

from math import prod
from random import Random

import numpy as np

from deml.scoring import Architecture
from deml.scoring.architecture import TensorKind, TensorSpec
from deml.scoring.families.embedding_bag import EmbeddingBag
from deml.scoring.families.standardizer import SCALE
from deml.scoring.families.trees import Trees
from deml.scoring.task import Task
from tests.support.families import FAMILIES, Fields

Arrays = dict[str, np.ndarray]


def random_architecture(family: str, draw: Random) -> Fields:
    """Architecture JSON of a small model of `family`."""
    return {"family": family, **FAMILIES[family].small(draw)}


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
