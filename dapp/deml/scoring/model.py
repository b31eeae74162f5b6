"""Models: the tensors of an architecture, read from safetensors, and their score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deml.scoring.families import Architecture
from deml.scoring.holdout import Holdout
from deml.scoring.safetensors import read_tensors
from deml.scoring.tensors import reals, require_names, require_shape


@dataclass(frozen=True, slots=True)
class Model:
    """An architecture and its tensors, widened to float64."""

    architecture: Architecture
    tensors: Mapping[str, NDArray[np.float64]]


def load_model(architecture: Architecture, data: bytes) -> Model:
    """Read and check a model file: exactly the architecture's tensors, in F32 or F16, finite.

    Raises
    ------
    MalformedSafetensors, UnsupportedDtype, MissingTensor, SurplusTensor, WrongShape, NotFinite, BadStandardizer
    """
    tensors = read_tensors(data)
    specs = architecture.tensor_specs()
    require_names(tensors, specs)
    for name, shape in specs.items():
        require_shape(name, tensors[name], shape)
    widened = {name: reals(name, tensors[name]) for name in specs}
    architecture.check(widened)
    return Model(architecture, widened)


def score(model: Model, holdout: Holdout) -> int:
    """Score `model` by the holdout's metric, in ppm: the same integer on every processor."""
    outputs = model.architecture.forward(model.tensors, holdout.prepared)
    return holdout.metric(outputs, holdout.targets)
