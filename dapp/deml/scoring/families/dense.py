"""Fully connected layers with an activation between them: what linear, logistic and MLP models have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.activations import ACTIVATIONS
from deml.scoring.architecture import TensorKind, TensorSpec, Work
from deml.scoring.exact import clip, product, scale
from deml.scoring.families import standardizer
from deml.scoring.families.standardizer import Standardizer
from deml.scoring.task import Task

Array = NDArray[np.float64]

MAX_INPUTS: Final = 65_536
"""Most features: 18 bits are then left for each factor of a product."""

MAX_WIDTH: Final = 8_192
"""Most units of a layer."""

MAX_CLASSES: Final = 1_024
"""Most classes."""

MAX_HIDDEN: Final = 8
"""Most hidden layers."""


HIDDEN: Final = 6
"""How often a hidden activation is touched: bias, ReLU, largest, rounding twice."""

OUTPUT: Final = 5
"""How often an output is: bias, bounds, and what the metric looks at."""

PARAMETER: Final = 11
"""How often a parameter is touched, beside its bytes: most in a sparse delta, read, placed, added and scaled."""


@dataclass(frozen=True, slots=True)
class CompiledDense:
    """Weights and bias of each layer; what standardises the features, if anything does."""

    layers: Sequence[tuple[Array, Array]]
    standardizer: Standardizer | None


@dataclass(frozen=True, slots=True)
class Dense:
    """A chain of layers.

    Tensors are named as PyTorch names them: ``layers.i.weight`` (out by in) and ``layers.i.bias``; with `standardize`
    also ``standardize.mean`` and ``standardize.scale``, one value a feature, applied as (x - mean) / scale.
    """

    task: Task
    widths: tuple[int, ...]
    standardize: bool
    activation: str = "relu"

    @property
    def inputs(self) -> int:
        """Number of features."""
        return self.widths[0]

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return self.widths[-1]

    @property
    def classes(self) -> int:
        """Number of classes: two for a single logit."""
        return max(2, self.outputs)

    @property
    def features(self) -> TensorKind:
        """Features are reals."""
        return TensorKind.REAL

    def tensor_specs(self) -> dict[str, TensorSpec]:
        """Tensors by name."""
        specs: dict[str, TensorSpec] = {}
        if self.standardize:
            specs |= standardizer.tensor_specs(self.inputs)
        for index, (fan_in, fan_out) in enumerate(pairwise(self.widths)):
            specs |= {
                f"layers.{index}.weight": TensorSpec((fan_out, fan_in)),
                f"layers.{index}.bias": TensorSpec((fan_out,)),
            }
        return specs

    @property
    def parameters(self) -> int:
        """Number of weights and biases, standardising tensors included."""
        features = 2 * self.inputs if self.standardize else 0
        return features + sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(self.widths))

    @property
    def row_work(self) -> Work:
        """Count multiply-adds, what goes into them, the activations, and features to standardise."""
        products = sum(fan_in * fan_out for fan_in, fan_out in pairwise(self.widths))
        hidden, layers = sum(self.widths[1:-1]), len(self.widths) - 1
        activation = ACTIVATIONS[self.activation]
        touched = (HIDDEN + activation.touched) * hidden + OUTPUT * self.outputs + 3 * layers
        if self.standardize:
            touched += standardizer.TOUCHED * self.inputs
        return Work(products, sum(self.widths[:-1]), touched, activation.curves * hidden)

    @property
    def block_work(self) -> Work:
        """Lay out the weights, and call."""
        return Work(packed=self.parameters, calls=16 * (len(self.widths) - 1))

    @property
    def feature_work(self) -> Work:
        """Widen and scale, or leave."""
        return standardizer.feature_work(standardize=self.standardize)

    @property
    def model_work(self) -> Work:
        """Widen the weights, add them to the initial ones, scale them."""
        return Work(touched=PARAMETER * self.parameters)

    @property
    def widest(self) -> int:
        """The largest layer, or what it is given."""
        return max(*self.widths, self.classes)

    @property
    def compiling_bytes(self) -> int:
        """Weights once more, scaled."""
        return 8 * self.parameters

    def prepared_bytes(self, rows: int) -> int:
        """Float64 where rows are scaled, else float32."""
        return (4 if self.standardize else 8) * rows * self.inputs

    def check(self, tensors: Mapping[str, Array]) -> None:
        """Refuse values that have the right shape and make no sense.

        Raises
        ------
        BadStandardizer
        """
        if self.standardize:
            standardizer.check(tensors)

    def prepare(self, x: NDArray[Any]) -> NDArray[Any]:
        """Scale rows, unless the model standardises them first."""
        return standardizer.prepare(x, standardize=self.standardize)

    def compile(self, tensors: Mapping[str, Array]) -> CompiledDense:
        """Scale the weights."""
        layers = [
            (scale(tensors[f"layers.{index}.weight"]), tensors[f"layers.{index}.bias"])
            for index in range(len(self.widths) - 1)
        ]
        return CompiledDense(layers, standardizer.of(tensors) if self.standardize else None)

    def forward(self, compiled: CompiledDense, prepared: NDArray[Any]) -> Array:
        """Outputs for the rows of `prepared`: rows by outputs."""
        scaled = compiled.standardizer(prepared) if compiled.standardizer else prepared
        return self.through(compiled, scaled)

    def through(self, compiled: CompiledDense, x: Array) -> Array:
        """Outputs for rows that are scaled already.

        What is between lies units by rows, so that elementwise operations have long runs.
        """
        activation = ACTIVATIONS[self.activation]
        for weight, bias in compiled.layers[:-1]:
            z = activation.function(_affine(x, weight, bias))
            x = scale(z, axis=0, nonnegative=activation.nonnegative, out=z).T
        weight, bias = compiled.layers[-1]
        return clip(_affine(x, weight, bias)).T


def _affine(x: Array, weight: Array, bias: Array) -> Array:
    """Units by rows."""
    z = product(weight, x)
    z += bias[:, None]
    return z
