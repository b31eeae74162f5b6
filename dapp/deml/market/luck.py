"""What luck cannot explain of a gain: the part of a score that is paid.

A score on n rows is a sample. A sender of many models can commit to as many lucky variations of the initial one
and declare the best. So the luck that so many draws could have had is taken off each gain, in quadrature: gains that
luck could explain count nothing, large ones hardly lose. Integers only, of each model's own rows alone, so that a
client knows it at home. ADR 33 says why it is this rule, and that terms cannot ask for it yet.
"""

from __future__ import annotations

from math import isqrt
from typing import Final

from deml.base.gain import Gain, Scale
from deml.base.limits import PPM
from deml.base.types import Score
from deml.market.errors import TooFewRowsForTarget

LEAST_ACCOUNTS: Final = 8
"""As many draws are guarded against however few clients a job takes: one person may have tried out several models on
rows of its own before it commits."""

ODDS: Final = (
    *(2, 4, 8, 16, 32, 64, 128, 256, 478, 900, 1_587, 2_788, 4_883, 8_530),
    *(14_868, 25_477, 43_917, 75_097, 128_236, 218_708),
)
"""`ODDS[L - 1]`: one draw in so many, at most, is as lucky as the bar L. The number of fair coins is up to luck, too:
1 over the largest chance, whatever c is, that c coins show sqrt(L c) more heads than tails. Rounded down."""


def luck_bar(max_participants: int, confidence: int) -> int:
    """Bar L that the luckiest of a job's clients passes with a chance of at most 1 - `confidence`.

    Parameters
    ----------
    max_participants
        How many clients the job takes.
    confidence
        In ppm; below 1,000,000.

    Raises
    ------
    ValueError
        If no bar is known that is so high; it is for all that terms may ask for.
    """
    draws = max(max_participants, LEAST_ACCOUNTS)
    for number, odds in enumerate(ODDS, start=1):
        if odds * (PPM - confidence) >= draws * PPM:
            return number
    raise ValueError(f"no bar is known for {draws} draws and a confidence of {confidence} ppm")


def credited_gain(gain: Gain, bar: int) -> int:
    """Part of a gain that luck cannot explain, in ppm; never negative.

    ``sqrt(S^2 - L max(Q, m S / 2)) / W``, rounded down, with S and Q the sums of the gains and of their squares, m the
    most that a row can count and W what makes a score of 1; 0 where S is not positive or the root's argument is not.
    The sum of squares is not centred, so on hits and misses this is the exact sign test (McNemar's); the other term
    stands for the rare large losses that so few rows have not shown yet.
    """
    if gain.total <= 0:
        return 0
    left = 2 * gain.total**2 - bar * max(2 * gain.squares, gain.scale.most * gain.total)
    return isqrt(PPM**2 * left // (2 * gain.scale.whole**2)) if left > 0 else 0


def credited_score(baseline: Score, score: Score, gain: Gain, bar: int) -> Score:
    """Score that counts for pay: the baseline and what is credited of the gain, which is never more than the gain."""
    return Score(baseline + min(score - baseline, credited_gain(gain, bar)))


def least_gain(bar: int, rows: int, a_row: Scale) -> int:
    """Least gain, in ppm rounded up, of which anything is credited, even where the model is never the worse one.

    Parameters
    ----------
    a_row
        The most that a row can count, and what makes a score of 1 on one row.
    """
    return -(-PPM * bar * a_row.most // (rows * a_row.whole))


def check_rows_for(distance: int, bar: int, rows: int, a_row: Scale) -> None:
    """Refuse a job in which an improvement of `distance` ppm could be luck on so few rows, however it comes about.

    Raises
    ------
    TooFewRowsForTarget
    """
    if distance * rows * a_row.whole < PPM * bar * a_row.most:
        needed = -(-PPM * bar * a_row.most // (distance * a_row.whole))
        raise TooFewRowsForTarget(distance, rows, needed)
