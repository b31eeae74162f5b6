"""What a trial of a deposit may find, and what a caller's own Web3 instance may lack."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError
from deml.base.types import Address, Amount


@dataclass(eq=False)
class DepositWouldFail(DemlError):
    token: Address
    amount: Amount
    sponsor: Address
    what = "A deposit of {amount} of token {token} by {sponsor} would be refused. This was simulated; nothing was sent."
    fix = "Check the balance with 'deml wallet balance', and that the address is an ordinary ERC-20 token."


@dataclass(eq=False)
class TokenArrivesShort(DemlError):
    token: Address
    sent: Amount
    arrived: int
    what = "Of {sent} sent, {arrived} of token {token} would arrive. This was simulated; nothing was sent."
    fix = "Use a token without transfer fees; the dapp must hold exactly what it promises."


@dataclass(eq=False)
class NoDefaultAccount(DemlError):
    what = "The Web3 instance has no account of its own to send from."
    fix = "Set its eth.default_account to an account that its signing middleware or its node signs for."
