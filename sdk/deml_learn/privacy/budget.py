"""What a client is willing to give away, and what training gave away."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Final

from deml_learn.privacy.errors import BadPrivacy, DeltaTooLarge
from deml_sdk.files.model_texts import Promise

LEAST_EPSILON: Final = 0.01
"""Below this, nothing can be learnt from any data that fits a job."""

DEFAULT_CLIP: Final = 1.0
"""Longest gradient of one row: about what a standardised row gives near the end of training."""

DEFAULT_SAMPLING_RATE: Final = 1 / 3
"""Many rows in few steps: noise is added once a step."""

LEAST_SAMPLING_RATE: Final = 1e-4
"""Smaller ones make passes of more steps than anybody waits for."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What may be given away at most.

    With probability 1 - `delta`, what anybody concludes from the model changes by no more than a factor e to the
    `epsilon` through any one row being in the data or not: neighbouring data sets are those that differ by one row
    added or left out. To exchange a row for another is two such changes.

    `clip` is the norm that each row's gradient is cut to, `sampling_rate` the chance of a row to take part in a step.
    An infinite epsilon clips and adds no noise; it is for measurements, and no training of a job takes it.

    Raises
    ------
    BadPrivacy
    """

    epsilon: float
    delta: float
    clip: float = DEFAULT_CLIP
    sampling_rate: float = DEFAULT_SAMPLING_RATE

    def __post_init__(self) -> None:
        if not self.epsilon >= LEAST_EPSILON:
            raise BadPrivacy("epsilon", self.epsilon, f"at least {LEAST_EPSILON:g}")
        if not 0 < self.delta < 1:
            raise BadPrivacy("delta", self.delta, "greater than 0 and less than 1")
        if not (self.clip > 0 and isfinite(self.clip)):
            raise BadPrivacy("clip", self.clip, "greater than 0, and finite")
        if not LEAST_SAMPLING_RATE <= self.sampling_rate <= 1:
            raise BadPrivacy("sampling rate", self.sampling_rate, f"from {LEAST_SAMPLING_RATE:g} to 1")

    @property
    def steps_an_epoch(self) -> int:
        """Steps in which each row takes part once on average."""
        return round(1 / self.sampling_rate)

    def check_rows(self, rows: int) -> None:
        """Refuse a delta that is no protection for so few or so many rows.

        Raises
        ------
        DeltaTooLarge
        """
        if self.delta * rows >= 1:
            raise DeltaTooLarge(self.delta, rows)


@dataclass(frozen=True, slots=True)
class Spent:
    """What was given away: `epsilon` at `delta`, for any one row added or left out.

    `noise_multiplier` is the noise's standard deviation in units of the clipping norm, `sampling_rate` the chance of
    a row to take part in a step. None of it depends on the rows or on how many there are.
    """

    epsilon: float
    delta: float
    noise_multiplier: float
    steps: int
    sampling_rate: float
    accountant: str


def claim(privacy: Privacy, accountant: str) -> dict[str, str]:
    """Texts for a model file: what was promised, for which neighbours and by whom counted."""
    return Promise(privacy.epsilon, privacy.delta, accountant).texts
