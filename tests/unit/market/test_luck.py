"""What luck is taken to explain: vectors worked out elsewhere, the odds behind the bars, and the rule's own bounds."""

from __future__ import annotations

from fractions import Fraction
from math import comb, isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.gain import Gain, Scale
from deml.base.limits import MAX_CONFIDENCE, MAX_PARTICIPANTS, PPM
from deml.base.types import Score
from deml.market import check_rows_for, credited_gain, credited_score, least_gain, luck_bar
from deml.market.errors import TooFewRowsForTarget
from deml.market.luck import ODDS
from tests.support.vectors import load

HITS = Scale(most=1, whole=1)


def credited(total: int, squares: int, rows: int, most: int, unit: int, bar: int) -> int:
    return credited_gain(Gain(total, squares, Scale(most, rows * unit)), bar)


FIELDS = ("total", "squares", "rows", "most", "unit", "bar")


@pytest.mark.parametrize("case", load("luck.json"), ids=lambda case: case["name"])
def test_vectors(case: dict[str, str]) -> None:
    assert credited(*(int(case[name]) for name in FIELDS)) == int(case["credited"])


def chance_of_luck(bar: int, coins: int) -> Fraction:
    """Chance that so many fair coins show sqrt(bar x coins) more heads than tails, exactly."""
    lead = isqrt(bar * coins - 1) + 1
    heads = -(-(coins + lead) // 2)
    return Fraction(sum(comb(coins, one) for one in range(heads, coins + 1)), 2**coins)


@pytest.mark.parametrize("bar", range(1, len(ODDS) + 1))
def test_the_odds_are_those_of_fair_coins_however_many(bar: int) -> None:
    """Exactly for up to 250 coins, the luckiest number among them: more come ever nearer to the normal tail."""
    luckiest = max(chance_of_luck(bar, coins) for coins in range(1, 251))
    assert ODDS[bar - 1] == int(1 / luckiest)


@pytest.mark.parametrize(
    ("participants", "confidence", "bar"),
    [
        (1, 950_000, 8),
        (8, 950_000, 8),
        (10, 950_000, 8),
        (12, 950_000, 8),
        (13, 950_000, 9),
        (128, 950_000, 12),
        (8, 900_000, 7),
        (8, 990_000, 10),
        (128, 990_000, 15),
        (128, 999_000, 19),
        (1, 500_000, 4),
    ],
)
def test_the_bar_follows_from_how_many_may_draw(participants: int, confidence: int, bar: int) -> None:
    assert luck_bar(participants, confidence) == bar


def test_no_bar_is_made_up() -> None:
    luck_bar(MAX_PARTICIPANTS, MAX_CONFIDENCE)
    with pytest.raises(ValueError, match="999999"):
        luck_bar(MAX_PARTICIPANTS, 999_999)


GAINS = st.lists(st.integers(-1_000, 1_000), min_size=1, max_size=60)
BARS = st.integers(1, len(ODDS))


def gain_of(rows: list[int], unit: int = 1_000) -> Gain:
    return Gain(sum(rows), sum(one * one for one in rows), Scale(1_000, unit * len(rows)))


@given(GAINS, BARS)
def test_what_is_credited_is_the_root_rounded_down(rows: list[int], bar: int) -> None:
    made, gain = credited_gain(gain_of(rows), bar), gain_of(rows)
    left = Fraction(gain.total**2) - bar * max(Fraction(gain.squares), Fraction(1_000 * gain.total, 2))
    squared = left / gain.scale.whole**2 * PPM**2
    if gain.total <= 0 or left <= 0:
        assert made == 0
    else:
        assert made**2 <= squared < (made + 1) ** 2


@given(GAINS, BARS, st.integers(-2_000_000, 2_000_000), st.integers(-2_000_000, 2_000_000))
def test_never_more_than_the_gain_is_credited(rows: list[int], bar: int, baseline: int, score: int) -> None:
    gain = gain_of(rows)
    assert credited_gain(gain, bar) <= max(0, PPM * gain.total // gain.scale.whole)
    made = credited_score(Score(baseline), Score(score), gain, bar)
    assert made <= score
    assert made == baseline + min(score - baseline, credited_gain(gain, bar))


@given(GAINS, BARS)
def test_a_higher_bar_never_credits_more(rows: list[int], bar: int) -> None:
    gain = gain_of(rows)
    assert credited_gain(gain, bar + 1) <= credited_gain(gain, bar)


@given(GAINS, GAINS, BARS)
def test_doubling_every_row_is_not_evidence_without_end(rows: list[int], more: list[int], bar: int) -> None:
    """Rows without any gain lower what is credited, by exactly their part in the rows."""
    gain, padded = gain_of(rows), gain_of([*rows, *(0 for _ in more)])
    assert credited_gain(padded, bar) <= credited_gain(gain, bar)


@given(st.integers(1, len(ODDS)), st.integers(1, 10_000))
def test_below_the_least_gain_nothing_is_credited(bar: int, rows: int) -> None:
    """With a model that is never worse: its gains are all hits."""
    hits = min(rows, least_gain(bar, rows, HITS) * rows // PPM)
    for count in (hits - 1, hits, hits + 1):
        if 0 <= count <= rows:
            assert (credited(count, count, rows, 1, 1, bar) > 0) == (count > bar)


@pytest.mark.parametrize(("rows", "points"), [(114, 70_176), (500, 16_000), (1_000, 8_000), (10_000, 800)])
def test_the_least_gain_in_accuracy(rows: int, points: int) -> None:
    assert least_gain(8, rows, HITS) == points


def test_a_target_that_could_be_luck_is_refused() -> None:
    check_rows_for(80_000, 8, 100, HITS)
    check_rows_for(20_000, 8, 100, Scale(most=1, whole=4))
    for distance, rows, a_row, needed in ((79_999, 100, HITS, 101), (320_000, 99, Scale(4, 1), 100)):
        with pytest.raises(TooFewRowsForTarget) as caught:
            check_rows_for(distance, 8, rows, a_row)
        assert caught.value.values == {"distance": distance, "rows": rows, "needed": needed}
