"""Chains of fully connected layers, brought into the families `linear`, `logistic` and `mlp`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture
from deml.scoring.families.dense import Dense
from deml.scoring.families.standardizer import MEAN, SCALE
from deml_learn.models.errors import DoesNotFit
from deml_learn.models.form import placement, require_same
from deml_learn.models.imported import ModelFields, float32

Array = NDArray[Any]
WeightsAndBias = tuple[Array, Array]
"""Weight, out by in, and bias."""


@dataclass(frozen=True, slots=True)
class Affine:
    """Features standardised before anything else: (x - mean) / scale."""

    mean: Array
    scale: Array

    def then(self, after: Affine) -> Affine:
        """Standardise once more."""
        return Affine(self.mean + self.scale * after.mean, self.scale * after.scale)

    def on_inputs(self, places: Sequence[int], inputs: int) -> Affine:
        """Standardise so many inputs, of which `places` are the features known here."""
        mean, scale = np.zeros(inputs), np.ones(inputs)
        mean[list(places)], scale[list(places)] = self.mean, self.scale
        return Affine(mean, scale)

    def tensors(self) -> dict[str, Array]:
        """Tensors of a family that standardises."""
        return {MEAN: float32(self.mean), SCALE: float32(self.scale)}

    @classmethod
    def nothing(cls, inputs: int) -> Affine:
        """Leave the features as they are."""
        return cls(np.zeros(inputs), np.ones(inputs))


@dataclass(frozen=True, slots=True)
class Layers:
    """Layers with one activation between all of them."""

    task: str
    layers: Sequence[WeightsAndBias]
    activation: str = "relu"
    standardizer: Affine | None = None

    def on_inputs(self, places: Sequence[int], inputs: int) -> Layers:
        """Take feature k from the input `places[k]` of so many; the others do not count."""
        weight, bias = self.layers[0]
        wide = np.zeros((len(weight), inputs))
        wide[:, list(places)] = weight
        affine = self.standardizer
        if affine is not None:
            affine = affine.on_inputs(places, inputs)
        return replace(self, layers=[(wide, bias), *self.layers[1:]], standardizer=affine)

    @property
    def widths(self) -> tuple[int, ...]:
        """Inputs, and outputs of every layer."""
        return (self.layers[0][0].shape[1], *(len(bias) for _, bias in self.layers))

    def fields(self) -> ModelFields:
        """Its own architecture."""
        inputs, *hidden, outputs = self.widths
        fields: dict[str, Any]
        if hidden:
            fields = {"family": "mlp", "task": self.task, "inputs": inputs, "hidden": hidden, "outputs": outputs}
        elif self.task == "regression":
            fields = {"family": "linear", "inputs": inputs}
        else:
            fields = {"family": "logistic", "inputs": inputs, "outputs": outputs}
        if hidden and self.activation != "relu":
            fields["activation"] = self.activation
        return fields | ({"standardize": True} if self.standardizer is not None else {})

    def tensors(self, architecture: Architecture, places: Sequence[int] = ()) -> dict[str, Array]:
        """Tensors in an architecture of the same layers; outputs may be more.

        Raises
        ------
        DoesNotFit
        """
        if not isinstance(architecture, Dense):
            raise DoesNotFit("the model", "made of fully connected layers", "another family")
        require_same("the task", self.task, str(architecture.task.value))
        require_same("the inputs and hidden layers", list(self.widths[:-1]), list(architecture.widths[:-1]))
        if len(self.layers) > 1:
            require_same("the activation", self.activation, architecture.activation)
        placed = placement(self.widths[-1], architecture.outputs, places)
        layers = list(self.layers)
        weight, bias = layers[-1]
        layers[-1] = placed.matrix @ weight, placed.matrix @ bias + placed.unseen
        tensors = {}
        if architecture.standardize:
            tensors = (self.standardizer or Affine.nothing(architecture.inputs)).tensors()
        elif self.standardizer is not None:
            layers[0] = on_raw_features(self.standardizer, layers[0])
        for index, (weight, bias) in enumerate(layers):
            tensors |= {f"layers.{index}.weight": float32(weight), f"layers.{index}.bias": float32(bias)}
        return tensors


def joined(first: WeightsAndBias, second: WeightsAndBias) -> WeightsAndBias:
    """Make one layer of two that have nothing between them."""
    weight, bias = second
    return weight @ first[0], weight @ first[1] + bias


def on_raw_features(standardizer: Affine, layer: WeightsAndBias) -> WeightsAndBias:
    """Make a layer for features as they are of one for standardised features."""
    weight, bias = layer
    scaled = weight / standardizer.scale
    return scaled, bias - scaled @ standardizer.mean
