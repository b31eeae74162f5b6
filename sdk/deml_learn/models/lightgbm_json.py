"""LightGBM models as ``json.dump(booster.dump_model(), file)`` writes them. LightGBM itself is not needed."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.families.dense import MAX_CLASSES, MAX_INPUTS
from deml_learn.models.document import Document
from deml_learn.models.errors import MalformedSource, Unimportable
from deml_learn.models.exits import ONE_VS_REST, Exit, Says
from deml_learn.models.forest import Forest, grow
from deml_learn.models.source import Features, Source, SourceOutputs
from deml_learn.models.walk import Nodes, leaf_values

Array = NDArray[Any]

KIND: Final = "LightGBM"

REGRESSIONS: Final = ("regression", "regression_l1", "huber", "fair", "quantile", "mape")
OBJECTIVES: Final = (*REGRESSIONS, "binary", "multiclass", "multiclassova")

JUDGE: Final = "its trees, followed as LightGBM follows them"


def read_lightgbm(document: Document) -> Source:
    """Read a model.

    Raises
    ------
    MalformedSource, Unimportable
    """
    name, options = _objective(document)
    inputs = document.at("max_feature_idx").whole() + 1
    outputs = document.at("num_tree_per_iteration").whole()
    if not 1 <= inputs <= MAX_INPUTS or not 1 <= outputs <= MAX_CLASSES:
        raise MalformedSource(KIND, f"it has {inputs} features and {outputs} outputs")
    found = document.at("tree_info").items()
    if not found:
        raise Unimportable(KIND, "its trees", "it has none")
    nodes = [_nodes(one.at("tree_structure"), inputs) for one in found]
    scale = _slope(options)
    if document.has("average_output") and document.at("average_output").value:
        scale *= outputs / len(nodes)
    trees = [_tree(one, place % outputs, outputs, scale) for place, one in enumerate(nodes)]

    def followed(x: Array) -> SourceOutputs:
        said = np.zeros((len(x), outputs))
        for place, one in enumerate(nodes):
            said[:, place % outputs] += leaf_values(one, x, np.less_equal)
        return SourceOutputs([scale * said], JUDGE, takes_missing=True)

    task = "regression" if name in REGRESSIONS else "classification"
    return Source(
        KIND,
        Forest(task, inputs, trees, np.zeros(outputs), compares=np.float64),
        exits=(Exit("raw score", Says.VALUES if name in REGRESSIONS else Says.SCORES),),
        notes=(ONE_VS_REST,) if name == "multiclassova" else (),
        original=followed,
        features=Features(_names(document, inputs)),
    )


def _names(document: Document, inputs: int) -> tuple[str, ...]:
    """Names of the features; none where it was trained without, and they are numbered."""
    names = tuple(one.text() for one in document.at("feature_names").items()) if document.has("feature_names") else ()
    known = len(names) == inputs == len({*names}) and any(name != f"Column_{place}" for place, name in enumerate(names))
    return names if known else ()


def _objective(document: Document) -> tuple[str, list[str]]:
    if not document.has("objective"):
        raise Unimportable(KIND, "its own objective", "what its outputs mean is not in the file")
    name, *options = document.at("objective").text().split() or [""]
    if name not in OBJECTIVES:
        raise Unimportable(KIND, f"the objective '{name}'", "it does not end in a value, a logit or a softmax")
    if "sqrt" in options:
        raise Unimportable(KIND, "reg_sqrt", "it predicts the square of what its trees sum up to")
    return name, options


def _slope(options: list[str]) -> float:
    """What raw scores are multiplied by before the sigmoid."""
    for one in options:
        if one.startswith("sigmoid:"):
            try:
                return float(one.removeprefix("sigmoid:"))
            except ValueError as error:
                raise MalformedSource(KIND, f"'{one}' should be a number") from error
    return 1.0


def _nodes(root: Document, inputs: int) -> Nodes:
    feature: list[int] = []
    numbers: list[float] = []
    children: list[tuple[int, int]] = []
    pending = [(root, 0, 0)]
    while pending:
        node, parent, side = pending.pop()
        place = len(feature)
        if place:
            children[parent] = (place, children[parent][1]) if side == 0 else (children[parent][0], place)
        children.append((0, 0))
        if node.has("split_feature"):
            feature.append(_split_feature(node, inputs))
            numbers.append(node.at("threshold").real())
            pending += [(node.at("right_child"), place, 1), (node.at("left_child"), place, 0)]
        else:
            if node.has("leaf_coeff"):
                raise Unimportable(KIND, "linear_tree", "a leaf holds one value here")
            feature.append(-1)
            numbers.append(node.at("leaf_value").real())
    left, right = np.array(children).T
    return Nodes(np.array(feature), np.array(numbers), left, right, np.array(numbers))


def _split_feature(node: Document, inputs: int) -> int:
    if node.at("decision_type").text() != "<=":
        raise Unimportable(KIND, f"the split on feature {node.at('split_feature').whole()}", "it is one on categories")
    if node.at("missing_type").text() == "Zero":
        raise Unimportable(KIND, "zero_as_missing", "a zero is a number like others here")
    feature = node.at("split_feature").whole()
    if not 0 <= feature < inputs:
        raise MalformedSource(KIND, f"'{node.path[-80:]}' splits on a feature that is not there")
    return feature


def _tree(nodes: Nodes, outlet: int, outputs: int, scale: float) -> Any:
    value = np.zeros((len(nodes.value), outputs))
    value[:, outlet] = scale * nodes.value
    return grow(nodes.feature, nodes.threshold, nodes.left, nodes.right, value, kind=KIND)
