"""Follow an ONNX graph from its features to its scores, operator by operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.errors import MalformedSource
from deml_learn.models.forest import Forest
from deml_learn.models.onnx_graph import KIND, Graph, Node
from deml_learn.models.onnx_trees import read_classifier, read_regressor

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
SCORES: Final = ("Softmax", "LogSoftmax", "Sigmoid")
AFTER_SCORES: Final = (
    *("ArgMax", "ArrayFeatureExtractor", "Cast", "Concat", "Flatten", "Gather", "Greater", "Identity", "Mul", "Not"),
    *("Normalizer", "Reshape", "Squeeze", "Sub", "Sum", "TopK", "Unsqueeze", "Where", "ZipMap", "LabelEncoder"),
)
"""What turns scores into labels or dictionaries, and does not matter here."""
LABELS: Final = "labels"
VALUE: Final = "value"


@dataclass(frozen=True, slots=True)
class Linear:
    """``x @ weight.T + bias``."""

    node: Node
    weight: Array
    bias: Array


@dataclass(frozen=True, slots=True)
class Convolution:
    """A Conv, whose attributes are in its node."""

    node: Node
    weight: Array
    bias: Array


@dataclass(frozen=True, slots=True)
class Elementwise:
    """One of `ELEMENTWISE` with a constant: a number for all, or one for each feature or channel."""

    node: Node
    op: str
    value: Array


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation, by our name."""

    node: Node
    name: str


@dataclass(frozen=True, slots=True)
class Other:
    """One of `IMAGES`; a Reshape with the shape it makes."""

    node: Node
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A tree ensemble."""

    node: Node
    forest: Forest


Step = Linear | Convolution | Elementwise | Activation | Other | Ensemble


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps, in order.

    Parameters
    ----------
    scores
        Name of the value after the last step.
    end
        What makes probabilities of it: one of `SCORES`, or a transformation within the last operator; `LABELS` where
        only labels are made of it, `VALUE` where it is no class's, nothing where the file does not tell.
    labels
        Labels of the classes, where the file has them.
    """

    steps: Sequence[Step]
    scores: str
    end: str
    labels: tuple[str, ...]

    @property
    def classifies(self) -> bool | None:
        """Whether these are scores of classes; None if the file does not tell."""
        return None if not (self.end or self.labels) else self.end != VALUE


def follow(graph: Graph) -> Chain:
    """Walk through the graph.

    Raises
    ------
    Unimportable
        At the first operator that is not known, or where the graph splits up.
    MalformedSource
    """
    leading = _leading(graph)
    steps: list[Step] = []
    labels: tuple[str, ...] = ()
    end = ""
    here = graph.entrance
    for _ in range(len(graph.nodes) + 1):
        followers = graph.followers(here)
        ahead = [one for one in followers if one.op in WITH_WEIGHTS or any(name in leading for name in one.outputs)]
        if not ahead:
            if len(followers) == 1 and followers[0].op in (*ELEMENTWISE, *NOTHING) and not end:
                ahead = followers
            else:
                break
        gelu = _gelu(graph, here, ahead)
        if gelu is not None:
            steps.append(Activation(ahead[0], "gelu"))
            here = gelu
            continue
        if len(ahead) > 1:
            raise ahead[1].refused("the graph splits up here; only chains of operators are known")
        node = ahead[0]
        if node.op in NOTHING:
            here = node.outputs[0]
            continue
        if end:
            raise node.refused("it comes after the scores")
        step, labels_here, end = _step(graph, node, here)
        labels = labels_here or labels
        steps += step
        here = node.outputs[-1] if node.op in ("LinearClassifier", "TreeEnsembleClassifier") else node.outputs[0]
    else:
        raise MalformedSource(KIND, "its nodes lead in a circle")
    return Chain(steps, here, end or _end(graph, here), labels)


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


def _end(graph: Graph, scores: str) -> str:
    """Check that nothing that matters comes after the scores, and tell what makes probabilities of them."""
    end = ""
    seen: set[str] = set()
    pending = [(scores, True)]
    while pending:
        name, directly = pending.pop()
        for node in graph.followers(name):
            if node.op in SCORES and directly:
                end = node.op
            elif node.op not in AFTER_SCORES:
                raise node.refused("it is none of those that docs/models.md lists, at this place")
            elif node.op in ("ArgMax", "ZipMap", "TopK") and not end:
                end = LABELS
            pending += [(one, False) for one in node.outputs if one not in seen]
            seen.update(node.outputs)
    return end


