"""Score models in a riscv64 userland: the shared vectors, and random ones of sizes that BLAS kernels are tuned for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from deml.scoring.safetensors import write_tensors
from tests.support import score_vectors
from tests.support.vectors import Case, load

MLP = {"family": "mlp", "task": "classification"}
LARGE: list[tuple[dict[str, Any], str]] = [
    ({"family": "logistic", "inputs": 3_000, "outputs": 1}, "log_loss"),
    ({"family": "logistic", "inputs": 784, "outputs": 100, "standardize": True}, "log_loss"),
    ({"family": "linear", "inputs": 1_025}, "r2"),
    ({**MLP, "inputs": 64, "hidden": [32], "outputs": 10}, "accuracy"),
    ({**MLP, "inputs": 257, "hidden": [300, 129], "outputs": 7}, "log_loss"),
    ({**MLP, "task": "regression", "inputs": 65, "hidden": [500], "outputs": 1, "standardize": True}, "r2"),
]
ROWS = score_vectors.MAX_ROWS


def compare_scores(command: list[str], environment: Mapping[str, str]) -> None:
    """Exit with what differs, if anything does."""
    cases = [*load("scoring.json"), *large_models()]
    program = Path(score_vectors.__file__).read_text("utf-8")
    variables, given = {**os.environ, **environment}, json.dumps({"cases": cases})
    ended = subprocess.run([*command, "-c", program], env=variables, input=given, capture_output=True, text=True)
    if ended.returncode:
        sys.exit(f"{command[0]} could not score the models:\n{ended.stderr}")
    for case, outcome in zip(cases, json.loads(ended.stdout), strict=True):
        if outcome != {key: case[key] for key in ("score", "refusal") if key in case}:
            sys.exit(f"{case['name']}: {outcome} on riscv64, but here {case}"[:400])
    print(f"riscv64 gives {len(cases)} models the scores that they have here")


def large_models() -> Iterator[Case]:
    """Random models and holdouts, scored here."""
    for seed, (fields, metric) in enumerate(LARGE):
        random = np.random.default_rng(seed)
        architecture = score_vectors.parse_architecture(json.dumps(fields))
        x, y = random.normal(size=(ROWS, architecture.inputs)), random.normal(size=ROWS)
        labels = random.integers(0, architecture.classes, ROWS)
        tensors = {name: random.normal(size=spec.shape) for name, spec in architecture.tensor_specs().items()}
        if "standardize.scale" in tensors:
            tensors["standardize.scale"] = np.abs(tensors["standardize.scale"]) + 0.1
        files = {
            "model": write_tensors({name: tensor.astype(np.float32) for name, tensor in tensors.items()}),
            "holdout": write_tensors(
                {"x": x.astype(np.float32), "y": y.astype(np.float32) if metric in ("r2", "mse", "mae") else labels}
            ),
        }
        case = {"architecture": json.dumps(fields), "metric": metric}
        case |= {name: "0x" + file.hex() for name, file in files.items()}
        yield {"name": f"random model {seed}", **case, **score_vectors.outcome(case)}
