"""The engine's own layers in plain float32: what a file is held against that holds weights and no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from numpy.typing import NDArray

from deml.scoring import Model
from deml_learn.models.exits import Exit
from deml_learn.models.judges import OnnxRun, by_onnx
from deml_learn.models.onnx.export import INPUT, exit_of, write_onnx
from deml_learn.models.source import Original, SourceOutputs

Array = NDArray[Any]

JUDGE: Final = "the same layers in float32, "


def run_of(model: Model) -> OnnxRun:
    """How a DeML model is run once it is written as ONNX.

    Raises
    ------
    LibraryMissing, Unexportable
    """
    data = write_onnx(model.architecture, model.tensors)
    shape = getattr(model.architecture, "shape", (model.architecture.inputs,))
    return OnnxRun(data, INPUT, (None, *shape), False, exits_of(model))


def exits_of(model: Model) -> Sequence[Exit]:
    """What a DeML model says once it is written as ONNX."""
    return (exit_of(model.architecture),)


def in_float32(model: Model) -> Original:
    """Make what computes an imported model by way of ONNX."""
    original = by_onnx(run_of(model))

    def judged(x: Array) -> SourceOutputs:
        said = original(x)
        return replace(said, judge=JUDGE + said.judge)

    return judged
