"""All that the dapp remembers."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import NamedTuple

from deml.base.inputs import Slot
from deml.base.limits import MAX_ENDED_JOBS
from deml.base.types import Address, JobId, Timestamp
from deml.core.job import Job
from deml.core.overlay import Overlay
from deml.ledger import Balances
from deml.scoring import Holdout


class BufferKey(NamedTuple):
    """A buffer belongs to one sender and one slot of one job."""

    job_id: JobId
    owner: Address
    slot: Slot


@dataclass(frozen=True, slots=True)
class Buffer:
    """Chunks uploaded so far; `size` is their length in bytes."""

    chunks: tuple[bytes, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the dapp has come: inputs accepted, the last one's time and place, jobs created."""

    accepted: int
    as_of: Timestamp
    chain_id: int
    app: Address
    jobs: int


class State:
    """Jobs, balances, upload buffers and open holdouts.

    A `fork` reads through to its origin and holds back what is written to it until `merge`; handlers only ever see a
    fork, so an input that fails halfway leaves no trace.
    """

    __slots__ = ("balances", "buffers", "holdouts", "jobs", "progress")

    def __init__(self) -> None:
        self.jobs: MutableMapping[JobId, Job] = {}
        self.balances: Balances = {}
        self.buffers: MutableMapping[BufferKey, Buffer] = {}
        self.holdouts: MutableMapping[JobId, Holdout] = {}
        self.progress = Progress(accepted=0, as_of=Timestamp(0), chain_id=0, app=Address(""), jobs=0)

    def reserved_bytes(self) -> int:
        """Memory that all jobs still running may come to need."""
        return sum(job.reserved_bytes for job in self.jobs.values() if job.outcome is None)

    def forget(self, job_id: JobId) -> None:
        """Drop the bytes of a job that ends, and the oldest record of an ended job beyond `MAX_ENDED_JOBS`."""
        self.holdouts.pop(job_id, None)
        for key in [key for key in self.buffers if key.job_id == job_id]:
            del self.buffers[key]
        ended = [job.id for job in self.jobs.values() if job.outcome is not None]
        if len(ended) >= MAX_ENDED_JOBS:
            del self.jobs[min(ended)]

    def fork(self) -> Fork:
        """Begin a set of changes that take effect together or not at all."""
        return Fork(self)


class Fork(State):
    """Changes to a state that have not taken effect."""

    __slots__ = ("_origin", "_overlays")

    def __init__(self, origin: State) -> None:
        jobs, balances = Overlay(origin.jobs), Overlay(origin.balances)
        buffers, holdouts = Overlay(origin.buffers), Overlay(origin.holdouts)
        self.jobs, self.balances, self.buffers, self.holdouts = jobs, balances, buffers, holdouts
        self.progress = origin.progress
        self._origin = origin
        self._overlays = (jobs, balances, buffers, holdouts)

    def merge(self) -> None:
        """Let all changes take effect."""
        for overlay in self._overlays:
            overlay.apply()
        self._origin.progress = self.progress
