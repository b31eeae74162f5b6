"""Names for the plain values that travel everywhere."""

from __future__ import annotations

from typing import Final, NewType

Address = NewType("Address", str)
"""A 20-byte account in lower-case hex with ``0x``; lower case so that equal accounts are equal strings."""

JobId = NewType("JobId", int)
"""Number of a job, counted from 1 in the order of creation."""

Score = NewType("Score", int)
"""A metric in parts per million; higher is better."""

Amount = NewType("Amount", int)
"""A number of a token's smallest unit; never negative."""

Timestamp = NewType("Timestamp", int)
"""A block timestamp in seconds."""

EPOCH: Final = Timestamp(0)
"""Before every block; stands for a time that is not set."""

NOTHING: Final = Amount(0)
"""No tokens."""

ETHER: Final = Address("0x" + "00" * 20)
"""Stands for Ether where a token is named, as in ``withdraw``."""

NOWHERE: Final = Address("")
"""Stands for an address that is not known."""

BURN: Final = Address("0x" + "00" * 18 + "dead")
"""Where forfeits go that nobody may have. Not the zero address: OpenZeppelin's ERC-20 refuses transfers to that."""


def address_of(raw: bytes) -> Address:
    """Name the account of 20 raw bytes.

    Raises
    ------
    ValueError
        If there are not exactly 20 bytes.
    """
    if len(raw) != 20:
        raise ValueError(f"an address has 20 bytes, not {len(raw)}")
    return Address("0x" + raw.hex())


def word_of(address: Address) -> bytes:
    """Left-pad an account to the 32-byte word that Solidity's ABI makes of it."""
    return bytes(12) + bytes.fromhex(address[2:])
