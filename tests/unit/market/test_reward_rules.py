"""The reward rules on cases worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from deml.base.errors import DemlError
from deml.base.terms import FixedRule, MarketRule, Rule, UnknownRule
from deml.base.types import Amount, Score
from deml.market import Bid, Offer, check_rule, final_pays, needs_stake, offers, share_forfeits

MARKET = MarketRule(Score(900_000), grid=10_000)
FIXED = FixedRule(Amount(300), threshold=20_000)
ESCROW, BASELINE = Amount(1_000), Score(500_000)


def pays(rule: Rule, *bids: int | tuple[int, int]) -> list[int | str]:
    made = offers(
        rule, ESCROW, BASELINE, [Bid(Score(b)) if isinstance(b, int) else Bid(Score(b[0]), Amount(b[1])) for b in bids]
    )
    return ["waived" if one.waived else one.pay for one in made]


@pytest.mark.parametrize(
    ("bids", "expected"),
    [
        ((700_000,), [500]),
        ((900_000,), [1_000]),
        ((2_000_000,), [1_000]),
        ((500_000,), [0]),
        ((100_000,), [0]),
        ((509_999,), [0]),
        ((510_000,), [25]),
        ((519_999,), [25]),
        ((899_999,), [975]),
        ((600_000, 700_000, 650_000, 900_000), [250, 250, 0, 500]),
        ((900_000, 900_000), [1_000, 0]),
        (((700_000, 501), 600_000), ["waived", 250]),
        (((700_000, 500), 600_000), [500, 0]),
        ((600_000, (700_000, 251), 700_000), [250, "waived", 250]),
        (((500_000, 1),), [0]),
        ((), []),
    ],
)
def test_market_pays_what_a_model_adds(bids: tuple[Any, ...], expected: list[int | str]) -> None:
    assert pays(MARKET, *bids) == expected


def test_market_counts_the_target_in_full_where_the_grid_does_not_divide_the_distance() -> None:
    rule = MarketRule(Score(500_010), grid=7)
    assert pays(rule, 500_006, 500_007, 500_009, 500_010) == [0, 700, 0, 300]


def test_market_works_below_zero() -> None:
    rule = MarketRule(Score(-100), grid=1)
    made = offers(rule, Amount(900), Score(-1_000), [Bid(Score(-700)), Bid(Score(-100)), Bid(Score(5))])
    assert [one.pay for one in made] == [300, 600, 0]


@pytest.mark.parametrize(
    ("bids", "expected"),
    [
        ((520_000, 519_999, 520_000, 900_000, 900_000), [300, 0, 300, 300, 0]),
        (((900_000, 301), 600_000), [0, 300]),
        (((900_000, 300), 600_000), [300, 300]),
        ((), []),
    ],
)
def test_fixed_pays_the_first_that_pass(bids: tuple[Any, ...], expected: list[int]) -> None:
    assert pays(FIXED, *bids) == expected


def test_final_pay_asks_for_no_minimum() -> None:
    scores = [Score(600_000), Score(900_000)]
    assert final_pays(MARKET, ESCROW, BASELINE, scores) == (250, 750)
    assert final_pays(FIXED, ESCROW, BASELINE, scores) == (300, 300)
    assert offers(MARKET, ESCROW, BASELINE, [Bid(Score(900_000), Amount(1_001))]) == (Offer(waived=True),)


@pytest.mark.parametrize(
    ("rule", "code", "values"),
    [
        (UnknownRule("shapley", b""), "UNKNOWN_REWARD_RULE", {"kind": "shapley"}),
        (FixedRule(Amount(0), 1), "REWARD_TOO_SMALL", {"reward": 0, "threshold": 1}),
        (FixedRule(Amount(1), 0), "REWARD_TOO_SMALL", {"reward": 1, "threshold": 0}),
        (FixedRule(Amount(1_001), 1), "ESCROW_BELOW_REWARD", {"escrow": 1_000, "reward": 1_001}),
        (MarketRule(BASELINE, 1), "TARGET_NOT_ABOVE_BASELINE", {"target": 500_000, "baseline": 500_000}),
        (MarketRule(Score(-1), 1), "TARGET_NOT_ABOVE_BASELINE", {"target": -1, "baseline": 500_000}),
        (MarketRule(Score(500_010), 0), "GRID_OUT_OF_RANGE", {"grid": 0, "distance": 10}),
        (MarketRule(Score(500_010), 11), "GRID_OUT_OF_RANGE", {"grid": 11, "distance": 10}),
    ],
)
def test_rules_that_cannot_work_are_refused(rule: Rule, code: str, values: dict[str, Any]) -> None:
    with pytest.raises(DemlError) as caught:
        check_rule(rule, ESCROW, BASELINE)
    assert caught.value.code() == code
    assert caught.value.values == values


@pytest.mark.parametrize(
    "rule",
    [FixedRule(ESCROW, 1), FixedRule(Amount(1), 1), MarketRule(Score(500_001), 1), MarketRule(Score(900_000), 400_000)],
)
def test_rules_at_their_limits_are_taken(rule: Rule) -> None:
    check_rule(rule, ESCROW, BASELINE)


@pytest.mark.parametrize(
    ("rule", "cap", "needed"),
    [(FIXED, 3, False), (FIXED, 4, True), (FIXED, 1, False), (MARKET, 1, True), (MARKET, 128, True)],
)
def test_rivalry_needs_a_stake(rule: Rule, cap: int, needed: bool) -> None:
    assert needs_stake(rule, ESCROW, cap) is needed


@pytest.mark.parametrize(
    ("pool", "losses", "unproven", "pays", "compensations", "burnt"),
    [
        (100, (), 0, (), (), 100),
        (100, (), 70, (), (), 100),
        (100, (0,), 0, (5,), (100,), 0),
        (100, (0, 0), 0, (1, 2), (34, 66), 0),
        (100, (0, 0), 0, (0, 7), (0, 100), 0),
        (100, (60, 0), 0, (10, 30), (70, 30), 0),
        (100, (300, 100), 0, (10, 30), (75, 25), 0),
        (100, (0,), 100, (5,), (0,), 100),
        (100, (0,), 40, (5,), (60,), 40),
        (100, (150,), 150, (5,), (0,), 100),
        (200, (150,), 150, (5,), (50,), 150),
        (400, (150,), 150, (5,), (250,), 150),
        (401, (100, 50), 100, (1, 1), (176, 125), 100),
        (0, (10,), 0, (5,), (0,), 0),
    ],
)
def test_what_nobody_proves_is_burnt_first_then_losses_are_made_good_then_the_paid_share(
    pool: int, losses: tuple[int, ...], unproven: int, pays: tuple[int, ...], compensations: tuple[int, ...], burnt: int
) -> None:
    amounts = [Amount(one) for one in losses], Amount(unproven), [Amount(one) for one in pays]
    shares = share_forfeits(Amount(pool), *amounts)
    assert (shares.compensations, shares.burnt) == (compensations, burnt)
