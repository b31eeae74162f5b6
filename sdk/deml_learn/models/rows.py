"""Rows made to try a model on: ordinary ones, and such as lie on an edge.

Nothing private is in them: they follow from the model, and from one fixed seed, so that a model is accepted or refused
alike wherever it is tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Model
from deml.scoring.architecture import TensorKind
from deml.scoring.families.centroids import Centroids
from deml.scoring.families.standardizer import MEAN, SCALE
from deml.scoring.families.trees import FEATURE, LEFT, RIGHT, THRESHOLD, Trees
from deml_learn.models.forest import LARGEST
from deml_learn.models.layers import Affine
from deml_learn.models.source import Features

Array = NDArray[Any]

SEED: Final = 37
ORDINARY: Final = 256
ON_EDGES: Final = 3_072
"""Rows that come to a split with its very threshold, or with a float32 beside it."""
FAR: Final = 32
MOST_NUMBERS: Final = 2**20
"""Most features in all rows together: with many features there are fewer rows."""
LEAST_ROWS: Final = 8

LIKELIER: Final = 0.5
"""Above it an input stands for its category: trees ask whether it is more than a half."""

FAR_FOR_TREES: Final = np.array([0.0, 1e-30, -1e-30, 1e30, -1e30, 3.4e38, -3.4e38])
FAR_FOR_LAYERS: Final = np.array([0.0, 1e-30, 1e3, -1e3, 1e6, -1e6, 1e20, -1e20])
"""The engine bounds what layers make to 2^100 (docs/scoring.md), which larger features would run into."""
FAR_FOR_POINTS: Final = np.array([0.0, 1e-30, 1e3, -1e3, 1e6, -1e6])
"""Squared distances in float64 know no point from another where features are larger."""


@dataclass(frozen=True, slots=True)
class ComparisonRows:
    """Features in float64, each of them a float32; `ordinary` are those that do not lie on an edge."""

    x: Array
    ordinary: NDArray[np.bool_]


def rows_for(model: Model, features: Features) -> ComparisonRows:
    """Make rows for a model whose features are reals."""
    random = np.random.default_rng(SEED)
    inputs = model.architecture.inputs
    most = max(LEAST_ROWS, MOST_NUMBERS // inputs)
    ordinary = _ordinary(random, model, features, min(ORDINARY, most))
    for group in features.groups:
        ordinary[:, list(group)] = np.eye(len(group))[random.integers(len(group), size=len(ordinary))]
    parts = [ordinary]
    if model.architecture.features is TensorKind.REAL:
        trees = isinstance(model.architecture, Trees)
        parts += [_on_edges(random, model, ordinary, min(ON_EDGES, most))] if trees else []
        points = isinstance(model.architecture, Centroids)
        values = FAR_FOR_TREES if trees else FAR_FOR_POINTS if points else FAR_FOR_LAYERS
        parts.append(_far(random, ordinary, values, min(FAR, most)))
    x = np.concatenate(parts).astype(np.float32).astype(np.float64)
    for group in features.groups:
        x[:, list(group)] = _one_each(random, x[:, list(group)])
    return ComparisonRows(x, np.arange(len(x), dtype=np.int64) < len(ordinary))


def _one_each(random: np.random.Generator, group: Array) -> Array:
    """Choose a category for each row: one that it was brought to, or else one that it was not kept from."""
    wish = np.where(group > LIKELIER, 2.0, np.where(group == 0, 1.0, 0.0))
    chosen: Array = np.eye(group.shape[1])[np.argmax(wish + random.random(group.shape) / 2, axis=1)]
    return chosen


def typical_of(model: Model, features: Features) -> Affine | None:
    """Where features usually lie, as the model itself or its source says."""
    return Affine(model.tensors[MEAN], model.tensors[SCALE]) if MEAN in model.tensors else features.typical


def _ordinary(random: np.random.Generator, model: Model, features: Features, rows: int) -> Array:
    inputs = model.architecture.inputs
    noise = random.normal(size=(rows, inputs))
    if model.architecture.features is TensorKind.INTEGER:
        return random.integers(getattr(model.architecture, "vocabulary", 1), size=(rows, inputs)).astype(np.float64)
    if isinstance(model.architecture, Trees):
        return _among_thresholds(random, model, noise)
    typical = typical_of(model, features)
    if typical is not None:
        return typical.mean + typical.scale * noise
    return noise * 10.0 ** random.integers(-2, 3, size=(rows, 1))


def _among_thresholds(random: np.random.Generator, model: Model, noise: Array) -> Array:
    """Features near the thresholds that they are compared with: some value between two, or beyond the last."""
    x = noise.copy()
    split = model.tensors[FEATURE] >= 0
    feature, threshold = model.tensors[FEATURE][split], model.tensors[THRESHOLD][split]
    for one in np.unique(feature):
        known = np.unique(threshold[feature == one])
        gap = np.diff(known).mean() if len(known) > 1 else max(1.0, abs(float(known[0])))
        x[:, one] = known[random.integers(len(known), size=len(x))] + gap * noise[:, one]
    return np.clip(x, FAR_FOR_TREES.min(), FAR_FOR_TREES.max())


def _on_edges(random: np.random.Generator, model: Model, ordinary: Array, count: int) -> Array:
    """Rows that come to a split with the feature at its threshold, just below it and just above: three for each split.

    If there are more splits than such rows, some of them.
    """
    feature, threshold = model.tensors[FEATURE], model.tensors[THRESHOLD].astype(np.float32)
    trees, nodes = np.nonzero(feature >= 0)
    chosen = random.permutation(len(trees))[: max(1, count // 3)]
    x = ordinary[random.integers(len(ordinary), size=3 * len(chosen))].astype(np.float32)
    parents = _parents(model)
    for place, pick in enumerate(chosen):
        tree, node = int(trees[pick]), int(nodes[pick])
        rows = x[3 * place : 3 * place + 3]
        for one, (low, high) in _way(model, parents[tree], tree, node).items():
            within = high if np.isfinite(high) else min(_beside(low, np.inf), LARGEST)
            rows[~((rows[:, one] > low) & (rows[:, one] <= high)), one] = within
        at = threshold[tree, node]
        beside = np.array([at, _beside(at, -np.inf), _beside(at, np.inf)])
        rows[:, feature[tree, node]] = np.where(np.isfinite(beside), beside, at)
    return x.astype(np.float64)


def _beside(number: Any, side: float) -> Any:
    """The float32 next to a number; beyond the largest there is none but the infinite."""
    with np.errstate(over="ignore"):
        return np.nextafter(np.float32(number), np.float32(side))


def _parents(model: Model) -> Array:
    """For each node of each tree, its parent: below zero for a root."""
    feature = model.tensors[FEATURE]
    parents = np.full(feature.shape, -1, np.int64)
    trees, nodes = np.nonzero(feature >= 0)
    for side in (LEFT, RIGHT):
        parents[trees, model.tensors[side][trees, nodes]] = nodes
    return parents


def _way(model: Model, parents: Array, tree: int, node: int) -> dict[int, tuple[Any, Any]]:
    """What a row must have to come to a node: for each feature on the way, above what and at most what."""
    bounds: dict[int, tuple[Any, Any]] = {}
    while (parent := int(parents[node])) >= 0:
        feature = int(model.tensors[FEATURE][tree, parent])
        threshold = np.float32(model.tensors[THRESHOLD][tree, parent])
        low, high = bounds.get(feature, (np.float32(-np.inf), np.float32(np.inf)))
        left = int(model.tensors[LEFT][tree, parent]) == node
        bounds[feature] = (low, min(high, threshold)) if left else (max(low, threshold), high)
        node = parent
    return bounds


def _far(random: np.random.Generator, ordinary: Array, values: Array, count: int) -> Array:
    """Rows in which one feature is far from all that is usual, or all are."""
    x = ordinary[random.integers(len(ordinary), size=count)].copy()
    extremes = values[random.integers(len(values), size=x.shape)]
    one = random.integers(x.shape[1], size=count)
    rows = np.arange(count, dtype=np.int64)
    x[rows, one] = extremes[rows, one]
    return np.where((rows % 2 == 0)[:, None], x, extremes)
