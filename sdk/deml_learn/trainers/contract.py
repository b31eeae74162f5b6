"""What a trainer is given, what it may leave, and how it speaks: the same for every kind.

It finds its folders in `DEML_JOB`, `DEML_DATA` and `DEML_OUT`; it prints JSON, one object a line, and ends with code 0.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from deml_learn.sandbox.interface import OUT
from deml_sdk.visible import visible

JOB: Final = "/job"
DATA: Final = "/data"

FOLDERS: Final = (("DEML_JOB", JOB), ("DEML_DATA", DATA), ("DEML_OUT", OUT))
"""Environment variables, and what they are inside a sandbox."""

SPEC: Final = "spec.json"
ARCHITECTURE: Final = "architecture.json"
HYPERPARAMETERS: Final = "hyperparameters.json"
INITIAL: Final = "initial.safetensors"
X, Y, VALIDATION_X, VALIDATION_Y = "x.npy", "y.npy", "validation_x.npy", "validation_y.npy"
ARRAYS: Final = (X, Y, VALIDATION_X, VALIDATION_Y)
MODEL: Final = "model.safetensors"

MAX_TEXT: Final = 500
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class TrainerProgress:
    """How far training has come; `score` is in ppm of the job's metric, if the trainer counts it."""

    number: int
    total: int
    loss: float | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """Anything else that a trainer prints."""

    text: str


@dataclass(frozen=True, slots=True)
class PrivacySpent:
    """What private training has given away; believed of the built-in trainer only.

    `noise` is its standard deviation in units of the longest gradient of a row.
    """

    epsilon: float
    delta: float
    noise: float
    accountant: str


TrainerEvent = TrainerProgress | PrintedLine | PrivacySpent


def parse_event(line: bytes) -> TrainerEvent:
    """Read a line that a trainer has printed; what is no event is something said."""
    text = line.decode("utf-8", "replace")
    return _event(text) or _said(text)


def _event(text: str) -> TrainerEvent | None:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match values:
        case {"event": "progress"}:
            return _progress(values)
        case {"event": "privacy"}:
            return _spent(values)
        case {"event": "log", "text": str(said)}:
            return _said(said)
    return None


def _said(text: str) -> PrintedLine:
    """Keep what would look like lines of our own, or move the cursor, on one line and harmless."""
    return PrintedLine(visible(text[:MAX_TEXT]))


def _progress(values: Mapping[str, Any]) -> TrainerProgress | None:
    number, total, loss, score = (values.get(name) for name in ("epoch", "of", "loss", "score"))
    if type(number) is not int or type(total) is not int or not 0 <= number <= total <= 10**9:
        return None
    if score is not None and (type(score) is not int or abs(score) > 2**40):
        return None
    finite = _number(loss)
    if loss is not None and finite is None:
        return None
    return TrainerProgress(number, total, finite, score)


def _spent(values: Mapping[str, Any]) -> PrivacySpent | None:
    epsilon, delta, noise = (_number(values.get(name)) for name in ("epsilon", "delta", "noise"))
    accountant = values.get("accountant")
    if epsilon is None or delta is None or noise is None or not isinstance(accountant, str):
        return None
    return PrivacySpent(epsilon, delta, noise, accountant)


def _number(value: Any) -> float | None:
    """Read a finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
