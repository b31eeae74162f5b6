"""What an account does with what the dapp owes it: take balances out, and have vouchers executed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from deml.base.inputs import Withdraw
from deml.base.types import Address, Amount
from deml_sdk.errors import NotEnoughTokens
from deml_sdk.market.intent import Intent
from deml_sdk.market.interface import MarketClient
from deml_sdk.node.vouchers import Voucher


@dataclass(frozen=True, slots=True)
class Claims:
    """Vouchers of some receivers: those that can be executed now, how many wait for their claim, and how many are."""

    ready: tuple[Voucher, ...]
    waiting: int
    executed: int


def withdraw(client: MarketClient, token: Address, amount: Amount, to: Address) -> Intent:
    """Take tokens out of this account's balance in the dapp, where deposits end up that could not be used.

    Raises
    ------
    NotEnoughTokens
    """
    known = client.token(token)
    held = client.credits(client.account).get(token, Amount(0))
    if amount > held:
        raise NotEnoughTokens(known.symbol + " in the dapp", known.format(amount), known.format(held))
    said = {"amount": known.show(amount), "to": client.names.full(to)}
    public = "that this amount goes to this account"
    return client.to_send([Withdraw(token, amount, to)], f"withdraw {known.show(amount)}", public, says=said)


def claims(client: MarketClient, receivers: Collection[Address]) -> Claims:
    """Find the vouchers that pay one of `receivers`."""
    found = [one for receiver in sorted(receivers) for one in client.vouchers(receiver)]
    ready = tuple(one for one in found if one.claimable)
    executed = sum(1 for one in found if one.executed)
    return Claims(ready, len(found) - executed - len(ready), executed)


def claim(client: MarketClient, ready: Claims) -> Intent:
    """Execute the vouchers that can be executed; anybody may, and each pays whom it names.

    Raises
    ------
    NoPayoutLibrary, ContractReverted
    """
    return client.to_execute(ready.ready)
