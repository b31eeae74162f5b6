"""The reward rules and rounds once more, written from the protocol's text alone: slow, plain, for comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor, isqrt
from typing import Literal

from deml.base.terms import FixedRule, MarketRule, Terms

Fate = Literal["verified", "failed", "slow"]
"""What comes of a client that is due: verified, if in time; failed; or slow: submitted, and failed a window later."""


BAR = 8
"""Of luck, with a confidence of 95 % and up to 12 clients: a chance of 5 % over 12 is once in 240, and once in 2^8 do
eight coins all show heads."""


def credited(terms: Terms, percent: int, initial: int) -> int:
    """What counts, in ppm, of a model of ``tests.support.models`` that hits `percent` of 100 rows.

    One better than the initial model hits what that hits and more; one worse is credited what it scores.
    """
    hits = percent - initial
    if not terms.confidence or hits <= 0:
        return 10_000 * percent
    if terms.confidence != 950_000 or terms.max_participants > 12:
        raise ValueError("there is no bar for such terms here")
    return 10_000 * initial + isqrt(max(0, hits * hits - BAR * hits) * 10_000**2)


@dataclass
class Player:
    """A declarer, in commit order."""

    name: str
    score: int
    min_pay: int = 0
    out: str = ""
    dues: dict[int, int] = field(default_factory=dict)


def due_pays(rule: FixedRule | MarketRule, escrow: int, baseline: int, players: Sequence[Player]) -> dict[str, int]:
    """Pay due by name; -1 stands for a waiver."""
    pays: dict[str, int] = {}
    if isinstance(rule, MarketRule):
        span = rule.target - baseline
        counted: list[int] = []
        for one in players:
            gain = max(0, min(span, one.score - baseline))
            steps = span if gain == span else (gain // rule.grid) * rule.grid
            worth = floor(Fraction(escrow * steps, span))
            pay = worth - max([0, *counted])
            if pay <= 0:
                pays[one.name] = 0
            elif pay < one.min_pay:
                pays[one.name] = -1
            else:
                pays[one.name] = pay
                counted.append(worth)
        return pays
    for one in players:
        taken = sum(1 for pay in pays.values() if pay)
        good = one.score >= baseline + rule.threshold and one.min_pay <= rule.reward
        pays[one.name] = rule.reward if good and (taken + 1) * rule.reward <= escrow else 0
    return pays


@dataclass
class Result:
    """Final pay and compensation by verified client, the failed, the waived, and what is burnt."""

    pays: dict[str, int]
    failed: set[str]
    waived: set[str]
    compensations: dict[str, int]
    burnt: int


def play(
    rule: FixedRule | MarketRule,
    escrow: int,
    baseline: int,
    stake: int,
    max_rounds: int,
    players: Sequence[Player],
    fate: Callable[[str], Fate],
) -> Result:
    """Play all rounds: `fate` says what comes of a client once it is due."""
    slow: list[Player] = []
    for number in range(1, max_rounds + 1):
        for name, pay in due_pays(rule, escrow, baseline, [one for one in players if not gone(one)]).items():
            player = next(one for one in players if one.name == name)
            if pay < 0 and not player.out:
                player.out = "waived"
            player.dues[number] = max(pay, 0)
        pending = [one for one in players if not one.out and one.dues[number]]
        for one in pending:
            one.out = fate(one.name)
        missed = slow + [one for one in pending if one.out == "failed"]
        slow = [one for one in pending if one.out == "slow"]
        if not missed or number == max_rounds:
            missed, slow = missed + slow, []
        for one in missed:
            one.out = "failed"
        if not missed:
            break
    verified = [one for one in players if one.out == "verified"]
    pays = due_pays(rule, escrow, baseline, [Player(one.name, one.score) for one in verified])
    failed = {one.name for one in players if one.out == "failed"}
    compensations, burnt = _forfeits(rule, escrow, baseline, stake * len(failed), players, pays)
    waived = {one.name for one in players if one.out == "waived"}
    return Result(pays, failed, waived, compensations, burnt)


def gone(player: Player) -> bool:
    return player.out in ("failed", "waived")


def _forfeits(
    rule: FixedRule | MarketRule,
    escrow: int,
    baseline: int,
    pool: int,
    players: Sequence[Player],
    pays: dict[str, int],
) -> tuple[dict[str, int], int]:
    others = [one for one in players if one.out != "failed"]
    undisturbed = due_pays(rule, escrow, baseline, [Player(one.name, one.score) for one in others])
    losses = {one.name: max(0, undisturbed[one.name] - one.dues.get(1, 0)) for one in others}
    burnt = min(pool, sum(loss for name, loss in losses.items() if name not in pays))
    total, paid = sum(losses[name] for name in pays), sum(pays.values())
    first = min(pool - burnt, total)
    received = {name: floor(Fraction(first * losses[name], total)) if total else 0 for name in pays}
    rest = pool - sum(received.values()) - burnt
    if not pays:
        return {}, pool
    shares = {name: floor(Fraction(rest * pay, paid)) for name, pay in pays.items()}
    leader = next(name for name, pay in pays.items() if pay)
    shares[leader] += rest - sum(shares.values())
    return {name: received[name] + shares[name] for name in pays}, burnt
