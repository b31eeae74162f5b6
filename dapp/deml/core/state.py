"""All that the dapp remembers."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from deml.base.inputs import Slot
from deml.base.types import EPOCH, NOWHERE, Address, JobId, Timestamp
from deml.core.job import JobState
from deml.core.overlay import Overlay
from deml.ledger import Balances
from deml.scoring import BUDGET, Budget, Holdout, Model, Qualities, Scoring, Sums

PARTS: Final = (
    *("jobs", "balances", "buffers", "holdouts", "initials", "scorings", "verified", "averages"),
    *("used", "records", "places", "days"),
)
"""The mappings that a state consists of."""


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


class HoldoutKey(NamedTuple):
    """Who has committed to a holdout, and how."""

    sponsor: Address
    commitment: bytes


class Place(NamedTuple):
    """Where an open job is on its day's list: between which others."""

    day: int
    before: JobId | None
    after: JobId | None


@dataclass(frozen=True, slots=True)
class Initial:
    """A job's initial model, and what each row of its holdout is worth by it; None where nobody will ask."""

    model: Model
    qualities: Qualities | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the dapp has come: inputs accepted, the last one's time and place, jobs created; and what is counted.

    `open_jobs` have reserved `reserved_bytes` between them. The records of ended jobs are numbered in the order in
    which they ended: from `first_record` on up to `records` they are still there, and take `record_bytes`. No job is on
    the list of a day before `first_day`.
    """

    accepted: int = 0
    as_of: Timestamp = EPOCH
    chain_id: int = 0
    app: Address = NOWHERE
    jobs: int = 0
    open_jobs: int = 0
    reserved_bytes: int = 0
    first_record: int = 0
    records: int = 0
    record_bytes: int = 0
    first_day: int = 0


class State:
    """All that the dapp remembers.

    Jobs, balances, upload buffers, opened holdouts with their jobs' initial models, and models being scored; the files
    of verified models that are to be averaged, and averages in the making; which holdouts serve a job, or were opened;
    which job's record is the oldest; which jobs are on which day's list. The last three are found without a look at all
    jobs, so that no input costs more the more of them there are.

    `budget` is what one input may cost; it never changes.

    A `fork` reads through to its origin and holds back what is written to it until `merge`; handlers only ever see a
    fork, so an input that fails halfway leaves no trace.
    """

    __slots__ = (*PARTS, "budget", "progress")

    def __init__(self, budget: Budget = BUDGET) -> None:
        self.budget = budget
        self.jobs: MutableMapping[JobId, JobState] = {}
        self.balances: Balances = {}
        self.buffers: MutableMapping[BufferKey, Buffer] = {}
        self.holdouts: MutableMapping[JobId, Holdout] = {}
        self.initials: MutableMapping[JobId, Initial] = {}
        self.scorings: MutableMapping[ScoringKey, Scoring] = {}
        self.verified: MutableMapping[ScoringKey, bytes] = {}
        self.averages: MutableMapping[JobId, Sums | Scoring] = {}
        self.used: MutableMapping[HoldoutKey, JobId] = {}
        self.records: MutableMapping[int, JobId] = {}
        self.places: MutableMapping[JobId, Place] = {}
        self.days: MutableMapping[int, JobId] = {}
        self.progress = Progress()

    def fork(self) -> Fork:
        """Begin a set of changes that take effect together or not at all."""
        return Fork(self)


class Fork(State):
    """Changes to a state that have not taken effect."""

    __slots__ = ("_origin",)

    def __init__(self, origin: State) -> None:
        for part in PARTS:
            setattr(self, part, Overlay(getattr(origin, part)))
        self.budget, self.progress = origin.budget, origin.progress
        self._origin = origin

    def merge(self) -> None:
        """Let all changes take effect."""
        for part in PARTS:
            getattr(self, part).apply()
        self._origin.progress = self.progress
