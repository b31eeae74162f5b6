"""What is to be computed, whole in one text: a container gets it as an argument, and its files by their names.

The text is base64url of JSON, without padding: letters, digits, ``-`` and ``_`` survive every shell, template and
command line between here and the program.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from math import isfinite
from typing import Any, Final

from deml.base import strict_json
from deml.base.config import Deployment
from deml.base.errors import DemlError
from deml.base.limits import MAX_FILE_BYTES
from deml.base.terms import Terms
from deml.base.types import Address
from deml.wire.errors import MalformedJson
from deml.wire.forms import Account, Form, Items, Maybe, Raw, Record, StateName, Text, Truth, Whole
from deml.wire.terms import TERMS
from deml_sdk.compute.errors import BadRequest, RequestTooLong

MAX_CHARACTERS: Final = 100_000
"""Longest request. Linux gives one argument of a program 128 KiB, of which a shell's own words take some."""

MAX_TRANSCRIPT_BYTES: Final = 2**30
"""Largest list of an Application's inputs: 16,000 of the longest."""

INITIAL: Final = "initial.safetensors"
HOLDOUT: Final = "holdout.safetensors"
INPUTS: Final = "inputs.bin"
ROWS: Final = "rows.safetensors"
MODEL: Final = "model-{}.safetensors"
"""Names of mounted files; models are counted from 0. All lie beside each other: Lilypad mounts no folders."""

_NAME: Final = re.compile(r"(?:initial|holdout|rows|model-[0-9]{1,3})\.safetensors|inputs\.bin")
_VERSION: Final = 1


class ComputeUse(StrEnum):
    """What a container is to do: score a job's published models, run an Application's inputs again, or train."""

    SCORE = "score"
    REPLAY = "replay"
    TRAIN = "train"


@dataclass(frozen=True, slots=True)
class MountedFile:
    """A file that the program finds under `name`; `client` is whose model it is, None for any other file."""

    name: str
    cid: str
    size: int
    sha256: bytes
    client: Address | None = None


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """The job that is meant, `job_id` 0 where there is none yet. It is told, and nothing is computed of it."""

    chain_id: int
    app: Address
    job_id: int


@dataclass(frozen=True, slots=True)
class TrainingRecipe:
    """How the built-in trainer makes an initial model; the numbers are those of `Hyperparameters`."""

    architecture: str
    metric: str
    epochs: int
    batch: int
    learning_rate: float
    l2: float
    validation: float
    seed: int
    half: bool


@dataclass(frozen=True, slots=True)
class ComputeRequest:
    """A computation: of `terms`, `deployment` and `recipe` it has the one that its use needs."""

    version: int
    use: ComputeUse
    about: AskedAbout | None
    files: tuple[MountedFile, ...]
    terms: Terms | None = None
    deployment: Deployment | None = None
    recipe: TrainingRecipe | None = None

    def file(self, name: str) -> MountedFile | None:
        """Find a mounted file by name."""
        return next((one for one in self.files if one.name == name), None)

    @property
    def models(self) -> tuple[MountedFile, ...]:
        """Files of clients' models, in order."""
        return tuple(one for one in self.files if one.client is not None)

    @property
    def digest(self) -> bytes:
        """SHA-256 of its JSON, by which a result says what it answers."""
        return sha256(request_json(self)).digest()


def new_request(
    use: ComputeUse, about: AskedAbout | None, files: tuple[MountedFile, ...], **more: Any
) -> ComputeRequest:
    """Make a request of this version; `more` is what its use needs."""
    return ComputeRequest(_VERSION, use, about, files, **more)


@dataclass(frozen=True)
class _Fraction(Form[float]):
    """A number as text, in the fewest digits that mean it, from `low` to `high`."""

    low: float
    high: float

    def write(self, value: float) -> str:
        return repr(float(value))

    def read(self, json: Any, at: str) -> float:
        try:
            value = float(json) if isinstance(json, str) and len(json) <= 32 else float("nan")
        except ValueError:
            value = float("nan")
        if not (isfinite(value) and self.low <= value <= self.high):
            raise MalformedJson(at, f"a number from {self.low:g} to {self.high:g}, as text")
        return value


_RECIPE: Final = Record(
    TrainingRecipe,
    architecture=Text(),
    metric=Text(),
    epochs=Whole(1, 100_000),
    batch=Whole(1, 2**20),
    learning_rate=_Fraction(1e-9, 1e3),
    l2=_Fraction(0, 1e6),
    validation=_Fraction(0, 0.9),
    seed=Whole(0, 2**32 - 1),
    half=Truth(),
)
_FILE: Final = Record(
    MountedFile,
    name=Text(),
    cid=Text(),
    size=Whole(0, MAX_TRANSCRIPT_BYTES),
    sha256=Raw(32),
    client=Maybe(Account()),
)
_REQUEST: Final = Record(
    ComputeRequest,
    version=Whole(_VERSION, _VERSION),
    use=StateName(ComputeUse),
    about=Maybe(Record(AskedAbout, chain_id=Whole(0, 2**63 - 1), app=Account(), job_id=Whole(0, 2**63 - 1))),
    files=Items(_FILE),
    terms=Maybe(TERMS.form),
    deployment=Maybe(Record(Deployment, **{name: Account() for name in Deployment.__slots__})),
    recipe=Maybe(_RECIPE),
)


def request_json(request: ComputeRequest) -> bytes:
    """Write a request as JSON, always in the same bytes."""
    return json.dumps(_REQUEST.write(request), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def request_text(request: ComputeRequest) -> str:
    """Write a request as the argument that a container gets.

    Raises
    ------
    RequestTooLong
    """
    text = urlsafe_b64encode(request_json(request)).decode().rstrip("=")
    if len(text) > MAX_CHARACTERS:
        raise RequestTooLong(len(text), MAX_CHARACTERS)
    return text


def parse_request(content: bytes, source: str) -> ComputeRequest:
    """Read a request's JSON.

    Raises
    ------
    BadRequest
    """
    try:
        request = _REQUEST.read(strict_json.parse(content), "request")
    except (DemlError, ValueError) as error:
        raise BadRequest(source, str(error).rstrip(".")) from None
    problem = _problem(request)
    if problem is not None:
        raise BadRequest(source, problem)
    return request


def read_argument(text: str) -> ComputeRequest:
    """Read the argument that a container got.

    Raises
    ------
    BadRequest
    """
    source = "The argument"
    if len(text) > MAX_CHARACTERS or not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise BadRequest(source, f"it must be base64url without padding, of at most {MAX_CHARACTERS} characters")
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise BadRequest(source, str(error)) from None
    return parse_request(content, source)


def _problem(request: ComputeRequest) -> str | None:
    """What makes a request of sound form impossible; None if nothing does."""
    names = [one.name for one in request.files]
    given = {
        ComputeUse.SCORE: (request.terms, (INITIAL, HOLDOUT)),
        ComputeUse.REPLAY: (request.deployment, (INPUTS,)),
        ComputeUse.TRAIN: (request.recipe, (ROWS,)),
    }
    needed, files = given[request.use]
    if [one for one, _ in given.values() if one is not None] != [needed]:
        return f"it has something else than what '{request.use}' needs"
    if len({*names}) != len(names) or not all(_NAME.fullmatch(one) for one in names):
        return "its files have names that are unknown, or the same"
    missing = [one for one in files if one not in names]
    if missing:
        return f"it names no file {missing[0]}"
    if any(one.name != INPUTS and one.size > MAX_FILE_BYTES for one in request.files):
        return f"a file has more than {MAX_FILE_BYTES} bytes"
    return None
