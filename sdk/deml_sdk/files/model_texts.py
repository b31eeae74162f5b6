"""What a model file says of itself beside its numbers: texts that are published with it."""

from __future__ import annotations

import json
from typing import Final

from deml.scoring.safetensors import read_tensors

EPSILON: Final = "deml.privacy.epsilon"
DELTA: Final = "deml.privacy.delta"
ACCOUNTANT: Final = "deml.privacy.accountant"
"""Names of the texts that say with what promise a model was trained."""


def read_texts(file: bytes) -> dict[str, str]:
    """Read the texts of a safetensors file.

    Raises
    ------
    DemlError
        What is wrong with the file.
    """
    read_tensors(file)
    header = json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])
    return dict(header.get("__metadata__", {}))
