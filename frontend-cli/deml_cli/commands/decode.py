"""`deml decode`: what hexadecimal data says, whichever of the wire's forms it has."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Annotated, Any, Final

import typer

from deml.base.errors import DemlError
from deml.wire import inputs, notices
from deml.wire.abi import function
from deml.wire.errors import UnknownSelector
from deml.wire.inputs import decode_message
from deml.wire.outputs import NoticeEmission, open_envelope, transfer_of
from deml.wire.portals import erc20_deposit
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_sdk.addresses import parse_hex
from deml_sdk.chain.contracts import ADD_INPUT
from deml_sdk.plain import plain

app = group("Decode hexadecimal data.")

_ADVANCE: Final = function(
    "EvmAdvance", "415bf363", "uint256", "address", "address", "uint256", "uint256", "uint256", "uint256", "bytes"
)
_INPUTS: Final = frozenset(one.function.selector for one in inputs.TABLE.kinds)
_NOTICES: Final = frozenset(one.function.selector for one in notices.TABLE.kinds)
_SHOWN_TEXT: Final = 200
"""Longer values are cut in tables; JSON has them whole."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What data was found to be. `kind` is input, notice, voucher, deposit, advance or transaction."""

    kind: str
    name: str
    values: Any
    inner: Decoded | None = None


@command(
    app,
    "decode",
    examples=(
        "deml decode 0x8df828000000...0007",
        "deml encode settle --job-id 7 | deml decode -",
        "deml decode 0x... --json",
    ),
)
def decode(
    session: Session, data: Annotated[str, typer.Argument(metavar="HEX", help="The data, or - for stdin.")]
) -> None:
    """Decode an input, a notice, a node's output, a whole EvmAdvance, an addInput call or a portal's payload."""
    found = decode_any(parse_hex(sys.stdin.read() if data == "-" else data))
    session.render.emit(found)
    layer: Decoded | None = found
    while layer is not None:
        values = plain(layer.values)
        session.render.facts({name: _shown(value) for name, value in values.items()}, f"{layer.kind} {layer.name}")
        layer = layer.inner


def decode_any(data: bytes) -> Decoded:
    """Recognise data by its selector; a deposit, which has none, by what it carries.

    Raises
    ------
    UnknownSelector
        If it is none of the wire's forms.
    MalformedMessage
    """
    selector = data[:4]
    if selector in _INPUTS:
        message = decode_message(data)
        return Decoded("input", inputs.TABLE.name(message), message)
    if selector in _NOTICES:
        notice = notices.decode(data)
        return Decoded("notice", notices.TABLE.name(notice), notice)
    if selector == ADD_INPUT.selector:
        app_address, payload = ADD_INPUT.decode(data)
        return Decoded("transaction", "addInput", {"app": app_address}, decode_any(payload))
    if selector == _ADVANCE.selector:
        chain_id, app_address, sender, block, timestamp, _, index, payload = _ADVANCE.decode(data)
        values = {
            "chainId": chain_id,
            "app": app_address,
            "sender": sender,
            "block": block,
            "timestamp": timestamp,
            "index": index,
        }
        return Decoded("advance", "EvmAdvance", values, _inner(payload))
    try:
        return _output(data)
    except UnknownSelector:
        return _deposit(data)


def _output(data: bytes) -> Decoded:
    opened = open_envelope(data)
    if isinstance(opened, NoticeEmission):
        return Decoded("output", "Notice", {}, _inner(opened.payload))
    transfer = transfer_of(opened)
    inner = Decoded("transfer", "of tokens or Ether", transfer) if transfer else None
    return Decoded("output", type(opened).__name__.removesuffix("Emission"), opened, inner)


def _deposit(data: bytes) -> Decoded:
    """Read a payload of the ERC20Portal: it begins with an account, not with a selector.

    Raises
    ------
    UnknownSelector
        If it does not carry one of our orders, so that it may be anything.
    """
    unknown = UnknownSelector("0x" + data[:4].hex())
    try:
        deposit = erc20_deposit(data, inputs.decode_order)
    except DemlError:
        raise unknown from None
    if deposit.order is None:
        raise unknown
    values = {"token": deposit.token, "sender": deposit.sender, "amount": str(deposit.amount)}
    return Decoded("deposit", "ERC-20", values, Decoded("input", inputs.TABLE.name(deposit.order), deposit.order))


def _inner(payload: bytes) -> Decoded | None:
    """Read what an envelope carries, which may be a stranger's."""
    try:
        return decode_any(payload)
    except DemlError:
        return Decoded("payload", "of another kind", {"bytes": payload})


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN_TEXT else f"{text[:_SHOWN_TEXT]}... ({len(text):,} characters)"
