"""From the steps of an ONNX chain to a form: layers, an image network, or trees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.errors import Unimportable
from deml_learn.models.form import Form
from deml_learn.models.image import Image
from deml_learn.models.image import Step as ImageStep
from deml_learn.models.layers import Affine, Layers, joined
from deml_learn.models.onnx_chain import Activation, Chain, Convolution, Elementwise, Ensemble, Linear, Other, Step
from deml_learn.models.onnx_graph import KIND, Graph, Node

Array = NDArray[Any]


def formed(chain: Chain, graph: Graph, task: str | None) -> tuple[Form, bool]:
    """Bring a chain into a form.

    Returns
    -------
    The form, and whether its task had to be guessed.

    Raises
    ------
    Unimportable
    """
    if not chain.steps:
        raise Unimportable(KIND, "its operators", "none has weights")
    last = chain.steps[-1]
    if isinstance(last, Ensemble):
        return _forest(chain, last, graph), False
    images = any(isinstance(step, Convolution) for step in chain.steps)
    collected = _Images(graph, chain) if images else _Dense(chain)
    if chain.classifies is not None:
        return collected.form("classification" if chain.classifies else "regression"), False
    guess = "regression" if collected.outputs == 1 else "classification"
    return collected.form(task or guess), task is None and collected.outputs == 1


def _forest(chain: Chain, last: Ensemble, graph: Graph) -> Form:
    forest = last.forest
    columns = graph.shape[1] if len(graph.shape) == 2 else None
    forest = replace(forest, inputs=max(forest.inputs, columns or 0))
    before = [step for step in chain.steps[:-1] if isinstance(step, Elementwise)]
    for step in chain.steps[:-1]:
        if not isinstance(step, Elementwise):
            raise step.node.refused("before trees, features can only be standardised")
        if step.op in ("Mul", "Div") and np.any(step.value <= 0):
            raise step.node.refused("it turns the order of a feature around")
    if not before:
        return forest

    def columnwise(values: Array, feature: Array) -> Array:
        values = values.astype(np.float32)
        for step in before:
            constant = np.broadcast_to(step.value, forest.inputs)[feature].astype(np.float32)
            values = _FUNCTIONS[step.op](values, constant)
        return values

    return forest.on_raw_features(columnwise)


_FUNCTIONS: dict[str, Callable[[Array, Array], Array]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
}


def _factor_and_shift(step: Elementwise) -> tuple[Array, Array]:
    match step.op:
        case "Add":
            return np.ones_like(step.value), step.value
        case "Sub":
            return np.ones_like(step.value), -step.value
        case "Mul":
            return step.value, np.zeros_like(step.value)
        case _:
            return 1 / step.value, np.zeros_like(step.value)


def _fitting(step: Elementwise, width: int) -> None:
    if len(step.value) not in (1, width):
        raise step.node.refused(f"it has {len(step.value)} numbers for {width} features or channels")


def _standardized(affine: Affine, step: Elementwise) -> Affine:
    """Put one more operation behind (x - mean) / scale."""
    match step.op:
        case "Sub":
            return Affine(affine.mean + affine.scale * step.value, affine.scale)
        case "Add":
            return Affine(affine.mean - affine.scale * step.value, affine.scale)
        case "Div":
            return Affine(affine.mean, affine.scale * step.value)
        case _:
            if np.any(step.value == 0):
                raise step.node.refused("it multiplies by zero")
            return Affine(affine.mean, affine.scale / step.value)


class _Dense:
    """Fully connected layers, collected step by step."""

    def __init__(self, chain: Chain) -> None:
        self._layers: list[tuple[Array, Array]] = []
        self._activation = ""
        self._standardizer: Affine | None = None
        self._pending: list[Elementwise] = []
        self._open = False
        for step in chain.steps:
            self._take(step)
        if self._pending or self._activated:
            raise chain.steps[-1].node.refused("it comes after the last layer")

    @property
    def outputs(self) -> int:
        """How many there are."""
        return len(self._layers[-1][1])

    def form(self, task: str) -> Layers:
        """The layers collected."""
        return Layers(task, self._layers, self._activation or "relu", self._standardizer)

    @property
    def _activated(self) -> bool:
        return not self._open

    def _take(self, step: Step) -> None:
        match step:
            case Linear():
                self._linear(step)
            case Elementwise() if self._open:
                weight, bias = self._layers[-1]
                _fitting(step, len(bias))
                factor, shift = _factor_and_shift(step)
                factor = np.broadcast_to(factor, len(bias))
                self._layers[-1] = weight * factor[:, None], bias * factor + shift
            case Elementwise():
                self._pending.append(step)
            case Activation():
                self._activate(step)
            case Other(node=node) if node.op in ("Flatten", "Reshape"):
                pass
            case _:
                raise step.node.refused("it does not fit between fully connected layers")

    def _linear(self, step: Linear) -> None:
        weight, bias = step.weight, step.bias
        width = weight.shape[1]
        if self._layers and len(self._layers[-1][1]) != width:
            raise step.node.refused(
                f"it takes {width} numbers, where the layer before makes {len(self._layers[-1][1])}"
            )
        for one in self._pending:
            _fitting(one, width)
        if self._pending and not self._layers:
            affine = Affine.nothing(width)
            for one in self._pending:
                affine = _standardized(affine, one)
            if np.all(affine.scale > 0):
                self._standardizer = affine
                self._pending = []
        for one in reversed(self._pending):
            factor, shift = (np.broadcast_to(part, width) for part in _factor_and_shift(one))
            weight, bias = weight * factor, bias + weight @ shift
        self._pending = []
        if self._open:
            self._layers[-1] = joined(self._layers[-1], (weight, bias))
        else:
            self._layers.append((weight, bias))
        self._open = True

    def _activate(self, step: Activation) -> None:
        if not self._open:
            raise step.node.refused("there is no layer before it")
        if self._activation not in ("", step.name):
            raise step.node.refused(f"it follows layers with {self._activation}; an mlp has one activation for all")
        self._activation = step.name
        self._open = False


class _Images:
    """A convolutional network, collected step by step."""

    def __init__(self, graph: Graph, chain: Chain) -> None:
        self._shape: tuple[int, ...] = ()
        self._current: tuple[int, ...] = ()
        self._steps: list[ImageStep] = []
        self._pending: list[Elementwise] = []
        if len(graph.shape) == 4 and all(graph.shape[1:]):
            self._enter(tuple(one or 0 for one in graph.shape[1:]))
        for step in chain.steps:
            self._take(step)
        if self._pending or not self._steps or self._steps[-1].entry.get("kind") != "dense":
            raise chain.steps[-1].node.refused("a network for images must end in a fully connected layer here")

    @property
    def outputs(self) -> int:
        """How many there are."""
        return int(self._current[0])

    def form(self, task: str) -> Image:
        """The layers collected."""
        return Image(task, self._shape, self._steps)

    def _enter(self, shape: tuple[int, ...]) -> None:
        self._shape = self._current = shape

    def _take(self, step: Step) -> None:
        match step:
            case Other(node=node) if node.op == "Reshape" and len(step.shape) == 4 and not self._steps:
                if any(one < 1 for one in step.shape[1:]):
                    raise node.refused("it must say channels, height and width")
                self._enter(step.shape[1:])
            case _ if not self._shape:
                raise step.node.refused("channels, height and width of the images are not in the file")
            case Convolution():
                self._convolve(step)
            case Linear():
                self._connect(step)
            case Activation():
                self._activate(step)
            case Elementwise():
                self._calculate(step)
            case Other():
                self._reshape(step.node, step.shape)
            case _:
                raise step.node.refused("it does not fit into a network for images")

    def _open(self) -> bool:
        return bool(self._steps) and self._steps[-1].weight is not None and "activation" not in self._steps[-1].entry

    def _calculate(self, step: Elementwise) -> None:
        last = self._steps[-1] if self._steps else None
        if last is None or not self._open() or last.weight is None or last.bias is None:
            self._pending.append(step)
            return
        _fitting(step, len(last.bias))
        factor, shift = (np.broadcast_to(part, len(last.bias)) for part in _factor_and_shift(step))
        weight = last.weight * factor.reshape(-1, *(1,) * (last.weight.ndim - 1))
        self._steps[-1] = replace(last, weight=weight, bias=last.bias * factor + shift)

    def _activate(self, step: Activation) -> None:
        if not self._open():
            raise step.node.refused("there is no layer before it")
        last = self._steps[-1]
        self._steps[-1] = replace(last, entry={**last.entry, "activation": step.name})

    def _convolve(self, step: Convolution) -> None:
        node, weight, bias = step.node, step.weight, step.bias
        if len(self._current) != 3:
            raise node.refused("it comes after the images were flattened")
        kernel = [int(one) for one in weight.shape[2:]]
        stride, padding = _window(node, kernel)
        groups = node.attribute("group", 1)
        if groups < 1 or weight.shape[1] * groups != self._current[0] or len(bias) != len(weight):
            raise node.refused("its weight does not fit the channels before it")
        for one in reversed(self._pending):
            _fitting(one, self._current[0])
            factor, shift = (np.broadcast_to(part, self._current[0]) for part in _factor_and_shift(one))
            if np.any(shift != 0) and any(padding):
                raise one.node.refused("it shifts what a convolution then pads with zeros")
            own = _by_group(factor, weight, groups), _by_group(shift, weight, groups)
            bias = bias + np.sum(weight * own[1], axis=(1, 2, 3))
            weight = weight * own[0]
        self._pending = []
        entry = {"kind": "conv2d", "channels": len(weight), "kernel": kernel, "stride": stride, "padding": padding}
        if groups != 1:
            entry["groups"] = groups
        self._add(node, ImageStep(entry, weight, bias), kernel, stride, padding, len(weight))

    def _connect(self, step: Linear) -> None:
        if len(self._current) != 1:
            self._reshape(step.node, ())
        if step.weight.shape[1] != self._current[0] or self._pending:
            raise step.node.refused(f"it takes {step.weight.shape[1]} numbers, where there are {self._current[0]}")
        units = len(step.bias)
        if self._open() and self._steps[-1].entry["kind"] == "dense":
            last = self._steps.pop()
            if last.weight is not None and last.bias is not None:
                weight, bias = joined((last.weight, last.bias), (step.weight, step.bias))
                self._steps.append(ImageStep({"kind": "dense", "units": units}, weight, bias))
        else:
            self._steps.append(ImageStep({"kind": "dense", "units": units}, step.weight, step.bias))
        self._current = (units,)

    def _reshape(self, node: Node, shape: tuple[int, ...]) -> None:
        if self._pending:
            raise self._pending[0].node.refused("no convolution follows it")
        if node.op in ("MaxPool", "AveragePool", "GlobalAveragePool", "ReduceMean"):
            self._pool(node)
        elif len(self._current) == 3 and len(shape) in (0, 2) and node.attribute("axis", 1) == 1:
            self._flatten()
        elif len(self._current) != 1 or len(shape) not in (0, 2):
            raise node.refused("images can only be flattened")

    def _flatten(self) -> None:
        self._steps.append(ImageStep({"kind": "flatten"}))
        self._current = (prod(self._current),)

    def _pool(self, node: Node) -> None:
        if len(self._current) != 3:
            raise node.refused("it comes after the images were flattened")
        if node.op in ("GlobalAveragePool", "ReduceMean"):
            kernel = list(self._current[1:])
            stride = kernel
        else:
            kernel = [int(one) for one in node.attribute("kernel_shape", [0])]
            stride, padding = _window(node, kernel)
            if any(padding) or node.attribute("ceil_mode", 0):
                raise node.refused("pooling has no padding here, and no ceil_mode")
        kind = "max_pool" if node.op == "MaxPool" else "avg_pool"
        entry = {"kind": kind, "kernel": kernel, "stride": stride}
        self._add(node, ImageStep(entry), kernel, stride, [0, 0], self._current[0])
        if node.op == "ReduceMean" and not node.attribute("keepdims", 1):
            self._flatten()

    def _add(
        self, node: Node, step: ImageStep, kernel: list[int], stride: list[int], padding: list[int], channels: int
    ) -> None:
        sizes = [
            (size + 2 * around - side) // pace + 1
            for size, around, side, pace in zip(self._current[1:], padding, kernel, stride, strict=True)
        ]
        if min(sizes) < 1:
            raise node.refused("its window is larger than the image")
        self._steps.append(step)
        self._current = (channels, *sizes)


def _window(node: Node, kernel: list[int]) -> tuple[list[int], list[int]]:
    """Stride and padding."""
    if len(kernel) != 2 or min(kernel) < 1:
        raise node.refused("its window must have two sides")
    stride = [int(one) for one in node.attribute("strides", [1, 1])]
    pads = [int(one) for one in node.attribute("pads", [0, 0, 0, 0])]
    if node.attribute("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise node.refused("auto_pad must be spelt out as pads")
    if len(stride) != 2 or min(stride) < 1 or len(pads) != 4 or pads[:2] != pads[2:] or min(pads) < 0:
        raise node.refused("its strides or pads are not two alike")
    if any(one != 1 for one in node.attribute("dilations", [1, 1])):
        raise node.refused("its dilations are not 1")
    return stride, pads[:2]


def _by_group(channels: Array, weight: Array, groups: int) -> Array:
    """A number for each input channel, as each output channel of its group sees them."""
    own = channels.reshape(groups, -1)
    return np.repeat(own, len(weight) // groups, axis=0)[:, :, None, None]
