"""Go on through outages: say what is waited for, and since when, and try again until it is back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from deml.base.errors import DemlError
from deml_sdk.dates import date_text
from deml_sdk.errors import Unavailable
from deml_sdk.progress import Observer

PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between two tries, the last one again and again: quick where something restarts, polite where it is gone."""

T = TypeVar("T")


def through_outages(
    attempt: Callable[[], T],
    observer: Observer,
    final: tuple[type[Unavailable], ...] = (),
    of: tuple[type[Unavailable], ...] = (Unavailable,),
) -> T:
    """Try until what is needed can be reached: a service, or room on the disk.

    Parameters
    ----------
    attempt
        What is to be done; repeated as a whole, so it must do nothing by halves.
    observer
        Told what is waited for, and since when; and that it is back.
    final
        Failures that are no outage here, and so pass through.
    of
        Failures that are one, unless they are among `final`; all others pass through.
    """
    try:
        return attempt()
    except final:
        raise
    except of as error:
        failure = error
    since = time.time()
    tries = 0
    while True:
        with observer.waiting(waited_for(failure, since)):
            told = str(failure)
            while str(failure) == told:
                time.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1
                try:
                    found = attempt()
                except final:
                    raise
                except of as error:
                    failure = error
                else:
                    observer.note(f"It is back after {time.time() - since:,.0f} seconds.")
                    return found


def once_begun(
    attempt: Callable[[], T],
    begun: Callable[[], bool],
    observer: Observer,
    of: tuple[type[Unavailable], ...] = (Unavailable,),
) -> T:
    """Try as `through_outages` does, but fail at once while nothing has come of it: an address may be wrong."""
    try:
        return attempt()
    except of:
        if not begun():
            raise
    return through_outages(attempt, observer, of=of)


def waited_for(error: DemlError, since: float) -> str:
    """Say what is waited for, and since when, in seconds of the wall clock."""
    return f"{error} Waiting for it since {date_text(since)}."
