"""Fully connected layers with an activation between them: what linear, logistic and MLP models have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.activations import ACTIVATIONS, Activation
from deml.scoring.architecture import Kind, Spec, Work
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

BLOCK_ELEMENTS: Final = 2**19
"""Rows are computed in blocks, so that no intermediate result takes more than 4 MiB. A row's result does not depend on
the others."""


@dataclass(frozen=True, slots=True)
class Compiled:
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
    def features(self) -> Kind:
        """Features are reals."""
        return Kind.REAL

    def tensor_specs(self) -> dict[str, Spec]:
        """Tensors by name."""
        specs: dict[str, Spec] = {}
        if self.standardize:
            specs |= standardizer.tensor_specs(self.inputs)
        for index, (fan_in, fan_out) in enumerate(pairwise(self.widths)):
            specs |= {f"layers.{index}.weight": Spec((fan_out, fan_in)), f"layers.{index}.bias": Spec((fan_out,))}
        return specs

    @property
    def parameters(self) -> int:
        """Number of weights and biases, standardising tensors included."""
        features = 2 * self.inputs if self.standardize else 0
        return features + sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(self.widths))

    def work(self, rows: int) -> Work:
        """Count multiply-adds, the activations (and features to standardise) touched one by one, and curves."""
        products = sum(fan_in * fan_out for fan_in, fan_out in pairwise(self.widths))
        elements = sum(self.widths) if self.standardize else sum(self.widths[1:])
        curves = ACTIVATIONS[self.activation].curves * sum(self.widths[1:-1])
        return Work(products=rows * products, elements=rows * elements, curves=rows * curves)

    def check(self, tensors: Mapping[str, Array]) -> None:
        """Refuse values that have the right shape and make no sense.

        Raises
        ------
        BadStandardizer
        """
        if self.standardize:
            standardizer.check(tensors)

    def prepare(self, x: Array) -> Array:
        """Do, once for all models, what does not depend on them; `x` is rows by inputs.

        Rows are scaled already, unless the model standardises them first.
        """
        return x if self.standardize else scale(x)

    def compile(self, tensors: Mapping[str, Array]) -> Compiled:
        """Scale the weights."""
        layers = [
            (scale(tensors[f"layers.{index}.weight"]), tensors[f"layers.{index}.bias"])
            for index in range(len(self.widths) - 1)
        ]
        return Compiled(layers, standardizer.of(tensors) if self.standardize else None)

    def forward(self, compiled: Compiled, prepared: Array) -> Array:
        """Outputs for the rows of `prepared`: rows by outputs."""
        activation = ACTIVATIONS[self.activation]
        step = max(1, BLOCK_ELEMENTS // max(self.widths))
        blocks = (prepared[start : start + step] for start in range(0, len(prepared), step))
        scaled = (compiled.standardizer(block) if compiled.standardizer else block for block in blocks)
        outputs = [_through(compiled.layers, activation, block) for block in scaled]
        return outputs[0] if len(outputs) == 1 else np.concatenate(outputs)


def _through(layers: Sequence[tuple[Array, Array]], activation: Activation, x: Array) -> Array:
    """Outputs for scaled rows. What is between lies units by rows, so that elementwise operations have long runs."""
    for weight, bias in layers[:-1]:
        z = activation.function(_affine(x, weight, bias))
        x = scale(z, axis=0, nonnegative=activation.nonnegative, out=z).T
    weight, bias = layers[-1]
    return clip(_affine(x, weight, bias)).T


def _affine(x: Array, weight: Array, bias: Array) -> Array:
    """Units by rows."""
    z = product(weight, x)
    z += bias[:, None]
    return z
