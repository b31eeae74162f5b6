"""Layer 1: balances per owner and token; whole amounts that are never negative and never lost."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass

from deml.base.errors import DemlError
from deml.base.types import NOTHING, Address, Amount

Balances = MutableMapping[tuple[Address, Address], Amount]
"""Amounts by (owner, token); an absent entry is zero, and zero is never stored."""


@dataclass(eq=False)
class InsufficientBalance(DemlError):
    account: Address
    token: Address
    balance: Amount
    amount: Amount
    what = "{account} asked for {amount} of token {token} and has {balance}."


def credit(balances: Balances, owner: Address, token: Address, amount: Amount) -> None:
    """Add `amount` to what `owner` has of `token`."""
    if amount:
        balances[owner, token] = Amount(balances.get((owner, token), NOTHING) + amount)


def debit(balances: Balances, owner: Address, token: Address, amount: Amount) -> None:
    """Take `amount` out of what `owner` has of `token`.

    Raises
    ------
    InsufficientBalance
        If there is less than that.
    """
    balance = balances.get((owner, token), NOTHING)
    if amount > balance:
        raise InsufficientBalance(owner, token, balance, amount)
    if amount == balance:
        balances.pop((owner, token), None)
    else:
        balances[owner, token] = Amount(balance - amount)


def holdings(balances: Balances, owner: Address) -> Iterator[tuple[Address, Amount]]:
    """Yield what `owner` has, token by token, in token order."""
    yield from sorted((token, amount) for (holder, token), amount in balances.items() if holder == owner)
