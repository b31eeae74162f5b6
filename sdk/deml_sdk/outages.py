"""Go on through outages: say what is waited for, and since when, and try again until it is back."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeVar

from deml_sdk.errors import Unavailable
from deml_sdk.progress import Observer

PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between two tries, the last one again and again: quick where something restarts, polite where it is gone."""

T = TypeVar("T")


def through_outages(attempt: Callable[[], T], observer: Observer) -> T:
    """Try until what is needed can be reached: a service, or room on the disk.

    Parameters
    ----------
    attempt
        What is to be done; repeated as a whole, so it must do nothing by halves.
    observer
        Told what is waited for, and since when; and that it is back.
    """
    try:
        return attempt()
    except Unavailable as error:
        failure: Unavailable = error
    since = time.time()
    tries = 0
    while True:
        with observer.waiting(f"{failure} Waiting for it since {_date(since)}"):
            told = str(failure)
            while str(failure) == told:
                time.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1
                try:
                    found = attempt()
                except Unavailable as error:
                    failure = error
                else:
                    observer.note(f"It is back after {time.time() - since:,.0f} seconds.")
                    return found


def _date(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
