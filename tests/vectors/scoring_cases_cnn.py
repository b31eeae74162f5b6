"""Models and holdouts of ``scoring-cnn.json``."""

from __future__ import annotations

import random
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from tests.vectors.scoring_cases import FOR_CLASSES, FOR_VALUES, HUGE, Arrays, Case, floats, reals

Fields = Mapping[str, Any]
FLATTEN = {"kind": "flatten"}


def dense(units: int, **more: Any) -> Fields:
    return {"kind": "dense", "units": units, **more}


def conv(channels: int, *kernel: int, **more: Any) -> Fields:
    return {"kind": "conv2d", "channels": channels, "kernel": list(kernel), **more}


def cnn(shape: list[int], *layers: Fields, task: str = "classification") -> Fields:
    return {"family": "cnn", "task": task, "shape": shape, "layers": list(layers)}


PLAIN = cnn(
    [2, 5, 4],
    conv(3, 3, 2, activation="relu"),
    {"kind": "max_pool", "kernel": [2, 2], "stride": [1, 1]},
    FLATTEN,
    dense(3),
)
VALUE = cnn(
    [1, 5, 5],
    conv(2, 3, 3, padding=[1, 1], activation="tanh"),
    {"kind": "avg_pool", "kernel": [3, 3], "stride": [2, 2]},
    FLATTEN,
    dense(1),
    task="regression",
)


