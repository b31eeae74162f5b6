"""Kinds of files that models come in."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Kind(Enum):
    """Kinds of files, by the name that ``--from`` takes."""

    SKOPS = "skops"
    PICKLE = "pickle"
    ONNX = "onnx"
    STATE_DICT = "state-dict"
    XGBOOST = "xgboost"
    LIGHTGBM = "lightgbm"


SUFFIXES: Final = {
    ".skops": Kind.SKOPS,
    ".pkl": Kind.PICKLE,
    ".pickle": Kind.PICKLE,
    ".joblib": Kind.PICKLE,
    ".onnx": Kind.ONNX,
    ".safetensors": Kind.STATE_DICT,
}
PICKLED_BY_TORCH: Final = (".pt", ".pth")
