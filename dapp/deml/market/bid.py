"""What rules work on: bids in commit order, and the offer each receives."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.types import NOTHING, Amount, Score


@dataclass(frozen=True, slots=True)
class Bid:
    """A score, and the least pay for which its model will be published."""

    score: Score
    min_pay: Amount = NOTHING


@dataclass(frozen=True, slots=True)
class Offer:
    """Pay due for a bid. `waived` where the pay would have been positive but below the bid's own minimum."""

    pay: Amount = NOTHING
    waived: bool = False
