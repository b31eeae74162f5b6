"""Models: the tensors of an architecture, read from safetensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from deml.scoring.architecture import Architecture, Kind, Spec
from deml.scoring.safetensors import Tensor, read_tensors
from deml.scoring.tensors import integers, reals, require_names, require_shape


@dataclass(frozen=True)
class Model:
    """An architecture and its tensors, reals widened to float64."""

    architecture: Architecture
    tensors: Mapping[str, NDArray[Any]]

    @cached_property
    def compiled(self) -> Any:
        """What `Architecture.forward` takes."""
        return self.architecture.compile(self.tensors)


def load_model(architecture: Architecture, data: bytes) -> Model:
    """Read and check a model file: exactly the architecture's tensors, reals in F32 or F16 and finite.

    Raises
    ------
    MalformedSafetensors, UnsupportedDtype, MissingTensor, SurplusTensor, WrongShape, NotFinite, BadStandardizer
    """
    tensors = read_tensors(data)
    specs = architecture.tensor_specs()
    require_names(tensors, specs)
    for name, spec in specs.items():
        require_shape(name, tensors[name], spec.shape)
    widened = {name: _widened(name, spec, tensors[name]) for name, spec in specs.items()}
    architecture.check(widened)
    return Model(architecture, widened)


def _widened(name: str, spec: Spec, tensor: Tensor) -> NDArray[Any]:
    return reals(name, tensor) if spec.kind is Kind.REAL else integers(name, tensor)
