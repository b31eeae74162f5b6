"""ONNX graphs, as exporters write them, against ONNX Runtime."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor, make_tensor_value_info
from onnx.numpy_helper import from_array

from deml_learn.models.errors import MalformedSource, Unimportable
from deml_learn.models.onnx.file import read_onnx
from tests.unit.learn.models.imports import model_of, outputs_of

ROWS = 40


def graph_of(nodes: list[Any], shape: list[Any], constants: dict[str, np.ndarray], output: str = "y") -> bytes:
    """A file with the input ``x``; constants in float32 unless they are integers."""
    kept = [
        from_array(value.astype(np.float32) if value.dtype.kind == "f" else value, name)
        for name, value in constants.items()
    ]
    graph = make_graph(
        nodes,
        "test",
        [make_tensor_value_info("x", TensorProto.FLOAT, ["rows", *shape])],
        [make_tensor_value_info(output, TensorProto.FLOAT, None)],
        kept,
    )
    opsets = [make_opsetid("", 20), make_opsetid("ai.onnx.ml", 3)]
    return make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString()


def chain(*steps: tuple[Any, ...]) -> list[Any]:
    """Nodes in a row from ``x`` to ``y``: operator, constants, attributes."""
    nodes = []
    for place, (op, constants, attributes) in enumerate(steps):
        source = f"v{place}" if place else "x"
        target = "y" if place == len(steps) - 1 else f"v{place + 1}"
        nodes.append(make_node(op, [source, *constants], [target], f"node{place}", **attributes))
    return nodes


def by_runtime(data: bytes, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(["y"], {"x": x.astype(np.float32)})[0]


def agrees(data: bytes, x: np.ndarray, task: str | None = None, sigmoid: bool = False) -> dict[str, Any]:
    """Compare engine and runtime on rows, in logits or values; return the architecture."""
    source = read_onnx(data, task)
    model = model_of(source.form)
    outputs = outputs_of(model, x.reshape(len(x), -1))
    expected = by_runtime(data, x).reshape(len(x), -1)
    if sigmoid:
        outputs = 1 / (1 + np.exp(-outputs))
    np.testing.assert_allclose(outputs, expected, rtol=2e-4, atol=2e-5)
    return dict(source.form.fields())


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize("activation", ["Relu", "LeakyRelu", "Tanh", "Sigmoid", "Gelu"])
def test_layers_with_every_activation(activation: str, random: np.random.Generator):
    constants = {
        "w": random.normal(size=(5, 4)),
        "b": random.normal(size=5),
        "w2": random.normal(size=(5, 3)),
        "b2": random.normal(size=3),
    }
    steps = (
        ("Gemm", ["w", "b"], {"transB": 1}),
        (activation, [], {}),
        ("MatMul", ["w2"], {}),
        ("Add", ["b2"], {}),
    )
    fields = agrees(graph_of(chain(*steps), [4], constants), random.normal(size=(ROWS, 4)))
    assert (fields["family"], fields["hidden"], fields["outputs"]) == ("mlp", [5], 3)


def test_gelu_written_out_as_exporters_do(random: np.random.Generator):
    constants = {"w": random.normal(size=(4, 5)), "w2": random.normal(size=(5, 2))}
    constants |= {"root": np.array(2**0.5), "one": np.array(1.0), "half": np.array(0.5)}
    before, after = make_node("MatMul", ["x", "w"], ["h"]), make_node("MatMul", ["g", "w2"], ["y"])
    erf = [
        make_node("Div", ["h", "root"], ["d"]),
        make_node("Erf", ["d"], ["e"]),
        make_node("Add", ["e", "one"], ["p"]),
    ]
    halved_last = [make_node("Mul", ["h", "p"], ["m"]), make_node("Mul", ["m", "half"], ["g"])]
    halved_first = [make_node("Mul", ["h", "half"], ["m"]), make_node("Mul", ["m", "p"], ["g"])]
    for rest in (halved_last, halved_first):
        data = graph_of([before, *erf, *rest, after], [4], constants)
        assert agrees(data, random.normal(size=(ROWS, 4)))["activation"] == "gelu"


def test_standardisers_and_norms_are_folded(random: np.random.Generator):
    norm = {
        "gamma": random.normal(size=5),
        "beta": random.normal(size=5),
        "mean": random.normal(size=5),
        "var": random.uniform(0.5, 2, size=5),
    }
    constants = norm | {
        "mu": random.normal(size=4),
        "sd": random.uniform(0.5, 2, size=4),
        "w": random.normal(size=(5, 4)),
        "w2": random.normal(size=(2, 5)),
        "k": np.array(0.5),
    }
    steps = (
        ("Sub", ["mu"], {}),
        ("Div", ["sd"], {}),
        ("Gemm", ["w"], {"transB": 1, "alpha": 0.5}),
        ("BatchNormalization", list(norm), {}),
        ("Relu", [], {}),
        ("BatchNormalization", list(norm), {}),
        ("Gemm", ["w2"], {"transB": 1}),
        ("Mul", ["k"], {}),
    )
    fields = agrees(graph_of(chain(*steps), [4], constants), random.normal(size=(ROWS, 4)))
    assert fields["standardize"] is True


GLOBAL_MEANS = {
    "GlobalAveragePool": (("GlobalAveragePool", [], {}), ("Flatten", [], {})),
    "ReduceMean": (("ReduceMean", ["axes"], {"keepdims": 0}),),
    "ReduceMean and Reshape": (("ReduceMean", ["axes"], {"keepdims": 1}), ("Reshape", ["flat"], {})),
}


@pytest.mark.parametrize("mean", GLOBAL_MEANS)
def test_images(mean: str, random: np.random.Generator):
    constants = {
        "axes": np.array([-1, -2]),
        "flat": np.array([-1, 6]),
        "c1": random.normal(size=(6, 3, 3, 3)),
        "b1": random.normal(size=6),
        "c2": random.normal(size=(6, 1, 3, 3)),
        "w": random.normal(size=(4, 6)),
        "gamma": random.normal(size=6),
        "beta": random.normal(size=6),
        "mean": random.normal(size=6),
        "var": random.uniform(0.5, 2, size=6),
    }
    steps = (
        ("Conv", ["c1", "b1"], {"pads": [1, 1, 1, 1], "strides": [2, 1]}),
        ("BatchNormalization", ["gamma", "beta", "mean", "var"], {}),
        ("Relu", [], {}),
        ("MaxPool", [], {"kernel_shape": [2, 2], "strides": [1, 1]}),
        ("Conv", ["c2"], {"group": 6}),
        ("Tanh", [], {}),
        *GLOBAL_MEANS[mean],
        ("Gemm", ["w"], {"transB": 1}),
    )
    fields = agrees(graph_of(chain(*steps), [3, 8, 8], constants), random.normal(size=(ROWS, 3, 8, 8)))
    kinds = [layer["kind"] for layer in fields["layers"]]
    assert kinds == ["conv2d", "max_pool", "conv2d", "avg_pool", "flatten", "dense"]


def test_a_sigmoid_at_the_end_makes_it_a_classifier(random: np.random.Generator):
    steps = (("Gemm", ["w"], {"transB": 1}), ("Sigmoid", [], {}))
    data = graph_of(chain(*steps), [4], {"w": random.normal(size=(1, 4))})
    assert agrees(data, random.normal(size=(ROWS, 4)), sigmoid=True)["family"] == "logistic"


def test_one_output_alone_is_taken_for_a_value_unless_said_otherwise(random: np.random.Generator):
    data = graph_of(chain(("MatMul", ["w"], {})), [4], {"w": random.normal(size=(4, 1))})
    assert read_onnx(data, None).form.fields()["family"] == "linear"
    assert "--task classification" in read_onnx(data, None).notes[0]
    told = read_onnx(data, "classification")
    assert (told.form.fields()["family"], told.notes) == ("logistic", ())


@pytest.mark.parametrize("mode", ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"])
def test_trees_of_every_comparison(mode: str):
    attributes: dict[str, Any] = {
        "n_targets": 1,
        "nodes_treeids": [0, 0, 0, 1, 1, 1],
        "nodes_nodeids": [0, 1, 2, 0, 1, 2],
        "nodes_featureids": [0, 0, 0, 1, 0, 0],
        "nodes_modes": [mode, "LEAF", "LEAF", mode, "LEAF", "LEAF"],
        "nodes_values": [0.5, 0.0, 0.0, -1.5, 0.0, 0.0],
        "nodes_truenodeids": [1, 0, 0, 1, 0, 0],
        "nodes_falsenodeids": [2, 0, 0, 2, 0, 0],
        "target_treeids": [0, 0, 1, 1],
        "target_nodeids": [1, 2, 1, 2],
        "target_ids": [0, 0, 0, 0],
        "target_weights": [1.0, 2.0, 10.0, 20.0],
        "base_values": [0.25],
    }
    node = make_node("TreeEnsembleRegressor", ["x"], ["y"], "trees", domain="ai.onnx.ml", **attributes)
    x = np.array([[0.5, -1.5], [0.4, -1.6], [0.6, -1.4], [np.nextafter(np.float32(0.5), np.float32(1)), -1.5]])
    agrees(graph_of([node], [2], {}), x)


FIRST, SECOND = ("MatMul", ["w"], {}), ("MatMul", ["v"], {})
UNKNOWN: dict[str, tuple[Any, str]] = {
    "an operator": ((("Elu", [], {}), FIRST), r"Elu \('node0'\)"),
    "a recurrent one": ((("LSTM", ["w", "w"], {}), FIRST), r"LSTM \('node0'\)"),
    "an activation at the end": ((FIRST, ("Relu", [], {})), r"Relu \('node1'\)"),
    "features on their side": ((("Gemm", ["w"], {"transA": 1}),), "features must come first"),
    "another slope": ((FIRST, ("LeakyRelu", [], {"alpha": 0.2}), SECOND), "0.01"),
    "two activations": ((FIRST, ("Relu", [], {}), SECOND, ("Tanh", [], {}), SECOND), "one activation"),
    "layers that do not meet": ((FIRST, FIRST), "the layer before makes 2"),
    "weights from nowhere": ((("MatMul", ["missing"], {}),), "not a constant"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_is_not_known_is_named_with_its_node(case: str):
    steps, named = UNKNOWN[case]
    data = graph_of(chain(*steps), [4], {"w": np.ones((4, 2)), "v": np.ones((2, 2))})
    with pytest.raises(Unimportable, match=named):
        read_onnx(data, None)


def test_a_graph_that_splits_up_is_refused(random: np.random.Generator):
    nodes = [
        make_node("MatMul", ["x", "w"], ["a"]),
        make_node("MatMul", ["a", "v"], ["b"]),
        make_node("MatMul", ["a", "v"], ["c"], "second"),
        make_node("Add", ["b", "c"], ["y"]),
    ]
    data = graph_of(nodes, [4], {"w": random.normal(size=(4, 2)), "v": random.normal(size=(2, 2))})
    with pytest.raises(Unimportable, match="splits up"):
        read_onnx(data, None)


@pytest.mark.parametrize("output", ["x", "a", "b", "y"])
def test_circles_end(output: str, random: np.random.Generator):
    nodes = [make_node("MatMul", ["x", "w"], ["a"]), make_node("MatMul", ["a", "w"], ["b"])]
    nodes += [make_node("MatMul", ["b", "w"], ["x"]), make_node("MatMul", ["b", "w"], ["a"])]
    with pytest.raises((MalformedSource, Unimportable)):
        read_onnx(graph_of(nodes, [4], {"w": random.normal(size=(4, 4))}, output), None)


def test_sizes_that_the_numbers_do_not_fill_are_refused():
    for dims in ([2**40, 2**20], [4, 2], [-1, 3]):
        tensor = make_tensor("w", TensorProto.FLOAT, [1], [1.0])
        del tensor.dims[:]
        tensor.dims.extend(dims)
        graph = make_graph(
            [make_node("MatMul", ["x", "w"], ["y"])],
            "test",
            [make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 4])],
            [make_tensor_value_info("y", TensorProto.FLOAT, None)],
            [tensor],
        )
        with pytest.raises(MalformedSource):
            read_onnx(make_model(graph).SerializeToString(), None)
