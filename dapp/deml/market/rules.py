"""The table of reward rules, and what the protocol asks of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deml.base.terms import FixedRule, MarketRule, Rule, UnknownRule
from deml.base.types import Amount, Score
from deml.market import fixed, marginal
from deml.market.bid import Bid, Offer
from deml.market.errors import UnknownRewardRule


@dataclass(frozen=True, slots=True)
class _RuleRow:
    check: Callable[[Any, Amount, Score], None]
    offers: Callable[[Any, Amount, Score, Sequence[Bid]], tuple[Offer, ...]]
    rivalrous: Callable[[Any, Amount, int], bool]
    """Whether, with this escrow and cap on participants, one client's claim can displace another's."""
    distance: Callable[[Any, Score], int]
    """By how many ppm a model must be better than the baseline to earn the most that there is for one."""


RULES: Final[dict[type[Rule], _RuleRow]] = {
    FixedRule: _RuleRow(
        fixed.check,
        fixed.offers,
        lambda rule, escrow, cap: fixed.places(rule, escrow) < cap,
        lambda rule, _baseline: rule.threshold,
    ),
    MarketRule: _RuleRow(
        marginal.check,
        marginal.offers,
        lambda _rule, _escrow, _cap: True,
        lambda rule, baseline: rule.target - baseline,
    ),
}


def check_rule(rule: Rule, escrow: Amount, baseline: Score) -> None:
    """Refuse a rule that is unknown or cannot work with this escrow and baseline.

    Raises
    ------
    UnknownRewardRule, RewardTooSmall, EscrowBelowReward, TargetNotAboveBaseline, GridOutOfRange
    """
    if isinstance(rule, UnknownRule):
        raise UnknownRewardRule(rule.kind)
    RULES[type(rule)].check(rule, escrow, baseline)


def needs_stake(rule: Rule, escrow: Amount, max_participants: int) -> bool:
    """Whether a false declaration could displace an honest one, so that clients must have something to lose."""
    return RULES[type(rule)].rivalrous(rule, escrow, max_participants)


def distance(rule: Rule, baseline: Score) -> int:
    """By how many ppm a model must be better than the baseline to earn the most that there is for one."""
    return RULES[type(rule)].distance(rule, baseline)


def offers(rule: Rule, escrow: Amount, baseline: Score, bids: Sequence[Bid]) -> tuple[Offer, ...]:
    """Compute what each bid, in commit order, is due; parallel to `bids`, summing to at most `escrow`."""
    return RULES[type(rule)].offers(rule, escrow, baseline, bids)


def final_pays(rule: Rule, escrow: Amount, baseline: Score, scores: Sequence[Score]) -> tuple[Amount, ...]:
    """Pay of verified models in commit order: the same pass, in which no one asks for a minimum any more."""
    return tuple(offer.pay for offer in offers(rule, escrow, baseline, [Bid(score) for score in scores]))
