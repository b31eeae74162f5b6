"""All that the dapp remembers."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import NamedTuple

from deml.base.inputs import Slot
from deml.base.limits import MAX_ENDED_BYTES, MAX_ENDED_JOBS
from deml.base.types import Address, JobId, Timestamp
from deml.core.job import Job
from deml.core.memory import record_bytes
from deml.core.overlay import Overlay
from deml.ledger import Balances
from deml.scoring import BUDGET, Budget, Holdout, Model, Scoring


class BufferKey(NamedTuple):
    """A buffer belongs to one sender and one slot of one job."""

    job_id: JobId
    owner: Address
    slot: Slot


class ScoringKey(NamedTuple):
    """Whose model is being scored, for which job; the sponsor's is the initial one."""

    job_id: JobId
    owner: Address


@dataclass(frozen=True, slots=True)
class Buffer:
    """What was uploaded so far: `chunks` of them, in pieces that are not too short; `size` is their length in bytes."""

    pieces: tuple[bytes, ...] = ()
    chunks: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the dapp has come: inputs accepted, the last one's time and place, jobs created."""

    accepted: int
    as_of: Timestamp
    chain_id: int
    app: Address
    jobs: int


class State:
    """Jobs, balances, upload buffers, opened holdouts with their jobs' initial models, and models being scored.

    `budget` is what one input may cost; it never changes.

    A `fork` reads through to its origin and holds back what is written to it until `merge`; handlers only ever see a
    fork, so an input that fails halfway leaves no trace.
    """

    __slots__ = ("balances", "budget", "buffers", "holdouts", "initials", "jobs", "progress", "scorings")

    def __init__(self, budget: Budget = BUDGET) -> None:
        self.budget = budget
        self.jobs: MutableMapping[JobId, Job] = {}
        self.balances: Balances = {}
        self.buffers: MutableMapping[BufferKey, Buffer] = {}
        self.holdouts: MutableMapping[JobId, Holdout] = {}
        self.initials: MutableMapping[JobId, Model] = {}
        self.scorings: MutableMapping[ScoringKey, Scoring] = {}
        self.progress = Progress(accepted=0, as_of=Timestamp(0), chain_id=0, app=Address(""), jobs=0)

    def reserved_bytes(self) -> int:
        """Memory that all jobs still running may come to need."""
        return sum(job.reserved_bytes for job in self.jobs.values() if job.outcome is None)

    def forget(self, job_id: JobId) -> None:
        """Drop the bytes of a job that ends, and the oldest records of ended ones until there is room for its own."""
        self.holdouts.pop(job_id, None)
        self.initials.pop(job_id, None)
        for buffer in [key for key in self.buffers if key.job_id == job_id]:
            del self.buffers[buffer]
        for scoring in [key for key in self.scorings if key.job_id == job_id]:
            del self.scorings[scoring]
        ended = sorted(job.id for job in self.jobs.values() if job.outcome is not None)
        taken = sum(record_bytes(self.jobs[one]) for one in (*ended, job_id))
        for count, oldest in zip(range(len(ended), 0, -1), ended, strict=True):
            if count < MAX_ENDED_JOBS and taken <= MAX_ENDED_BYTES:
                break
            taken -= record_bytes(self.jobs.pop(oldest))

    def fork(self) -> Fork:
        """Begin a set of changes that take effect together or not at all."""
        return Fork(self)


class Fork(State):
    """Changes to a state that have not taken effect."""

    __slots__ = ("_origin", "_overlays")

    def __init__(self, origin: State) -> None:
        jobs, balances = Overlay(origin.jobs), Overlay(origin.balances)
        buffers, holdouts = Overlay(origin.buffers), Overlay(origin.holdouts)
        initials, scorings = Overlay(origin.initials), Overlay(origin.scorings)
        self.jobs, self.balances, self.buffers = jobs, balances, buffers
        self.holdouts, self.initials, self.scorings = holdouts, initials, scorings
        self.budget, self.progress = origin.budget, origin.progress
        self._origin = origin
        self._overlays = (jobs, balances, buffers, holdouts, initials, scorings)

    def merge(self) -> None:
        """Let all changes take effect."""
        for overlay in self._overlays:
            overlay.apply()
        self._origin.progress = self.progress
