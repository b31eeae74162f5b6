"""Values as plain JSON: the protocol's as `deml.wire` writes them, the programs' own by the names of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deml.base.names import camel

if TYPE_CHECKING:
    from deml.base.outputs import Notice
    from deml.wire.forms import Form


@cache
def _forms() -> dict[type, Form[Any]]:
    """Form of each of the protocol's own types; no other of them is written.

    The codecs are imported when such a value is first written: most commands write none, and they take long.
    """
    from deml.base.answers import JobView, Participant
    from deml.base.outputs import Payout, Transfer
    from deml.base.terms import FixedRule, MarketRule, Terms, UnknownRule
    from deml.wire import answers, inputs, notices
    from deml.wire.arguments import ADDRESS, AMOUNT
    from deml.wire.forms import Record
    from deml.wire.terms import RULE_FORM, TERMS

    return {
        **{one.form.made: one.form for one in (*inputs.TABLE.kinds, *notices.TABLE.kinds)},
        **answers.ANSWERS,
        JobView: answers.JOB,
        Participant: answers.CLIENT,
        Payout: notices.PAYOUT.form,
        **dict.fromkeys((FixedRule, MarketRule, UnknownRule), RULE_FORM),
        Terms: TERMS.form,
        Transfer: Record(Transfer, token=ADDRESS.form, to=ADDRESS.form, amount=AMOUNT.form),
    }


def plain(value: Any) -> Any:
    """Turn a value into one that `json.dumps` takes.

    Raises
    ------
    TypeError
        If it, or something in it, has no form in JSON.
    """
    match value:
        case _ if is_dataclass(value) and type(value).__module__.startswith("deml.") and type(value) in _forms():
            return _forms()[type(value)].write(value)
        case None | bool() | str() | float():
            return value.value if isinstance(value, Enum) else value
        case Enum():
            return plain(value.value)
        case int():
            return value
        case bytes():
            return "0x" + value.hex()
        case Path():
            return str(value)
        case Mapping():
            return {str(name): plain(member) for name, member in value.items()}
        case list() | tuple():
            return [plain(member) for member in value]
        case _ if is_dataclass(value) and not type(value).__module__.startswith("deml."):
            return {camel(one.name): plain(getattr(value, one.name)) for one in fields(value)}
        case _:
            raise TypeError(f"{type(value).__name__} has no form in JSON")


def notice_json(notice: Notice) -> dict[str, Any]:
    """Write a notice under its name in ``IDeML.sol``."""
    from deml.wire import notices

    return {"type": notices.TABLE.name(notice), "values": notices.TABLE.write(notice)}
