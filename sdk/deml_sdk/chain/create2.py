"""Addresses that follow from a contract's code (CREATE2), the same on every chain."""

from __future__ import annotations

from typing import Final

from deml.base.types import Address, address_of
from deml_sdk.addresses import keccak256

DETERMINISTIC_DEPLOYER: Final = Address("0x4e59b44847b379578588920ca78fbf26c0b4956c")
"""Arachnid's proxy, at the same address on every chain: creates whatever code it is sent, after a salt, by CREATE2."""

SALT: Final = bytes(32)
"""Salt of every contract that is created through it here."""


def create2_address(creation_code: bytes) -> Address:
    """Compute the address that the deterministic deployer gives to a contract."""
    deployer = bytes.fromhex(DETERMINISTIC_DEPLOYER[2:])
    return address_of(keccak256(b"\xff" + deployer + SALT + keccak256(creation_code))[12:])
