"""Follow an ONNX graph from its features to its scores, operator by operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.errors import MalformedSource
from deml_learn.models.exits import Says
from deml_learn.models.forest import Forest
from deml_learn.models.onnx.gelu import written_out
from deml_learn.models.onnx.graph import KIND, Graph, GraphNode
from deml_learn.models.onnx.meaning import Meaning
from deml_learn.models.onnx.trees import read_classifier, read_regressor

Array = NDArray[Any]

WITH_WEIGHTS: Final = (
    *("Gemm", "MatMul", "Conv", "BatchNormalization", "Scaler", "LinearClassifier", "LinearRegressor"),
    *("TreeEnsembleClassifier", "TreeEnsembleRegressor"),
)
ELEMENTWISE: Final = ("Add", "Sub", "Mul", "Div")
ACTIVATIONS: Final = {
    "Relu": "relu",
    "LeakyRelu": "leaky_relu",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Gelu": "gelu",
}
IMAGES: Final = ("MaxPool", "AveragePool", "GlobalAveragePool", "ReduceMean", "Flatten", "Reshape")
HEIGHT_AND_WIDTH: Final = ([2, 3], [-2, -1])
NOTHING: Final = ("Identity", "Dropout", "Cast")
CLASSIFIERS: Final = ("LinearClassifier", "TreeEnsembleClassifier")
REGRESSORS: Final = ("LinearRegressor", "TreeEnsembleRegressor")
FLOATS: Final = (1, 11)
"""FLOAT and DOUBLE among the types that a Cast may go to: every feature and every score passes unchanged."""


@dataclass(frozen=True, slots=True)
class Linear:
    """``x @ weight.T + bias``."""

    node: GraphNode
    weight: Array
    bias: Array


@dataclass(frozen=True, slots=True)
class Convolution:
    """A Conv, whose attributes are in its node."""

    node: GraphNode
    weight: Array
    bias: Array


@dataclass(frozen=True, slots=True)
class Elementwise:
    """One of `ELEMENTWISE` with a constant: a number for all, or one for each feature or channel.

    `axis` is where these stand among the axes of what it is applied to, counted from the last; None where the operator
    itself means features or channels, or where there is but one number.
    """

    node: GraphNode
    op: str
    value: Array
    axis: int | None = None


@dataclass(frozen=True, slots=True)
class NamedActivation:
    """An activation, by our name."""

    node: GraphNode
    name: str


@dataclass(frozen=True, slots=True)
class Other:
    """One of `IMAGES`; a Reshape with the shape it makes."""

    node: GraphNode
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A tree ensemble."""

    node: GraphNode
    forest: Forest


ChainStep = Linear | Convolution | Elementwise | NamedActivation | Other | Ensemble


@dataclass(frozen=True, slots=True)
class OperatorChain:
    """Steps, in order, and what their last operator makes.

    Parameters
    ----------
    seeds
        Outputs of the last operator, which all that follows begins with.
    """

    steps: Sequence[ChainStep]
    seeds: Mapping[str, Meaning]


def follow(graph: Graph) -> OperatorChain:
    """Walk through the graph, as far as there are weights, and operations that can be folded into the last of them.

    Raises
    ------
    Unimportable
        At the first operator that is not known, or where the graph splits up.
    MalformedSource
    """
    leading = _leading(graph)
    steps: list[ChainStep] = []
    here = graph.entrance
    for _ in range(len(graph.nodes) + 1):
        followers = graph.followers(here)
        ahead = [one for one in followers if one.op in WITH_WEIGHTS or any(name in leading for name in one.outputs)]
        if not ahead and not _folds(graph, steps, here, followers):
            break
        if here in graph.exits:
            raise followers[0].refused(f"it goes on from '{here[:40]}', which is an output of the model already")
        gelu = written_out(graph, here, followers)
        if gelu is not None:
            steps.append(NamedActivation(followers[0], "gelu"))
            here = gelu
            continue
        if len(followers) > 1:
            raise followers[1].refused("the graph splits up here; only chains of operators are known")
        (node,) = followers
        if node.op in CLASSIFIERS:
            step, seeds = _classifier(node)
            return OperatorChain([*steps, *step], seeds)
        if node.op not in NOTHING:
            steps += _step(graph, node, here)
        elif changes(graph, node):
            raise node.refused("it changes what passes through it")
        here = node.outputs[0]
    else:
        raise MalformedSource(KIND, "its nodes lead in a circle")
    return OperatorChain(steps, {here: _last(steps)} if steps else {})


def changes(graph: Graph, node: GraphNode) -> bool:
    """Whether one of `NOTHING` does something after all: a Cast to fewer digits, a Dropout in training."""
    if node.op == "Cast":
        return node.attribute("to", 0) not in FLOATS
    mode = node.inputs[2] if node.op == "Dropout" and len(node.inputs) > 2 else ""
    return bool(mode) and bool(np.any(graph.constants.get(mode, True)))


