"""Which phase a job is in at a given time; what the dapp will say, without asking it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deml.base.states import Phase
from deml.base.terms import Terms
from deml.base.types import Timestamp
from deml_sdk.market.view import Job

LOOK_SECONDS: Final = 5.0
"""Pause between two looks of a watcher: less than half an Ethereum slot."""

MARGIN_SECONDS: Final = 60
"""Nothing that becomes public is sent later than this before the end of its window: five Ethereum slots, for a
transaction that arrives late is public and refused. In short windows: a quarter of the window."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Two blocks' timestamps: the latest's, and that of the latest which no re-org can undo."""

    finalised: Timestamp
    latest: Timestamp


@dataclass(frozen=True, slots=True)
class Window:
    """Seconds in which something is accepted; both ends are inclusive."""

    begin: Timestamp
    end: Timestamp

    @property
    def safe_end(self) -> Timestamp:
        """Latest time to send something into this window."""
        return Timestamp(self.end - min(MARGIN_SECONDS, (self.end - self.begin + 1) // 4))

    def is_open(self, clock: Clock) -> bool:
        """Whether to act now: the window has begun beyond doubt, and what is sent will arrive before its end."""
        return clock.finalised >= self.begin and clock.latest <= self.safe_end

    def is_over(self, clock: Clock) -> bool:
        """Whether it has ended beyond doubt."""
        return clock.finalised > self.end

    def is_missed(self, clock: Clock) -> bool:
        """Whether it is too late to send something into it."""
        return clock.latest > self.safe_end


def window(terms: Terms, phase: Phase) -> Window:
    """Return the window of one of the first three phases; the commit phase has no beginning but the job's own.

    Raises
    ------
    KeyError
        For the phases that have rounds, or no end.
    """
    ends = {
        Phase.COMMIT: (-1, terms.commit_until),
        Phase.REVEAL: (terms.commit_until, terms.holdout_until),
        Phase.DECLARE: (terms.holdout_until, terms.declare_until),
    }
    before, end = ends[phase]
    return Window(Timestamp(before + 1), end)


def round_until(terms: Terms, end: Timestamp) -> Window:
    """Return the window of the submission round that ends with `end`: it begins when its dues are fixed."""
    return Window(Timestamp(end - terms.window), end)


def phase_at(job: Job, now: Timestamp) -> Phase:
    """Phase of a job at `now`: over is a job that nobody has settled yet, and in which nothing can be sent any more."""
    if job.ended:
        return Phase.ENDED
    for phase in (Phase.COMMIT, Phase.REVEAL, Phase.DECLARE):
        if now <= window(job.terms, phase).end:
            return phase
    return Phase.OVER if _is_over(job, now) else Phase.SUBMIT


def phase_end(job: Job, now: Timestamp) -> Timestamp | None:
    """Last second of the phase, or submission round, that a job is in at `now`.

    None when time no longer matters: the job is over, or a round that only an input can begin.
    """
    phase = phase_at(job, now)
    if phase in (Phase.ENDED, Phase.OVER):
        return None
    if phase is Phase.SUBMIT:
        return job.round_until if job.round_until is not None and now <= job.round_until else None
    return window(job.terms, phase).end


def _is_over(job: Job, now: Timestamp) -> bool:
    if job.data_cid is None or not job.declared:
        return True
    return job.round_until is not None and now > job.round_until and job.round >= job.terms.max_rounds


def average_can_be_made(job: Job, now: Timestamp) -> bool:
    """Whether a job has an average that is not told yet, and can be at `now`."""
    return job.average is not None and job.average.score is None and now <= job.average.until
