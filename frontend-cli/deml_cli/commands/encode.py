"""`deml encode`: the calldata of every input, for `cast send` and whatever else sends transactions.

A command for each row of `deml.wire.inputs.TABLE`, with an option for each field, given as its form asks for.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from deml.base.inputs import Accept, ScoreSlices, Stream, Withdraw
from deml.base.terms import Terms
from deml.base.types import ETHER
from deml.wire.forms import Account, Form, Named, Raw, Record, Text, Whole
from deml.wire.inputs import TABLE, encode
from deml.wire.table import MessageKind
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.errors import BadSetting
from deml_sdk.addresses import parse_address
from deml_sdk.files.files import read_file
from deml_sdk.market.uploads import IN_BUFFER, packed

app = group(
    "Write the calldata of an input. createJob, topUp and, where the job has a stake, accept are for the execLayerData "
    "of an ERC20Portal deposit; the others for InputBox.addInput."
)

_LARGEST_OPTION: Final = 2**63 - 1
"""Largest number that an option is checked against; larger bounds are the form's to check."""

_DEFAULTS: Final[dict[type[Any], dict[str, object]]] = {
    Accept: {"pay_to": ETHER},
    ScoreSlices: {"slices": 2**32 - 1},
    Withdraw: {"token": ETHER},
}
"""Options that may be left out, beside those that name a file to pack."""

_HELP: Final[dict[str, str]] = {
    "job_id": "Number of the job.",
    "terms": "JSON with the names of IDeML.sol, as 'deml job show --json' prints it.",
    "pay_to": "Who receives pay and stake; zero for the sender.",
    "seq": "Number of the chunk; 0 starts again.",
    "chunk": "File with the chunk's bytes: a part of a CAR, perhaps compressed.",
    "data_cid": "CID of the holdout.",
    "model_cid": "CID of the model.",
    "salt": "The commitment's salt.",
    "credited": "In parts per million.",
    "min_pay": "In the token's smallest unit; 0 for none.",
    "client": "Whose model; the sponsor's is the initial one.",
    "slices": "At most this many; as many as fit are done.",
    "token": "An ERC-20 token; zero for Ether.",
    "amount": "In the token's smallest unit.",
    "to": "Who receives it.",
}
"""What a field is, where its name and form do not say it all."""


@dataclass(frozen=True, slots=True)
class _Option:
    """How a field is given on the command line: its type there, how that becomes a value, an example, and limits."""

    type: Any
    read: Callable[[Any, str], Any]
    example: str
    about: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)


def _option(form: Form[Any]) -> _Option:
    match form:
        case Record() if form.made is Stream:
            about = "The file, packed for you. [what was uploaded]"
            return _Option(Path | None, lambda path, _: packed(read_file(path)) if path else IN_BUFFER, "file", about)
        case Record() if form.made is Terms:
            return _Option(Path, lambda path, at: form.read(_json(path), at), "terms.json")
        case Raw(None):
            return _Option(Path, lambda path, _: read_file(path), "part.0")
        case Raw(size):
            return _Option(str, form.read, "0x6f1e...42aa", f"{size} bytes in hex.")
        case Account():
            return _Option(str, lambda text, _: parse_address(text), "0x90f7...b906")
        case Whole(low, high):
            bounds = {"min": low, "max": high}
            limits = {name: bound for name, bound in bounds.items() if abs(bound) <= _LARGEST_OPTION}
            return _Option(int, form.read, "7", limits=limits)
        case Named(numbers):
            by_number = {str(int(one)): form.write(one) for one in numbers}
            about = ", ".join(f"{number} = {name}" for number, name in by_number.items()) + "."
            first = next(iter(by_number.values()))
            return _Option(str, lambda text, at: form.read(by_number.get(text, text), at), first, about)
        case _:
            return _Option(str, form.read, "bafk..." if isinstance(form, Text) else "500")


def _register(kind: MessageKind[Any]) -> None:
    """Make a command of an input."""
    fields = {field: _option(form) for field, form in kind.form.members.values()}
    defaults: dict[str, object] = {field: None for field, one in fields.items() if one.type == Path | None}
    defaults |= _DEFAULTS.get(kind.form.made, {})

    def body(session: Session, /, **given: Any) -> None:
        values = {field: one.read(given[field], _flag(field)) for field, one in fields.items()}
        calldata = encode(kind.form.made(**values))
        session.render.say("0x" + calldata.hex())
        session.render.emit({"input": kind.function.name, "calldata": calldata, "bytes": len(calldata)})

    session = inspect.Parameter("session", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Session)
    options = [
        inspect.Parameter(
            field,
            inspect.Parameter.KEYWORD_ONLY,
            default=defaults.get(field, inspect.Parameter.empty),
            annotation=Annotated[one.type, typer.Option(_flag(field), help=_help(field, one), **one.limits)],
        )
        for field, one in fields.items()
    ]
    body.__signature__ = inspect.Signature([session, *options])  # type: ignore[attr-defined]  # read by `command`
    body.__doc__ = f"Encode {kind.function.name}({', '.join(kind.form.members)})."
    name = _kebab(kind.function.name)
    wanted = (f"{_flag(field)} {one.example}" for field, one in fields.items() if field not in defaults)
    command(app, name, examples=(" ".join((f"deml encode {name}", *wanted)),))(body)


def _help(field: str, option: _Option) -> str:
    return " ".join(filter(None, (_HELP.get(field), option.about)))


def _flag(field: str) -> str:
    return "--" + field.replace("_", "-")


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def _json(path: Path) -> Any:
    try:
        return json.loads(read_file(path))
    except ValueError as error:
        raise BadSetting(str(path), "the terms", f"{type(error).__name__}: {error}") from None


for _kind in TABLE.kinds:
    _register(_kind)
