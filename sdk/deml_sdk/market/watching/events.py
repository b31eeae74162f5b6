"""What a watcher tells of: what it did, what it failed to do, what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from deml.base.errors import DemlError
from deml.base.states import Ending
from deml_sdk.market.due.actions import Action


@dataclass(frozen=True, slots=True)
class Done:
    """An action that was carried out."""

    job_id: int
    action: Action
    text: str


LISTING: Final = "listing"
"""Asking which jobs the account has."""

CLAIMING: Final = "claiming"
"""Executing vouchers."""

EventPlace = int | Literal["listing", "claiming"]
"""Where something fails: in the job of this number, or beside all jobs."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An action that was not, or could not even be decided on, and why.

    `since` is when the outage began that is the reason, in seconds of the wall clock; None for any other reason. It is
    tried again at every look.
    """

    place: EventPlace
    action: Action | None
    error: DemlError
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a job waits for; `until` is a chain timestamp, where time decides."""

    job_id: int
    text: str
    until: int | None


@dataclass(frozen=True, slots=True)
class Over:
    """A job that has ended, and in which nothing is left to do."""

    job_id: int
    ending: Ending


@dataclass(frozen=True, slots=True)
class Claimed:
    """Vouchers that were executed, and how many are still to come."""

    executed: tuple[int, ...]
    waiting: int


WatchEvent = Done | Failed | Waiting | Over | Claimed
