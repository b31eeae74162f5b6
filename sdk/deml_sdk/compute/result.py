"""``result.json``: what a computation says, the part that is verified bit for bit first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deml.base import strict_json
from deml_sdk.compute.errors import NotAResult
from deml_sdk.compute.outcome import Outcome
from deml_sdk.compute.request import ComputeRequest

RESULT: Final = "result.json"
LOG: Final = "log.txt"

MAX_RESULT_BYTES: Final = 2**20
"""Longest result accepted: of 128 models it takes 40 KB."""

_ABSENT: Final = "(nothing)"


@dataclass(frozen=True, slots=True)
class ComputeResult:
    """What a result says: `verified` is to be the same from everybody, `environment` only tells of a machine."""

    verified: Outcome
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class SaidAndComputed:
    """A place in which two results differ, and what each has there as JSON."""

    field: str
    said: str
    computed: str


def verified_part(request: ComputeRequest, outcome: Outcome) -> Outcome:
    """What of a result is the same from everybody who computes honestly."""
    files = [{"name": one.name, "cid": one.cid, "bytes": one.size, "sha256": one.sha256.hex()} for one in request.files]
    return {"use": str(request.use), "request": request.digest.hex(), "inputs": files, "outcome": outcome}


def result_file(verified: Outcome, environment: Mapping[str, str]) -> bytes:
    """Write a result; equal ones have equal bytes."""
    document = {"verified": verified, "environment": dict(environment)}
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def parse_result(content: bytes, source: str) -> ComputeResult:
    """Read what somebody sent as a result.

    Raises
    ------
    NotAResult
    """
    if len(content) > MAX_RESULT_BYTES:
        raise NotAResult(source, f"it has more than {MAX_RESULT_BYTES} bytes")
    try:
        document = strict_json.parse(content, _object)
    except ValueError as error:
        raise NotAResult(source, str(error)) from None
    if not isinstance(document, dict) or sorted(document) != ["environment", "verified"]:
        raise NotAResult(source, "it has other members than 'environment' and 'verified'")
    verified, environment = document["verified"], document["environment"]
    if not isinstance(verified, dict) or not isinstance(environment, dict):
        raise NotAResult(source, "its members are no objects")
    if not all(isinstance(one, str) for one in environment.values()):
        raise NotAResult(source, "its environment has values that are no texts")
    return ComputeResult(verified, environment)


def compare(said: Any, computed: Any, field: str = "") -> Iterator[SaidAndComputed]:
    """Yield where two pieces of JSON differ, place by place; true is not 1 here, and 1.0 is not either."""
    if isinstance(said, dict) and isinstance(computed, dict):
        for name in sorted(said.keys() | computed.keys()):
            inner = f"{field}.{name}" if field else name
            if name in said and name in computed:
                yield from compare(said[name], computed[name], inner)
            else:
                yield SaidAndComputed(inner, _shown(said, name), _shown(computed, name))
    elif isinstance(said, list) and isinstance(computed, list) and len(said) == len(computed):
        for place, (one, other) in enumerate(zip(said, computed, strict=True)):
            yield from compare(one, other, f"{field}[{place}]")
    elif type(said) is not type(computed) or said != computed:
        yield SaidAndComputed(field, _json(said), _json(computed))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("it names a member twice")
    return made


def _shown(values: Mapping[str, Any], name: str) -> str:
    return _json(values[name]) if name in values else _ABSENT


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 100 else text[:97] + "..."
