"""EIP-712 data that a wallet signs for one Application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deml.base.types import Address
from deml_sdk.addresses import checksummed

_DOMAIN: Final = {"name": "string", "version": "string", "chainId": "uint256", "verifyingContract": "address"}


def typed_data(
    chain_id: int, app: Address, name: str, fields: Mapping[str, str], message: Mapping[str, Any]
) -> dict[str, Any]:
    """Make the data of a message under DeML's domain.

    Parameters
    ----------
    chain_id, app
        Where the signature counts: nowhere else.
    name, fields
        The message's type: its name, and the Solidity type of each member in order.
    message
        The members' values.
    """
    return {
        "types": {"EIP712Domain": _members(_DOMAIN), name: _members(fields)},
        "primaryType": name,
        "domain": {"name": "DeML", "version": "1", "chainId": chain_id, "verifyingContract": checksummed(app)},
        "message": dict(message),
    }


def _members(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in fields.items()]
