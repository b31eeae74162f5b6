"""DeML models as ONNX graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture
from deml.scoring.families.centroids import POINTS, Centroids
from deml.scoring.families.cnn import Cnn
from deml.scoring.families.dense import Dense
from deml.scoring.families.layers import Conv2d, Flatten, FullyConnected, Pool
from deml.scoring.families.standardizer import MEAN, SCALE
from deml.scoring.families.trees import BASE, FEATURE, LEFT, RIGHT, THRESHOLD, VALUE, Trees
from deml.scoring.task import Task
from deml_learn.models.errors import Unexportable
from deml_learn.models.exits import Exit, Says
from deml_sdk.extras import needed_to

Array = NDArray[Any]
Tensors = Mapping[str, Array]

OPSET: Final = 20
"""The first with Gelu."""
OPSET_ML: Final = 3
"""The last whose tree ensembles are the two operators that runtimes know best."""
IR_VERSION: Final = 9

INPUT: Final = "x"

OPERATORS: Final = {"relu": "Relu", "leaky_relu": "LeakyRelu", "tanh": "Tanh", "sigmoid": "Sigmoid", "gelu": "Gelu"}


def write_onnx(architecture: Architecture, tensors: Tensors) -> bytes:
    """Write a model: features ``x`` in float32, out come ``probabilities``, or ``values`` for regression.

    Parameters
    ----------
    tensors
        As the engine reads them: reals widened to float64.

    Raises
    ------
    LibraryMissing, Unexportable
    """
    with needed_to("write ONNX files"):
        import onnx  # noqa: F401  # its parts are imported where they are used
    graph = _Graph()
    match architecture:
        case Dense():
            graph.enter([architecture.inputs])
            _dense(graph, architecture, tensors)
        case Cnn():
            graph.enter(list(architecture.shape))
            _cnn(graph, architecture, tensors)
        case Centroids():
            graph.enter([architecture.inputs])
            _centroids(graph, architecture, tensors)
        case Trees():
            graph.enter([architecture.inputs])
            _trees(graph, architecture, tensors)
        case _:
            raise Unexportable("ONNX", "its family", "only dense, cnn, centroids and trees have operators there")
    return graph.finish(architecture)


def exit_of(architecture: Architecture) -> Exit:
    """What `write_onnx` lets come out."""
    if architecture.task is Task.REGRESSION:
        return Exit("values", Says.VALUES)
    single = architecture.outputs == 1 and not isinstance(architecture, Trees)
    return Exit("probabilities", Says.POSITIVE if single else Says.SHARES)


class _Graph:
    """Nodes in a row, each taking what the one before makes."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[int] = []
        self._here = INPUT

    def enter(self, shape: list[int]) -> None:
        """Say what a row looks like."""
        self._inputs = shape

    def constant(self, name: str, values: Array) -> str:
        """Add a constant, reals in float32."""
        from onnx.numpy_helper import from_array

        self._constants.append(
            from_array(np.asarray(values, np.float32 if values.dtype.kind == "f" else np.int64), name)
        )
        return name

    def add(self, op: str, *constants: str, outputs: tuple[str, ...] = (), **attributes: Any) -> None:
        """Add a node that takes what is here, and constants; the last of its outputs is what the next takes."""
        from onnx.helper import make_node

        name = f"{op}_{len(self._nodes)}"
        outputs = outputs or (f"{name}_out",)
        self._nodes.append(make_node(op, [self._here, *constants], list(outputs), name, **attributes))
        self._here = outputs[-1]

    def activate(self, activation: str) -> None:
        """Add an activation, by our name."""
        if activation != "none":
            self.add(OPERATORS[activation])

    def finish(self, architecture: Architecture) -> bytes:
        """Make probabilities where there are classes and none yet, and write it all."""
        from onnx import TensorProto
        from onnx.helper import make_graph, make_model, make_opsetid, make_tensor_value_info

        if architecture.task is Task.CLASSIFICATION and not isinstance(architecture, Trees):
            self.add("Sigmoid" if architecture.outputs == 1 else "Softmax")
        last = exit_of(architecture)
        self._nodes[-1].output[-1] = last.name
        columns = architecture.classes if last.says is Says.SHARES else 1
        outputs = [make_tensor_value_info(last.name, TensorProto.FLOAT, ["rows", columns])]
        graph = make_graph(
            self._nodes,
            "deml",
            [make_tensor_value_info(INPUT, TensorProto.FLOAT, ["rows", *self._inputs])],
            outputs,
            self._constants,
        )
        opsets = [make_opsetid("", OPSET), make_opsetid("ai.onnx.ml", OPSET_ML)]
        written: bytes = make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="deml"
        ).SerializeToString()
        return written


def _dense(graph: _Graph, architecture: Dense, tensors: Tensors) -> None:
    _standardize(graph, architecture.standardize, tensors)
    for index in range(len(architecture.widths) - 1):
        if index:
            graph.activate(architecture.activation)
        _gemm(graph, f"layers.{index}", tensors)


