"""PyTorch state dicts in safetensors: weights by name, and nothing about what happens between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
from deml_learn.models.image import Image, ImageStep, folded, of_batch_norm
from deml_learn.models.imported import ModelFields, architecture_text
from deml_learn.models.layers import Affine, Layers, WeightsAndBias, joined
from deml_learn.models.pytorch.module_order import KIND, Module, OrderStep, inferred, shown, told
from deml_learn.models.source import Source

Array = NDArray[Any]

EPSILON: Final = 1e-5
"""PyTorch's default in batch norm; the file does not tell it."""

RELU_TAKEN: Final = (
    "A state dict does not tell the activation: ReLU is taken. Another one is named in --architecture ('activation')."
)
NORM_TAKEN: Final = "Batch norm is folded in with PyTorch's default eps of 1e-5, which a state dict does not tell."

ORDER_TAKEN: Final = "Its modules were taken in this order: {order}. Another one is told with --order."
LOGITS_TAKEN: Final = (
    "What its {outputs} outputs are is not in the file: they are taken for one logit a class, of which one class is "
    "right in each row."
)
NOT_FOLLOWING: Final = "its layers, in the order of their names, do not follow one another; --order may say another"

_REALS: Final = tuple(DTYPES[one] for one in ("F32", "F16", "BF16"))


def read_state_dict(data: bytes, wanted: ModelFields | None, task: str | None, order: Sequence[str] = ()) -> Source:
    """Read a state dict.

    Parameters
    ----------
    wanted
        The model's architecture; needed for all but chains of Linear modules.
    task
        What a chain of Linear modules does; needed where its last one has a single output.
    order
        Names of the modules and activations as they run; needed where another order fits as well.

    Raises
    ------
    MalformedSafetensors and its kin, NotFinite, Unimportable, ArchitectureNeeded, OrderNeeded, DoesNotFit
    """
    modules = _modules(data)
    architecture = None if wanted is None else parse_architecture(architecture_text(wanted))
    steps = told(modules, order) if order else inferred(modules, architecture)
    chain = _layers(steps, joins=wanted is None)
    notes = [NORM_TAKEN] if any(one.is_norm for one in modules) else []
    if wanted is None and not order and chain.activation:
        notes.append(RELU_TAKEN)
    notes.append(ORDER_TAKEN.format(order=shown(steps).replace(",", ", ")))
    if architecture is not None and wanted is not None:
        if order and isinstance(architecture, Dense) and chain.activation not in ("", architecture.activation):
            raise DoesNotFit("the activation", chain.activation, architecture.activation)
        return Source(KIND, _formed(architecture, wanted, chain.layers), notes=tuple(notes))
    form = _inferred(chain, task)
    if form.task == "classification" and form.widths[-1] > 1:
        notes.append(LOGITS_TAKEN.format(outputs=form.widths[-1]))
    return Source(KIND, form, notes=tuple(notes))


def _modules(data: bytes) -> list[Module]:
    grouped: dict[str, dict[str, Array]] = {}
    for name, tensor in read_tensors(data).items():
        module, _, part = name.rpartition(".")
        if part == "num_batches_tracked":
            continue
        if tensor.dtype not in _REALS:
            raise Unimportable(KIND, f"the tensor '{name[:60]}'", "weights must be float32, float16 or bfloat16")
        grouped.setdefault(module, {})[part] = _widened(name[:60], tensor)
    return [Module(name, grouped[name]) for name in sorted(grouped, key=_natural)]


def _widened(name: str, tensor: Array) -> Array:
    if tensor.dtype == DTYPES["BF16"]:
        tensor = (tensor.astype(np.uint32) << 16).view(np.float32)
    require_finite(name, tensor)
    return tensor.astype(np.float64)


