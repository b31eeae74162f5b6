"""The mean of models: exact to the bit against fractions, whatever their encodings; hostile numbers stay numbers."""

from __future__ import annotations

import json
from itertools import permutations
from random import Random

import numpy as np
import pytest
from safetensors.numpy import load

from deml.scoring import check_mean, load_model, no_sums, parse_architecture
from deml.scoring.averaging import mean_bytes
from deml.scoring.errors import NoAverage
from deml.scoring.families import FAMILIES
from tests.support import reference_averaging
from tests.support.average_vectors import averaged
from tests.support.random_models import random_architecture
from tests.support.random_pairs import Group, groups
from tests.support.vectors import Case, cases
from tests.vectors import generate_scoring

MANY = 100


@pytest.mark.parametrize("case", cases(generate_scoring.AVERAGES))
def test_the_engine_averages_a_vector(case: Case) -> None:
    made = averaged(case)
    assert (made["mean"], made["score"]) == (case["mean"], case["score"])


def test_committed_averages_equal_generated_ones() -> None:
    name = generate_scoring.AVERAGES
    assert (generate_scoring.DIRECTORY / name).read_text("utf-8") == generate_scoring.content(name)


def test_engine_and_reference_agree_on_models_in_mixed_encodings() -> None:
    for group in groups(range(1_000, 1_000 + MANY)):
        expected = reference_averaging.mean(group.values, {name: one.shape for name, one in group.specs.items()})
        made = load(mean_of(group))
        assert made.keys() == expected.keys()
        for name, entry in expected.items():
            assert made[name].tobytes() == entry.data, (group.name, name)


def mean_of(group: Group) -> bytes:
    architecture = parse_architecture(json.dumps(group.fields))
    initial = load_model(architecture, group.initial)
    sums = no_sums(architecture)
    for file in group.models:
        sums = sums.plus(load_model(architecture, file, initial))
    return sums.mean()


def test_the_mean_of_any_models_is_a_model_of_their_job() -> None:
    """Even of numbers at the edge: it is finite, in bounds, and no larger than what is set aside for it."""
    for group in groups(range(MANY)):
        architecture = parse_architecture(json.dumps(group.fields))
        mean = mean_of(group)
        load_model(architecture, mean)
        assert len(mean) <= mean_bytes(architecture)


def test_the_order_of_commitments_decides_where_numbers_are_far_apart() -> None:
    """Sums are rounded as they go, in one order that everybody knows; another order gives other bytes."""
    numbers = (2.0**60, 1.0, -(2.0**60))
    found = {order: _mean_of_weights(order) for order in permutations(numbers)}
    assert found[numbers] == 0.0
    assert len(set(found.values())) == 2


def _mean_of_weights(weights: tuple[float, ...]) -> float:
    architecture = parse_architecture('{"family":"linear","inputs":1}')
    sums = no_sums(architecture)
    for weight in weights:
        tensors = {"layers.0.weight": np.array([[weight]]), "layers.0.bias": np.zeros(1)}
        sums = sums.plus(_Loaded(tensors))
    return float(load(sums.mean())["layers.0.weight"][0, 0])


class _Loaded:
    """What `Sums.plus` takes of a model."""

    def __init__(self, tensors: dict[str, np.ndarray]) -> None:
        self.tensors = tensors


def test_adding_a_model_leaves_earlier_sums_as_they_were() -> None:
    (group,) = groups(range(1))
    architecture = parse_architecture(json.dumps(group.fields))
    initial = load_model(architecture, group.initial)
    empty = no_sums(architecture)
    one = empty.plus(initial)
    before = one.mean()
    one.plus(initial).plus(initial)
    assert one.mean() == before
    assert all(not tensor.any() for tensor in empty.tensors.values())


def test_nothing_has_no_mean() -> None:
    with pytest.raises(ValueError, match="no mean"):
        no_sums(parse_architecture('{"family":"linear","inputs":1}')).mean()


@pytest.mark.parametrize("family", FAMILIES)
def test_families_of_reals_have_a_mean_and_forests_have_none(family: str) -> None:
    architecture = parse_architecture(json.dumps(random_architecture(family, Random(1))))
    if family == "trees":
        with pytest.raises(NoAverage):
            check_mean(architecture)
    else:
        check_mean(architecture)
