"""Layers of a convolutional network. Images lie channels by rows by height by width, vectors rows by numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from math import prod
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from deml.scoring.activations import ACTIVATIONS, NONE, Activation
from deml.scoring.architecture import TensorSpec, Work
from deml.scoring.exact import addends, product, scale

Array = NDArray[np.float64]
Shape = tuple[int, ...]
Extent = tuple[int, int]
LayerStep = Callable[[Array], Array]
"""A layer made ready: from what it is given for some rows to what it makes of that."""

CALLS: Final = 25
"""Calls of numpy for a layer, places in its windows aside."""

CALLS_OF_A_TAP: Final = 3
"""Calls for a place in a window."""

LINE: Final = 6
"""A loop over the numbers of a line costs as much as touching so many."""

_WITHIN_A_ROW: Final = (0, 2, 3)
"""Axes of one row's image: each row is rounded on its own."""


class Layer(Protocol):
    """One layer; its tensors go by the last part of their names."""

    @property
    def before(self) -> Shape:
        """Shape of what it is given for one row."""
        ...

    @property
    def after(self) -> Shape:
        """Shape of what it makes of that."""
        ...

    @property
    def widest(self) -> int:
        """Most numbers of a row that the layer holds at once."""
        ...

    @property
    def taps(self) -> int:
        """Places in a window, where the layer has windows."""
        ...

    def tensor_specs(self) -> Mapping[str, TensorSpec]:
        """Tensors by name."""
        ...

    def compile(self, tensors: Mapping[str, Array], /) -> LayerStep:
        """Do what does not depend on rows."""
        ...

    @property
    def row_work(self) -> Work:
        """Count the operations for one row."""
        ...

    @property
    def calls(self) -> int:
        """Calls of numpy, however few the rows."""
        ...


def activation_of(name: str) -> Activation:
    """Activation by its name, or none."""
    return NONE if name == "none" else ACTIVATIONS[name]


