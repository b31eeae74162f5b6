"""The JSON vectors of ``tests/vectors``, and their arguments as the typed values of ``deml.base``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import decode

from deml.base import inputs, outputs, terms
from deml.base.inputs import Codec, Slot, Stream
from deml.base.outputs import Due, DuesFixed, Notice, Payout, Settled, VerifiedModel
from deml.base.terms import FixedRule, MarketRule, Rule, Terms, UnknownRule

Case = dict[str, Any]

DIRECTORY = Path(__file__).resolve().parents[1] / "vectors"


def cases(file: str) -> list[Any]:
    """Parameters for pytest: one for each case of a file."""
    return [pytest.param(case, id=case["name"]) for case in load(file)]


def load(file: str) -> list[Case]:
    found: list[Case] = json.loads((DIRECTORY / file).read_text(encoding="utf-8"))["cases"]
    return found


def selectors() -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = json.loads((DIRECTORY / "selectors.json").read_text(encoding="utf-8"))
    return found


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def message(case: Case) -> Any:
    """Typed input of a case of ``inputs.json``."""
    name = case["function"]
    made = inputs.ScoreSlices if name == "score" else getattr(inputs, name[0].upper() + name[1:])
    return made(**{_snake(key): _value(key, value) for key, value in case["args"].items()})


def notice(case: Case) -> Notice:
    """Typed notice of a case of ``notices.json``."""
    values = {_snake(key): _value(key, value) for key, value in case["args"].items()}
    if case["function"] == "Settled":
        values["models"] = tuple(VerifiedModel(*_members(one)) for one in case["args"]["models"])
        values["payouts"] = tuple(Payout(*_members(one)) for one in case["args"]["payouts"])
        return Settled(**values)
    if case["function"] == "DuesFixed":
        values["dues"] = tuple(Due(*_members(one)) for one in case["args"]["dues"])
        return DuesFixed(**values)
    renamed = {"Scoring": "ScoringProgress"}.get(case["function"], case["function"])
    made: Callable[..., Notice] = getattr(outputs, renamed)
    return made(**values)


def rule(kind: str, params: bytes) -> Rule:
    """Reward rule, decoded here by eth-abi alone."""
    if kind == "fixed":
        return FixedRule(*decode(("uint128", "uint64"), params))
    if kind == "market":
        return MarketRule(*decode(("int64", "uint64"), params))
    return UnknownRule(kind, params)


_NUMBER = re.compile(r"-?[0-9]+")
_BYTES = {
    one.name
    for module in (inputs, outputs, terms)
    for kind in vars(module).values()
    if isinstance(kind, type) and is_dataclass(kind)
    for one in fields(kind)
    if one.type == "bytes"
}
"""Names of members that are bytes: in JSON they look like any hex."""


def _value(key: str, value: Any) -> Any:
    if _snake(key) in _BYTES:
        return raw(value)
    if key == "slot":
        return Slot(int(value))
    if key == "terms":
        return Terms(**{_snake(name): _value(name, member) for name, member in value.items()})
    if key == "rule":
        return rule(value["kind"], raw(value["params"]))
    if isinstance(value, dict):
        return Stream(Codec(int(value["codec"])), raw(value["data"]))
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    return tuple(value) if isinstance(value, list) else value


def _members(struct: Case) -> list[Any]:
    return [_value(key, value) for key, value in struct.items()]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
