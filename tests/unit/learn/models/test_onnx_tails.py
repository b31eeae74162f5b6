"""What follows the scores of an ONNX graph: proven to be what we score, or refused by the operator's name.

A converter's calibration, a threshold, another order of the classes: each changes what a model says, and each was once
taken for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto
from onnx.helper import (
    make_empty_tensor_value_info,
    make_graph,
    make_model,
    make_node,
    make_opsetid,
    make_tensor_value_info,
)
from onnx.numpy_helper import from_array

from deml_learn.models.errors import ImportDiffers, TaskDisagrees, Unimportable
from deml_learn.models.exits import Says
from deml_learn.models.holding import hold
from deml_learn.models.kinds import ModelKind
from deml_learn.models.onnx.file import read_onnx
from deml_learn.models.reading import ImportOptions, Taken, take
from tests.support.cases import case, expected_of

pytestmark = pytest.mark.usefixtures("in_this_process")

RANDOM = np.random.default_rng(11)
CONSTANTS: dict[str, np.ndarray] = {
    "w1": RANDOM.normal(size=(1, 4)),
    "w2": RANDOM.normal(size=(2, 4)),
    "w3": RANDOM.normal(size=(3, 4)),
    "w4": RANDOM.normal(size=(4, 1)),
    "one": np.array(1.0),
    "minus": np.array([-1.0]),
    "half": np.array([0.5]),
    "zero": np.array(0.0),
    "limit": np.array([0.9]),
    "two": np.array([2.0]),
    "priors": np.array([0.2, 1.0, 3.0]),
    "reversed": np.array([2, 0, 1]),
    "second": np.array([1]),
    "single": np.array([1]),
    "names": np.array([10, 20, 30]),
    "none": np.array([0, 0, 0]),
    "column": np.array([-1, 1]),
    "list": np.array([-1]),
    "three": np.array([-1, 3]),
    "row": np.array([1, -1]),
    "a": np.array(7),
    "b": np.array(8),
    "per_row": np.array([[1.0], [2.0]]),
    "training": np.array(True),
    "ratio": np.array(0.5),
}
ML = "ai.onnx.ml"


def node(op: str, inputs: str, outputs: str, **attributes: Any) -> Any:
    return make_node(op, inputs.split(), outputs.split(), f"the {op}", **attributes)


def graph(*nodes: Any, outputs: str = "y", opset: int = 20, kind: int = TensorProto.FLOAT) -> bytes:
    """A file with four features ``x``."""
    used = {name for one in nodes for name in one.input}
    constants = [
        from_array(value.astype(np.float32) if value.dtype.kind == "f" else value, name)
        for name, value in CONSTANTS.items()
        if name in used
    ]
    made = make_graph(
        list(nodes),
        "test",
        [make_tensor_value_info("x", kind, ["rows", 4])],
        [make_empty_tensor_value_info(name) for name in outputs.split()],
        constants,
    )
    opsets = [make_opsetid("", opset), make_opsetid(ML, 3)]
    return make_model(made, opset_imports=opsets, ir_version=9).SerializeToString()


def gemm(scores: int) -> Any:
    return node("Gemm", f"x w{scores}", "z", transB=1)


def linear_classifier(scores: int, transform: str, labels: Sequence[Any] = ()) -> Any:
    settings = {"coefficients": CONSTANTS[f"w{scores}"].ravel().tolist(), "intercepts": [0.25] * scores}
    labels = labels or range(max(2, scores))
    settings[f"classlabels_{'strings' if isinstance(labels[0], str) else 'ints'}"] = list(labels)
    return node("LinearClassifier", "x", "l z", domain=ML, post_transform=transform, **settings)


SIGMOID = node("Sigmoid", "z", "p")
SOFTMAX = node("Softmax", "z", "p", axis=1)
COMPLEMENT = node("Sub", "one p", "q")
BOTH = (gemm(1), SIGMOID, COMPLEMENT, node("Concat", "q p", "y", axis=1))

REFUSED: dict[str, tuple[Sequence[Any], str]] = {
    "exponential": ((gemm(1), node("Exp", "z", "y")), "Exp"),
    "rectified": ((gemm(1), node("Relu", "z", "y")), "Relu"),
    "clipped": ((gemm(3), node("Clip", "z zero one", "y")), "Clip"),
    "scaled probability": ((gemm(1), SIGMOID, node("Mul", "p two", "y")), "Mul"),
    "shifted probability": ((gemm(1), SIGMOID, node("Add", "p half", "y")), "Add"),
    "calibrated probability": ((gemm(1), SIGMOID, node("Pow", "p two", "y")), "Pow"),
    "reweighted by priors": (
        (gemm(3), SOFTMAX, node("Mul", "p priors", "m"), node("Normalizer", "m", "y", domain=ML, norm="L1")),
        "Mul",
    ),
    "a sigmoid for each": ((gemm(3), node("Sigmoid", "z", "y")), "3 labels a row"),
    "two sigmoids": ((gemm(2), node("Sigmoid", "z", "y")), "2 labels a row"),
    "softmax of one": ((gemm(1), node("Softmax", "z", "y")), "Softmax"),
    "softmax over rows": ((gemm(3), node("Softmax", "z", "y", axis=0)), "axis"),
    "softmax of probabilities": ((gemm(3), SOFTMAX, node("Softmax", "p", "y", axis=1)), "Softmax"),
    "classes in another order": ((gemm(3), SOFTMAX, node("Gather", "p reversed", "y", axis=1)), "Gather"),
    "one class of three": ((gemm(3), node("Gather", "z single", "y", axis=1)), "Gather"),
    "columns taken out": (
        (linear_classifier(3, "NONE"), node("ArrayFeatureExtractor", "z single", "y", domain=ML)),
        "ArrayFeatureExtractor",
    ),
    "second class first": ((gemm(1), SIGMOID, COMPLEMENT, node("Concat", "p q", "y", axis=1)), "Concat"),
    "joined by rows": ((gemm(1), SIGMOID, COMPLEMENT, node("Concat", "q p", "y", axis=0)), "Concat"),
    "the complement alone": ((gemm(1), SIGMOID, node("Sub", "one p", "y")), "Sub"),
    "less than another number": ((gemm(1), SIGMOID, node("Sub", "two p", "y")), "Sub"),
    "threshold of 0.9": ((gemm(1), SIGMOID, node("Greater", "p limit", "g"), node("Cast", "g", "y", to=1)), "Greater"),
    "threshold from below": ((gemm(1), SIGMOID, node("Less", "p half", "y")), "Less"),
    "threshold of a score": ((gemm(1), node("Greater", "z half", "y")), "Greater"),
    "the opposite of true": ((gemm(1), node("Greater", "z zero", "g"), node("Not", "g", "y")), "Not"),
    "cast to whole numbers": ((gemm(3), node("Cast", "z", "y", to=TensorProto.INT64)), "Cast"),
    "cast to half precision": ((gemm(3), node("Cast", "z", "y", to=TensorProto.FLOAT16)), "Cast"),
    "features cast to whole numbers": (
        (node("Cast", "x", "i", to=7), node("Cast", "i", "f", to=1), node("Gemm", "f w3", "y", transB=1)),
        "Cast",
    ),
    "dropout that drops": (
        (node("Dropout", "x ratio training", "d"), node("Gemm", "d w3", "y", transB=1)),
        "Dropout",
    ),
    "least in place of most": ((gemm(3), node("ArgMin", "z", "y", axis=1)), "ArgMin"),
    "most likely row": ((gemm(3), node("ArgMax", "z", "y", axis=0)), "axis"),
    "last of equals": ((gemm(3), node("ArgMax", "z", "y", axis=1, select_last_index=1)), "last of equals"),
    "largest score": ((gemm(3), node("TopK", "z single", "y i", axis=1)), "largest score"),
    "least likely": ((gemm(3), node("TopK", "z single", "v y", axis=1, largest=0)), "TopK"),
    "length of one": ((gemm(3), SOFTMAX, node("Normalizer", "p", "y", domain=ML, norm="L2")), "Normalizer"),
    "divided by the largest": ((gemm(3), SOFTMAX, node("Normalizer", "p", "y", domain=ML)), "Normalizer"),
    "labels that repeat": (
        (gemm(3), node("ArgMax", "z", "c", axis=1), node("Gather", "none c", "y")),
        "Gather",
    ),
    "several labels": ((linear_classifier(3, "NONE"), node("Binarizer", "z", "y", domain=ML)), "Binarizer"),
    "probit": ((linear_classifier(3, "PROBIT"),), "PROBIT"),
    "a way round": ((gemm(1), node("MatMul", "x w4", "s"), node("Add", "z s", "y")), "splits up"),
    "a way past": ((node("Relu", "x", "r"), node("Gemm", "r w1", "z", transB=1), node("Add", "z x", "y")), "splits up"),
    "rows joined": ((gemm(3), node("Reshape", "z row", "y")), "row to row"),
    "rows flattened": ((gemm(3), node("Flatten", "z", "y", axis=0)), "row to row"),
    "a number for each row": ((gemm(1), node("Mul", "z per_row", "y")), "Mul"),
    "rows mixed before the layer": ((node("Reshape", "x row", "r"), node("Gemm", "r w3", "y", transB=1)), "row to row"),
    "sigmoid of a regression": (
        (
            node("LinearRegressor", "x", "z", domain=ML, coefficients=[1.0, 2.0, 3.0, 4.0], intercepts=[1.0]),
            node("Sigmoid", "z", "y"),
        ),
        "Sigmoid",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_changes_the_scores_is_refused_by_name(name: str):
    nodes, named = REFUSED[name]
    outputs = "z" if name == "probit" else "y"
    with pytest.raises(Unimportable, match=named) as refusal:
        read_onnx(graph(*nodes, outputs=outputs), None)
    assert "operator" in str(refusal.value)


def test_one_output_that_is_fine_does_not_excuse_another():
    with pytest.raises(Unimportable, match="Exp"):
        read_onnx(graph(gemm(3), SOFTMAX, node("Exp", "z", "e"), outputs="p e"), None)


def test_an_output_from_within_is_refused():
    nodes = (node("Gemm", "x w4", "h"), node("Relu", "h", "r"), node("MatMul", "r w1", "y"))
    with pytest.raises(Unimportable, match="an output of the model already"):
        read_onnx(graph(*nodes, outputs="h y"), None)


def test_labels_that_disagree_with_a_dictionary_are_refused():
    zipped = node("ZipMap", "z", "y", domain=ML, classlabels_int64s=[2, 1, 0])
    with pytest.raises(Unimportable, match="do not agree on their order"):
        read_onnx(graph(linear_classifier(3, "SOFTMAX"), zipped, outputs="l y"), None)


@pytest.mark.parametrize("kind", [TensorProto.INT64, TensorProto.FLOAT16, TensorProto.STRING])
def test_features_of_another_type_are_refused(kind: int):
    with pytest.raises(Unimportable, match=TensorProto.DataType.Name(kind)):
        read_onnx(graph(gemm(3), kind=kind, outputs="z"), None)


PLACE = node("ArgMax", "z", "c", axis=1)
ACCEPTED: dict[str, tuple[Sequence[Any], str, list[Says]]] = {
    "logits": ((gemm(3),), "z", [Says.SCORES]),
    "softmax": ((gemm(3), SOFTMAX), "p", [Says.SHARES]),
    "softmax, its scores and the class": ((gemm(3), SOFTMAX, PLACE), "z p c", [Says.SCORES, Says.SHARES, Says.CLASS]),
    "logarithms": ((gemm(3), node("LogSoftmax", "z", "p")), "p", [Says.LOG_SHARES]),
    "one sigmoid": ((gemm(1), SIGMOID), "p", [Says.POSITIVE]),
    "a sigmoid and its complement": (BOTH, "y", [Says.SHARES]),
    "a sigmoid as a list": ((gemm(1), SIGMOID, node("Reshape", "p list", "y")), "y", [Says.POSITIVE]),
    "a sigmoid as text of zeros and ones": (
        (gemm(1), SIGMOID, node("Greater", "p half", "g"), node("Cast", "g", "y", to=7)),
        "p y",
        [Says.POSITIVE, Says.CLASS],
    ),
    "whether the score is above zero": ((gemm(1), node("Greater", "z zero", "y")), "y", [Says.CLASS]),
    "one of two names": (
        (gemm(1), SIGMOID, node("Less", "half p", "g"), node("Where", "g a b", "y")),
        "y",
        [Says.CLASS],
    ),
    "the best of three": ((gemm(3), node("TopK", "z single", "v c", axis=1)), "c", [Says.CLASS]),
    "names of classes": ((gemm(3), PLACE, node("Gather", "names c", "y")), "y", [Says.CLASS]),
    "labels by an encoder": (
        (
            gemm(3),
            node("ArgMax", "z", "c", axis=1, keepdims=0),
            node("LabelEncoder", "c", "y", domain=ML, keys_int64s=[0, 1, 2], values_strings=["r", "s", "t"]),
        ),
        "y",
        [Says.CLASS],
    ),
    "a linear classifier": ((linear_classifier(3, "SOFTMAX"),), "l z", [Says.CLASS, Says.SHARES]),
    "margins": ((linear_classifier(3, "NONE"),), "l z", [Says.CLASS, Says.SCORES]),
    "one against the rest": (
        (linear_classifier(3, "LOGISTIC"), node("Normalizer", "z", "y", domain=ML, norm="L1")),
        "l y",
        [Says.CLASS, Says.REST],
    ),
    "a dictionary of names": (
        (
            linear_classifier(3, "SOFTMAX", ["r", "s", "t"]),
            node("ZipMap", "z", "y", domain=ML, classlabels_strings=["r", "s", "t"]),
        ),
        "l y",
        [Says.CLASS, Says.SHARES],
    ),
    "labels in another order": ((linear_classifier(3, "SOFTMAX", [2, 0, 1]),), "l z", [Says.CLASS, Says.SHARES]),
    "minus the margin and the margin": (
        (gemm(1), node("Mul", "z minus", "m"), node("Concat", "m z", "y", axis=1)),
        "y",
        [Says.OPPOSITES],
    ),
    "scaled and shifted": ((gemm(3), node("Mul", "z priors", "m"), node("Add", "m half", "y")), "y", [Says.SCORES]),
    "a dead end of another kind": ((gemm(3), SOFTMAX, node("Exp", "z", "e")), "p", [Says.SHARES]),
    "dropout and identity": (
        (node("Dropout", "x", "d"), node("Identity", "d", "i"), node("Gemm", "i w3", "z", transB=1), SOFTMAX),
        "p",
        [Says.SHARES],
    ),
}  # fmt: skip


def taken(folder: Path, data: bytes, task: str | None = None) -> Taken:
    path = folder / "model.onnx"
    path.write_bytes(data)
    return take(path, ModelKind.ONNX, ImportOptions(task=task))


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_proven_is_taken_and_says_the_same(name: str, tmp_path: Path):
    nodes, outputs, says = ACCEPTED[name]
    found = taken(tmp_path, graph(*nodes, outputs=outputs))
    assert [one.says for one in found.source.exits] == says
    assert hold(found).judge == "run by ONNX Runtime"


def test_labels_that_are_numbers_are_those_classes(tmp_path: Path):
    found = taken(tmp_path, graph(linear_classifier(3, "SOFTMAX", [2, 0, 1]), outputs="l z"))
    assert found.places == (2, 0, 1)
    weight = found.imported.tensors["layers.0.weight"]
    np.testing.assert_allclose(weight[2], CONSTANTS["w3"][0], rtol=1e-6)


def test_a_task_that_disagrees_with_the_file_is_refused():
    with pytest.raises(TaskDisagrees, match="does classification"):
        read_onnx(graph(gemm(1), SIGMOID, outputs="p"), "regression")
    with pytest.raises(TaskDisagrees, match="does classification"):
        read_onnx(graph(gemm(3), SOFTMAX, outputs="p"), "regression")
    with pytest.raises(Unimportable, match="3 outputs"):
        read_onnx(graph(gemm(3), outputs="z"), "regression")
    regressor = node("LinearRegressor", "x", "z", domain=ML, coefficients=[1.0, 2.0, 3.0, 4.0], intercepts=[1.0])
    with pytest.raises(TaskDisagrees, match="does regression"):
        read_onnx(graph(regressor, outputs="z"), "classification")


def test_what_several_scores_are_taken_for_is_said():
    assert "one logit a class" in read_onnx(graph(gemm(3), outputs="z"), None).notes[0]


def test_predictions_alone_and_margins_and_one_against_the_rest_are_said():
    for name, word in (("names of classes", "classes alone"), ("margins", "margins"), ("one against the rest", "rest")):
        nodes, outputs, _ = ACCEPTED[name]
        assert word in read_onnx(graph(*nodes, outputs=outputs), None).notes[0]


NAMED = {
    "onnx-calibrated-svc3/s-calib3-sig.onnx": "ArrayFeatureExtractor",
    "onnx-class-order/h-complement.onnx": "Sub",
    "onnx-class-order/h-p-first.onnx": "Concat",
    "onnx-class-order/h-softmax-perm.onnx": "Gather",
    "onnx-decision-threshold/h-gather-one.onnx": "Gather",
    "onnx-decision-threshold/h-prior-shift.onnx": "Mul",
    "onnx-decision-threshold/h-thr-where.onnx": "Greater",
    "onnx-linear-then-ops/h2-lin-clip.onnx": "Relu",
    "onnx-linear-then-ops/h2-lin-exp.onnx": "Exp",
    "onnx-linear-then-ops/h2-lin-sigmoid.onnx": "Sigmoid",
    "onnx-xgb-poisson/m-xp.onnx": "Exp",
    "sklearn-ridge-multilabel/s-ridge-ml.onnx": "Binarizer",
    "torch-age-sigmoid-100/to-age-dyn.onnx": "Mul",
    "torch-age-sigmoid-100/to-age-ts.onnx": "Mul",
}


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("task", [None, "regression", "classification"])
def test_models_from_the_field_are_refused_by_name(name: str, task: str | None):
    with pytest.raises(Unimportable, match=f"the operator {NAMED[name]} "):
        read_onnx(case(name).read_bytes(), task)


def test_what_is_done_to_a_linear_models_value_is_folded_in(tmp_path: Path):
    found = taken(tmp_path, case("onnx-linear-then-ops/h2-lin-scaleback.onnx").read_bytes())
    hold(found)
    assert found.imported.fields == {"family": "linear", "inputs": 4}


@pytest.mark.parametrize("file", ["h-identity-w", "h-transpose-w", "to-bnafter-ts"])
def test_identity_and_transpose_of_constants_are_constants(file: str, tmp_path: Path):
    found = taken(tmp_path, case(f"torchscript-identity-init/{file}.onnx").read_bytes())
    hold(found)
    if file == "to-bnafter-ts":
        x, right = expected_of("torchscript-identity-init")
        said = found.pair.original(x).outputs[0]
        np.testing.assert_allclose(said, right, atol=1e-6)


def test_what_onnx_runtime_says_counts_and_not_what_was_meant(tmp_path: Path):
    """Zero base values, which ONNX Runtime makes [-0.84, 0.84] of."""
    with pytest.raises(ImportDiffers, match=r"ONNX Runtime.*a probability differs by 1\.68"):
        hold(taken(tmp_path, case("export-two-class-forest/exp-p-dt1.onnx").read_bytes()))
    hold(taken(tmp_path, case("export-two-class-forest/nobase.onnx").read_bytes()))
