"""What can go wrong inside the host-mode node."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class DappGone(DemlError):
    reason: str
    what = "The dapp process ended while it was needed: {reason}."
    fix = "Read its log with 'deml devnet logs dapp'; the node starts it again by itself."


@dataclass(eq=False)
class DappTimedOut(DemlError):
    seconds: float
    what = "The dapp gave no answer within {seconds:.0f} seconds."
    fix = "Read its log with 'deml devnet logs dapp'."
