"""PyTorch state dicts in safetensors: weights by name, and nothing about what happens between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture, parse_architecture
from deml.scoring.families.cnn import Cnn
from deml.scoring.families.dense import Dense
from deml.scoring.safetensors import DTYPES, read_tensors
from deml.scoring.tensors import require_finite
from deml_learn.models.errors import ArchitectureNeeded, DoesNotFit, Unimportable
from deml_learn.models.image import Image, Step, folded, of_batch_norm
from deml_learn.models.imported import Fields, architecture_text
from deml_learn.models.layers import Affine, Layers
from deml_learn.models.source import Source

Array = NDArray[Any]

KIND: Final = "PyTorch"

EPSILON: Final = 1e-5
"""PyTorch's default in batch norm; the file does not tell it."""

RELU_TAKEN: Final = (
    "A state dict does not tell the activation: ReLU is taken. Another one is named in --architecture ('activation')."
)
NORM_TAKEN: Final = "Batch norm is folded in with PyTorch's default eps of 1e-5, which a state dict does not tell."

_REALS: Final = tuple(DTYPES[one] for one in ("F32", "F16", "BF16"))


@dataclass(frozen=True, slots=True)
class _Module:
    """Tensors of one module of the network."""

    name: str
    tensors: Mapping[str, Array]


def read_state_dict(data: bytes, wanted: Fields | None, task: str | None) -> Source:
    """Read a state dict.

    Parameters
    ----------
    wanted
        The model's architecture; needed for all but chains of Linear modules.
    task
        What a chain of Linear modules does; needed where its last one has a single output.

    Raises
    ------
    MalformedSafetensors and its kin, NotFinite, Unimportable, ArchitectureNeeded, DoesNotFit
    """
    modules = _modules(data)
    normed = any("running_mean" in one.tensors for one in modules)
    layers = _layers(modules)
    notes = (NORM_TAKEN,) if normed else ()
    if wanted is None:
        return Source(KIND, _inferred(layers, task), notes=(*notes, *((RELU_TAKEN,) if len(layers) > 1 else ())))
    architecture = parse_architecture(architecture_text(wanted))
    return Source(KIND, _formed(architecture, wanted, layers), notes=notes)


def _modules(data: bytes) -> list[_Module]:
    grouped: dict[str, dict[str, Array]] = {}
    for name, tensor in read_tensors(data).items():
        module, _, part = name.rpartition(".")
        if part == "num_batches_tracked":
            continue
        if tensor.dtype not in _REALS:
            raise Unimportable(KIND, f"the tensor '{name[:60]}'", "weights must be float32, float16 or bfloat16")
        grouped.setdefault(module, {})[part] = _widened(name[:60], tensor)
    return [_Module(name, grouped[name]) for name in sorted(grouped, key=_natural)]


def _widened(name: str, tensor: Array) -> Array:
    if tensor.dtype == DTYPES["BF16"]:
        tensor = (tensor.astype(np.uint32) << 16).view(np.float32)
    require_finite(name, tensor)
    return tensor.astype(np.float64)


def _natural(name: str) -> list[tuple[int, str]]:
    """Order in which people count: layer2 before layer10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _layers(modules: Sequence[_Module]) -> list[tuple[Array, Array]]:
    """Weights and biases in order, batch norms folded into what is before them."""
    layers: list[tuple[Array, Array]] = []
    for module in modules:
        parts = module.tensors
        extra = sorted(set(parts) - {"weight", "bias", "running_mean", "running_var"})
        if extra or "weight" not in parts:
            raise Unimportable(
                KIND, f"'{module.name}.{(extra or ['(no weight)'])[0]}'", "only Linear, Conv2d and batch norm are known"
            )
        weight = parts["weight"]
        bias = parts.get("bias", np.zeros(len(weight)))
        if bias.shape != weight.shape[:1]:
            raise Unimportable(KIND, f"'{module.name}.bias'", "it does not belong to its weight")
        if "running_mean" in parts:
            if not layers or any(parts.get(one, bias).shape != layers[-1][1].shape for one in parts):
                raise Unimportable(
                    KIND, f"'{module.name}'", "batch norm must follow a layer of as many channels, by name too"
                )
            norm = of_batch_norm(weight, bias, parts["running_mean"], parts["running_var"], EPSILON)
            layers[-1] = folded(*layers[-1], *norm)
        elif weight.ndim in (2, 4):
            layers.append((weight, bias))
        else:
            raise Unimportable(
                KIND, f"'{module.name}.weight'", f"it has {weight.ndim} dimensions, where Linear has 2 and Conv2d 4"
            )
    if not layers:
        raise Unimportable(KIND, "its layers", "it has none")
    return layers


def _inferred(layers: Sequence[tuple[Array, Array]], task: str | None) -> Layers:
    if any(weight.ndim != 2 for weight, _ in layers):
        raise ArchitectureNeeded(KIND, "strides, padding and pooling of a convolutional network are not in it")
    if any(before.shape[0] != after.shape[1] for (before, _), (after, _) in pairwise(layers)):
        raise ArchitectureNeeded(KIND, "its layers, in the order of their names, do not follow one another")
    if task is None and len(layers[-1][1]) == 1:
        raise ArchitectureNeeded(KIND, "its one output may be a value or a logit; --task says which")
    return Layers(task or "classification", layers)


def _formed(architecture: Architecture, fields: Fields, layers: Sequence[tuple[Array, Array]]) -> Layers | Image:
    if isinstance(architecture, Dense):
        for weight, _ in layers:
            if weight.ndim != 2:
                raise DoesNotFit("a weight", f"of {weight.ndim} dimensions", "fully connected layers only")
        standardizer = Affine.nothing(architecture.inputs) if architecture.standardize else None
        return Layers(str(architecture.task.value), layers, architecture.activation, standardizer)
    if not isinstance(architecture, Cnn):
        raise Unimportable(
            KIND, f"the family '{fields['family']}'", "state dicts become linear, logistic, mlp or cnn models"
        )
    pending = list(layers)
    steps = []
    for index, (entry, layer) in enumerate(zip(fields["layers"], architecture.layers, strict=True)):
        if not layer.tensor_specs():
            steps.append(Step(entry))
            continue
        if not pending:
            raise DoesNotFit(
                "the number of layers with weights", str(len(layers)), f"more: layer {index} is left without"
            )
        weight, bias = pending.pop(0)
        steps.append(Step(entry, weight, bias))
    if pending:
        raise DoesNotFit("the number of layers with weights", str(len(layers)), str(len(layers) - len(pending)))
    return Image(str(architecture.task.value), architecture.shape, steps)
