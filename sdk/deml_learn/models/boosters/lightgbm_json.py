"""LightGBM models as ``json.dump(booster.dump_model(), file)`` writes them. LightGBM itself is not needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deml_learn.models.boosters.lightgbm_trees import KIND, BoosterShape, Objective, names_of, source_of
from deml_learn.models.document import Document
from deml_learn.models.errors import MalformedSource, Unimportable
from deml_learn.models.source import Source
from deml_learn.models.walk import Nodes


def read_lightgbm(document: Document) -> Source:
    """Read a model.

    Raises
    ------
    MalformedSource, Unimportable
    """
    objective = Objective.of(document.at("objective").text() if document.has("objective") else "")
    inputs = document.at("max_feature_idx").whole() + 1
    shape = BoosterShape(inputs, document.at("num_tree_per_iteration").whole())
    averaged = document.has("average_output") and bool(document.at("average_output").value)
    found = [_nodes(one.at("tree_structure"), shape.inputs) for one in document.at("tree_info").items()]
    return source_of(objective, replace(shape, averaged=averaged), found, _names(document, shape.inputs))


def _names(document: Document, inputs: int) -> tuple[str, ...]:
    names = document.at("feature_names").items() if document.has("feature_names") else []
    return names_of([one.text() for one in names], inputs)


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
