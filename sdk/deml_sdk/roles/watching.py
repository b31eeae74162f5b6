"""Look after an account's jobs until told to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from deml_sdk.market.schedule import LOOK_SECONDS
from deml_sdk.market.watching.events import Claimed, Done, Over, WatchEvent
from deml_sdk.market.watching.news import News
from deml_sdk.market.watching.watch import Watcher
from deml_sdk.roles.reader import Reader


class Watching(Reader):
    """Does by itself what is due."""

    def watch(
        self,
        jobs: Sequence[int] | None = None,
        *,
        on_event: Callable[[WatchEvent], None],
        every: float = LOOK_SECONDS,
        once: bool = False,
        helps: bool = False,
    ) -> None:
        """Do whatever is due for this account: reveal, declare, submit, score, settle, average, claim.

        It sends without asking. It acts only on finalised blocks, never so late that something could miss its window,
        and publishes weights only when a finalised notice says that they will be paid. It may be interrupted at any
        time and started again. No outage ends it.

        Parameters
        ----------
        jobs
            Only these, until all have ended and are paid; None for all of the account, for ever.
        on_event
            Called with everything that is done or fails, and with what is waited for whenever that changes.
        every
            Seconds between looks.
        once
            Do what is due now, and return.
        helps
            Let others' scoring go on too, and have models averaged for other sponsors.

        Raises
        ------
        QueryRefused
            If a job that was named has never been there.
        """
        watcher, news = Watcher(self, helps), News()
        while True:
            events = []
            for event in watcher.look(jobs):
                events.append(event)
                if news.has(event):
                    on_event(event)
            if once or (jobs is not None and finished(events)):
                return
            time.sleep(every)


def finished(events: Sequence[WatchEvent]) -> bool:
    """Whether nothing is left to do or to wait for."""
    return all(isinstance(one, Over | Done) or (isinstance(one, Claimed) and not one.waiting) for one in events)
