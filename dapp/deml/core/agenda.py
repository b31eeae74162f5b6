"""Which open jobs have waited longest for somebody to look at them: found at once, however many there are.

Every open job is on the list of a day: that on which time will next bring something about in it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from deml.base.types import JobId, Timestamp
from deml.core.state import Place, State

DAY_SECONDS: Final = 86_400
"""Jobs are told apart by whole days, of which there are few: one that waits for hours is in nobody's way yet."""


def put(state: State, job_id: JobId, when: Timestamp) -> None:
    """Put a job on the list of the day of `when`."""
    day = when // DAY_SECONDS
    head = state.days.get(day)
    if head is not None:
        state.places[head] = state.places[head]._replace(before=job_id)
    state.places[job_id] = Place(day, before=None, after=head)
    state.days[day] = job_id
    if day < state.progress.first_day:
        state.progress = replace(state.progress, first_day=day)


def take(state: State, job_id: JobId) -> None:
    """Take a job off its list."""
    day, before, after = state.places.pop(job_id)
    if after is not None:
        state.places[after] = state.places[after]._replace(before=before)
    if before is not None:
        state.places[before] = state.places[before]._replace(after=after)
    elif after is not None:
        state.days[day] = after
    else:
        del state.days[day]


def longest_waiting(state: State, now: Timestamp) -> JobId | None:
    """Find a job of the earliest day, up to today, that has any."""
    if not state.progress.open_jobs:
        return None
    day, today = state.progress.first_day, now // DAY_SECONDS
    while day < today and day not in state.days:
        day += 1
    state.progress = replace(state.progress, first_day=day)
    return state.days.get(day) if day <= today else None
