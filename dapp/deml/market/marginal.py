"""The `market` rule: pay for what a model adds to the best one committed before it.

Abernethy and Frongillo, "A Collaborative Mechanism for Crowdsourcing Prediction Problems" (NeurIPS 2011), with gains
clipped to the target, on the grid of Blum and Hardt's Ladder (ICML 2015). The pays telescope to at most the escrow; a
copy or a split of a model adds nothing and earns nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from deml.base.terms import MarketRule
from deml.base.types import Amount, Score
from deml.market.bid import Bid, Offer
from deml.market.errors import GridOutOfRange, TargetNotAboveBaseline


def check(rule: MarketRule, _escrow: Amount, baseline: Score) -> None:
    """Refuse a target that is no improvement, or a grid that no improvement reaches.

    Raises
    ------
    TargetNotAboveBaseline, GridOutOfRange
    """
    distance = rule.target - baseline
    if distance < 1:
        raise TargetNotAboveBaseline(rule.target, baseline)
    if not 1 <= rule.grid <= distance:
        raise GridOutOfRange(rule.grid, distance)


def value(rule: MarketRule, escrow: Amount, baseline: Score, score: Score) -> int:
    """Part of the escrow that a model of this score would earn alone.

    ``floor(P q / D)`` with D = target - baseline, g = clip(score - baseline, 0, D), and q = g rounded down to the grid,
    except that the target itself counts in full.
    """
    distance = rule.target - baseline
    gain = min(max(score - baseline, 0), distance)
    counted = distance if gain == distance else gain - gain % rule.grid
    return escrow * counted // distance


def offers(rule: MarketRule, escrow: Amount, baseline: Score, bids: Sequence[Bid]) -> tuple[Offer, ...]:
    """Offer each bid, in commit order, what it adds to the best bid due before it."""
    best = 0
    made = []
    for bid in bids:
        worth = value(rule, escrow, baseline, bid.score)
        pay = Amount(max(0, worth - best))
        if 0 < pay < bid.min_pay:
            made.append(Offer(waived=True))
            continue
        best += pay
        made.append(Offer(pay))
    return tuple(made)
