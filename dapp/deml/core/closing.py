"""Opening and closing jobs: what is kept of them, how much room there is, and how room is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from deml.base.answers import Average
from deml.base.inputs import Metadata, Slot
from deml.base.limits import MAX_ENDED_BYTES, MAX_ENDED_JOBS, MAX_RESERVED_BYTES
from deml.base.outputs import Output
from deml.base.states import Ending, Standing
from deml.base.types import JobId, Timestamp
from deml.core import agenda
from deml.core.endings import end, ending_of
from deml.core.errors import CapacityReached
from deml.core.job import JobState
from deml.core.phases import enter, until
from deml.core.state import BufferKey, HoldoutKey, Initial, ScoringKey, State

Change = Callable[[State], Sequence[Output]]
"""What an input does to a state, and what it brings about; raises `DemlError`."""

MOST_PAID: Final = 160
"""Sponsors and clients of the jobs that one input may look at to make room: each may take a voucher, of about a million
cycles. The largest job fits."""


def open_job(state: State, job: JobState) -> None:
    """Begin to keep a new job.

    Raises
    ------
    CapacityReached
        If there is no room for it.
    """
    progress = state.progress
    state.progress = replace(progress, jobs=job.id, open_jobs=progress.open_jobs + 1)
    state.jobs[job.id] = job
    state.used[HoldoutKey(job.sponsor, job.terms.holdout_commitment)] = job.id
    if not progress.open_jobs:
        state.progress = replace(state.progress, first_day=job.terms.commit_until // agenda.DAY_SECONDS)
    agenda.put(state, job.id, job.terms.commit_until)
    reserve(state, job.reserved_bytes)


def reserve(state: State, needed: int) -> None:
    """Set memory aside for an open job.

    Raises
    ------
    CapacityReached
        If there is no room for it.
    """
    reserved = state.progress.reserved_bytes + needed
    if reserved > MAX_RESERVED_BYTES:
        raise CapacityReached(needed, MAX_RESERVED_BYTES - state.progress.reserved_bytes)
    state.progress = replace(state.progress, reserved_bytes=reserved)


def poke(state: State, meta: Metadata, job_id: JobId) -> list[Output]:
    """Bring a job up to date, and end it where it can end.

    Raises
    ------
    UnknownJob, JobEnded
    """
    job, outputs = enter(state, meta, job_id)
    ending = ending_of(job, meta.timestamp)
    return outputs if ending is None else [*outputs, *close(state, meta, job, ending)]


def close(state: State, meta: Metadata, job: JobState, ending: Ending) -> list[Output]:
    """End a job: pay, and free what it holds, at once or when the average that its terms ask for has had its window."""
    closed, outputs = end(job, ending)
    if ending is Ending.SETTLED and job.terms.aggregate:
        _hold(state, closed, Timestamp(meta.timestamp + job.terms.window))
    else:
        release(state, closed)
    return outputs


def release(state: State, ended: JobState) -> None:
    """Free what an ended job holds, and keep its record instead."""
    _free(state, ended)
    _keep_record(state, ended)


def end_overdue(state: State, meta: Metadata) -> list[Output]:
    """Poke some of the jobs that nobody has looked at for longest: to end them makes room."""
    outputs: list[Output] = []
    waiting: list[JobId] = []
    left = MOST_PAID
    while (job_id := agenda.longest_waiting(state, meta.timestamp)) is not None:
        left -= 1 + len(state.jobs[job_id].clients)
        if left < 0:
            break
        outputs += _look_at(state, meta, state.jobs[job_id])
        if job_id in state.places:
            agenda.take(state, job_id)
            waiting.append(job_id)
    for job_id in waiting:
        agenda.put(state, job_id, Timestamp(until(state.jobs[job_id], meta.timestamp) + 1))
    return outputs


def _look_at(state: State, meta: Metadata, job: JobState) -> list[Output]:
    """Poke a job, or free one whose average was not made in time."""
    if job.average is None:
        return poke(state, meta, job.id)
    if meta.timestamp > job.average.until:
        release(state, job)
    return []


def attempt(state: State, change: Change) -> Sequence[Output]:
    """Change the state, wholly or not at all.

    Raises
    ------
    DemlError
        What `change` raises; the state is then as it was.
    """
    fork = state.fork()
    outputs = change(fork)
    fork.merge()
    return outputs


def _hold(state: State, closed: JobState, until: Timestamp) -> None:
    """Hold what the average of a settled job is made of, and nothing else; until then the job counts as open."""
    verified = closed.standing(Standing.VERIFIED)
    held = replace(closed, average=Average(until, len(verified)))
    _free_unpublished(state, closed)
    state.initials[closed.id] = Initial(state.initials[closed.id].model, None)
    state.jobs[closed.id] = held
    reserve(state, held.reserved_bytes - closed.reserved_bytes)


def _free_unpublished(state: State, job: JobState) -> None:
    for owner in (job.sponsor, *(one.address for one in job.clients)):
        state.scorings.pop(ScoringKey(job.id, owner), None)
        for slot in Slot:
            state.buffers.pop(BufferKey(job.id, owner, slot), None)


def _free(state: State, job: JobState) -> None:
    _free_unpublished(state, job)
    state.holdouts.pop(job.id, None)
    state.initials.pop(job.id, None)
    state.averages.pop(job.id, None)
    for one in job.clients:
        state.verified.pop(ScoringKey(job.id, one.address), None)
    if job.opened is None:
        state.used.pop(HoldoutKey(job.sponsor, job.terms.holdout_commitment))
    agenda.take(state, job.id)
    progress = state.progress
    left = progress.reserved_bytes - job.reserved_bytes
    state.progress = replace(progress, open_jobs=progress.open_jobs - 1, reserved_bytes=left)


def _keep_record(state: State, closed: JobState) -> None:
    """Keep what is said of an ended job; forget the oldest such records where there is no room for it."""
    state.jobs[closed.id] = closed
    progress = state.progress
    state.records[progress.records] = closed.id
    first, last, taken = progress.first_record, progress.records, progress.record_bytes + closed.record_bytes
    while first < last and (last - first >= MAX_ENDED_JOBS or taken > MAX_ENDED_BYTES):
        taken -= state.jobs.pop(state.records.pop(first)).record_bytes
        first += 1
    state.progress = replace(progress, first_record=first, records=last + 1, record_bytes=taken)
