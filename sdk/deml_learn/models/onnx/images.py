"""Convolutional networks of ONNX graphs."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.image import Image, ImageStep
from deml_learn.models.layers import joined
from deml_learn.models.onnx.chain import (
    ChainStep,
    Convolution,
    Elementwise,
    Linear,
    NamedActivation,
    OperatorChain,
    Other,
)
from deml_learn.models.onnx.folding import factor_and_shift, fitting
from deml_learn.models.onnx.graph import Graph, GraphNode

Array = NDArray[Any]


class Images:
    """A convolutional network, collected step by step."""

    def __init__(self, graph: Graph, chain: OperatorChain) -> None:
        self._shape: tuple[int, ...] = ()
        self._current: tuple[int, ...] = ()
        self._steps: list[ImageStep] = []
        self._pending: list[Elementwise] = []
        self._rows = (-1, 0, graph.batch)
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

    def _take(self, step: ChainStep) -> None:
        match step:
            case Other(node=node) if node.op == "Reshape" and len(step.shape) == 4 and not self._steps:
                if any(one < 1 for one in step.shape[1:]) or step.shape[0] not in self._rows:
                    raise node.refused("it must say channels, height and width, and keep rows")
                self._enter(step.shape[1:])
            case _ if not self._shape:
                raise step.node.refused("channels, height and width of the images are not in the file")
            case Convolution():
                self._convolve(step)
            case Linear():
                self._connect(step)
            case NamedActivation():
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
        fitting(step, len(last.bias), -1 if len(self._current) == 1 else -3)
        factor, shift = (np.broadcast_to(part, len(last.bias)) for part in factor_and_shift(step))
        weight = last.weight * factor.reshape(-1, *(1,) * (last.weight.ndim - 1))
        self._steps[-1] = replace(last, weight=weight, bias=last.bias * factor + shift)

    def _activate(self, step: NamedActivation) -> None:
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
            fitting(one, self._current[0], -3)
            factor, shift = (np.broadcast_to(part, self._current[0]) for part in factor_and_shift(one))
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

    def _reshape(self, node: GraphNode, shape: tuple[int, ...]) -> None:
        if self._pending:
            raise self._pending[0].node.refused("no convolution follows it")
        if node.op in ("MaxPool", "AveragePool", "GlobalAveragePool", "ReduceMean"):
            self._pool(node)
        elif not self._keeps_rows(shape) or node.attribute("axis", 1) != 1:
            raise node.refused("images can only be flattened, each into a row")
        elif len(self._current) == 3:
            self._flatten()

    def _keeps_rows(self, shape: tuple[int, ...]) -> bool:
        """Whether a shape, none for Flatten, has a row for each image."""
        if not shape:
            return True
        return len(shape) == 2 and shape[0] in self._rows and shape[1] in (-1, prod(self._current)) and max(shape) >= 0

    def _flatten(self) -> None:
        self._steps.append(ImageStep({"kind": "flatten"}))
        self._current = (prod(self._current),)

    def _pool(self, node: GraphNode) -> None:
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
        self, node: GraphNode, step: ImageStep, kernel: list[int], stride: list[int], padding: list[int], channels: int
    ) -> None:
        sizes = [
            (size + 2 * around - side) // pace + 1
            for size, around, side, pace in zip(self._current[1:], padding, kernel, stride, strict=True)
        ]
        if min(sizes) < 1:
            raise node.refused("its window is larger than the image")
        self._steps.append(step)
        self._current = (channels, *sizes)


def _window(node: GraphNode, kernel: list[int]) -> tuple[list[int], list[int]]:
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
