"""What holds for the reward rules whatever is declared, and a comparison with a second implementation."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from deml.base.terms import FixedRule, MarketRule
from deml.base.types import Amount, Score
from deml.market import Bid, final_pays, offers, share_forfeits
from tests.support import naive
from tests.support.scale import SCALE

SCORES = st.integers(-50, 150)
MINIMA = st.one_of(st.just(0), st.integers(0, 400))
BIDS = st.lists(st.builds(lambda s, m: Bid(Score(s), Amount(m)), SCORES, MINIMA), max_size=9)
BASELINE = Score(0)
ESCROWS = st.one_of(st.integers(1, 400), st.integers(1, 2**128 - 1)).map(Amount)


@st.composite
def markets(draw: st.DrawFn) -> MarketRule:
    target = draw(st.integers(1, 120))
    return MarketRule(Score(target), draw(st.integers(1, target)))


@st.composite
def fixed_with_escrow(draw: st.DrawFn) -> tuple[FixedRule, Amount]:
    reward = draw(st.integers(1, 400))
    return FixedRule(Amount(reward), draw(st.integers(1, 120))), Amount(
        reward * draw(st.integers(1, 6)) + draw(st.integers(0, reward - 1))
    )


any_rule = st.one_of(st.tuples(markets(), ESCROWS), fixed_with_escrow())


@settings(max_examples=250 * SCALE)
@given(any_rule, BIDS)
def test_equal_to_a_naive_implementation(rule: tuple[MarketRule | FixedRule, Amount], bids: list[Bid]) -> None:
    players = [naive.Player(str(index), bid.score, bid.min_pay) for index, bid in enumerate(bids)]
    expected = naive.due_pays(*rule, BASELINE, players)
    made = offers(*rule, BASELINE, bids)
    assert {str(index): -1 if one.waived else one.pay for index, one in enumerate(made)} == expected


@given(any_rule, BIDS)
def test_pays_sum_to_at_most_the_escrow(rule: tuple[MarketRule | FixedRule, Amount], bids: list[Bid]) -> None:
    made = offers(*rule, BASELINE, bids)
    assert len(made) == len(bids)
    assert 0 <= sum(one.pay for one in made) <= rule[1]
    assert all(one.pay >= 0 and not (one.pay and one.waived) for one in made)
    assert all(not one.pay or one.pay >= bid.min_pay for one, bid in zip(made, bids, strict=True))


@settings(max_examples=200 * SCALE)
@given(any_rule, BIDS, st.data())
def test_taking_one_out_never_lowers_the_pay_of_another(
    rule: tuple[MarketRule | FixedRule, Amount], bids: list[Bid], data: st.DataObject
) -> None:
    """Waivers are final, so those waived with all present are no longer there when one is taken out."""
    before = offers(*rule, BASELINE, bids)
    kept = [index for index, offer in enumerate(before) if not offer.waived]
    if not kept:
        return
    gone = data.draw(st.sampled_from(kept))
    rest = [index for index in kept if index != gone]
    after = offers(*rule, BASELINE, [bids[index] for index in rest])
    for index, offer in zip(rest, after, strict=True):
        assert offer.pay >= before[index].pay
        assert not (before[index].pay and offer.waived)


@given(any_rule, BIDS)
def test_computing_again_without_the_waived_changes_nothing(
    rule: tuple[MarketRule | FixedRule, Amount], bids: list[Bid]
) -> None:
    before = offers(*rule, BASELINE, bids)
    kept = [index for index, offer in enumerate(before) if not offer.waived]
    after = offers(*rule, BASELINE, [bids[index] for index in kept])
    assert [one.pay for one in after] == [before[index].pay for index in kept]
    assert not any(one.waived for one in after)


@given(any_rule, BIDS)
def test_final_pay_covers_what_was_due(rule: tuple[MarketRule | FixedRule, Amount], bids: list[Bid]) -> None:
    dues = offers(*rule, BASELINE, bids)
    due = [index for index, one in enumerate(dues) if one.pay]
    final = final_pays(*rule, BASELINE, [bids[index].score for index in due])
    assert all(pay >= dues[index].pay for index, pay in zip(due, final, strict=True))
    assert sum(final) <= rule[1]


@given(markets(), ESCROWS, BIDS, st.data())
def test_a_copy_earns_nothing_and_costs_nobody(
    rule: MarketRule, escrow: Amount, bids: list[Bid], data: st.DataObject
) -> None:
    if not bids:
        return
    at = data.draw(st.integers(0, len(bids) - 1))
    original = Bid(bids[at].score)
    bids[at] = original
    place = data.draw(st.integers(at + 1, len(bids)))
    copied = [*bids[:place], Bid(original.score), *bids[place:]]
    before, after = offers(rule, escrow, BASELINE, bids), offers(rule, escrow, BASELINE, copied)
    assert after[place].pay == 0
    assert [one.pay for one in (*after[:place], *after[place + 1 :])] == [one.pay for one in before]


@given(markets(), ESCROWS, st.lists(SCORES, max_size=6), st.lists(SCORES, min_size=1, max_size=6))
def test_a_split_earns_what_one_account_earns(
    rule: MarketRule, escrow: Amount, rivals: list[int], ladder: list[int]
) -> None:
    """Several accounts that rise to one's best model in steps earn together exactly what that model earns alone."""
    others = [Bid(Score(score)) for score in rivals]
    split = offers(rule, escrow, BASELINE, [*others, *(Bid(Score(score)) for score in ladder)])
    alone = offers(rule, escrow, BASELINE, [*others, Bid(Score(max(ladder)))])
    assert sum(one.pay for one in split[len(others) :]) == alone[-1].pay


@given(
    st.integers(0, 2**128),
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=6),
    st.integers(0, 500),
)
def test_forfeits_are_shared_out_to_the_last_unit(pool: int, verified: list[tuple[int, int]], unproven: int) -> None:
    losses, pays = [Amount(loss) for loss, _ in verified], [Amount(pay) for _, pay in verified]
    shares = share_forfeits(Amount(pool), losses, Amount(unproven), pays)
    assert len(shares.compensations) == len(verified)
    assert sum(shares.compensations) + shares.burnt == pool
    assert all(one >= 0 for one in (*shares.compensations, shares.burnt))
    assert shares.burnt >= min(pool, unproven) - sum(losses)
    if sum(pays) == 0:
        assert all(one <= loss for one, loss in zip(shares.compensations, losses, strict=True))
    elif unproven == 0:
        assert shares.burnt == 0
