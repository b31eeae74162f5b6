"""Convolutional networks again, slow and obvious: docs/scoring.md in integers and fractions, without numpy.

An image is a list of channels, each a list of lines; a vector is a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from tests.support.families.drawing import Fields, activation, activation_or_none, extreme_task, pick, small_task
from tests.support.reference_scoring import ACTIVATIONS, Vector, dot, integers, nearest

Line = Sequence[Fraction]
Image = Sequence[Sequence[Line]]


def forward(fields: Mapping[str, Any], tensors: Mapping[str, Any], row: Vector) -> list[Fraction]:
    """Outputs for one row."""
    x: Any = unflattened(row, fields["shape"])
    for index, layer in enumerate(fields["layers"]):
        own = {name: tensors.get(f"layers.{index}.{name}") for name in ("weight", "bias")}
        x = LAYERS[layer["kind"]](layer, own, x)
    return list(x)


def conv2d(layer: Mapping[str, Any], tensors: Mapping[str, Any], image: Image) -> Image:
    groups = layer.get("groups", 1)
    kernels, biases, activation = tensors["weight"], tensors["bias"], ACTIVATIONS[layer.get("activation", "none")]
    per_group, kernels_per_group = len(image) // groups, len(kernels) // groups
    bits = (53 - (len(flat(kernels[0])) - 1).bit_length()) // 2
    counts, x_unit = in_units(image, bits)
    channels = []
    for number, (kernel, bias) in enumerate(zip(kernels, biases, strict=True)):
        weights, unit = integers(flat(kernel), bits)
        first = number // kernels_per_group * per_group
        part = padded(counts[first : first + per_group], layer.get("padding", [0, 0]))
        channels.append(
            [
                [
                    activation(nearest(sum(a * b for a, b in zip(weights, window, strict=True)) * unit * x_unit + bias))
                    for window in line
                ]
                for line in windows(part, layer["kernel"], layer.get("stride", [1, 1]))
            ]
        )
    return channels


def max_pool(layer: Mapping[str, Any], _tensors: Mapping[str, Any], image: Image) -> Image:
    return [[[max(window) for window in line] for line in of_channel(layer, channel)] for channel in image]


def avg_pool(layer: Mapping[str, Any], _tensors: Mapping[str, Any], image: Image) -> Image:
    size = layer["kernel"][0] * layer["kernel"][1]
    counts, unit = in_units(image, 51 - (size - 1).bit_length())
    return [
        [[nearest(sum(window) * unit / size) for window in line] for line in of_channel(layer, channel)]
        for channel in counts
    ]


def flatten(_layer: Mapping[str, Any], _tensors: Mapping[str, Any], image: Image) -> Vector:
    return flat(image)


def dense(layer: Mapping[str, Any], tensors: Mapping[str, Any], row: Vector) -> Vector:
    activation = ACTIVATIONS[layer.get("activation", "none")]
    return [activation(nearest(dot(row, w) + b)) for w, b in zip(tensors["weight"], tensors["bias"], strict=True)]


LAYERS = {"conv2d": conv2d, "max_pool": max_pool, "avg_pool": avg_pool, "flatten": flatten, "dense": dense}


def flat(image: Image) -> list[Any]:
    return [number for channel in image for line in channel for number in line]


def unflattened(row: Sequence[Any], shape: Sequence[int]) -> list[list[list[Any]]]:
    _, height, width = shape
    lines = [list(row[start : start + width]) for start in range(0, len(row), width)]
    return [lines[start : start + height] for start in range(0, len(lines), height)]


def in_units(image: Image, bits: int) -> tuple[list[list[list[int]]], Fraction]:
    """All numbers of an image as integers of one unit."""
    counts, unit = integers(flat(image), bits)
    return unflattened(counts, (len(image), len(image[0]), len(image[0][0]))), unit


def padded(image: Sequence[Sequence[Sequence[int]]], padding: Sequence[int]) -> list[list[list[int]]]:
    """The image with lines of zeros above and below, columns of zeros left and right."""
    down, across = padding
    sides = [0] * across
    wide = len(image[0][0]) + 2 * across
    blank = [[0] * wide] * down
    return [[*blank, *[[*sides, *line, *sides] for line in channel], *blank] for channel in image]


def windows(image: Sequence[Sequence[Sequence[Any]]], kernel: Sequence[int], stride: Sequence[int]) -> Iterator[Any]:
    """For every line of windows its windows, each the numbers of all channels: channel by channel, line by line."""
    (height, width), (down, across) = kernel, stride
    for top in range(0, len(image[0]) - height + 1, down):
        yield [
            flat([[line[left : left + width] for line in channel[top : top + height]] for channel in image])
            for left in range(0, len(image[0][0]) - width + 1, across)
        ]


def of_channel(layer: Mapping[str, Any], channel: Sequence[Sequence[Any]]) -> Iterator[Any]:
    return windows([channel], layer["kernel"], layer.get("stride", layer["kernel"]))


def small(draw: Random) -> Fields:
    """Fields of a small model."""
    task = small_task(draw)
    channels, height, width = shape = [draw.randint(1, 3), draw.randint(3, 7), draw.randint(3, 7)]
    layers: list[Fields] = []
    for _ in range(draw.randint(1, 2)):
        kernel = [draw.randint(1, 3), draw.randint(1, 3)]
        padding = [min(draw.randint(0, 1), side - 1) for side in kernel]
        groups = draw.choice([1, channels])
        channels = groups * draw.randint(1, 2)
        layer = {"kind": "conv2d", "channels": channels, "kernel": kernel, "padding": padding, "groups": groups}
        layers.append(layer | {"activation": activation_or_none(draw)})
        height, width = height + 2 * padding[0] - kernel[0] + 1, width + 2 * padding[1] - kernel[1] + 1
        if draw.randrange(2):
            kernel, stride = [min(2, height), min(2, width)], [draw.randint(1, 2), draw.randint(1, 2)]
            layers.append({"kind": draw.choice(["max_pool", "avg_pool"]), "kernel": kernel, "stride": stride})
            height, width = (height - kernel[0]) // stride[0] + 1, (width - kernel[1]) // stride[1] + 1
        if min(height, width) < 3:
            break
    layers.append({"kind": "flatten"})
    if draw.randrange(2):
        layers.append({"kind": "dense", "units": draw.randint(1, 6)} | activation(draw))
    layers.append({"kind": "dense", "units": task["outputs"]})
    return {"task": task["task"], "shape": shape, "layers": layers}


def extreme(draw: Random) -> Fields:
    """Fields at their least or most."""
    task = extreme_task(draw)
    shape = [pick(draw, 1, 1_024), pick(draw, 1, 256), pick(draw, 1, 256)]
    layers: list[Fields] = []
    channels = shape[0]
    for _ in range(draw.randint(0, 3)):
        kernel = [pick(draw, 1, 32), pick(draw, 1, 32)]
        stride = [pick(draw, 1, 32), pick(draw, 1, 32)]
        if draw.random() < 0.3:
            kind = draw.choice(["max_pool", "avg_pool"])
            layers.append({"kind": kind, "kernel": kernel, "stride": stride})
            continue
        groups = draw.choice([1, 1, channels])
        channels = min(1_024, groups * pick(draw, 1, 64))
        padding = [pick(draw, 0, side - 1) for side in kernel]
        activation = activation_or_none(draw)
        conv: Fields = {"kind": "conv2d", "channels": channels, "kernel": kernel, "stride": stride, "padding": padding}
        layers.append(conv | {"groups": groups, "activation": activation})
    units = [{"kind": "dense", "units": pick(draw, 1, 8_192), "activation": "gelu"} for _ in range(draw.randint(0, 1))]
    layers += [{"kind": "flatten"}, *units, {"kind": "dense", "units": task["outputs"]}]
    return {"task": task["task"], "shape": shape, "layers": layers}
