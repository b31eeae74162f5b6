"""Write ``schema/*.json`` from the forms of `deml.wire`: ``make schema``, or ``python docs/generate_schema.py``."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from deml.wire import answers, inputs, notices
from deml.wire.forms import Account, Form, Items, Maybe, Named, Raw, Record, StateName, Text, TokenUnits, Truth, Whole
from deml.wire.terms import RuleForm

FOLDER = Path(__file__).with_name("schema")

SAFE_INTEGER = 2**53 - 1
"""Bounds beyond this are left out: not every reader of a schema could hold them."""

Schema = dict[str, Any]


class Definitions:
    """Schemas of forms, and the definitions that they refer to."""

    def __init__(self) -> None:
        self.found: Schema = {}

    def of(self, form: Form[Any]) -> Schema:
        """Schema of one form."""
        match form:
            case Whole(low, high):
                bounds = {"minimum": low, "maximum": high}
                return {"type": "integer", **{key: one for key, one in bounds.items() if abs(one) <= SAFE_INTEGER}}
            case Text():
                return {"type": "string"}
            case Truth():
                return {"type": "boolean"}
            case Account():
                return self._named("Account", lambda: _text("20 bytes in lower-case hex", "^0x[0-9a-f]{40}$"))
            case TokenUnits():
                text = "A number of a token's smallest unit, in decimal digits"
                return self._named("Amount", lambda: _text(text, "^(0|[1-9][0-9]*)$"))
            case Raw(size):
                return _text("Bytes in hex", f"^0x([0-9a-f]{{2}}){'*' if size is None else f'{{{size}}}'}$")
            case StateName(states):
                return self._named(states.__name__, lambda: {"enum": [str(one) for one in states]})
            case Named(numbers):
                return self._named(numbers.__name__, lambda: {"enum": [form.write(one) for one in numbers]})
            case Maybe(inner):
                return {"anyOf": [self.of(inner), {"type": "null"}]}
            case Items(item):
                return {"type": "array", "items": self.of(item)}
            case RuleForm(kinds, unknown):
                return self._named("Rule", partial(self._rule, kinds, unknown))
            case Record():
                return self._named(form.made.__name__, partial(self._record, form))
            case _:
                raise TypeError(f"no schema is known for {type(form).__name__}")

    def _named(self, name: str, make: Callable[[], Schema]) -> Schema:
        if name not in self.found:
            self.found[name] = {}
            self.found[name] = make()
        return {"$ref": f"#/$defs/{name}"}

    def _record(self, form: Record[Any], **more: Schema) -> Schema:
        members = {**more, **{name: self.of(one) for name, (_, one) in form.members.items()}}
        summary = (form.made.__doc__ or "").strip().partition("\n")[0]
        told = {} if summary.startswith(form.made.__name__ + "(") or not summary else {"description": summary}
        return {**told, **_object(members)}

    def _rule(self, kinds: dict[str, Record[Any]], unknown: Record[Any]) -> Schema:
        known = [self._record(one, kind={"const": kind}) for kind, one in kinds.items()]
        other = self._record(unknown)
        other["properties"]["kind"] = {"type": "string", "not": {"enum": list(kinds)}}
        return {"oneOf": [*known, other]}


def inspect_schema() -> Schema:
    """Answers to queries, refusals included."""
    made = Definitions()
    shown = [made.of(form) for form in answers.ANSWERS.values()]
    made.found["Refusal"] = refusal()
    return _page("Answers to inspect queries", [*shown, {"$ref": "#/$defs/Refusal"}], made.found)


def messages_schema() -> Schema:
    """Inputs and notices under their names in ``IDeML.sol``, and reports."""
    made = Definitions()
    tables = (("Input", inputs.TABLE.kinds), ("Notice", notices.TABLE.kinds))
    for name, kinds in tables:
        rows = [{"type": {"const": one.function.name}, "values": made.of(one.form)} for one in kinds]
        made.found[name] = {"oneOf": [_object(row) for row in rows]}
    account, amount = made.of(Account()), made.of(TokenUnits(256))
    number = {"type": "integer", "minimum": 1}
    made.found["Refusal"] = refusal()
    reason = {"$ref": "#/$defs/Refusal"}
    credited = _object({"sender": account, "token": account, "amount": amount})
    made.found["Credited"] = {
        "description": "A deposit was credited to its sender; `reason` is why it could not do what it was sent for",
        **_object({"credited": credited, "reason": {"anyOf": [reason, {"type": "null"}]}}),
    }
    made.found["Refutation"] = {
        "description": "What stands behind a notice Refuted",
        **_object({"refuted": _object({"jobId": number, "client": account}), "reason": reason}),
    }
    tries = {"description": "How often its sender may still send other bytes", "type": "integer", "minimum": 0}
    mismatch = _object({"jobId": number, "client": account, "triesLeft": tries})
    made.found["Mismatch"] = {
        "description": "What was sent is not what was committed to; the input is accepted, so that tries count",
        **_object({"mismatch": mismatch, "reason": reason}),
    }
    kinds = ("Refusal", "Credited", "Refutation", "Mismatch")
    made.found["Report"] = {"oneOf": [{"$ref": f"#/$defs/{one}"} for one in kinds]}
    shown = [{"$ref": f"#/$defs/{one}"} for one in ("Input", "Notice", "Report")]
    return _page("Inputs, notices and reports", shown, made.found)


def refusal() -> Schema:
    """Why an input or a query is refused."""
    values = {"type": "object", "additionalProperties": {"type": "string"}}
    code = {"type": "string", "pattern": "^[A-Z0-9]+(_[A-Z0-9]+)*$"}
    text = {"type": "string"}
    return {
        "description": "Why an input or a query is refused; codes are listed in docs/errors.md",
        **_object({"code": code, "message": text, "values": values}),
    }


def files() -> dict[Path, str]:
    """Every file and its text."""
    schemas = {"inspect": inspect_schema(), "messages": messages_schema()}
    return {FOLDER / f"{name}.schema.json": json.dumps(one, indent=2) + "\n" for name, one in schemas.items()}


def _page(title: str, shown: list[Schema], definitions: Schema) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Written by docs/generate_schema.py from deml.wire; change the forms there instead.",
        "title": title,
        "anyOf": shown,
        "$defs": dict(sorted(definitions.items())),
    }


def _object(members: Schema) -> Schema:
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


def _text(description: str, pattern: str) -> Schema:
    return {"description": description, "type": "string", "pattern": pattern}


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
