"""Models: the tensors of an architecture, read from safetensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.scoring.architecture import Architecture, TensorKind
from deml.scoring.encodings import take_reals
from deml.scoring.errors import MissingTensor, SurplusTensor
from deml.scoring.safetensors import Tensor, read_tensors
from deml.scoring.tensors import integers, require_shape


@dataclass(frozen=True)
class Model:
    """An architecture and its tensors, reals widened to float64."""

    architecture: Architecture
    tensors: Mapping[str, NDArray[Any]]

    @cached_property
    def compiled(self) -> Any:
        """What `Architecture.forward` takes."""
        return self.architecture.compile(self.tensors)


def load_model(architecture: Architecture, data: bytes, initial: Model | None = None) -> Model:
    """Read and check a model file: the architecture's tensors, in any of `encodings`, and nothing else.

    Parameters
    ----------
    initial
        The job's initial model, which a delivered one may build on; None for the initial model itself.

    Raises
    ------
    MalformedSafetensors, UnsupportedDtype, MissingTensor, SurplusTensor, WrongShape, NotFinite
    BadScale, NumberTooLarge, NoInitialModel, PositionOutOfRange, BadStandardizer
    """
    file = read_tensors(data)
    tensors = {}
    for name, spec in architecture.tensor_specs().items():
        if spec.kind is TensorKind.REAL:
            tensors[name] = take_reals(file, name, spec.shape, initial.tensors[name] if initial else None)
        else:
            tensors[name] = _take_integers(file, name, spec.shape)
    for name in file:
        raise SurplusTensor(name[:60])
    architecture.check(tensors)
    return Model(architecture, tensors)


def _take_integers(file: dict[str, Tensor], name: str, shape: tuple[int, ...]) -> NDArray[Any]:
    if name not in file:
        raise MissingTensor(name)
    require_shape(name, file[name], shape)
    return integers(name, file.pop(name)).astype(np.int32)
