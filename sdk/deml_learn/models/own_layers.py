"""The engine's own layers in plain float32: what a file is held against that holds weights and no model."""

from __future__ import annotations

from typing import Any, Final

from numpy.typing import NDArray

from deml_learn.models.imported import Imported
from deml_learn.models.source import Original

Array = NDArray[Any]

JUDGE: Final = "the same layers in float32, run by ONNX's reference implementation"


def in_float32(imported: Imported) -> Original:
    """Make what computes an imported model by way of ONNX."""

    def original(x: Array) -> Array:
        from deml_learn.models.export_onnx import write_onnx
        from deml_learn.models.onnx_file import read_onnx

        model = imported.model
        written = read_onnx(write_onnx(model.architecture, model.tensors), None)
        if written.original is None:
            raise TypeError(written.kind)
        return written.original(x)

    return original
