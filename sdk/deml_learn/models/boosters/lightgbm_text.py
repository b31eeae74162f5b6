"""LightGBM models as ``booster.save_model("model.txt")`` writes them. LightGBM itself is not needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.boosters.lightgbm_trees import KIND, BoosterShape, Objective, names_of, source_of
from deml_learn.models.errors import MalformedSource, Unimportable
from deml_learn.models.source import Source
from deml_learn.models.walk import Nodes

Array = NDArray[Any]

END: Final = "end of trees"
TREE: Final = "Tree"
CATEGORICAL: Final = 1
"""Bit of a split's kind; the two bits of `MISSING` tell what counts as missing."""
MISSING: Final = 12
ZERO_IS_MISSING: Final = 4


def read_lightgbm_text(data: bytes) -> Source:
    """Read a model.

    Raises
    ------
    MalformedSource, Unimportable
    """
    try:
        lines = data.decode().splitlines()
    except UnicodeDecodeError as error:
        raise MalformedSource(KIND, "it is not UTF-8") from error
    if END not in lines:
        raise MalformedSource(KIND, f"it has no line '{END}'")
    head, *trees = _parts(lines[: lines.index(END)])
    objective = Objective.of(head.get("objective", ""))
    shape = BoosterShape(
        _whole(head, "max_feature_idx") + 1, _whole(head, "num_tree_per_iteration"), "average_output" in head
    )
    names = names_of(head.get("feature_names", "").split(" "), shape.inputs)
    return source_of(objective, shape, [_nodes(one, shape.inputs) for one in trees], names, data)


def _parts(lines: Iterable[str]) -> list[dict[str, str]]:
    """What stands before the trees, and each tree: values by name."""
    parts: list[dict[str, str]] = [{}]
    for line in lines:
        name, _, value = line.partition("=")
        if name == TREE:
            parts.append({})
        if name in parts[-1]:
            raise MalformedSource(KIND, f"it has '{name[:40]}' twice in one place")
        if name:
            parts[-1][name] = value
    return parts


def _nodes(tree: Mapping[str, str], inputs: int) -> Nodes:
    """Splits first, in their order, then leaves: a child below zero is the leaf of that number, counted from -1."""
    leaves = _whole(tree, "num_leaves")
    if tree.get("num_cat", "0") != "0":
        raise Unimportable(KIND, f"the splits on categories of tree {tree[TREE]}", "encode them as numbers beforehand")
    if tree.get("is_linear", "0") != "0":
        raise Unimportable(KIND, "linear_tree", "a leaf holds one value here")
    values = _numbers(tree, "leaf_value", np.float64)
    splits = len(values) - 1
    if splits < 0 or leaves != len(values):
        raise MalformedSource(KIND, f"tree {tree[TREE]} has not as many leaves as it says")
    if not splits:
        return Nodes(np.array([-1]), np.zeros(1), np.zeros(1, np.int64), np.zeros(1, np.int64), values)
    feature, kinds, left, right = (
        _numbers(tree, name, np.int64, splits)
        for name in ("split_feature", "decision_type", "left_child", "right_child")
    )
    threshold = _numbers(tree, "threshold", np.float64, splits)
    if np.any(kinds & CATEGORICAL):
        raise Unimportable(KIND, f"the splits on categories of tree {tree[TREE]}", "encode them as numbers beforehand")
    if np.any(kinds & MISSING == ZERO_IS_MISSING):
        raise Unimportable(KIND, "zero_as_missing", "a zero is a number like others here")
    if np.any((feature < 0) | (feature >= inputs)):
        raise MalformedSource(KIND, f"tree {tree[TREE]} splits on a feature that is not there")
    nothing = np.zeros(leaves, np.int64)
    numbers = [splits - 1 - np.maximum(side, -leaves - 1) for side in (left, right)]
    to_left, to_right = (
        np.concatenate([np.where(side < 0, leaf, side), nothing])
        for side, leaf in zip((left, right), numbers, strict=True)
    )
    return Nodes(
        np.concatenate([feature, nothing - 1]),
        np.concatenate([threshold, np.zeros(leaves)]),
        to_left,
        to_right,
        np.concatenate([np.zeros(splits), values]),
    )


def _whole(part: Mapping[str, str], name: str) -> int:
    return int(_numbers(part, name, np.int64, 1)[0])


def _numbers(part: Mapping[str, str], name: str, dtype: type, count: int | None = None) -> Array:
    """Numbers of a line, as many as there should be."""
    texts = part.get(name, "").split()
    if count not in (None, len(texts)):
        raise MalformedSource(KIND, f"'{name}' has {len(texts)} numbers in place of {count}")
    try:
        return np.array([int(one) if dtype is np.int64 else float(one) for one in texts], dtype)
    except (ValueError, OverflowError) as error:
        raise MalformedSource(KIND, f"'{name}' should be made of numbers") from error
