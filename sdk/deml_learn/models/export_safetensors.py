"""DeML models as plain safetensors: in our own layout, or as PyTorch's ``nn.Sequential`` would name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from deml.scoring import Architecture
from deml.scoring.architecture import TensorKind
from deml.scoring.families.cnn import Cnn
from deml.scoring.families.dense import Dense
from deml.scoring.families.standardizer import MEAN, SCALE
from deml.scoring.safetensors import write_tensors
from deml_learn.models.errors import Unexportable
from deml_learn.models.imported import float32
from deml_learn.models.layers import Affine, on_raw_features

Array = NDArray[Any]
Tensors = Mapping[str, Array]


def write_plain(architecture: Architecture, tensors: Tensors) -> bytes:
    """Write every real number in float32 and every integer as it is, whatever the model's file had."""
    specs = architecture.tensor_specs()
    plain = {
        name: float32(tensors[name]) if spec.kind is TensorKind.REAL else tensors[name] for name, spec in specs.items()
    }
    return write_tensors(plain)


def write_sequential(architecture: Architecture, tensors: Tensors) -> bytes:
    """Write layers as PyTorch's ``nn.Sequential(Linear, ReLU, Linear, ...)`` stores them: activations count as places.

    Standardising is folded into the first layer, for which there is no module.

    Raises
    ------
    Unexportable
    """
    if isinstance(architecture, Dense):
        layers = [
            (tensors[f"layers.{i}.weight"], tensors[f"layers.{i}.bias"]) for i in range(len(architecture.widths) - 1)
        ]
        if architecture.standardize:
            layers[0] = on_raw_features(Affine(tensors[MEAN], tensors[SCALE]), layers[0])
        named = {2 * place: layer for place, layer in enumerate(layers)}
    elif isinstance(architecture, Cnn):
        named, place = {}, 0
        for index, layer in enumerate(architecture.layers):
            if layer.tensor_specs():
                named[place] = tensors[f"layers.{index}.weight"], tensors[f"layers.{index}.bias"]
            place += 1 + (getattr(layer, "activation", "none") != "none")
    else:
        raise Unexportable(
            "a PyTorch state dict", "its family", "only fully connected and convolutional networks have modules"
        )
    parts = {
        f"{place}.{part}": float32(one)
        for place, layer in named.items()
        for part, one in zip(("weight", "bias"), layer, strict=True)
    }
    return write_tensors(parts)
