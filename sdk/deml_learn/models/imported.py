"""A model as it comes in: its architecture, its tensors, and what its outputs mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture, Model, load_model, parse_architecture
from deml.scoring.safetensors import write_tensors

Array = NDArray[Any]
ModelFields = Mapping[str, Any]
"""An architecture as its JSON object."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A model from elsewhere.

    Parameters
    ----------
    fields
        Its architecture, as the JSON object of a job's terms.
    tensors
        Real numbers in float32, integers in int16 or int32.
    classes
        Names of the classes by number, as the source has them; empty for regression, or where it has none.
    notes
        What the user should know, a sentence each.
    """

    fields: ModelFields
    tensors: Mapping[str, Array]
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def architecture(self) -> Architecture:
        """The architecture, parsed.

        Raises
        ------
        MalformedArchitecture, ArchitectureOutOfBounds
        """
        return parse_architecture(architecture_text(self.fields))

    @property
    def file(self) -> bytes:
        """The model as safetensors."""
        return write_tensors(self.tensors)

    @property
    def model(self) -> Model:
        """The model as the engine sees it.

        Raises
        ------
        DemlError
            If the architecture or a tensor is out of bounds.
        """
        return load_model(self.architecture, self.file)


def architecture_text(fields: ModelFields) -> str:
    """Write an architecture as it stands in a job's terms."""
    return json.dumps(fields, separators=(",", ":"))


def float32(values: Array) -> Array:
    """Round to float32, as the tensors are stored; what is too large becomes infinite, which the engine refuses."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(values, np.float32)
