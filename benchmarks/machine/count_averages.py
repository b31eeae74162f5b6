"""What the steps of an average cost, beside what `deml.scoring.cost` says: add models, write their mean, score it.

``priced`` should be between once and 1.3 times what was counted; adding is priced for the dearest encoding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from counting import count

from deml.ipld import file_cid
from deml.scoring import averaging, load_holdout, load_model, no_sums, parse_architecture, parse_metric, score, slicing
from deml.scoring.cost import BUDGET, MCYCLE, price
from deml.scoring.safetensors import write_tensors

MODELS, ROWS = 8, 1_000
random = np.random.default_rng(0)
TEXT = json.dumps(
    {"family": "mlp", "task": "classification", "inputs": 128, "hidden": [256, 64], "outputs": 10},
)
ARCHITECTURE = parse_architecture(TEXT)
METRIC = parse_metric("brier", ARCHITECTURE)
Tensors = Mapping[str, np.ndarray[Any, Any]]


def reals() -> Tensors:
    shapes = {name: spec.shape for name, spec in ARCHITECTURE.tensor_specs().items()}
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def sparse(tensors: Tensors) -> Tensors:
    """Every number changed, one by one: the dearest way to send a model."""
    made = {}
    for name, one in tensors.items():
        made |= {f"{name}:delta": one.ravel(), f"{name}:skip": np.zeros(one.size, np.uint8)}
    return made


def whole_numbers(tensors: Tensors) -> Tensors:
    made: dict[str, np.ndarray[Any, Any]] = {}
    for name, one in tensors.items():
        made |= {name: (one * 20).astype(np.int8), f"{name}:scale": np.array(0.05, np.float32)}
    return made


def shown(name: str, work: Callable[[], Any], cycles: int, times: int = 1) -> None:
    counted = count(work) / MCYCLE
    line = {
        "name": name,
        "counted": counted,
        "machine": None,
        "target": None,
        "priced": times * cycles / MCYCLE / counted,
    }
    print(json.dumps(line), flush=True)


first = reals()
files = [write_tensors(one) for one in (first, *(reals() for _ in range(MODELS - 1)))]
initial = load_model(ARCHITECTURE, files[0])
x = random.normal(size=(ROWS, 128)).astype(np.float32)
rows = write_tensors({"x": x, "y": random.integers(0, 10, ROWS).astype(np.uint8)})
holdout = load_holdout(ARCHITECTURE, METRIC, rows, ROWS)
cut = slicing(ARCHITECTURE, METRIC, ROWS, 2 * len(files[0]), len(rows) + 1_000)
prices = averaging(ARCHITECTURE, METRIC, ROWS, len(rows) + 1_000, cut, BUDGET)


def added(contents: list[bytes]) -> Any:
    sums = no_sums(ARCHITECTURE)
    for one in contents:
        sums = sums.plus(load_model(ARCHITECTURE, one, initial))
    return sums


sums = added(files)
mean = sums.mean()
shape = f"MLP 128-256-64-10, {ARCHITECTURE.parameters:,} parameters"
for encoding, contents in {
    "float32": files,
    "int8": [write_tensors(whole_numbers(first))] * MODELS,
    "sparse deltas of every number": [write_tensors(sparse(first))] * MODELS,
}.items():
    shown(
        f"add {MODELS} models in {encoding}: {shape}", lambda contents=contents: added(contents), prices.a_model, MODELS
    )
shown("write their mean and compute its CID", lambda: file_cid(sums.mean()), prices.the_file)
reading = price(ARCHITECTURE.model_work) + ROWS * METRIC.concluding
shown(
    f"read the mean and score it on {ROWS:,} rows",
    lambda: score(load_model(ARCHITECTURE, mean), holdout),
    cut.slices(ROWS) * prices.a_slice + reading,
)
