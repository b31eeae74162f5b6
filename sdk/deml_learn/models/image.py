"""Convolutional networks, brought into the family `cnn`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture
from deml.scoring.families.cnn import Cnn
from deml_learn.models.errors import DoesNotFit
from deml_learn.models.form import placement, require_same
from deml_learn.models.imported import ModelFields, float32

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class ImageStep:
    """One layer: its entry in the architecture, and weight and bias where it has them."""

    entry: ModelFields
    weight: Array | None = None
    bias: Array | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """Layers for images of a shape: channels, height, width."""

    task: str
    shape: tuple[int, ...]
    steps: Sequence[ImageStep]

    def on_inputs(self, places: Sequence[int], inputs: int) -> Image:
        """Refuse another order: pixels have their places.

        Raises
        ------
        DoesNotFit
        """
        require_same("the order of its inputs", list(places), list(range(inputs)))
        return self

    def fields(self) -> ModelFields:
        """Its own architecture."""
        return {
            "family": "cnn",
            "task": self.task,
            "shape": list(self.shape),
            "layers": [dict(step.entry) for step in self.steps],
        }

    def tensors(self, architecture: Architecture, places: Sequence[int] = ()) -> dict[str, Array]:
        """Tensors in an architecture of the same layers; outputs may be more.

        Raises
        ------
        DoesNotFit
        """
        if not isinstance(architecture, Cnn):
            raise DoesNotFit("the model", "a convolutional network", "another family")
        require_same("the task", self.task, str(architecture.task.value))
        require_same("the number of layers", len(self.steps), len(architecture.layers))
        steps = list(self.steps)
        last = steps[-1]
        if last.weight is not None and last.bias is not None:
            placed = placement(len(last.bias), architecture.outputs, places)
            steps[-1] = replace(
                last, weight=placed.matrix @ last.weight, bias=placed.matrix @ last.bias + placed.unseen
            )
        tensors = {}
        for index, step in enumerate(steps):
            if step.weight is not None and step.bias is not None:
                tensors[f"layers.{index}.weight"] = float32(step.weight)
                tensors[f"layers.{index}.bias"] = float32(step.bias)
        for name, spec in architecture.tensor_specs().items():
            require_same(f"the shape of {name}", _shape(tensors.get(name)), list(spec.shape))
        return tensors


def _shape(tensor: Array | None) -> list[int]:
    return [] if tensor is None else list(tensor.shape)


def folded(weight: Array, bias: Array, factor: Array, shift: Array) -> tuple[Array, Array]:
    """Fold ``factor * z + shift``, a number a channel, into the layer that makes z."""
    return weight * factor.reshape(-1, *(1,) * (weight.ndim - 1)), bias * factor + shift


def of_batch_norm(gamma: Array, beta: Array, mean: Array, variance: Array, epsilon: float) -> tuple[Array, Array]:
    """Factor and shift of a batch normalisation, as in prediction."""
    factor = gamma / np.sqrt(variance + epsilon)
    return factor, beta - mean * factor
