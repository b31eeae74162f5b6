"""Outputs as the Application contract executes and proves them: ABI calls, whose keccak256 is a leaf of the tree."""

from __future__ import annotations

from typing import Final

from eth_abi.abi import decode, encode
from eth_utils.crypto import keccak

NOTICE: Final = keccak(text="Notice(bytes)")[:4]
VOUCHER: Final = keccak(text="Voucher(address,uint256,bytes)")[:4]
DELEGATE_CALL_VOUCHER: Final = keccak(text="DelegateCallVoucher(address,bytes)")[:4]


def notice(payload: bytes) -> bytes:
    """Output that states something."""
    return NOTICE + encode(["bytes"], [payload])


def voucher(destination: bytes, value: int, payload: bytes) -> bytes:
    """Output that makes the Application call `destination`, a 20-byte account, with `value` wei."""
    return VOUCHER + encode(["address", "uint256", "bytes"], [destination, value, payload])


def delegate_call_voucher(destination: bytes, payload: bytes) -> bytes:
    """Output that makes the Application run the code of `destination` as its own."""
    return DELEGATE_CALL_VOUCHER + encode(["address", "bytes"], [destination, payload])


def describe(output: bytes) -> dict[str, str] | None:
    """Decode an output into the JSON-RPC's `DecodedOutput`; None for an unknown kind."""
    selector, arguments = output[:4], output[4:]
    if selector == NOTICE:
        (payload,) = decode(["bytes"], arguments)
        return {"type": "Notice", "payload": "0x" + payload.hex()}
    if selector == VOUCHER:
        destination, value, payload = decode(["address", "uint256", "bytes"], arguments)
        payload = "0x" + payload.hex()
        return {"type": "Voucher", "destination": destination, "value": hex(value), "payload": payload}
    if selector == DELEGATE_CALL_VOUCHER:
        destination, payload = decode(["address", "bytes"], arguments)
        return {"type": "DelegateCallVoucher", "destination": destination, "payload": "0x" + payload.hex()}
    return None


def destination(output: bytes) -> str | None:
    """Account that a voucher calls, in lower-case hex; None for a notice."""
    return None if output[:4] == NOTICE else "0x" + output[16:36].hex()
