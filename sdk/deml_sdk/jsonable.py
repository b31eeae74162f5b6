"""Values as JSON, in the form the dapp's own answers have: camelCase names, amounts and bytes as text.

Amounts are text because they exceed what a JSON number holds exactly; the annotation `Amount` of a field tells them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from deml.base.terms import FixedRule, MarketRule, UnknownRule

_RULE_KINDS: dict[type, str] = {FixedRule: "fixed", MarketRule: "market"}


def jsonable(value: Any) -> Any:
    """Turn a value of ours into one that `json.dumps` takes.

    Raises
    ------
    TypeError
        If it, or something in it, has no form in JSON.
    """
    if value is None or isinstance(value, bool | str | float):
        return value
    if isinstance(value, Enum):
        return jsonable(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, UnknownRule):
        return {"kind": value.kind, "params": jsonable(value.params)}
    if is_dataclass(value):
        kind = _RULE_KINDS.get(type(value))
        members = {_camel(one.name): _member(one.type, getattr(value, one.name)) for one in fields(value)}
        return members if kind is None else {"kind": kind, **members}
    if isinstance(value, Mapping):
        return {str(name): jsonable(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(member) for member in value]
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _member(annotation: object, value: Any) -> Any:
    return str(value) if annotation == "Amount" and value is not None else jsonable(value)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