def _step(graph: Graph, node: Node, here: str) -> tuple[list[Step], tuple[str, ...], str]:
    """Steps of a node; labels and the end of the chain if it says them."""
    match node.op:
        case "Gemm":
            return [_gemm(graph, node, here)], (), ""
        case "MatMul":
            weight = _constant(graph, node, 1, 2)
            if node.inputs[0] != here:
                raise node.refused("features must come first")
            return [Linear(node, weight.T, np.zeros(weight.shape[1]))], (), ""
        case "Conv":
            weight = _constant(graph, node, 1, 4)
            bias = _constant(graph, node, 2, 1) if len(node.inputs) > 2 and node.inputs[2] else np.zeros(len(weight))
            return [Convolution(node, weight, bias)], (), ""
        case "BatchNormalization":
            return list(_batch_norm(graph, node)), (), ""
        case "Scaler":
            offset, scale = (np.array(node.attribute(one, [0.0]), np.float64) for one in ("offset", "scale"))
            return [Elementwise(node, "Sub", offset), Elementwise(node, "Mul", scale)], (), ""
        case "Add" | "Sub" | "Mul" | "Div":
            return [_elementwise(graph, node, here)], (), ""
        case "LinearRegressor" | "LinearClassifier":
            return _linear_model(node)
        case "TreeEnsembleRegressor":
            return [Ensemble(node, read_regressor(node))], (), VALUE
        case "TreeEnsembleClassifier":
            forest, labels = read_classifier(node)
            return [Ensemble(node, forest)], labels, "probabilities" if forest.probabilities else "logits"
        case op if op in ACTIVATIONS:
            return [_activation(node)], (), ""
        case "Reshape":
            shape = tuple(int(one) for one in _constant(graph, node, 1, 1))
            return [Other(node, shape)], (), ""
        case "ReduceMean":
            axes = _constant(graph, node, 1, 1) if len(node.inputs) > 1 else np.array(node.attribute("axes", [0]))
            if sorted(axes.tolist()) not in HEIGHT_AND_WIDTH:
                raise node.refused("only the mean over height and width is known")
            return [Other(node)], (), ""
        case op if op in IMAGES:
            return [Other(node)], (), ""
        case _:
            raise node.refused("it is none of those that docs/models.md lists")


def _constant(graph: Graph, node: Node, place: int, dimensions: int | None = None) -> Array:
    name = node.inputs[place] if place < len(node.inputs) else ""
    if name not in graph.constants:
        raise node.refused("what it calculates with is not a constant of the file")
    value = graph.constants[name]
    if (dimensions is not None and value.ndim != dimensions) or value.dtype.kind not in "fiu":
        raise node.refused(f"its constant '{name[:40]}' has {value.ndim} dimensions, or no numbers")
    return value.astype(np.float64)


def _gemm(graph: Graph, node: Node, here: str) -> Linear:
    weight = _constant(graph, node, 1, 2)
    if node.inputs[0] != here or node.attribute("transA", 0):
        raise node.refused("features must come first, rows by columns")
    weight = node.attribute("alpha", 1.0) * (weight if node.attribute("transB", 0) else weight.T)
    bias = np.zeros(len(weight))
    if len(node.inputs) > 2 and node.inputs[2]:
        bias = node.attribute("beta", 1.0) * np.ravel(_constant(graph, node, 2))
        if len(bias) not in (1, len(weight)):
            raise node.refused("its bias does not fit its weight")
    return Linear(node, weight, np.array(np.broadcast_to(bias, len(weight))))


def _batch_norm(graph: Graph, node: Node) -> tuple[Elementwise, Elementwise]:
    gamma, beta, mean, variance = (_constant(graph, node, place, 1) for place in range(1, 5))
    if not len(gamma) == len(beta) == len(mean) == len(variance) or np.any(variance < 0):
        raise node.refused("its four constants do not fit each other")
    factor = gamma / np.sqrt(variance + node.attribute("epsilon", 1e-5))
    return Elementwise(node, "Mul", factor), Elementwise(node, "Add", beta - mean * factor)


