"""The `fixed` rule: the same reward for each of the first clients that beat the baseline by a threshold.

Not proof against Sybils: one model split among several accounts earns several rewards. Terms may carry an allow-list.
"""

from __future__ import annotations

from collections.abc import Sequence

from deml.base.terms import FixedRule
from deml.base.types import Amount, Score
from deml.market.bid import Bid, Offer
from deml.market.errors import EscrowBelowReward, RewardTooSmall


def check(rule: FixedRule, escrow: Amount, _baseline: Score) -> None:
    """Refuse a rule that could pay nobody.

    Raises
    ------
    RewardTooSmall, EscrowBelowReward
    """
    if rule.reward < 1 or rule.threshold < 1:
        raise RewardTooSmall(rule.reward, rule.threshold)
    if escrow < rule.reward:
        raise EscrowBelowReward(escrow, rule.reward)


def places(rule: FixedRule, escrow: Amount) -> int:
    """Number of rewards that the escrow pays: floor(escrow / reward)."""
    return escrow // rule.reward


def offers(rule: FixedRule, escrow: Amount, baseline: Score, bids: Sequence[Bid]) -> tuple[Offer, ...]:
    """Offer the reward, in commit order, while places last."""
    left = places(rule, escrow)
    made = []
    for bid in bids:
        due = left > 0 and bid.score - baseline >= rule.threshold and rule.reward >= bid.min_pay
        left -= due
        made.append(Offer(rule.reward) if due else Offer())
    return tuple(made)