def _folds(graph: Graph, steps: Sequence[ChainStep], here: str, followers: Sequence[GraphNode]) -> bool:
    """Whether what follows the last weights is one operation that can be folded into them."""
    if here in graph.exits or len(followers) != 1 or not steps:
        return False
    (node,) = followers
    last = next((one for one in reversed(steps) if not isinstance(one, Elementwise)), None)
    return node.op in NOTHING or (
        node.op in ELEMENTWISE
        and any(one in graph.constants for one in node.inputs)
        and isinstance(last, Linear | Ensemble)
    )


def _last(steps: Sequence[ChainStep]) -> Meaning:
    """What comes out at the end of all steps."""
    last = next((one for one in reversed(steps) if isinstance(one, Linear | Ensemble)), None)
    if last is None:
        raise steps[-1].node.refused("no fully connected layer or tree comes before the end")
    columns = len(last.bias) if isinstance(last, Linear) else 1
    return Meaning(Says.VALUES if last.node.op in REGRESSORS else Says.SCORES, columns)


def _leading(graph: Graph) -> set[str]:
    """Values that an operator with weights depends on."""
    makers = {output: node for node in graph.nodes for output in node.outputs}
    pending = [name for node in graph.nodes if node.op in WITH_WEIGHTS for name in node.inputs]
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name in found or name in graph.constants:
            continue
        found.add(name)
        if name in makers:
            pending += makers[name].inputs
    return found


def _step(graph: Graph, node: GraphNode, here: str) -> list[ChainStep]:
    """Steps of a node."""
    match node.op:
        case "Gemm":
            return [_gemm(graph, node, here)]
        case "MatMul":
            weight = _constant(graph, node, 1, 2)
            if node.inputs[0] != here:
                raise node.refused("features must come first")
            return [Linear(node, weight.T, np.zeros(weight.shape[1]))]
        case "Conv":
            weight = _constant(graph, node, 1, 4)
            bias = _constant(graph, node, 2, 1) if len(node.inputs) > 2 and node.inputs[2] else np.zeros(len(weight))
            return [Convolution(node, weight, bias)]
        case "BatchNormalization":
            return list(_batch_norm(graph, node))
        case "Scaler":
            offset, scale = (np.array(node.attribute(one, [0.0]), np.float64) for one in ("offset", "scale"))
            return [Elementwise(node, "Sub", offset), Elementwise(node, "Mul", scale)]
        case "Add" | "Sub" | "Mul" | "Div":
            return [_elementwise(graph, node, here)]
        case "LinearRegressor":
            return [_linear_regressor(node)]
        case "TreeEnsembleRegressor":
            return [Ensemble(node, read_regressor(node))]
        case op if op in ACTIVATIONS:
            return [_activation(node)]
        case "Reshape":
            if node.attribute("allowzero", 0):
                raise node.refused("allowzero is set")
            return [Other(node, tuple(int(one) for one in _constant(graph, node, 1, 1)))]
        case "ReduceMean":
            axes = _constant(graph, node, 1, 1) if len(node.inputs) > 1 else np.array(node.attribute("axes", [0]))
            if sorted(axes.tolist()) not in HEIGHT_AND_WIDTH:
                raise node.refused("only the mean over height and width is known")
            return [Other(node)]
        case op if op in IMAGES:
            return [Other(node)]
        case _:
            raise node.refused("it is none of those that docs/models.md lists")


def _classifier(node: GraphNode) -> tuple[list[ChainStep], dict[str, Meaning]]:
    """Step of an operator that predicts classes, and its two outputs."""
    if len(node.outputs) != 2:
        raise MalformedSource(KIND, f"{node.shown} has {len(node.outputs)} outputs in place of 2")
    step: ChainStep
    if node.op == "LinearClassifier":
        step, labels, says = _linear_classifier(node)
    else:
        forest, labels = read_classifier(node)
        step, says = Ensemble(node, forest), Says.SHARES
    columns = {Says.SCORES: len(step.bias) if isinstance(step, Linear) else 1}.get(says, len(labels))
    predicted, scores = node.outputs
    seeds = {predicted: Meaning(Says.CLASS, 1, labels), scores: Meaning(says, columns)}
    return [step], {name: one for name, one in seeds.items() if name}


def _constant(graph: Graph, node: GraphNode, place: int, dimensions: int | None = None) -> Array:
    name = node.inputs[place] if place < len(node.inputs) else ""
    if name not in graph.constants:
        raise node.refused("what it calculates with is not a constant of the file")
    value = graph.constants[name]
    if (dimensions is not None and value.ndim != dimensions) or value.dtype.kind not in "fiu":
        raise node.refused(f"its constant '{name[:40]}' has {value.ndim} dimensions, or no numbers")
    return value.astype(np.float64)


