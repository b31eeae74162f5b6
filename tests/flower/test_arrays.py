"""An app's arrays and the model files of jobs: there and back, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from deml.scoring import load_model, parse_architecture
from deml.scoring.errors import MissingTensor, NotFinite, SurplusTensor, WrongShape
from deml.scoring.safetensors import read_tensors
from deml_flower.arrays import arrays_of, model_file
from deml_flower.errors import ArrayNotReal, ArraysDiffer

ARCHITECTURE = parse_architecture(
    '{"family": "mlp", "inputs": 3, "outputs": 2, "hidden": [4], "task": "classification"}'
)
SHAPES = {name: one.shape for name, one in ARCHITECTURE.tensor_specs().items()}
KEYS = [f"the app's {number}" for number in range(len(SHAPES))]
NAMES = dict(zip(KEYS, SHAPES, strict=True))


@st.composite
def apps_arrays(draw: st.DrawFn) -> dict[str, NDArray[Any]]:
    """Arrays of one model under an app's own keys, in any order, of any of the types that apps have."""
    found = {}
    for key in draw(st.permutations(KEYS)):
        dtype = draw(st.sampled_from(["float16", "float32", "float64", ">f4"]))
        width = 16 if dtype == "float16" else 32
        values = st.floats(width=width, allow_nan=False, allow_infinity=False)
        one = draw(arrays.arrays(np.dtype(dtype), SHAPES[NAMES[key]], elements=values))
        found[key] = np.asfortranarray(one) if draw(st.booleans()) else one
    return found


@given(apps_arrays())
def test_what_float32_holds_comes_back_bit_for_bit_in_the_apps_order_and_types(given_arrays: dict[str, NDArray[Any]]):
    record = ArrayRecord({key: Array(one) for key, one in given_arrays.items()})
    sent = {key: one.numpy() for key, one in record.items()}
    model = load_model(ARCHITECTURE, model_file(sent, NAMES))
    back = arrays_of(model.tensors, NAMES, sent)
    assert list(back) == list(given_arrays)
    for key, one in given_arrays.items():
        assert back[key].dtype == sent[key].dtype
        assert back[key].astype("<f8").tobytes() == one.astype("<f8").tobytes(), "signs of zero, too"


@given(apps_arrays(), st.randoms())
def test_equal_models_have_equal_bytes_in_whatever_order_their_arrays_come(found: dict[str, NDArray[Any]], random: Any):
    keys = list(found)
    random.shuffle(keys)
    assert model_file({key: found[key] for key in keys}, NAMES) == model_file(found, NAMES)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-3e38, max_value=3e38))
def test_float64_is_rounded_to_the_nearest_float32(value: float):
    (tensor,) = read_tensors(model_file({"w": np.array([value])}, {})).values()
    assert tensor.dtype == np.dtype("<f4")
    assert tensor.tolist() == [float(np.float32(value))]


def one(value: float = 0.0, dtype: str = "float64") -> dict[str, NDArray[Any]]:
    return {key: np.full(SHAPES[name], value, dtype) for key, name in NAMES.items()}


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e39])
def test_what_is_no_finite_float32_is_refused_by_the_job(value: float):
    with pytest.raises(NotFinite):
        load_model(ARCHITECTURE, model_file(one(value), NAMES))


@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool", "complex64", "<U4", "object"])
def test_arrays_that_are_no_reals_are_refused_by_name(dtype: str):
    found = one()
    found[KEYS[1]] = np.zeros(SHAPES[NAMES[KEYS[1]]]).astype(dtype)
    with pytest.raises(ArrayNotReal, match=KEYS[1]):
        model_file(found, NAMES)


def test_arrays_that_the_names_do_not_know_are_refused_by_name():
    found = one()
    found["num_batches_tracked"] = found.pop(KEYS[0])
    with pytest.raises(ArraysDiffer, match=f"missing {KEYS[0]}; of no use num_batches_tracked"):
        model_file(found, NAMES)


def test_models_that_the_job_cannot_score_are_refused_by_name():
    tensors = {name: np.zeros(shape) for name, shape in SHAPES.items()}
    short = {name: tensor for name, tensor in tensors.items() if name != "layers.1.bias"}
    for made, error in (
        (short, MissingTensor),
        ({**tensors, "layers.2.weight": np.zeros((1, 2))}, SurplusTensor),
        ({**tensors, "layers.0.bias": np.zeros(5)}, WrongShape),
    ):
        with pytest.raises(error):
            load_model(ARCHITECTURE, model_file(made, {}))


def test_a_delivered_model_of_other_tensors_is_not_taken_for_the_apps():
    with pytest.raises(ArraysDiffer, match=r"missing layers\.0\.bias"):
        arrays_of({"layers.0.weight": np.zeros((4, 3))}, {}, {name: np.zeros(1) for name in list(SHAPES)[:2]})
