"""Fully connected layers with ReLU between them: what linear, logistic and MLP models have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.errors import BadStandardizer
from deml.scoring.exact import Scaled, clip, product, scale
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

MEAN: Final = "standardize.mean"
SCALE: Final = "standardize.scale"


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

    def tensor_specs(self) -> dict[str, tuple[int, ...]]:
        """Shapes of all tensors, by name."""
        specs: dict[str, tuple[int, ...]] = {}
        if self.standardize:
            specs |= {MEAN: (self.inputs,), SCALE: (self.inputs,)}
        for index, (fan_in, fan_out) in enumerate(pairwise(self.widths)):
            specs |= {f"layers.{index}.weight": (fan_out, fan_in), f"layers.{index}.bias": (fan_out,)}
        return specs

    @property
    def parameters(self) -> int:
        """Number of weights and biases, standardising tensors included."""
        features = 2 * self.inputs if self.standardize else 0
        return features + sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(self.widths))

    def products(self, rows: int) -> int:
        """Multiply-adds for `rows` rows."""
        return rows * sum(fan_in * fan_out for fan_in, fan_out in pairwise(self.widths))

    def elements(self, rows: int) -> int:
        """Inputs and activations for `rows` rows, each of which a few elementwise operations touch."""
        return rows * sum(self.widths)

    def check(self, tensors: Mapping[str, Array]) -> None:
        """Refuse values that have the right shape and make no sense.

        Raises
        ------
        BadStandardizer
        """
        if self.standardize and not np.all(tensors[SCALE] > 0):
            raise BadStandardizer(SCALE)

    def forward(self, tensors: Mapping[str, Array], x: Array, scaled: Scaled) -> Array:
        """Outputs for the rows of `x`: rows by outputs.

        Parameters
        ----------
        scaled
            `x` as `exact.scale` makes it; used where nothing standardises `x` first.
        """
        if self.standardize:
            scaled = scale(clip((x - tensors[MEAN]) / tensors[SCALE]))
        last = len(self.widths) - 2
        for index in range(last + 1):
            weight = scale(tensors[f"layers.{index}.weight"])
            out = clip(product(scaled, weight) + tensors[f"layers.{index}.bias"])
            if index < last:
                scaled = scale(np.maximum(out, 0.0))
        return out
