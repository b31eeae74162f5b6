"""`cnn`: convolutions and pooling, then fully connected layers. Batch norm is folded into the convolutions before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.activations import ACTIVATIONS
from deml.scoring.architecture import TensorKind, TensorSpec, Work
from deml.scoring.errors import ArchitectureOutOfBounds, LayerDoesNotFit
from deml.scoring.families.dense import MAX_CLASSES, MAX_INPUTS, MAX_WIDTH, PARAMETER
from deml.scoring.families.fields import Fields
from deml.scoring.families.layers import Conv2d, Extent, Flatten, FullyConnected, Layer, LayerStep, Pool, Shape
from deml.scoring.task import Task

Array = NDArray[np.float64]

MAX_LAYERS: Final = 32
"""Most layers of any kind."""

MAX_CHANNELS: Final = 1_024
"""Most channels of an image."""

MAX_KERNEL: Final = 32
"""Longest side of a window; also the largest stride."""

MAX_HELD: Final = 2**20
"""Most numbers of one row that a layer holds in one array, 8 MiB: its padded image, or all its windows, which lie side
by side while it is computed."""

MAX_TAPS: Final = 2_048
"""Most places in the windows of all layers: each takes calls of numpy, however few the rows; some 8 million cycles."""


@dataclass(frozen=True, slots=True)
class Cnn:
    """A chain of layers; ``layers.i.weight`` and ``layers.i.bias`` belong to the i-th of them, counted from 0."""

    task: Task
    shape: Shape
    layers: tuple[Layer, ...]

    @property
    def inputs(self) -> int:
        """Numbers in an image: channel by channel, line by line."""
        return prod(self.shape)

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return self.layers[-1].after[0]

    @property
    def classes(self) -> int:
        """Number of classes: two for a single logit."""
        return max(2, self.outputs)

    @property
    def features(self) -> TensorKind:
        """Features are reals."""
        return TensorKind.REAL

    def tensor_specs(self) -> dict[str, TensorSpec]:
        """Tensors by name."""
        return {
            f"layers.{index}.{name}": spec
            for index, layer in enumerate(self.layers)
            for name, spec in layer.tensor_specs().items()
        }

    @property
    def parameters(self) -> int:
        """Number of weights and biases."""
        return sum(prod(spec.shape) for spec in self.tensor_specs().values())

    @property
    def row_work(self) -> Work:
        """Add up what the layers count, and widen the image."""
        return sum((layer.row_work for layer in self.layers), Work(touched=self.inputs))

    @property
    def block_work(self) -> Work:
        """Lay out the weights, and call for every layer and every place in a window."""
        return Work(packed=self.parameters, calls=sum(layer.calls for layer in self.layers))

    @property
    def feature_work(self) -> Work:
        """Leave it as it is."""
        return Work(touched=5)

    @property
    def model_work(self) -> Work:
        """Widen the weights, add them to the initial ones, scale them."""
        return Work(touched=PARAMETER * self.parameters)

    @property
    def widest(self) -> int:
        """The widest layer."""
        return max(self.classes, *(layer.widest for layer in self.layers))

    def check(self, tensors: Mapping[str, Array]) -> None:
        """Take any numbers."""

    @property
    def compiling_bytes(self) -> int:
        """Weights once more, scaled."""
        return 8 * self.parameters

    def prepared_bytes(self, rows: int) -> int:
        """Float32."""
        return 4 * rows * self.inputs

    def prepare(self, x: NDArray[Any]) -> NDArray[np.float32]:
        """Leave rows as they are: what the first layer does to them costs little beside its products."""
        return x.astype(np.float32)

    def compile(self, tensors: Mapping[str, Array]) -> list[LayerStep]:
        """Scale the weights."""
        return [
            layer.compile({name: tensors[f"layers.{index}.{name}"] for name in layer.tensor_specs()})
            for index, layer in enumerate(self.layers)
        ]

    def forward(self, compiled: list[LayerStep], prepared: NDArray[np.float32]) -> Array:
        """Outputs for the rows of `prepared`: rows by outputs."""
        x = prepared.astype(np.float64).reshape(-1, *self.shape).transpose(1, 0, 2, 3)
        for step in compiled:
            x = step(x)
        return x


def parse(fields: Fields) -> Cnn:
    """Read ``task``, ``shape`` and ``layers``."""
    task = fields.task()
    shape = fields.numbers("shape", 3, 1, MAX_INPUTS, least=3)
    if prod(shape) > MAX_INPUTS:
        raise ArchitectureOutOfBounds("number of inputs", prod(shape), 1, MAX_INPUTS)
    if shape[0] > MAX_CHANNELS:
        raise ArchitectureOutOfBounds("channels", shape[0], 1, MAX_CHANNELS)
    layers: list[Layer] = []
    before = shape
    for index, entry in enumerate(fields.entries("layers", MAX_LAYERS)):
        layers.append(_layer(index, entry, before))
        entry.finish()
        before = layers[-1].after
    _check_all(task, layers)
    return Cnn(task, shape, tuple(layers))


def _check_all(task: Task, layers: list[Layer]) -> None:
    taps = sum(layer.taps for layer in layers)
    if taps > MAX_TAPS:
        raise ArchitectureOutOfBounds("number of places in all windows", taps, 0, MAX_TAPS)
    last = layers[-1]
    if not isinstance(last, FullyConnected) or last.activation != "none":
        raise LayerDoesNotFit(len(layers) - 1, "the last must be dense, without an activation")
    most = 1 if task is Task.REGRESSION else MAX_CLASSES
    if last.after[0] > most:
        raise ArchitectureOutOfBounds("units of the last layer", last.after[0], 1, most)


def _layer(index: int, fields: Fields, before: Shape) -> Layer:
    kind = fields.text("kind", "conv2d", "max_pool", "avg_pool", "flatten", "dense")
    if kind == "dense":
        if len(before) != 1:
            raise LayerDoesNotFit(index, "a dense layer needs a flatten before it")
        units = fields.number("units", 1, MAX_WIDTH)
        return FullyConnected(before, (units,), fields.text("activation", "none", *ACTIVATIONS, default="none"))
    if len(before) != 3:
        raise LayerDoesNotFit(index, "after flatten, all layers are dense")
    if kind == "flatten":
        return Flatten(before, (prod(before),))
    made = _conv2d(index, fields, before) if kind == "conv2d" else _pool(index, fields, before, kind)
    if made.widest > MAX_HELD:
        raise ArchitectureOutOfBounds(f"numbers that layer {index} holds at once", made.widest, 1, MAX_HELD)
    if prod(made.after) > MAX_INPUTS:
        raise ArchitectureOutOfBounds(f"numbers after layer {index}", prod(made.after), 1, MAX_INPUTS)
    return made


def _conv2d(index: int, fields: Fields, before: Shape) -> Conv2d:
    channels = fields.number("channels", 1, MAX_CHANNELS)
    kernel = fields.pair("kernel", 1, MAX_KERNEL)
    stride = fields.pair("stride", 1, MAX_KERNEL, default=(1, 1))
    padding = fields.pair("padding", 0, MAX_KERNEL - 1, default=(0, 0))
    if padding[0] >= kernel[0] or padding[1] >= kernel[1]:
        reason = (
            f"padding of {padding[0]} and {padding[1]} must be smaller than its window of {kernel[0]} by {kernel[1]}"
        )
        raise LayerDoesNotFit(index, reason)
    groups = fields.number("groups", 1, MAX_CHANNELS, default=1)
    if before[0] % groups or channels % groups:
        raise LayerDoesNotFit(index, f"{groups} groups do not divide {before[0]} and {channels} channels")
    after = (channels, *_windows(index, before, kernel, stride, padding))
    activation = fields.text("activation", "none", *ACTIVATIONS, default="none")
    made = Conv2d(before, after, kernel, stride, padding, groups, activation)
    if made.terms > MAX_INPUTS:
        raise ArchitectureOutOfBounds(f"numbers in a window of layer {index}", made.terms, 1, MAX_INPUTS)
    return made


def _pool(index: int, fields: Fields, before: Shape, kind: str) -> Pool:
    kernel = fields.pair("kernel", 1, MAX_KERNEL)
    stride = fields.pair("stride", 1, MAX_KERNEL, default=kernel)
    after = (before[0], *_windows(index, before, kernel, stride, (0, 0)))
    return Pool(before, after, kernel, stride, mean=kind == "avg_pool")


def _windows(index: int, before: Shape, kernel: Extent, stride: Extent, padding: Extent) -> Extent:
    """Windows on the way down and across."""
    sizes = [length + 2 * around for length, around in zip(before[1:], padding, strict=True)]
    if kernel[0] > sizes[0] or kernel[1] > sizes[1]:
        raise LayerDoesNotFit(index, f"a window of {kernel[0]} by {kernel[1]} is larger than {sizes[0]} by {sizes[1]}")
    down, across = ((size - side) // step + 1 for size, side, step in zip(sizes, kernel, stride, strict=True))
    return down, across
