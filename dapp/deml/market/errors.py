"""What can be wrong with a reward rule."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError
from deml.base.types import Amount, Score


@dataclass(eq=False)
class UnknownRewardRule(DemlError):
    kind: str
    what = "There is no reward rule called '{kind}'."


@dataclass(eq=False)
class RewardTooSmall(DemlError):
    reward: Amount
    threshold: int
    what = "A fixed reward of {reward} for {threshold} ppm of improvement: both must be at least 1."


@dataclass(eq=False)
class EscrowBelowReward(DemlError):
    escrow: Amount
    reward: Amount
    what = "The escrow of {escrow} does not pay one reward of {reward}."


@dataclass(eq=False)
class TargetNotAboveBaseline(DemlError):
    target: Score
    baseline: Score
    what = "The target score {target} is not above the baseline {baseline}."


@dataclass(eq=False)
class GridOutOfRange(DemlError):
    grid: int
    distance: int
    what = "The grid is {grid} ppm; it must lie between 1 and the {distance} ppm from baseline to target."


@dataclass(eq=False)
class TooFewRowsForTarget(DemlError):
    distance: int
    rows: int
    needed: int
    what = "An improvement of {distance} ppm, which would earn everything, could be luck on {rows} rows."