@dataclass(frozen=True)
class Conv2d:
    """Cross-correlation of every window with the kernels of its group of channels, then an activation."""

    before: Shape
    after: Shape
    kernel: Extent
    stride: Extent
    padding: Extent
    groups: int
    activation: str

    @property
    def terms(self) -> int:
        """Numbers in a window of one group."""
        return self.before[0] // self.groups * prod(self.kernel)

    @property
    def taps(self) -> int:
        """Places in a window."""
        return prod(self.kernel)

    @property
    def padded(self) -> Shape:
        """Shape of an image with the zeros around it."""
        channels, height, width = self.before
        return channels, height + 2 * self.padding[0], width + 2 * self.padding[1]

    @property
    def widest(self) -> int:
        """The padded image, its columns of windows (im2col), or the result."""
        return max(prod(self.padded), self.groups * self.terms * prod(self.after[1:]), prod(self.after))

    def tensor_specs(self) -> dict[str, TensorSpec]:
        """Kernels as PyTorch stores them, and biases."""
        channels = self.after[0]
        return {
            "weight": TensorSpec((channels, self.before[0] // self.groups, *self.kernel)),
            "bias": TensorSpec((channels,)),
        }

    def compile(self, tensors: Mapping[str, Array]) -> LayerStep:
        """Scale the kernels: groups by channels of a group by terms."""
        kernels = scale(tensors["weight"].reshape(-1, self.terms))
        return partial(self._correlate, kernels.reshape(self.groups, -1, self.terms), tensors["bias"])

    def _correlate(self, kernels: Array, bias: Array, x: Array) -> Array:
        rows = x.shape[1]
        windows = self._windows(scale(x, _WITHIN_A_ROW, terms=self.terms))
        z = product(kernels, windows).reshape(self.after[0], -1)
        z += bias[:, None]
        return activation_of(self.activation).function(z).reshape(self.after[0], rows, *self.after[1:])

    def _windows(self, x: Array) -> Array:
        """Every window of every group: groups by (rows, height, width) by terms, as a view with the terms last."""
        channels, rows, height, width = x.shape
        windows = np.empty((channels, self.taps, rows, *self.after[1:]))
        if any(self.padding):
            top, left = self.padding
            padded = np.zeros((channels, rows, *self.padded[1:]))
            padded[:, :, top : top + height, left : left + width] = x
            x = padded
        for place, tap in enumerate(_taps(x, self.kernel, self.stride, self.after)):
            windows[:, place] = tap
        return windows.reshape(self.groups, self.terms, -1).transpose(0, 2, 1)

    @property
    def row_work(self) -> Work:
        """Count the multiply-adds, the numbers of the padded image, of the windows and of the result, and curves."""
        results, activation = prod(self.after), activation_of(self.activation)
        windows = self.groups * self.terms * prod(self.after[1:])
        lines = LINE * self.taps * self.before[0] * self.after[1]
        touched = 4 * prod(self.before) + 2 * windows + (3 + activation.touched) * results + lines + 50
        touched += 2 * prod(self.padded) if any(self.padding) else 0
        return Work(products=results * self.terms, touched=touched, curves=activation.curves * results)

    @property
    def calls(self) -> int:
        """For the layer, for every place in a window, and for every group's product."""
        return CALLS + CALLS_OF_A_TAP * self.taps + self.groups


@dataclass(frozen=True)
class Pool:
    """The largest number of every window, or their mean."""

    before: Shape
    after: Shape
    kernel: Extent
    stride: Extent
    mean: bool

    @property
    def taps(self) -> int:
        """Places in a window."""
        return prod(self.kernel)

    @property
    def widest(self) -> int:
        """What it is given."""
        return prod(self.before)

    def tensor_specs(self) -> dict[str, TensorSpec]:
        """There are none."""
        return {}

    def compile(self, _tensors: Mapping[str, Array]) -> LayerStep:
        """Choose."""
        return self._means if self.mean else self._largest

    def _largest(self, x: Array) -> Array:
        return reduce(np.maximum, _taps(x, self.kernel, self.stride, self.after))

    def _means(self, x: Array) -> Array:
        terms = prod(self.kernel)
        return reduce(np.add, _taps(addends(x, terms, _WITHIN_A_ROW), self.kernel, self.stride, self.after)) / terms

    @property
    def row_work(self) -> Work:
        """Count the numbers of all windows, and of the image if they are rounded."""
        numbers, lines = prod(self.after) * self.taps, self.after[0] * self.after[1] * self.taps
        return Work(touched=-(-16 * numbers // 10) + LINE * lines + 5 * self.mean * prod(self.before) + 20)

    @property
    def calls(self) -> int:
        """For the layer, and for every place in a window."""
        return CALLS + CALLS_OF_A_TAP * self.taps


@dataclass(frozen=True)
class Flatten:
    """A row's image as a vector: channel by channel, line by line."""

    before: Shape
    after: Shape

    @property
    def taps(self) -> int:
        """There are no windows."""
        return 0

    @property
    def widest(self) -> int:
        """What it is given."""
        return prod(self.before)

    def tensor_specs(self) -> dict[str, TensorSpec]:
        """There are none."""
        return {}

    def compile(self, _tensors: Mapping[str, Array]) -> LayerStep:
        """Put rows first."""
        return self._flat

    def _flat(self, x: Array) -> Array:
        return x.transpose(1, 0, 2, 3).reshape(x.shape[1], -1)

    @property
    def row_work(self) -> Work:
        """Count the numbers."""
        return Work(touched=prod(self.before))

    @property
    def calls(self) -> int:
        """For the layer."""
        return CALLS


@dataclass(frozen=True)
class FullyConnected:
    """A fully connected layer, then an activation."""

    before: Shape
    after: Shape
    activation: str

    @property
    def taps(self) -> int:
        """There are no windows."""
        return 0

    @property
    def widest(self) -> int:
        """What it is given or makes."""
        return max(*self.before, *self.after)

    def tensor_specs(self) -> dict[str, TensorSpec]:
        """Weights as PyTorch stores them, and biases."""
        return {"weight": TensorSpec((*self.after, *self.before)), "bias": TensorSpec(self.after)}

    def compile(self, tensors: Mapping[str, Array]) -> LayerStep:
        """Scale the weights."""
        return partial(self._through, scale(tensors["weight"]), tensors["bias"])

    def _through(self, weight: Array, bias: Array, x: Array) -> Array:
        z = product(scale(x), weight)
        z += bias
        return activation_of(self.activation).function(z)

    @property
    def row_work(self) -> Work:
        """Count the multiply-adds, what is given and made, and curves."""
        (before,), (after,) = self.before, self.after
        activation = activation_of(self.activation)
        touched = 4 * before + (5 + activation.touched) * after + 10
        return Work(before * after, before, touched, activation.curves * after)

    @property
    def calls(self) -> int:
        """For the layer."""
        return CALLS


def _taps(x: Array, kernel: Extent, stride: Extent, after: Shape) -> Iterator[Array]:
    """For every place in a window, line by line, the numbers that stand there in all windows."""
    _, height, width = after
    for line in range(kernel[0]):
        for place in range(kernel[1]):
            yield x[:, :, line :: stride[0], place :: stride[1]][:, :, :height, :width]
