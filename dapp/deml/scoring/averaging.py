"""The mean of several models, coordinate by coordinate, and the file it is written to.

Sums and the quotient are in float64, to which every encoding is widened; nothing is rounded that a model's own decoding
does not round, but by the additions themselves, in the order in which they are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.architecture import Architecture, TensorKind
from deml.scoring.errors import NoAverage
from deml.scoring.model import Model
from deml.scoring.safetensors import write_tensors

LARGEST: Final = float(np.finfo(np.float32).max)
"""Numbers of a model may be a little larger, `encodings.BOUND`; what is written is not."""

HEADER_BYTES: Final = 64
"""Of a file, its header's entries aside."""

ENTRY_BYTES: Final = 256
"""Of a tensor in a file's header: its name, at most eight sizes, where it begins and ends."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of so many `models`, tensor by tensor, in float64."""

    models: int
    tensors: Mapping[str, NDArray[np.float64]]

    def plus(self, model: Model) -> Sums:
        """Add a model, in arrays of their own."""
        return Sums(self.models + 1, {name: one + model.tensors[name] for name, one in self.tensors.items()})

    def mean(self) -> bytes:
        """Write the mean, in float32.

        Raises
        ------
        ValueError
            If there are no models.
        """
        if not self.models:
            raise ValueError("nothing has no mean")
        return write_tensors({name: _mean(one, self.models) for name, one in self.tensors.items()})


def no_sums(architecture: Architecture) -> Sums:
    """Begin with zeros."""
    return Sums(0, {name: np.zeros(spec.shape) for name, spec in architecture.tensor_specs().items()})


def check_mean(architecture: Architecture) -> None:
    """Refuse models whose mean would mean nothing: those with integers that say which, not how much.

    Raises
    ------
    NoAverage
    """
    for name, spec in architecture.tensor_specs().items():
        if spec.kind is not TensorKind.REAL:
            raise NoAverage(name)


def mean_bytes(architecture: Architecture) -> int:
    """Most that the file of a mean has."""
    return HEADER_BYTES + ENTRY_BYTES * len(architecture.tensor_specs()) + 4 * architecture.parameters


def _mean(sums: NDArray[np.float64], models: int) -> NDArray[np.float32]:
    """Divide, bound, round to the nearest float32; a zero is written without a sign."""
    mean = sums / models
    np.clip(mean, -LARGEST, LARGEST, out=mean)
    rounded = mean.astype(np.float32)
    rounded += np.float32(0)
    return rounded
