"""What whole reveals cost beside what `deml.scoring.cost` says: unpack, verify, read, prepare, score, tell luck.

Files come compressed, as clients send them. ``priced`` should be between once and 1.3 times what was counted.
"""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from deml.base.inputs import Codec
from deml.base.limits import MAX_PACKED_BYTES, PPM
from deml.ipld import file_car, file_cid, pack, read_file, unpack
from deml.scoring import (
    conclude,
    evidence,
    gain_over,
    load_holdout,
    load_model,
    parse_architecture,
    parse_metric,
    parse_pairing,
    qualities,
    reading_mcycles,
)
from deml.scoring.architecture import Architecture, TensorKind
from deml.scoring.cost import MCYCLE, slice_cycles
from deml.scoring.families.trees import Trees
from deml.scoring.safetensors import write_tensors
from deml.scoring.task import Task

Tensors = dict[str, np.ndarray[Any, Any]]
random = np.random.default_rng(0)
CLASSES = {"task": "classification"}
POOL, FLATTEN = {"kind": "max_pool", "kernel": [2, 2]}, {"kind": "flatten"}


def conv(channels: int, side: int, **more: Any) -> dict[str, Any]:
    return {"kind": "conv2d", "channels": channels, "kernel": [side, side], **more}


def cnn(shape: list[int], *layers: dict[str, Any]) -> dict[str, Any]:
    return {"family": "cnn", **CLASSES, "shape": shape, "layers": [*layers, FLATTEN, {"kind": "dense", "units": 10}]}


def forest(trees: int, depth: int, outputs: int, inputs: int = 30) -> dict[str, Any]:
    made = {"family": "trees", **CLASSES, "inputs": inputs, "outputs": outputs, "trees": trees}
    return made | {"nodes": 2 ** (depth + 1) - 1, "depth": depth} | ({"output": "probabilities"} if outputs > 1 else {})


def tensors_of(architecture: Architecture) -> Tensors:
    """A model in float32; trees are complete."""
    made = {}
    for name, spec in architecture.tensor_specs().items():
        made[name] = (np.abs(random.normal(size=spec.shape)) + 0.1).astype(np.float32)
    if isinstance(architecture, Trees):
        shape = made["trees.threshold"].shape
        inner = np.arange(shape[1] // 2, dtype=np.int16)
        for name, first in (("trees.left", 1), ("trees.right", 2)):
            made[name] = np.full(shape, -1, np.int16)
            made[name][:, : len(inner)] = 2 * inner + first
        made["trees.feature"] = np.full(shape, -1, np.int16)
        made["trees.feature"][:, : len(inner)] = random.integers(0, architecture.inputs, (shape[0], len(inner)))
    return made


def holdout_of(architecture: Architecture, rows: int) -> Tensors:
    shape = (rows, architecture.inputs)
    if architecture.features is TensorKind.REAL:
        x = random.normal(size=shape).astype(np.float32)
    else:
        x = random.integers(-1, 10, shape).astype(np.int32)
    if architecture.task is Task.REGRESSION:
        return {"x": x, "y": random.normal(size=rows).astype(np.float32)}
    return {"x": x, "y": random.integers(0, architecture.classes, rows).astype(np.uint8)}


def fitting(car: bytes) -> tuple[Codec, bytes]:
    """The stream in which a client sends a CAR: compressed, where that is not too long."""
    packed = pack(Codec.ZLIB, car)
    return (Codec.ZLIB, packed) if len(packed) <= MAX_PACKED_BYTES else (Codec.CAR, car)


def reveal(name: str, rows: int, metric_name: str, fields: dict[str, Any]) -> None:
    """Count one reveal, and print it with its price."""
    architecture = parse_architecture(json.dumps(fields))
    metric = parse_metric(metric_name, architecture)
    compared = parse_pairing(metric, architecture, PPM if metric.largest_cut else 0)
    files = [write_tensors(one) for one in (tensors_of(architecture), holdout_of(architecture, rows))]
    cars, cids = [file_car(one) for one in files], [file_cid(one) for one in files]
    streams = [fitting(one) for one in cars]
    begun = time.perf_counter_ns()
    model_file, holdout_file = (
        read_file(unpack(*stream, len(car)), cid, len(car))
        for stream, car, cid in zip(streams, cars, cids, strict=True)
    )
    holdout = load_holdout(architecture, metric, holdout_file, rows, rows * 49 // 50)
    found = evidence(load_model(architecture, model_file), holdout, slice(None))
    conclude(holdout, found)
    worth = qualities(holdout, compared, found)
    gain_over(holdout, compared, found, worth)
    counted = (time.perf_counter_ns() - begun) / MCYCLE
    reading = reading_mcycles(architecture, metric, rows, *map(len, cars))
    priced = reading + slice_cycles(architecture, metric, rows) / MCYCLE
    shown = {"name": f"{name}, {rows:,} rows, {metric_name}", "counted": counted, "machine": None, "target": None}
    print(json.dumps(shown | {"priced": priced / counted}), flush=True)


reveal("logistic 1-1", 100_000, "accuracy", {"family": "logistic", "inputs": 1, "outputs": 1})
reveal("logistic 1-1", 100_000, "roc_auc", {"family": "logistic", "inputs": 1, "outputs": 1})
reveal("linear 2", 50_000, "r2", {"family": "linear", "inputs": 2})
reveal("logistic 30-1", 20_000, "accuracy", {"family": "logistic", "inputs": 30, "outputs": 1})
reveal("logistic 30-1", 20_000, "log_loss", {"family": "logistic", "inputs": 30, "outputs": 1})
reveal("logistic 784-10", 2_000, "brier", {"family": "logistic", "inputs": 784, "outputs": 10})
reveal("linear 100, standardised", 10_000, "r2", {"family": "linear", "inputs": 100, "standardize": True})
MLP = {"family": "mlp", **CLASSES, "inputs": 64, "outputs": 10}
reveal("MLP 64-32-10", 8_000, "accuracy", MLP | {"hidden": [32]})
reveal("MLP 64-256-128-10", 3_000, "log_loss", MLP | {"hidden": [256, 128]})
reveal("MLP 64-256-10, tanh", 2_000, "accuracy", MLP | {"hidden": [256], "activation": "tanh"})
reveal("MLP 512-1024-512-10", 300, "accuracy", MLP | {"inputs": 512, "hidden": [1_024, 512]})
reveal("CNN 1x28x28", 500, "accuracy", cnn([1, 28, 28], conv(8, 3, padding=[1, 1], activation="relu"), POOL))
LARGE = (conv(16, 3, padding=[1, 1], activation="relu"), POOL, conv(32, 3, padding=[1, 1], activation="relu"), POOL)
reveal("CNN 3x32x32", 60, "log_loss", cnn([3, 32, 32], *LARGE))
reveal("100 trees of depth 6", 5_000, "accuracy", forest(100, 6, 2))
reveal("300 trees of depth 8", 2_000, "brier", forest(300, 8, 1))
reveal("100 trees of depth 6 on 784", 1_000, "accuracy", forest(100, 6, 10, 784))
reveal("20 trees of depth 13", 1_000, "accuracy", forest(20, 13, 2))
reveal("centroids 64-100x10", 1_000, "accuracy", {"family": "centroids", "inputs": 64, "outputs": 100, "per_class": 10})
BAG = {"family": "embedding_bag", **CLASSES, "vocabulary": 20_000, "length": 64, "dimension": 16, "mode": "mean"}
reveal("embedding bag 64x16", 5_000, "accuracy", BAG | {"hidden": [], "outputs": 4})