def after(layer: Fields, before: list[int]) -> list[int]:
    """Shape of what a layer makes."""
    if layer["kind"] in ("flatten", "dense"):
        return [layer.get("units", prod(before))]
    stride = layer.get("stride", [1, 1] if layer["kind"] == "conv2d" else layer["kernel"])
    around = layer.get("padding", [0, 0])
    sizes = [(n + 2 * p - k) // s + 1 for n, p, k, s in zip(before[1:], around, layer["kernel"], stride, strict=True)]
    return [layer.get("channels", before[0]), *sizes]


def tensors(name: str, fields: Fields, dtype: Any) -> Arrays:
    """Numbers drawn from the case's name, in the shapes of docs/scoring.md."""
    drawn = random.Random(f"{name} cnn")
    made: Arrays = {}
    shape = fields["shape"]
    for index, layer in enumerate(fields["layers"]):
        if layer["kind"] == "conv2d":
            weight = (layer["channels"], shape[0] // layer.get("groups", 1), *layer["kernel"])
        elif layer["kind"] == "dense":
            weight = (layer["units"], *shape)
        else:
            weight = None
        if weight:
            made[f"layers.{index}.weight"] = reals(drawn, weight, dtype)
            made[f"layers.{index}.bias"] = reals(drawn, weight[:1], dtype)
        shape = after(layer, shape)
    return made


def full(name: str, fields: Fields, metric: str, dtype: Any = np.float32, rows: int = 5, **changed: Any) -> Case:
    drawn = random.Random(f"{name} images")
    model = tensors(name, fields, dtype) | changed.pop("model", {})
    holdout: Arrays = {"x": reals(drawn, (rows, prod(fields["shape"])), dtype)}
    if metric in FOR_VALUES:
        holdout["y"] = reals(drawn, (rows,), dtype)
    else:
        classes = max(2, fields["layers"][-1]["units"])
        holdout["y"] = np.array([drawn.randrange(classes) for _ in range(rows)], np.int64)
    holdout |= changed.pop("holdout", {})
    return Case(name, changed.pop("architecture", fields), metric, model=model, holdout=holdout, **changed)


BY_METRIC = [
    full(f"cnn: {metric}, {np.dtype(dtype).name}", fields, metric, dtype)
    for fields, metrics in ((PLAIN, FOR_CLASSES), (VALUE, FOR_VALUES))
    for metric in metrics
    for dtype in (np.float32, np.float16)
]

LAYERS = {
    "nothing but a dense layer": [FLATTEN, dense(3)],
    "two dense layers": [FLATTEN, dense(4, activation="gelu"), dense(3)],
    "stride": [conv(2, 2, 3, stride=[3, 2]), FLATTEN, dense(3)],
    "as much padding as a kernel may have": [conv(1, 2, 3, padding=[1, 2]), FLATTEN, dense(3)],
    "a kernel as large as the padded image": [conv(3, 8, 7, padding=[1, 1]), FLATTEN, dense(3)],
    "depthwise": [conv(4, 3, 3, groups=4), FLATTEN, dense(3)],
    "depthwise, two channels from each": [conv(8, 2, 2, groups=4), FLATTEN, dense(3)],
    "two groups": [conv(6, 3, 3, groups=2, activation="leaky_relu"), FLATTEN, dense(3)],
    "depthwise, then pointwise": [
        conv(4, 3, 3, groups=4, padding=[1, 1], activation="sigmoid"),
        conv(2, 1, 1, activation="gelu"),
        FLATTEN,
        dense(3),
    ],
    "pools that leave lines out": [
        {"kind": "max_pool", "kernel": [1, 2], "stride": [2, 2]},
        {"kind": "avg_pool", "kernel": [2, 1]},
        FLATTEN,
        dense(3),
    ],
    "the mean of all": [conv(3, 1, 1), {"kind": "avg_pool", "kernel": [6, 5]}, FLATTEN, dense(3)],
}
BY_LAYERS = [full(f"cnn: {name}", cnn([4, 6, 5], *layers), "log_loss") for name, layers in LAYERS.items()]

EDGES = [
    full(
        "cnn: one logit",
        cnn([1, 2, 2], conv(1, 2, 2), FLATTEN, dense(1)),
        "roc_auc",
        holdout={"y": np.array([0, 1, 1, 0, 1])},
    ),
    full("cnn: one row", PLAIN, "accuracy", rows=1),
    full("cnn: black images", PLAIN, "log_loss", holdout={"x": np.zeros((5, 40), np.float32)}),
    full(
        "cnn: activations clipped to 2^100",
        PLAIN,
        "log_loss",
        model={"layers.0.weight": np.full((3, 2, 3, 2), HUGE, np.float32)},
        holdout={"x": np.full((5, 40), HUGE, np.float32)},
    ),
    full(
        "cnn: the means of huge numbers",
        cnn([1, 2, 2], {"kind": "avg_pool", "kernel": [2, 2]}, FLATTEN, dense(1), task="regression"),
        "r2",
        rows=2,
        holdout={"x": np.array([[HUGE, HUGE, HUGE, -HUGE], [1, 2, 4, 9]], np.float32), "y": floats(0, 1)},
    ),
]

UNFIT = {
    "a kernel larger than the image": [conv(3, 6, 2), FLATTEN, dense(3)],
    "padding as high as the kernel": [conv(3, 2, 3, padding=[2, 1]), FLATTEN, dense(3)],
    "padding as wide as the kernel": [conv(3, 3, 1, padding=[1, 1]), FLATTEN, dense(3)],
    "no flatten": [conv(3, 3, 2), dense(3)],
    "groups that do not divide": [conv(3, 3, 2, groups=2), FLATTEN, dense(3)],
    "an activation at the end": [FLATTEN, dense(3, activation="relu")],
}
REFUSALS = [
    *(
        full(f"cnn: {name}", PLAIN, "accuracy", architecture=cnn([2, 5, 4], *layers), refusal="LAYER_DOES_NOT_FIT")
        for name, layers in UNFIT.items()
    ),
    full(
        "cnn: infinity in a kernel",
        PLAIN,
        "accuracy",
        model={"layers.0.weight": np.full((3, 2, 3, 2), np.inf, np.float32)},
        refusal="NOT_FINITE",
    ),
    full(
        "cnn: in and out exchanged",
        PLAIN,
        "accuracy",
        model={"layers.0.weight": np.zeros((2, 3, 3, 2), np.float32)},
        refusal="WRONG_SHAPE",
    ),
    full("cnn: a tensor of a pool", PLAIN, "accuracy", model={"layers.1.weight": floats(1)}, refusal="SURPLUS_TENSOR"),
]
CASES = [*BY_METRIC, *BY_LAYERS, *EDGES, *REFUSALS]
