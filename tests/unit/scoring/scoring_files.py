"""Architectures, models and holdouts for the scoring tests, from numpy arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from deml.scoring import Architecture, Holdout, Model, load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.safetensors import write_tensors

LOGISTIC = {"family": "logistic", "inputs": 3, "outputs": 1}
SOFTMAX = LOGISTIC | {"outputs": 4}
LINEAR = {"family": "linear", "inputs": 3}
MLP = {"family": "mlp", "task": "classification", "inputs": 3, "hidden": [5, 4], "outputs": 3}
MLP_LOGIT = MLP | {"hidden": [5], "outputs": 1}
MLP_REGRESSION = MLP | {"task": "regression", "outputs": 1}
FAMILIES = {
    "logistic": LOGISTIC,
    "softmax": SOFTMAX,
    "linear": LINEAR,
    "mlp": MLP,
    "mlp logit": MLP_LOGIT,
    "mlp regression": MLP_REGRESSION,
}

Arrays = Mapping[str, np.ndarray]


def architecture_of(fields: Mapping[str, Any]) -> Architecture:
    return parse_architecture(json.dumps(fields))


def random_tensors(architecture: Architecture, seed: int, dtype: Any = np.float32) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    made = {name: random.normal(size=spec.shape) for name, spec in architecture.tensor_specs().items()}
    if "standardize.scale" in made:
        made["standardize.scale"] = np.exp(made["standardize.scale"])
    return {name: tensor.astype(dtype) for name, tensor in made.items()}


def model_of(architecture: Architecture, tensors: Arrays) -> Model:
    return load_model(architecture, write_tensors(tensors))


def holdout_of(architecture: Architecture, metric: str, x: np.ndarray, y: np.ndarray) -> Holdout:
    file = write_tensors({"x": np.asarray(x), "y": np.asarray(y)})
    return load_holdout(architecture, parse_metric(metric, architecture), file, len(y))


def score_of(fields: Mapping[str, Any], tensors: Arrays, metric: str, x: np.ndarray, y: np.ndarray) -> int:
    """Score of a model that is given as arrays."""
    architecture = architecture_of(fields)
    return score(model_of(architecture, tensors), holdout_of(architecture, metric, x, y))
