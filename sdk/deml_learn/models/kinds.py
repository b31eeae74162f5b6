"""Kinds of files that models come in."""

from __future__ import annotations

from enum import Enum
from typing import Final


class ModelKind(Enum):
    """Kinds of files, by the name that ``--from`` takes."""

    SKOPS = "skops"
    PICKLE = "pickle"
    ONNX = "onnx"
    STATE_DICT = "state-dict"
    XGBOOST = "xgboost"
    LIGHTGBM = "lightgbm"


SUFFIXES: Final = {
    ".skops": ModelKind.SKOPS,
    ".pkl": ModelKind.PICKLE,
    ".pickle": ModelKind.PICKLE,
    ".joblib": ModelKind.PICKLE,
    ".onnx": ModelKind.ONNX,
    ".safetensors": ModelKind.STATE_DICT,
}
PICKLED_BY_TORCH: Final = (".pt", ".pth")