def _natural(name: str) -> list[tuple[int, str]]:
    """Order in which people count: layer2 before layer10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


@dataclass(frozen=True, slots=True)
class _Chain:
    """Layers in order, and the activation between them; empty if there is none."""

    layers: Sequence[WeightsAndBias]
    activation: str


def _layers(steps: Sequence[OrderStep], *, joins: bool) -> _Chain:
    """Fold batch norms into the layers beside them, and, if `joins`, layers with nothing between them into one."""
    layers: list[WeightsAndBias] = []
    activation, activated = "", True
    pending: WeightsAndBias | None = None
    for step in steps:
        if isinstance(step, str):
            if activation not in ("", step):
                raise Unimportable(KIND, f"'{step}' after '{activation}'", "a model has one activation for all here")
            if activated:
                raise Unimportable(KIND, f"'{step}' in --order", "it follows no layer, or another activation")
            activation, activated = step, True
            continue
        weight, bias = _parameters(step)
        if step.is_norm:
            norm = of_batch_norm(weight, bias, step.tensors["running_mean"], step.tensors["running_var"], EPSILON)
            if not layers or len(weight) != len(layers[-1][1]):
                raise Unimportable(KIND, f"'{step.name}'", "batch norm must follow a layer of as many channels")
            if not activated:
                layers[-1] = folded(*layers[-1], *norm)
            elif pending is None:
                pending = norm
            else:
                pending = norm[0] * pending[0], norm[0] * pending[1] + norm[1]
            continue
        if pending is not None:
            weight, bias = _behind(step.name, pending, weight, bias)
            pending = None
        if joins and not activated and layers and weight.ndim == layers[-1][0].ndim == 2:
            if weight.shape[1] != len(layers[-1][1]):
                raise ArchitectureNeeded(KIND, NOT_FOLLOWING)
            layers[-1] = joined(layers[-1], (weight, bias))
        else:
            layers.append((weight, bias))
        activated = False
    if not layers or pending is not None or (activated and layers):
        raise Unimportable(KIND, "its last layer", "it has none, or something comes after it")
    return _Chain(layers, activation)


def _parameters(module: Module) -> WeightsAndBias:
    parts = module.tensors
    extra = sorted(set(parts) - {"weight", "bias", "running_mean", "running_var"})
    if extra or "weight" not in parts:
        part = (extra or ["(no weight)"])[0]
        raise Unimportable(KIND, f"'{module.name}.{part}'", "only Linear, Conv2d and batch norm are known")
    weight = parts["weight"]
    bias = parts.get("bias", np.zeros(len(weight)))
    if bias.shape != weight.shape[:1]:
        raise Unimportable(KIND, f"'{module.name}.bias'", "it does not belong to its weight")
    if module.is_norm:
        if any(parts.get(one, weight).shape != weight.shape for one in ("running_mean", "running_var")) or (
            weight.ndim != 1 or "running_var" not in parts
        ):
            raise Unimportable(KIND, f"'{module.name}'", "its parts do not fit each other")
    elif weight.ndim not in (2, 4):
        reason = f"it has {weight.ndim} dimensions, where Linear has 2 and Conv2d 4"
        raise Unimportable(KIND, f"'{module.name}.weight'", reason)
    return weight, bias


def _behind(name: str, norm: WeightsAndBias, weight: Array, bias: Array) -> WeightsAndBias:
    """Fold a batch norm into the layer behind it."""
    factor, shift = norm
    if weight.ndim != 2 or weight.shape[1] % len(factor):
        raise Unimportable(KIND, f"'{name}'", "a batch norm behind an activation can only come before a Linear")
    times = weight.shape[1] // len(factor)
    factor, shift = np.repeat(factor, times), np.repeat(shift, times)
    return weight * factor, bias + weight @ shift


def _inferred(chain: _Chain, task: str | None) -> Layers:
    layers = chain.layers
    if any(weight.ndim != 2 for weight, _ in layers):
        raise ArchitectureNeeded(KIND, "strides, padding and pooling of a convolutional network are not in it")
    if any(before.shape[0] != after.shape[1] for (before, _), (after, _) in pairwise(layers)):
        raise ArchitectureNeeded(KIND, NOT_FOLLOWING)
    outputs = len(layers[-1][1])
    if task is None and outputs == 1:
        raise ArchitectureNeeded(KIND, "its one output may be a value or a logit; --task says which")
    if task == "regression" and outputs > 1:
        raise Unimportable(KIND, f"its {outputs} outputs", "one value a row is predicted here")
    return Layers(task or "classification", layers, chain.activation or "relu")


def _formed(architecture: Architecture, fields: ModelFields, layers: Sequence[tuple[Array, Array]]) -> Layers | Image:
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
            steps.append(ImageStep(entry))
            continue
        if not pending:
            raise DoesNotFit(
                "the number of layers with weights", str(len(layers)), f"more: layer {index} is left without"
            )
        weight, bias = pending.pop(0)
        steps.append(ImageStep(entry, weight, bias))
    if pending:
        raise DoesNotFit("the number of layers with weights", str(len(layers)), str(len(layers) - len(pending)))
    return Image(str(architecture.task.value), architecture.shape, steps)
