"""DeML models exported, and the file run or read back, before it is given to anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

from numpy.typing import NDArray

from deml.scoring import Model, load_model
from deml.scoring.families.dense import Dense
from deml.scoring.safetensors import read_tensors, write_tensors
from deml.scoring.task import Task
from deml_learn.models.exits import Exit, Says
from deml_learn.models.export_safetensors import write_plain, write_sequential
from deml_learn.models.judges import by_onnx
from deml_learn.models.net import Pair, require_written, scores_of
from deml_learn.models.own_layers import run_of
from deml_learn.models.source import SourceOutputs

Array = NDArray[Any]

BACK: Final = "read back by the exact engine"


@dataclass(frozen=True, slots=True)
class Made:
    """A file, and who has found that it says what the model says."""

    file: bytes
    judge: str


def as_onnx(model: Model) -> Made:
    """Write a model as ONNX, and run it.

    Raises
    ------
    LibraryMissing, Unexportable, ExportDiffers, LoaderFailed
    """
    run = run_of(model)
    return Made(run.data, require_written("ONNX", Pair(model, run.exits, by_onnx(run))))


def as_safetensors(model: Model) -> Made:
    """Write a model as plain safetensors, in its own layout.

    Raises
    ------
    ExportDiffers
    """
    file = write_plain(model.architecture, model.tensors)
    return _held("safetensors", file, model, load_model(model.architecture, file))


def as_state_dict(model: Model) -> Made:
    """Write a model as a PyTorch state dict.

    Raises
    ------
    Unexportable, ExportDiffers
    """
    file = write_sequential(model.architecture, model.tensors)
    architecture = model.architecture
    if isinstance(architecture, Dense):
        architecture = replace(architecture, standardize=False)
    places = [name for name, _ in groupby(architecture.tensor_specs(), key=lambda one: one.rpartition(".")[0])]
    layers = sorted(read_tensors(file).items(), key=lambda one: int(one[0].partition(".")[0]))
    named: dict[str, Array] = {}
    for place, (_, parts) in zip(places, groupby(layers, key=lambda one: one[0].partition(".")[0]), strict=True):
        named |= {f"{place}.{name.partition('.')[2]}": tensor for name, tensor in parts}
    return _held("a PyTorch state dict", file, model, load_model(architecture, write_tensors(named)))


def _held(target: str, file: bytes, model: Model, back: Model) -> Made:
    def original(x: Array) -> SourceOutputs:
        return SourceOutputs([scores_of(back, x)], BACK)

    return Made(file, require_written(target, Pair(model, _scores(model), original)))


def _scores(model: Model) -> Sequence[Exit]:
    regression = model.architecture.task is Task.REGRESSION
    return (Exit("scores", Says.VALUES if regression else Says.SCORES),)
