"""What a model file says of itself beside its numbers: texts that are published with it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from deml.scoring.safetensors import read_tensors, write_tensors

EPSILON: Final = "deml.privacy.epsilon"
DELTA: Final = "deml.privacy.delta"
ACCOUNTANT: Final = "deml.privacy.accountant"
"""Names of the texts that say with what promise a model was trained."""

MAX_ACCOUNTANT: Final = 200
"""Longest text that says who counted, in characters."""


@dataclass(frozen=True, slots=True)
class Promise:
    """With what promise a model was trained, as its file says; `accountant` says who counted."""

    epsilon: float
    delta: float
    accountant: str

    @property
    def texts(self) -> dict[str, str]:
        """As they stand in a file."""
        return {EPSILON: f"{self.epsilon:.6g}", DELTA: f"{self.delta:.6g}", ACCOUNTANT: self.accountant}


@dataclass(frozen=True, slots=True)
class Publishable:
    """A model file as it may become public, and what the given one said of itself beside that."""

    file: bytes
    promise: Promise | None
    left_out: Mapping[str, str]


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


def publishable(file: bytes) -> Publishable:
    """Write a file anew that tells more than numbers and the promise of privacy; leave others as they are.

    Files of other tools name the machine they were made on, paths, people, times.

    Raises
    ------
    DemlError
        What is wrong with the file.
    """
    texts = read_texts(file)
    promise = _promise(texts)
    kept = {} if promise is None else promise.texts
    left_out = {name: text for name, text in texts.items() if kept.get(name) != text}
    made = write_tensors(read_tensors(file), kept) if left_out else file
    return Publishable(made, promise, left_out)


def _promise(texts: Mapping[str, str]) -> Promise | None:
    """Read a promise; one whose numbers make no sense is none, and no place for other words."""
    accountant = texts.get(ACCOUNTANT, "")
    try:
        epsilon, delta = float(texts[EPSILON]), float(texts[DELTA])
    except (KeyError, ValueError):
        return None
    if not (0 < epsilon < math.inf and 0 < delta < 1):
        return None
    if not accountant.isprintable() or not accountant.isascii() or len(accountant) > MAX_ACCOUNTANT:
        return None
    return Promise(epsilon, delta, accountant)
