"""Outputs: typed outputs to what the rollup server takes, and the node's stored outputs back again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deml.base.config import Deployment
from deml.base.outputs import ForeignReturn, Output, Report, Transfer
from deml.base.reports import encode_json
from deml.base.types import ETHER, Address, Amount
from deml.wire import notices
from deml.wire.abi import function
from deml.wire.errors import UnknownSelector

_NOTICE: Final = function("Notice", "c258d6e5", "bytes")
_VOUCHER: Final = function("Voucher", "237a816f", "address", "uint256", "bytes")
_DELEGATE_CALL: Final = function("DelegateCallVoucher", "10321e8b", "address", "bytes")

_SAFE_TRANSFER: Final = function("safeTransfer", "d1660f99", "address", "address", "uint256")
_ERC721_TRANSFER: Final = function("safeTransferFrom", "b88d4fde", "address", "address", "uint256", "bytes")
"""The function by which the portal took the token. Not ``transferFrom``, which ERC-20 shares: wrapped Ether lets any
unknown call pass, so the portal takes it for a collectible, and sending back its "number" would send that amount."""
_ERC1155_TRANSFER: Final = function(
    "safeBatchTransferFrom", "2eb2c2d6", "address", "address", "uint256[]", "uint256[]", "bytes"
)


@dataclass(frozen=True, slots=True)
class NoticeEmission:
    """A statement anyone can prove on chain."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class VoucherEmission:
    """A call that the Application makes, with `value` wei."""

    destination: Address
    value: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class DelegateCallEmission:
    """A call that the Application makes with the code at `destination`, as itself."""

    destination: Address
    payload: bytes


@dataclass(frozen=True, slots=True)
class ReportEmission:
    """Bytes for those who watch; not provable."""

    payload: bytes


Provable = NoticeEmission | VoucherEmission | DelegateCallEmission
Emission = Provable | ReportEmission


def encode(output: Output, app: Address, deployment: Deployment) -> Emission:
    """Turn a typed output into what the rollup server is sent; `app` is the Application's own address."""
    match output:
        case Report(body):
            return ReportEmission(encode_json(body))
        case Transfer(token, to, amount) if token == ETHER:
            return VoucherEmission(to, amount, b"")
        case Transfer(token, to, amount):
            return DelegateCallEmission(deployment.safe_transfer, _SAFE_TRANSFER.encode((token, to, amount)))
        case ForeignReturn(token, to, (token_id,), None):
            return VoucherEmission(token, 0, _ERC721_TRANSFER.encode((app, to, token_id, b"")))
        case ForeignReturn(token, to, ids, amounts):
            return VoucherEmission(token, 0, _ERC1155_TRANSFER.encode((app, to, ids, amounts, b"")))
        case _:
            return NoticeEmission(notices.encode(output))


def envelope(emission: Provable) -> bytes:
    """Bytes of an output as the node stores and the Application verifies them (``Outputs.sol``)."""
    match emission:
        case NoticeEmission(payload):
            return _NOTICE.encode((payload,))
        case VoucherEmission(destination, value, payload):
            return _VOUCHER.encode((destination, value, payload))
        case DelegateCallEmission(destination, payload):
            return _DELEGATE_CALL.encode((destination, payload))


def open_envelope(output: bytes) -> Provable:
    """Read an output as the node stores it.

    Raises
    ------
    UnknownSelector, MalformedMessage
        If it is none of the three kinds of ``Outputs.sol``, or not a well-formed one.
    """
    match output[:4]:
        case _NOTICE.selector:
            return NoticeEmission(*_NOTICE.decode(output))
        case _VOUCHER.selector:
            destination, value, payload = _VOUCHER.decode(output)
            return VoucherEmission(Address(destination), value, payload)
        case _DELEGATE_CALL.selector:
            destination, payload = _DELEGATE_CALL.decode(output)
            return DelegateCallEmission(Address(destination), payload)
        case selector:
            raise UnknownSelector("0x" + selector.hex())


def transfer_of(emission: Provable) -> Transfer | None:
    """What a voucher pays, where it pays fungible tokens or Ether; None for all else."""
    match emission:
        case VoucherEmission(destination, value, b""):
            return Transfer(ETHER, destination, Amount(value))
        case DelegateCallEmission(_, payload) if payload[:4] == _SAFE_TRANSFER.selector:
            return Transfer(*_SAFE_TRANSFER.decode(payload))
        case _:
            return None
