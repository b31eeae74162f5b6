"""Whatever bytes arrive, the outcome is a score or an expected failure, and the same one twice."""

from __future__ import annotations

import json
import struct
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deml.base.errors import DemlError
from deml.base.limits import MAX_SCORE
from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.safetensors import read_tensors, write_tensors
from tests.property.expected_failures import attempt
from tests.unit.scoring.scoring_files import FAMILIES, architecture_of, random_tensors

many = settings(deadline=None, max_examples=400)

FIELDS = FAMILIES["mlp"] | {"standardize": True}
ARCHITECTURE = architecture_of(FIELDS)
MODEL = write_tensors(random_tensors(ARCHITECTURE, 1))
HOLDOUT = write_tensors({"x": np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32), "y": np.arange(4) % 3})

CHANGE = write_tensors(
    {
        "standardize.mean:delta": np.ones(3, np.float16),
        "standardize.scale:delta": np.ones(3, np.uint16),
        "layers.0.weight:delta": np.arange(15, dtype=np.int8).reshape(5, 3),
        "layers.0.weight:delta:scale": np.full(5, 0.125, np.float32),
        "layers.0.bias:delta": np.arange(5, dtype=np.int16),
        "layers.0.bias:delta:scale": np.array(0.5, np.float32),
        "layers.1.weight:delta": np.ones(2, np.float32),
        "layers.1.weight:skip": np.array([3, 9], np.uint8),
        "layers.1.bias:delta": np.zeros(0, np.float16),
        "layers.1.bias:skip": np.zeros(0, np.uint8),
        "layers.2.weight": np.arange(12, dtype=np.int16).reshape(3, 4),
        "layers.2.weight:scale": np.ones(3, np.float32),
        "layers.2.bias": np.ones(3, np.uint16),
    }
)

Mutation = tuple[int, int, bytes]
mutations = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 6), st.binary(max_size=6)), min_size=1, max_size=4)


def mutated(data: bytes, changes: list[Mutation]) -> bytes:
    """`data` with some places cut out and others put in."""
    for where, length, instead in changes:
        start = where % (len(data) + 1)
        data = data[:start] + instead + data[start + length :]
    return data


def outcome(model: bytes, holdout: bytes, metric: str = "log_loss") -> int | DemlError:
    def judge() -> int:
        rows = load_holdout(ARCHITECTURE, parse_metric(metric, ARCHITECTURE), holdout, 100)
        return score(load_model(ARCHITECTURE, model, load_model(ARCHITECTURE, MODEL)), rows)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = attempt(judge)
    if isinstance(found, int):
        assert -MAX_SCORE <= found <= MAX_SCORE
    return found


def test_the_unharmed_files_have_a_score():
    assert isinstance(outcome(MODEL, HOLDOUT), int)
    assert isinstance(outcome(CHANGE, HOLDOUT), int)


@many
@given(mutations)
def test_damaged_models(changes: list[Mutation]):
    outcome(mutated(MODEL, changes), HOLDOUT)


@many
@given(mutations)
def test_damaged_changes(changes: list[Mutation]):
    outcome(mutated(CHANGE, changes), HOLDOUT)


@many
@given(mutations)
def test_damaged_holdouts(changes: list[Mutation]):
    outcome(MODEL, mutated(HOLDOUT, changes))


def body_of(data: bytes) -> int:
    """Where the tensors begin."""
    return 8 + struct.unpack("<Q", data[:8])[0]


@many
@given(st.binary(min_size=len(MODEL), max_size=len(MODEL)), st.binary(min_size=len(HOLDOUT), max_size=len(HOLDOUT)))
def test_any_bits_as_weights_and_features(model: bytes, holdout: bytes):
    """The headers are sound, the values anything: NaN, subnormal, huge."""
    start, held = body_of(MODEL), body_of(HOLDOUT)
    found = outcome(MODEL[:start] + model[start:], HOLDOUT[:held] + holdout[held:], "accuracy")
    assert isinstance(found, int) or found.code() in ("NOT_FINITE", "BAD_STANDARDIZER", "LABEL_OUT_OF_RANGE")


@many
@given(st.binary(min_size=len(CHANGE), max_size=len(CHANGE)))
def test_any_bits_as_changes(change: bytes):
    start = body_of(CHANGE)
    found = outcome(CHANGE[:start] + change[start:], HOLDOUT, "accuracy")
    if not isinstance(found, int):
        refusals = ("NOT_FINITE", "BAD_SCALE", "BAD_STANDARDIZER", "NUMBER_TOO_LARGE", "POSITION_OUT_OF_RANGE")
        assert found.code() in refusals


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
entries = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["F32", "F16", "I64", "U8", "BF16"]) | json_values,
        "shape": st.lists(st.integers(0, 4) | st.integers(), max_size=10) | json_values,
        "data_offsets": st.lists(st.integers(0, 32) | st.integers(), max_size=3) | json_values,
    }
)
headers = st.dictionaries(
    st.sampled_from(["x", "y", "__metadata__", "layers.0.weight"]) | st.text(max_size=5), entries | json_values
)


@many
@given(headers | json_values, st.binary(max_size=64))
def test_any_header(header: Any, body: bytes):
    text = json.dumps(header).encode()
    found = attempt(lambda: read_tensors(struct.pack("<Q", len(text)) + text + body))
    if not isinstance(found, DemlError):
        assert sum(tensor.nbytes for tensor in found.values()) == len(body)


@many
@given(st.binary(max_size=200))
def test_any_file(data: bytes):
    attempt(lambda: read_tensors(data))


@many
@given(st.text(max_size=80) | json_values.map(json.dumps))
def test_any_architecture_text(text: str):
    attempt(lambda: parse_architecture(text))


@pytest.mark.parametrize("name", FAMILIES)
@settings(deadline=None, max_examples=100)
@given(st.data())
def test_architectures_with_strange_values(name: str, data: st.DataObject):
    fields = dict(FAMILIES[name])
    changed = data.draw(st.sampled_from([*fields, "standardize", "more"]))
    fields[changed] = data.draw(json_values | st.integers(-1, 70_000))
    attempt(lambda: architecture_of(fields))


@many
@given(st.text(max_size=20))
def test_any_metric(name: str):
    attempt(lambda: parse_metric(name, ARCHITECTURE))
