"""Fully connected layers with ReLU between them: what linear, logistic and MLP models have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.architecture import Kind, Spec, Work
from deml.scoring.errors import BadStandardizer
from deml.scoring.exact import Scaled, clip, product, scale
from deml.scoring.task import Task

Array = NDArray[np.float64]
Prepared = Array | Scaled
"""Rows of features, scaled already unless the model standardises them first."""

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

MEAN: Final = "standardize.mean"
SCALE: Final = "standardize.scale"


@dataclass(frozen=True, slots=True)
class Compiled:
    """Weights and bias of each layer; mean and scale of the features where the model standardises them."""

    layers: Sequence[tuple[Scaled, Array]]
    standardizer: tuple[Array, Array] | None


@dataclass(frozen=True, slots=True)
class Dense:
    """A chain of layers.

    Tensors are named as PyTorch names them: ``layers.i.weight`` (out by in) and ``layers.i.bias``; with `standardize`
    also ``standardize.mean`` and ``standardize.scale``, one value a feature, applied as (x - mean) / scale.
    """

    task: Task
    widths: tuple[int, ...]
    standardize: bool

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
            specs |= {MEAN: Spec((self.inputs,)), SCALE: Spec((self.inputs,))}
        for index, (fan_in, fan_out) in enumerate(pairwise(self.widths)):
            specs |= {f"layers.{index}.weight": Spec((fan_out, fan_in)), f"layers.{index}.bias": Spec((fan_out,))}
        return specs

    @property
    def parameters(self) -> int:
        """Number of weights and biases, standardising tensors included."""
        features = 2 * self.inputs if self.standardize else 0
        return features + sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(self.widths))

    def work(self, rows: int) -> Work:
        """Count the multiply-adds, and the inputs and activations that a few elementwise operations touch."""
        products = sum(fan_in * fan_out for fan_in, fan_out in pairwise(self.widths))
        return Work(products=rows * products, elements=rows * sum(self.widths))

    def check(self, tensors: Mapping[str, Array]) -> None:
        """Refuse values that have the right shape and make no sense.

        Raises
        ------
        BadStandardizer
        """
        if self.standardize and not np.all(tensors[SCALE] > 0):
            raise BadStandardizer(SCALE)

    def prepare(self, x: Array) -> Prepared:
        """Do, once for all models, what does not depend on them; `x` is rows by inputs."""
        return x if self.standardize else scale(x)

    def compile(self, tensors: Mapping[str, Array]) -> Compiled:
        """Scale the weights."""
        layers = [
            (scale(tensors[f"layers.{index}.weight"]), tensors[f"layers.{index}.bias"])
            for index in range(len(self.widths) - 1)
        ]
        return Compiled(layers, (tensors[MEAN], tensors[SCALE]) if self.standardize else None)

    def forward(self, compiled: Compiled, prepared: Prepared) -> Array:
        """Outputs for the rows of `prepared`: rows by outputs."""
        step = max(1, BLOCK_ELEMENTS // max(self.widths))
        blocks = (prepared[start : start + step] for start in range(0, len(prepared), step))
        return np.concatenate([_through(compiled.layers, _scaled(compiled, block)) for block in blocks])


def _scaled(compiled: Compiled, block: Prepared) -> Scaled:
    if isinstance(block, Scaled):
        return block
    if compiled.standardizer is None:
        raise TypeError("a model that does not standardise takes scaled rows")
    mean, deviation = compiled.standardizer
    return scale(clip((block - mean) / deviation))


def _through(layers: Sequence[tuple[Scaled, Array]], scaled: Scaled) -> Array:
    for weight, bias in layers[:-1]:
        scaled = scale(np.maximum(clip(product(scaled, weight) + bias), 0.0))
    weight, bias = layers[-1]
    return clip(product(scaled, weight) + bias)
