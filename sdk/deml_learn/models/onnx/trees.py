"""Tree ensembles of ONNX's machine-learning operators."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.families.dense import MAX_CLASSES
from deml_learn.models.errors import MalformedSource
from deml_learn.models.forest import Forest, Tree, at_most, grow
from deml_learn.models.onnx.graph import KIND, GraphNode

Array = NDArray[Any]

SIDES: Final = {
    "BRANCH_LEQ": (False, False),
    "BRANCH_LT": (True, False),
    "BRANCH_GTE": (True, True),
    "BRANCH_GT": (False, True),
}
"""For each comparison: whether equal goes with greater, and whether the branch that it holds for is the greater one."""


def read_regressor(node: GraphNode) -> Forest:
    """Read a TreeEnsembleRegressor."""
    if node.attribute("n_targets", 1) != 1 or node.attribute("post_transform", "NONE") != "NONE":
        raise node.refused("one value a row is predicted here, as it is")
    aggregate = node.attribute("aggregate_function", "SUM")
    if aggregate not in ("SUM", "AVERAGE"):
        raise node.refused(f"aggregate_function is {aggregate[:20]}")
    trees = _trees(node, "target", 1)
    if aggregate == "AVERAGE":
        trees = [Tree(t.feature, t.threshold, t.left, t.right, t.value / len(trees), t.depth) for t in trees]
    base = np.array(node.attribute("base_values", [0.0]) or [0.0], np.float64)
    if len(base) != 1:
        raise node.refused("its base_values do not fit")
    return Forest("regression", _inputs(trees), trees, base)


def read_classifier(node: GraphNode) -> tuple[Forest, tuple[str, ...]]:
    """Read a TreeEnsembleClassifier: the forest, and the labels of its classes."""
    labels = node.attributes.get("classlabels_int64s") or node.attribute("classlabels_strings", [])
    classes = len(labels)
    if not 2 <= classes <= MAX_CLASSES:
        raise node.refused(f"it has {classes} classes")
    transform = node.attribute("post_transform", "NONE")
    ids = sorted(set(node.attribute("class_ids", [0])))
    single = classes == 2 and len(ids) == 1
    trees = _trees(node, "class", classes)
    if single:
        trees = [Tree(t.feature, t.threshold, t.left, t.right, t.value[:, ids], t.depth) for t in trees]
    outputs = 1 if single else classes
    base = np.array(node.attribute("base_values", [0.0]) or [0.0] * outputs, np.float64)
    if "base_values" not in node.attributes:
        base = np.zeros(outputs)
    if len(base) != outputs:
        raise node.refused("its base_values do not fit its classes")
    names = tuple(str(one) for one in labels)
    forest = Forest("classification", _inputs(trees), trees, base)
    if transform == "NONE":
        return _of_probabilities(node, forest, single), names
    if transform == ("LOGISTIC" if single else "SOFTMAX"):
        return forest, names
    raise node.refused(f"post_transform is {transform[:20]} for {classes} classes")


def _of_probabilities(node: GraphNode, forest: Forest, single: bool) -> Forest:
    """A forest whose leaves add up to probabilities; of two classes, it may say only that of the second."""
    if any(np.any(tree.value < 0) for tree in forest.trees):
        raise node.refused("its scores are neither probabilities nor logits")
    trees, base = list(forest.trees), forest.base
    if single:
        share = 1 / len(trees)
        trees = [
            Tree(
                t.feature,
                t.threshold,
                t.left,
                t.right,
                np.where(t.feature[:, None] < 0, np.hstack([share - t.value, t.value]), 0),
                t.depth,
            )
            for t in trees
        ]
        base = np.array([-base[0], base[0]])
    return Forest("classification", forest.inputs, trees, base, probabilities=True)


def _inputs(trees: list[Tree]) -> int:
    """Features that the trees ask for; the graph may say that there are more."""
    return max(1, 1 + max(int(tree.feature.max()) for tree in trees))


def _trees(node: GraphNode, prefix: str, outputs: int) -> list[Tree]:
    tree_ids, node_ids, feature, yes, no = (
        np.array(node.attribute(f"nodes_{one}", [0]), np.int64)
        for one in ("treeids", "nodeids", "featureids", "truenodeids", "falsenodeids")
    )
    threshold = np.array(node.attribute("nodes_values", [0.0]), np.float64)
    modes = np.array(node.attribute("nodes_modes", [""]))
    if len({len(one) for one in (tree_ids, node_ids, feature, yes, no, threshold, modes)}) != 1 or not len(modes):
        raise MalformedSource(KIND, f"the lists of {node.shown} differ in length")
    for mode in sorted(set(modes) - {"LEAF", *SIDES}):
        raise node.refused(f"a node's mode is {str(mode)[:20]}")
    if any(node.attributes.get(f"nodes_{one}_as_tensor") is not None for one in ("values", "hitrates")):
        raise node.refused("thresholds in float64")
    leaf = modes == "LEAF"
    places = {key: place for place, key in enumerate(zip(tree_ids.tolist(), node_ids.tolist(), strict=True))}
    if len(places) != len(modes) or np.any(~leaf & (feature < 0)):
        raise MalformedSource(KIND, f"{node.shown} has two nodes of one number, or a feature below zero")
    value = _values(node, prefix, places, outputs)
    children = [
        np.array([places.get(key, -1) for key in zip(tree_ids.tolist(), one.tolist(), strict=True)])
        for one in (yes, no)
    ]
    strict, greater = np.array([SIDES.get(str(mode), (False, False)) for mode in modes]).T
    left, right = (np.where(greater, children[1 - side], children[side]) for side in (0, 1))
    threshold = np.where(strict, at_most(threshold), threshold)
    found = []
    for tree in dict.fromkeys(tree_ids.tolist()):
        members = np.flatnonzero(tree_ids == tree)
        local = np.full(len(modes) + 1, -1, np.int64)
        local[members] = np.arange(len(members), dtype=np.int64)
        found.append(
            grow(
                np.where(leaf[members], -1, feature[members]),
                threshold[members],
                local[left[members]],
                local[right[members]],
                value[members],
                kind=KIND,
            )
        )
    return found


def _values(node: GraphNode, prefix: str, places: dict[tuple[int, int], int], outputs: int) -> Array:
    trees, nodes, columns = (node.attribute(f"{prefix}_{one}", [0]) for one in ("treeids", "nodeids", "ids"))
    weights = node.attribute(f"{prefix}_weights", [0.0])
    if not len(trees) == len(nodes) == len(columns) == len(weights):
        raise MalformedSource(KIND, f"the lists of {node.shown} differ in length")
    value = np.zeros((len(places), outputs))
    for tree, number, column, weight in zip(trees, nodes, columns, weights, strict=True):
        if (tree, number) not in places or not 0 <= column < outputs:
            raise MalformedSource(KIND, f"{node.shown} has a weight for no leaf or no class")
        value[places[tree, number], column] += weight
    return value
