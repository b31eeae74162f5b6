"""Rows come to the same leaves one by one, in sets, in sets whose features are sorted for them, and in any slices."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest

from deml.scoring.families.trees import BASE, FEATURE, LEFT, RIGHT, THRESHOLD, VALUE, CompiledForest, Trees
from deml.scoring.forests import groups
from deml.scoring.forests import rows as prepared
from deml.scoring.task import Task
from tests.support.scale import SCALE

FORESTS = 60 * SCALE


def random_forest(draw: Random) -> tuple[Trees, dict[str, np.ndarray]]:
    """Trees of all shapes: full ones and chains, single leaves, children in any order, thresholds that rows have."""
    depth, count = draw.randint(1, 8), draw.choice([1, 2, 7, 40, 130])
    inputs, outputs = draw.choice([1, 2, 5, 70, 200]), draw.choice([1, 1, 2, 3])
    nodes = draw.randint(1, min(2 ** (depth + 1) - 1, 140))
    fill, steepness = draw.choice([0.3, 0.7, 0.95, 1.0]), draw.choice([1, 1, 3])
    feature = np.full((count, nodes), -1, np.int32)
    left, right = np.zeros_like(feature), np.zeros_like(feature)
    for tree in range(count):
        depths, used = {0: 0}, 1
        for node in range(nodes):
            stop = depths.get(node, depth) >= depth or used + 2 > nodes
            if stop or draw.random() > fill or (steepness > 1 and node % steepness):
                continue
            feature[tree, node] = draw.randrange(inputs)
            children = draw.sample([used, used + 1], 2)
            left[tree, node], right[tree, node] = children
            depths |= dict.fromkeys(children, depths[node] + 1)
            used += 2
    shape = feature.shape
    thresholds = [draw.choice([draw.randint(-4, 4), draw.gauss(0, 2), draw.choice([-3e38, 3e38])]) for _ in range(64)]
    values = np.array([draw.gauss(0, 1) for _ in range(64)])
    made = {
        FEATURE: feature,
        LEFT: left,
        RIGHT: right,
        THRESHOLD: np.resize(np.array(thresholds), shape),
        VALUE: np.resize(values, (*shape, outputs)) + np.arange(outputs),
        BASE: np.zeros(outputs),
    }
    trees = Trees(Task.CLASSIFICATION, inputs, outputs, count, nodes, depth, probabilities=False)
    trees.check(made)
    return trees, made


def random_rows(draw: Random, inputs: int) -> np.ndarray:
    count = draw.choice([1, 63, 64, 65, 500, 1_023, 1_024, 1_025, 2_100])
    random = np.random.default_rng(draw.randrange(2**32))
    x = random.normal(size=(count, inputs)) * 2
    whole = np.rint(x)
    return np.where(random.random(x.shape) < 0.5, x, whole).astype(np.float32)


@pytest.mark.parametrize("part", range(4))
def test_all_ways_lead_to_the_same_leaves(part: int):
    for number in range(part, FORESTS, 4):
        draw = Random(f"forest {number}")
        trees, tensors = random_forest(draw)
        x = random_rows(draw, trees.inputs)
        forest: CompiledForest = trees.compile(tensors)
        keys, lines = prepared.keys(x), prepared.lines(x)
        walked = forest.walk.sums(keys)
        assert np.array_equal(forest.sets.sums(lines.blocks()), walked)
        assert np.array_equal(forest.sets_of_used.sums(keys.blocks(forest.used)), walked)
        cuts = sorted({0, len(x), *(draw.randrange(len(x) + 1) for _ in range(3))})
        slices = [slice(start, stop) for start, stop in pairwise(cuts)]
        assert np.array_equal(np.concatenate([forest.sets.sums(lines[one].blocks()) for one in slices]), walked)
        assert np.array_equal(np.concatenate([forest.walk.sums(keys[one]) for one in slices]), walked)


def test_forests_are_cut_into_groups_and_lines_into_chunks(monkeypatch: pytest.MonkeyPatch):
    draw = Random("groups")
    trees, tensors = next(
        made for made in iter(lambda: random_forest(draw), None) if made[0].trees == 130 and made[0].inputs == 200
    )
    x = random_rows(draw, 200)
    forest: CompiledForest = trees.compile(tensors)
    walked = forest.walk.sums(prepared.keys(x))
    for slots, lines in ((1, 1), (30, 7), (8_192, 64)):
        monkeypatch.setattr(groups, "GROUP_SLOTS", slots)
        monkeypatch.setattr(groups, "LINES_AT_ONCE", lines)
        forest = trees.compile(tensors)
        assert np.array_equal(forest.sets.sums(prepared.lines(x).blocks()), walked)
    assert len(forest.sets.groups) == 1
