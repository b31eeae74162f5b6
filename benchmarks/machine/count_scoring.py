"""What a submission costs once it has been received: reading the file, then scoring it on a holdout prepared before."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from counting import report

from deml.ipld import file_car, file_cid, read_file
from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.architecture import Architecture
from deml.scoring.safetensors import read_tensors, write_tensors

ROWS = 1_000
LOGISTIC = {"family": "logistic", "inputs": 30, "outputs": 1}
MLP = {"family": "mlp", "task": "classification", "inputs": 64, "hidden": [32], "outputs": 10}
FOREST = {"family": "trees", "task": "classification", "inputs": 30, "outputs": 2, "output": "probabilities"}
FOREST |= {"trees": 100, "nodes": 127, "depth": 6}
SMALL_FOREST = FOREST | {"trees": 10, "nodes": 15, "depth": 3}
WIDE_FOREST = FOREST | {"inputs": 784}
Tensors = dict[str, np.ndarray[Any, Any]]
random = np.random.default_rng(0)


def reals(architecture: Architecture) -> Tensors:
    """Random tensors for an architecture of real tensors alone."""
    specs = architecture.tensor_specs()
    return {name: random.normal(size=spec.shape).astype(np.float32) / 4 for name, spec in specs.items()}


def complete_trees(architecture: Architecture) -> Tensors:
    """Trees that split at every node down to their last level."""
    made = reals(architecture)
    shape = made["trees.threshold"].shape
    inner = np.arange(shape[1] // 2, dtype=np.int16)
    for name, first in (("trees.left", 1), ("trees.right", 2)):
        made[name] = np.full(shape, -1, np.int16)
        made[name][:, : len(inner)] = 2 * inner + first
    made["trees.feature"] = np.full(shape, -1, np.int16)
    made["trees.feature"][:, : len(inner)] = random.integers(0, architecture.inputs, (shape[0], len(inner)))
    return made


def submission(
    name: str,
    fields: dict[str, object],
    metric_name: str,
    target: float | None = None,
    draw: Callable[[Architecture], Tensors] = reals,
    rows: int = ROWS,
) -> None:
    """Count one model file read and scored, then its parts."""
    architecture = parse_architecture(json.dumps(fields))
    metric = parse_metric(metric_name, architecture)
    model_file = write_tensors(draw(architecture))
    x = random.normal(size=(rows, architecture.inputs)).astype(np.float32)
    labels = random.integers(0, architecture.classes, rows)
    data_file = write_tensors({"x": x, "y": labels})
    holdout = load_holdout(architecture, metric, data_file, rows)
    model = load_model(architecture, model_file)
    compiled = architecture.compile(model.tensors)

    report(f"{name}, {metric_name}", lambda: score(load_model(architecture, model_file), holdout), target=target)
    report("  of it: reading the model", lambda: load_model(architecture, model_file))
    report("  of it: the logits, once it is ready", lambda: architecture.forward(compiled, holdout.prepared))
    report("  before: preparing the holdout", lambda: load_holdout(architecture, metric, data_file, rows))


submission("MLP 64-32-10, 1,000 rows", MLP, "accuracy", 9)
submission("MLP 64-32-10, 1,000 rows", MLP, "log_loss")
submission("logistic 30-1, 1,000 rows", LOGISTIC, "accuracy", 0.8)
submission("logistic 30-1, 1,000 rows", LOGISTIC, "log_loss")
submission("100 trees of depth 6, 1,000 rows", FOREST, "accuracy", 28, complete_trees)
submission("100 trees of depth 6, 10 rows", FOREST, "accuracy", 15.4, complete_trees, 10)
submission("10 trees of depth 3, 1,000 rows", SMALL_FOREST, "accuracy", 6.2, complete_trees)
submission("100 trees of depth 6, 1,000 rows of 784", WIDE_FOREST, "accuracy", 116, complete_trees)

sizes = ((64, 400), (400, 60))
tensors = {f"layers.{i}.weight": random.normal(size=size).astype(np.float32) for i, size in enumerate(sizes)}
file = write_tensors(tensors)
report(f"parsing a safetensors file of {len(file) // 1000} KB", lambda: read_tensors(file), target=1)

content = random.bytes(1 << 20)
root, car = file_cid(content), file_car(content)
report("verifying a CAR of 1 MiB", lambda: read_file(car, root, 1 << 21), target=85)