def _elementwise(graph: Graph, node: Node, here: str) -> Elementwise:
    place = 1 if node.inputs[0] == here else 0
    if place == 0 and node.op in ("Sub", "Div"):
        raise node.refused("features must come first")
    value = _constant(graph, node, place)
    if sum(size > 1 for size in value.shape) > 1:
        raise node.refused("its constant has more than one number for a feature or channel")
    if node.op == "Div" and np.any(value == 0):
        raise node.refused("it divides by zero")
    return Elementwise(node, node.op, np.ravel(value))


def _activation(node: Node) -> Activation:
    if node.op == "LeakyRelu" and abs(node.attribute("alpha", 0.01) - 0.01) > 1e-6:
        raise node.refused("its slope below zero is not 0.01")
    if node.op == "Gelu" and node.attribute("approximate", "none") != "none":
        raise node.refused("only the form with erf is known")
    return Activation(node, ACTIVATIONS[node.op])


def _linear_model(node: Node) -> tuple[list[Step], tuple[str, ...], str]:
    coefficients = np.array(node.attribute("coefficients", [0.0]), np.float64)
    intercepts = np.array(node.attribute("intercepts", [0.0]), np.float64)
    if not len(intercepts) or len(coefficients) % len(intercepts):
        raise node.refused("its coefficients do not fit its intercepts")
    transform = node.attribute("post_transform", "NONE")
    if node.op == "LinearRegressor":
        if len(intercepts) != 1 or transform != "NONE":
            raise node.refused("one value a row is predicted here")
        return [Linear(node, coefficients[None, :], intercepts)], (), VALUE
    weight = coefficients.reshape(len(intercepts), -1)
    labels = tuple(
        str(one) for one in node.attributes.get("classlabels_ints") or node.attribute("classlabels_strings", [])
    )
    if transform not in ("NONE", "LOGISTIC", "SOFTMAX"):
        raise node.refused(f"post_transform is {transform[:20]}")
    if transform == "LOGISTIC" and len(weight) == 2:
        if not (np.array_equal(weight[0], -weight[1]) and intercepts[0] == -intercepts[1]):
            raise node.refused("its two logits are not each other's opposites")
        weight, intercepts = weight[1:], intercepts[1:]
    return [Linear(node, weight, intercepts)], labels, transform.lower() if transform != "NONE" else "margins"


def _gelu(graph: Graph, here: str, ahead: Sequence[Node]) -> str | None:
    """Where a GELU that is written out, x (1 + erf(x / sqrt 2)) / 2, ends; None if none begins here."""
    for divided in (one for one in ahead if one.op in ("Div", "Mul")):
        names = [divided.outputs[0]]
        erf = next((one for one in graph.followers(names[0]) if one.op == "Erf"), None)
        if erf is None or len(ahead) != 2:
            continue
        factor = _number(graph, divided, here)
        if factor is None or abs((1 / factor if divided.op == "Div" else factor) - np.sqrt(0.5)) > 1e-6:
            continue
        factors = {here: 1.0}
        (other,) = (one for one in ahead if one is not divided)
        if other.op == "Mul" and _number(graph, other, here) is not None:
            factors = {other.outputs[0]: _number(graph, other, here) or 0.0}
        plus = next(iter(graph.followers(erf.outputs[0])), None)
        if plus is None or plus.op != "Add" or _number(graph, plus, erf.outputs[0]) != 1.0:
            continue
        return _halved(graph, plus.outputs[0], factors)
    return None


def _halved(graph: Graph, name: str, factors: dict[str, float]) -> str | None:
    """Follow products with x and constants, until they come to half of it."""
    total, met = 1.0, False
    for _ in range(2):
        node = next(iter(graph.followers(name)), None)
        if node is None or node.op != "Mul":
            break
        number = _number(graph, node, name)
        others = [one for one in node.inputs if one in factors]
        if number is not None:
            total *= number
        elif others and not met:
            total, met = total * factors[others[0]], True
        else:
            break
        name = node.outputs[0]
        if met and total == 0.5:
            return name
    return None


def _number(graph: Graph, node: Node, beside: str) -> float | None:
    """The single number that a node calculates with beside a value."""
    others = [one for one in node.inputs if one != beside]
    if len(others) != 1 or others[0] not in graph.constants or graph.constants[others[0]].size != 1:
        return None
    return float(np.ravel(graph.constants[others[0]])[0])