def _standardize(graph: _Graph, wanted: bool, tensors: Tensors) -> None:
    if wanted:
        graph.add("Sub", graph.constant(MEAN, tensors[MEAN]))
        graph.add("Div", graph.constant(SCALE, tensors[SCALE]))


def _gemm(graph: _Graph, layer: str, tensors: Tensors) -> None:
    names = [graph.constant(f"{layer}.{part}", tensors[f"{layer}.{part}"]) for part in ("weight", "bias")]
    graph.add("Gemm", *names, transB=1)


def _cnn(graph: _Graph, architecture: Cnn, tensors: Tensors) -> None:
    for index, layer in enumerate(architecture.layers):
        name = f"layers.{index}"
        match layer:
            case Conv2d():
                names = [graph.constant(f"{name}.{part}", tensors[f"{name}.{part}"]) for part in ("weight", "bias")]
                pads = [*layer.padding, *layer.padding]
                graph.add(
                    "Conv", *names, kernel_shape=layer.kernel, strides=layer.stride, pads=pads, group=layer.groups
                )
                graph.activate(layer.activation)
            case Pool():
                graph.add("AveragePool" if layer.mean else "MaxPool", kernel_shape=layer.kernel, strides=layer.stride)
            case Flatten():
                graph.add("Flatten", axis=1)
            case FullyConnected():
                _gemm(graph, name, tensors)
                graph.activate(layer.activation)
            case _:
                raise Unexportable("ONNX", name, "this kind of layer has no operator there")


def _centroids(graph: _Graph, architecture: Centroids, tensors: Tensors) -> None:
    _standardize(graph, architecture.standardize, tensors)
    points = tensors[POINTS]
    weight, bias = graph.constant("weight", 2 * points), graph.constant("bias", -np.sum(points**2, axis=1))
    graph.add("Gemm", weight, bias, transB=1)
    if architecture.per_class > 1:
        shape = np.array([-1, architecture.outputs, architecture.per_class])
        graph.add("Reshape", graph.constant("classes", shape))
        graph.add("ReduceMax", graph.constant("axes", np.array([2])), keepdims=0)


def _trees(graph: _Graph, architecture: Trees, tensors: Tensors) -> None:
    classes = architecture.task is Task.CLASSIFICATION
    prefix = "class" if classes else "target"
    value, base = tensors[VALUE], tensors[BASE]
    if classes and architecture.outputs == 2:  # ONNX Runtime negates one of two where it finds base values
        value, base = _with_base(tensors), np.zeros_like(base)
    nodes, weights = _tree_lists(architecture, {**tensors, VALUE: value})
    attributes: dict[str, Any] = {f"nodes_{name}": values for name, values in nodes.items()}
    attributes |= {f"{prefix}_{name}": values for name, values in weights.items()}
    attributes |= {"base_values": base.tolist()} if base.any() else {}
    attributes |= {"post_transform": "NONE", "domain": "ai.onnx.ml"}
    if not classes:
        graph.add("TreeEnsembleRegressor", n_targets=1, **attributes)
        return
    if not architecture.probabilities:
        attributes["post_transform"] = "LOGISTIC" if architecture.outputs == 1 else "SOFTMAX"
    labels = list(range(architecture.classes))
    graph.add("TreeEnsembleClassifier", outputs=("labels", "scores"), classlabels_int64s=labels, **attributes)
    if architecture.probabilities:
        graph.add("Normalizer", norm="L1", domain="ai.onnx.ml")


def _with_base(tensors: Tensors) -> Array:
    """Values of nodes, the base added to those of the first tree's leaves."""
    value = np.array(tensors[VALUE])
    value[0, tensors[FEATURE][0] < 0] += tensors[BASE]
    return value


def _tree_lists(architecture: Trees, tensors: Tensors) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Nodes that rows can come to, numbered as they are, and what their leaves say.

    A single logit is given class 0, as other exporters do: runtimes then take it for the second class's.
    """
    names = ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")
    nodes: dict[str, list[Any]] = {name: [] for name in names}
    weights: dict[str, list[Any]] = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for tree in range(architecture.trees):
        pending = [0]
        while pending:
            node = pending.pop()
            feature = int(tensors[FEATURE][tree, node])
            split = feature >= 0
            children = [int(tensors[name][tree, node]) if split else 0 for name in (LEFT, RIGHT)]
            threshold = float(tensors[THRESHOLD][tree, node]) if split else 0.0
            row = (tree, node, max(feature, 0), threshold, "BRANCH_LEQ" if split else "LEAF", *children)
            for name, value in zip(names, row, strict=True):
                nodes[name].append(value)
            if split:
                pending += reversed(children)
                continue
            for output, value in enumerate(tensors[VALUE][tree, node].tolist()):
                for name, one in zip(weights, (tree, node, output, value), strict=True):
                    weights[name].append(one)
    return nodes, weights
