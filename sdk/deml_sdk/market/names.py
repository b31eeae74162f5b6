"""What accounts are called on a screen: you, the wallets that one knows by name, everybody else by address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from deml.base.types import ETHER, Address
from deml_sdk.addresses import checksummed

YOU: Final = "you"


@dataclass(frozen=True, slots=True)
class Names:
    """Names of accounts.

    Parameters
    ----------
    me
        Who looks; None for nobody in particular.
    known
        Wallets that go by a name here.
    """

    me: Address | None = None
    known: Mapping[Address, str] = field(default_factory=dict)

    def short(self, account: Address) -> str:
        """Name an account in a table: "you", a name, or its address."""
        if account == self.me:
            return YOU
        return self.known.get(account, account)

    def full(self, account: Address) -> str:
        """Name an account with its address: "you (alice), 0x..."."""
        name = self.known.get(account)
        if account == self.me:
            return f"{YOU} ({name}), {checksummed(account)}" if name else f"{YOU}, {checksummed(account)}"
        return f"{name}, {checksummed(account)}" if name else checksummed(account)

    def receiver(self, pay_to: Address, client: Address) -> str:
        """Name who is paid for `client`; the zero address stands for the client itself."""
        return self.full(client if pay_to == ETHER else pay_to)


NOBODY_KNOWN: Final = Names()
"""Everybody goes by address."""
