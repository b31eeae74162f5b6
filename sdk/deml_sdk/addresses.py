"""Accounts as people write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from deml.base.types import Address
from deml_sdk.errors import BadAddress, BadHex

if TYPE_CHECKING:
    from eth_typing import ChecksumAddress

_PATTERN: Final = re.compile(r"0x[0-9a-fA-F]{40}")


def parse_address(text: str) -> Address:
    """Read an account; mixed case must be a right checksum (EIP-55).

    Raises
    ------
    BadAddress
    """
    if not _PATTERN.fullmatch(text):
        raise BadAddress(text, "it is not 0x and 40 hexadecimal digits")
    digits = text[2:]
    address = Address(text.lower())
    if digits not in (digits.lower(), digits.upper()) and checksummed(address) != text:
        raise BadAddress(text, "its checksum is wrong, so a digit is")
    return address


def checksummed(address: Address) -> ChecksumAddress:
    """Write an account in the mixed case that other tools expect."""
    from eth_utils.address import to_checksum_address

    return to_checksum_address(address)


def keccak256(data: bytes) -> bytes:
    """Hash as Ethereum does."""
    from eth_utils.crypto import keccak

    return keccak(data)


def parse_hex(text: str) -> bytes:
    """Read hexadecimal data, with or without 0x.

    Raises
    ------
    BadHex
    """
    try:
        return bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError:
        raise BadHex(text if len(text) <= 40 else text[:37] + "...") from None