def _gemm(graph: Graph, node: GraphNode, here: str) -> Linear:
    weight = _constant(graph, node, 1, 2)
    if node.inputs[0] != here or node.attribute("transA", 0):
        raise node.refused("features must come first, rows by columns")
    weight = node.attribute("alpha", 1.0) * (weight if node.attribute("transB", 0) else weight.T)
    bias = np.zeros(len(weight))
    if len(node.inputs) > 2 and node.inputs[2]:
        given = _constant(graph, node, 2)
        if given.size != 1 and given.shape not in ((len(weight),), (1, len(weight))):
            raise node.refused("its bias is not one number a column")
        bias = node.attribute("beta", 1.0) * np.ravel(given)
    return Linear(node, weight, np.array(np.broadcast_to(bias, len(weight))))


def _batch_norm(graph: Graph, node: GraphNode) -> tuple[Elementwise, Elementwise]:
    if node.attribute("training_mode", 0) or not node.attribute("spatial", 1):
        raise node.refused("it is in training, or has a number for every pixel")
    gamma, beta, mean, variance = (_constant(graph, node, place, 1) for place in range(1, 5))
    if not len(gamma) == len(beta) == len(mean) == len(variance) or np.any(variance < 0):
        raise node.refused("its four constants do not fit each other")
    factor = gamma / np.sqrt(variance + node.attribute("epsilon", 1e-5))
    return Elementwise(node, "Mul", factor), Elementwise(node, "Add", beta - mean * factor)


def _elementwise(graph: Graph, node: GraphNode, here: str) -> Elementwise:
    place = 1 if node.inputs[0] == here else 0
    if place == 0 and node.op in ("Sub", "Div"):
        raise node.refused("features must come first")
    value = _constant(graph, node, place)
    if sum(size > 1 for size in value.shape) > 1:
        raise node.refused("its constant has more than one number for a feature or channel")
    if node.op == "Div" and np.any(value == 0):
        raise node.refused("it divides by zero")
    return Elementwise(node, node.op, np.ravel(value), _axis(value))


def _axis(value: Array) -> int | None:
    """Along which axis a constant differs, counted from the last."""
    return next((place - value.ndim for place, size in enumerate(value.shape) if size > 1), None)


def _activation(node: GraphNode) -> NamedActivation:
    if node.op == "LeakyRelu" and abs(node.attribute("alpha", 0.01) - 0.01) > 1e-6:
        raise node.refused("its slope below zero is not 0.01")
    if node.op == "Gelu" and node.attribute("approximate", "none") != "none":
        raise node.refused("only the form with erf is known")
    return NamedActivation(node, ACTIVATIONS[node.op])


def _coefficients(node: GraphNode) -> tuple[Array, Array]:
    coefficients = np.array(node.attribute("coefficients", [0.0]), np.float64)
    intercepts = np.array(node.attribute("intercepts", [0.0]), np.float64)
    if not len(intercepts) or len(coefficients) % len(intercepts):
        raise node.refused("its coefficients do not fit its intercepts")
    return coefficients.reshape(len(intercepts), -1), intercepts


def _linear_regressor(node: GraphNode) -> Linear:
    weight, intercepts = _coefficients(node)
    if len(intercepts) != 1 or node.attribute("targets", 1) != 1 or node.attribute("post_transform", "NONE") != "NONE":
        raise node.refused("one value a row is predicted here, as it is")
    return Linear(node, weight, intercepts)


def _linear_classifier(node: GraphNode) -> tuple[Linear, tuple[str, ...], Says]:
    weight, intercepts = _coefficients(node)
    labels = tuple(
        str(one) for one in node.attributes.get("classlabels_ints") or node.attribute("classlabels_strings", [])
    )
    if len(labels) != max(2, len(weight)):
        raise node.refused(f"it has {len(labels)} labels for {len(weight)} scores")
    transform = node.attribute("post_transform", "NONE")
    opposed = len(weight) == 2 and np.array_equal(weight[0], -weight[1]) and intercepts[0] == -intercepts[1]
    match transform:
        case "NONE" if len(weight) > 2 or (len(weight) == 2 and not opposed):
            return Linear(node, weight, intercepts), labels, Says.SCORES
        case "NONE":
            return Linear(node, weight[-1:], intercepts[-1:]), labels, Says.OPPOSITES
        case "SOFTMAX" if len(weight) > 1:
            return Linear(node, weight, intercepts), labels, Says.SHARES
        case "LOGISTIC" if opposed or len(weight) == 1:
            return Linear(node, weight[-1:], intercepts[-1:]), labels, Says.SHARES
        case "LOGISTIC" if len(weight) > 2:
            return Linear(node, weight, intercepts), labels, Says.EACH
        case _:
            raise node.refused(f"post_transform is {transform[:20]} for {len(weight)} scores")
