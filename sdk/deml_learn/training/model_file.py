"""Between the job's model files and the trainer's networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from deml.scoring import Architecture, load_model
from deml.scoring.families.dense import Dense
from deml.scoring.families.standardizer import MEAN, SCALE
from deml.scoring.safetensors import write_tensors
from deml.scoring.task import Task
from deml_learn.training.errors import NotTrainable
from deml_learn.training.network import Array, Head, Network

FRESH_SCALE: Final = 0.01
"""Spread of random weights in a last layer that nothing is known of: small, so that training decides, not chance."""


@dataclass(frozen=True, slots=True)
class FeatureScaling:
    """What is taken off each feature, and what it is divided by."""

    mean: Array
    scale: Array

    def apply(self, x: Array) -> Array:
        """Standardise rows of features."""
        found: Array = (x - self.mean) / self.scale
        return found


@dataclass(frozen=True, slots=True)
class Trainable:
    """A network in an architecture, and how its inputs are standardised."""

    architecture: Dense
    network: Network
    standardizer: FeatureScaling

    def with_network(self, network: Network) -> Trainable:
        """Replace the network."""
        return Trainable(self.architecture, network, self.standardizer)

    def file(self, half: bool = False) -> bytes:
        """Write it as safetensors, in float16 if `half`, else in float32."""
        dtype = np.float16 if half else np.float32
        tensors: dict[str, Array] = {}
        if self.architecture.standardize:
            tensors |= {MEAN: self.standardizer.mean, SCALE: self.standardizer.scale}
        for index, (weight, bias) in enumerate(zip(self.network.weights, self.network.biases, strict=True)):
            tensors |= {f"layers.{index}.weight": weight, f"layers.{index}.bias": bias}
        return write_tensors({name: tensor.astype(dtype) for name, tensor in tensors.items()})


def read_trainable(architecture: Architecture, file: bytes) -> Trainable:
    """Read a model to start from.

    Raises
    ------
    NotTrainable
    DemlError
        What is wrong with the file.
    """
    dense = trainable(architecture)
    tensors = load_model(architecture, file).tensors
    layers = range(len(dense.widths) - 1)
    weights = tuple(tensors[f"layers.{index}.weight"] for index in layers)
    biases = tuple(tensors[f"layers.{index}.bias"] for index in layers)
    return Trainable(dense, Network(weights, biases, head_of(dense)), _standardizer(dense, tensors))


def trainable(architecture: Architecture) -> Dense:
    """Refuse models that the built-in trainer cannot improve.

    Raises
    ------
    NotTrainable
    """
    if not isinstance(architecture, Dense) or architecture.activation != "relu":
        raise NotTrainable()
    return architecture


def fresh_trainable(architecture: Architecture, x: Array, seed: int) -> Trainable:
    """Make a model to start from where there is none: random weights (He et al., 2015), the data's mean and scale.

    Raises
    ------
    NotTrainable
    """
    dense = trainable(architecture)
    random = np.random.default_rng(seed)
    sizes = list(pairwise(dense.widths))
    spreads = [np.sqrt(2 / fan_in) for fan_in, _ in sizes[:-1]] + [FRESH_SCALE]
    weights = tuple(
        random.normal(0, spread, (fan_out, fan_in)) for spread, (fan_in, fan_out) in zip(spreads, sizes, strict=True)
    )
    biases = tuple(np.zeros(fan_out) for _, fan_out in sizes)
    standardizer = _identity(dense)
    if dense.standardize:
        deviation = x.std(axis=0)
        standardizer = FeatureScaling(x.mean(axis=0), np.where(deviation > 0, deviation, 1.0))
    return Trainable(dense, Network(weights, biases, head_of(dense)), standardizer)


def head_of(architecture: Dense) -> Head:
    """What the outputs of an architecture mean."""
    if architecture.task is Task.REGRESSION:
        return Head.REGRESSION
    return Head.BINARY if architecture.outputs == 1 else Head.SOFTMAX


def _standardizer(architecture: Dense, tensors: Mapping[str, Array]) -> FeatureScaling:
    return FeatureScaling(tensors[MEAN], tensors[SCALE]) if architecture.standardize else _identity(architecture)


def _identity(architecture: Dense) -> FeatureScaling:
    return FeatureScaling(np.zeros(architecture.inputs), np.ones(architecture.inputs))
