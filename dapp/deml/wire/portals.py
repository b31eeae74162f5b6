"""What the portals write in front of a deposit's own data (``InputEncoding.sol`` of Cartesi Rollups 2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from deml.base.errors import DemlError
from deml.base.inputs import Deposit, DepositOrder, ForeignDeposit
from deml.base.types import ETHER, Address, Amount, address_of
from deml.wire.abi import decode_values
from deml.wire.errors import MalformedMessage

DecodeOrder = Callable[[bytes], DepositOrder]
"""Reads the execLayerData of a deposit; raises `DemlError`."""


def ether_deposit(payload: bytes) -> Deposit:
    """Decode ``sender(20) ++ value(32) ++ execLayerData``; Ether buys nothing here, so the data is not looked at."""
    _require("EtherPortal", payload, 52)
    return Deposit(ETHER, address_of(payload[:20]), Amount(int.from_bytes(payload[20:52], "big")))


def erc20_deposit(payload: bytes, decode_order: DecodeOrder) -> Deposit:
    """Decode ``token(20) ++ sender(20) ++ value(32) ++ execLayerData``.

    The tokens have moved already, so whatever is wrong with the data travels inside the result.
    """
    _require("ERC20Portal", payload, 72)
    token, sender = _token(payload), address_of(payload[20:40])
    amount, data = Amount(int.from_bytes(payload[40:72], "big")), payload[72:]
    if not data:
        return Deposit(token, sender, amount)
    try:
        order = decode_order(data)
    except DemlError as problem:
        return Deposit(token, sender, amount, problem=problem)
    return Deposit(token, sender, amount, order)


def erc20_credit(payload: bytes, problem: DemlError) -> Deposit:
    """Read only who deposited how much of what, by position; `problem` is why the data is left alone."""
    _require("ERC20Portal", payload, 72)
    amount = Amount(int.from_bytes(payload[40:72], "big"))
    return Deposit(_token(payload), address_of(payload[20:40]), amount, problem=problem)


def ether_credit(payload: bytes, problem: DemlError) -> Deposit:
    """Read only who deposited how much; `problem` is why it buys nothing."""
    return replace(ether_deposit(payload), problem=problem)


def erc721_deposit(payload: bytes) -> ForeignDeposit:
    """Decode ``token(20) ++ sender(20) ++ tokenId(32) ++ ...``."""
    _require("ERC721Portal", payload, 72)
    token_id = int.from_bytes(payload[40:72], "big")
    return ForeignDeposit(address_of(payload[:20]), address_of(payload[20:40]), (token_id,), None)


def erc1155_single_deposit(payload: bytes) -> ForeignDeposit:
    """Decode ``token(20) ++ sender(20) ++ tokenId(32) ++ value(32) ++ ...``."""
    _require("ERC1155SinglePortal", payload, 104)
    token_id, amount = int.from_bytes(payload[40:72], "big"), int.from_bytes(payload[72:104], "big")
    return ForeignDeposit(address_of(payload[:20]), address_of(payload[20:40]), (token_id,), (amount,))


def erc1155_batch_deposit(payload: bytes) -> ForeignDeposit:
    """Decode ``token(20) ++ sender(20) ++ abi.encode(tokenIds, values, baseLayerData, execLayerData)``."""
    _require("ERC1155BatchPortal", payload, 40)
    ids, amounts, *_ = decode_values("ERC1155BatchPortal", ("uint256[]", "uint256[]", "bytes", "bytes"), payload[40:])
    return ForeignDeposit(address_of(payload[:20]), address_of(payload[20:40]), tuple(ids), tuple(amounts))


def _token(payload: bytes) -> Address:
    """Token of an ERC-20 deposit. There is none at the zero address, which stands for Ether here."""
    token = address_of(payload[:20])
    if token == ETHER:
        raise MalformedMessage("ERC20Portal", "there is no token at the zero address")
    return token


def _require(portal: str, payload: bytes, size: int) -> None:
    if len(payload) < size:
        raise MalformedMessage(portal, f"{len(payload)} bytes where at least {size} are needed")
