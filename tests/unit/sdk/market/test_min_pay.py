"""The least pay: both bounds are what the rule itself says, and nothing is chosen silently."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.terms import FixedRule, MarketRule
from deml.base.types import Amount, Score
from deml.market import Bid, offers
from deml_sdk.market.due.min_pay import bounds_of, chosen
from deml_sdk.market.errors import MinPayNotChosen
from tests.unit.sdk.market.test_planner import TERMS, job, participant

JOB = job(participant(), revealed=True)
BASELINE = 500_000


@pytest.mark.parametrize(
    ("credited", "most", "proposed", "shaved"),
    [
        (500_999, 0, 0, 0),
        (700_000, 500, 50, 3),
        (700_321, 500, 50, 3),
        (900_000, 1_000, 100, 3),
        (10**6, 1_000, 100, 3),
    ],
)
def test_both_bounds_of_a_model(credited: int, most: int, proposed: int, shaved: int):
    found = bounds_of(JOB, Score(credited))
    assert (found.most, found.proposed, found.shaved) == (most, proposed, shaved)
    assert (found.stake, found.rounds) == (TERMS.stake, TERMS.max_rounds)


@given(
    credited=st.integers(BASELINE + 1, 1_000_000),
    rivals=st.lists(st.integers(BASELINE, 1_000_000), max_size=4),
    grid=st.integers(1, 50_000),
)
def test_no_models_before_it_that_leave_it_anything_leave_it_less_than_is_said(
    credited: int, rivals: list[int], grid: int
):
    made = job(participant(), revealed=True, terms=replace(TERMS, rule=MarketRule(Score(900_000), grid)))
    found = bounds_of(made, Score(credited))
    bids = [*(Bid(Score(one)) for one in rivals), Bid(Score(credited))]
    pay = offers(made.terms.rule, made.escrow, made.terms.baseline, bids)[-1].pay
    assert pay == 0 or found.shaved <= pay <= found.most


def test_both_sides_are_said_in_words():
    protects, costs = bounds_of(JOB, Score(700_000)).texts(lambda amount: f"<{amount}>")
    assert all(f"<{amount}>" in protects for amount in (3, 500, 50, TERMS.stake))
    assert "for good" in costs
    assert f"lose {TERMS.max_rounds} stake" in costs


def test_nothing_is_chosen_silently():
    with pytest.raises(MinPayNotChosen):
        chosen(JOB, None)
    assert [chosen(JOB, Amount(amount)) for amount in (0, 7)] == [0, 7]


def test_the_fixed_rule_leaves_nothing_to_choose():
    assert chosen(job(terms=replace(TERMS, rule=FixedRule(Amount(100), 10_000))), None) == 0
