"""Calls and events of contracts, by their Solidity signatures."""

from __future__ import annotations

from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.crypto import keccak


def calldata(signature: str, *arguments: Any) -> bytes:
    """Encode a call, as in ``calldata("transfer(address,uint256)", to, 5)``."""
    return keccak(text=signature)[:4] + encode(types_of(signature), arguments)


def read(types: list[str], data: bytes) -> tuple[Any, ...]:
    """Decode what a call returned, or a log's data."""
    return tuple(decode(types, data))


def types_of(signature: str) -> list[str]:
    """Types of a function's parameters; tuples are not needed here and not understood."""
    inner = signature[signature.index("(") + 1 : -1]
    return inner.split(",") if inner else []
