"""Encoded models mean what they were made of, and the smallest that keeps its score is found."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deml.base.errors import DemlError
from deml.scoring import Model, load_model, parse_architecture
from deml.scoring.architecture import TensorKind
from deml.scoring.encodings import skip_name
from deml.scoring.errors import NoInitialModel, NotFinite
from deml.scoring.safetensors import read_tensors, write_tensors
from deml_learn.models.encode import LEVELS, PLAIN, Encoding, candidates, encode, packed_size, smallest

ARCHITECTURE = parse_architecture(
    '{"family": "mlp", "task": "classification", "inputs": 40, "hidden": [30], "outputs": 3, "standardize": true}'
)
ALL = tuple(candidates(with_initial=True))


def random_model(seed: int, spread: float = 1.0) -> Model:
    random = np.random.default_rng(seed)
    tensors = {name: random.normal(size=spec.shape) * spread for name, spec in ARCHITECTURE.tensor_specs().items()}
    tensors["standardize.scale"] = np.exp(tensors["standardize.scale"])
    return load_model(ARCHITECTURE, write_tensors({name: one.astype(np.float32) for name, one in tensors.items()}))


def moved(model: Model, seed: int, part: float = 1.0) -> Model:
    """The model, some of its weights a little off, its standardiser as it was."""
    random = np.random.default_rng(seed)
    tensors = {
        name: one if name.startswith("standardize") else one + (random.random(one.shape) < part) * 0.1
        for name, one in model.tensors.items()
    }
    return load_model(ARCHITECTURE, write_tensors({name: one.astype(np.float32) for name, one in tensors.items()}))


INITIAL = random_model(0)
MODEL = moved(INITIAL, 1)


def decoded(encoding: Encoding, model: Model = MODEL, initial: Model | None = INITIAL) -> Model:
    given_initial = None if initial is None else initial.tensors
    return load_model(ARCHITECTURE, encode(ARCHITECTURE, model.tensors, encoding, given_initial), initial)


@pytest.mark.parametrize("encoding", ALL, ids=str)
def test_numbers_come_back_within_half_a_step(encoding: Encoding):
    back = decoded(encoding)
    for name, there in MODEL.tensors.items():
        stored = there - INITIAL.tensors[name] if encoding.delta else there
        largest = np.max(np.abs(stored))
        relative = {"F32": 0.0, "F16": 2.0**-11, "BF16": 2.0**-8}.get(encoding.dtype, 0.5 / max(1, encoding.levels))
        assert np.max(np.abs(back.tensors[name] - there)) <= relative * largest * (1 + 1e-5) + 1e-7 * encoding.delta


@pytest.mark.parametrize("encoding", PLAIN, ids=str)
def test_without_an_initial_model_there_are_no_changes(encoding: Encoding):
    file = encode(ARCHITECTURE, MODEL.tensors, encoding, None)
    assert load_model(ARCHITECTURE, file).tensors.keys() == MODEL.tensors.keys()
    assert not [name for name in read_tensors(file) if "delta" in name]


def test_a_change_needs_its_initial_model():
    file = encode(ARCHITECTURE, MODEL.tensors, Encoding("I8", 7, delta=True), INITIAL.tensors)
    with pytest.raises(NoInitialModel):
        load_model(ARCHITECTURE, file)


def test_a_model_that_has_not_changed_takes_next_to_nothing():
    file = encode(ARCHITECTURE, INITIAL.tensors, PLAIN[0], INITIAL.tensors)
    back = load_model(ARCHITECTURE, file, INITIAL)
    assert all(np.array_equal(back.tensors[name], one) for name, one in INITIAL.tensors.items())
    assert packed_size(file) < 700


def test_standardisers_are_not_rounded():
    other = moved(random_model(5), 6)
    back = decoded(Encoding("I8", 1, delta=True), other)
    for name in ("standardize.mean", "standardize.scale"):
        assert np.array_equal(back.tensors[name], other.tensors[name])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 2_999), max_size=12))
def test_sparse_changes_go_any_way(places: list[int]):
    changed = np.zeros(3_000, np.bool_)
    changed[places] = True
    fields = {"family": "linear", "inputs": 3_000}
    architecture = parse_architecture(json.dumps(fields))
    before = {"layers.0.weight": np.zeros((1, 3_000)), "layers.0.bias": np.ones(1)}
    after = before | {"layers.0.weight": changed[None, :].astype(np.float64)}
    initial = load_model(architecture, encode(architecture, before, PLAIN[0], None))
    file = encode(architecture, after, Encoding("I8", 1, delta=True, sparse=True), before)
    assert np.array_equal(load_model(architecture, file, initial).tensors["layers.0.weight"], after["layers.0.weight"])
    assert len(read_tensors(file)[skip_name("layers.0.weight")]) <= changed.sum() + 12


def test_whole_numbers_stay_what_they_are():
    fields = {"family": "trees", "task": "regression", "inputs": 2, "outputs": 1, "trees": 1, "nodes": 3, "depth": 1}
    architecture = parse_architecture(json.dumps(fields))
    tensors = {
        name: np.zeros(spec.shape, np.int32 if spec.kind is TensorKind.INTEGER else np.float64)
        for name, spec in architecture.tensor_specs().items()
    }
    tensors["trees.feature"] = np.array([[1, -1, -1]], np.int32)
    tensors["trees.left"], tensors["trees.right"] = np.array([[1, 0, 0]]), np.array([[2, 0, 0]])
    tensors["trees.value"] = np.array([[[0.0], [1.0], [2.0]]])
    file = encode(architecture, tensors, Encoding("I8", 2), None)
    back = load_model(architecture, file).tensors
    assert all(np.array_equal(back[name], tensors[name]) for name in tensors)


def distance(file: bytes) -> int:
    """A score that falls with the largest error: 0 is perfect."""
    back = load_model(ARCHITECTURE, file, INITIAL)
    return -max(int(1e6 * np.max(np.abs(back.tensors[name] - one))) for name, one in MODEL.tensors.items())


@pytest.mark.parametrize("loss", [0, 300, 5_000, 10**9])
def test_the_smallest_file_within_the_loss_is_found(loss: int):
    found = smallest(MODEL, INITIAL, distance, loss)
    assert found.score is not None
    assert found.score >= distance(encode(ARCHITECTURE, MODEL.tensors, PLAIN[0], INITIAL.tensors)) - loss
    for encoding in ALL:
        file = encode(ARCHITECTURE, MODEL.tensors, encoding, INITIAL.tensors)
        assert packed_size(file) >= found.packed or distance(file) < -loss


def test_what_cannot_be_scored_is_passed_over():
    def picky(file: bytes) -> int:
        if len(file) < 5_000:
            raise NoInitialModel("none")
        return 0

    found = smallest(MODEL, INITIAL, picky, 0)
    assert len(found.file) >= 5_000
    with pytest.raises(DemlError):
        smallest(MODEL, INITIAL, lambda _file: picky(b""), 0)


def test_what_a_type_cannot_hold_is_not_chosen():
    huge = {name: one * (1.0 if name.startswith("standardize") else 2.0**20) for name, one in MODEL.tensors.items()}
    model = load_model(ARCHITECTURE, encode(ARCHITECTURE, huge, PLAIN[0], None))
    with pytest.raises(NotFinite):
        decoded(Encoding("F16"), model)
    found = smallest(model, None, lambda file: len(load_model(ARCHITECTURE, file).tensors), 0)
    assert found.encoding.dtype != "F16"


def test_coarser_levels_pack_better():
    sizes = [packed_size(encode(ARCHITECTURE, MODEL.tensors, Encoding("I8", levels), None)) for levels in LEVELS]
    assert sizes == sorted(sizes)
