"""`deml watch`: look after a wallet's jobs until told to stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import typer

from deml.base.types import Timestamp
from deml_cli.advice import WORDS
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.payments import claim_text
from deml_cli.render import Proposal
from deml_sdk.advice import advice_of, report_of
from deml_sdk.dates import date_text
from deml_sdk.errors import Unavailable
from deml_sdk.market.schedule import LOOK_SECONDS
from deml_sdk.market.watching.events import (
    CLAIMING,
    LISTING,
    Claimed,
    Done,
    EventPlace,
    Failed,
    Over,
    Waiting,
    WatchEvent,
)
from deml_sdk.market.words.text import time_text
from deml_sdk.outages import waited_for

app = group("Look after jobs.")

_PLACES: Final = {LISTING: "The wallet's jobs", CLAIMING: "Claiming"}


@command(app, "watch", examples=("deml watch", "deml watch 7 --yes", "deml watch --once --json"))
def watch(
    session: Session,
    jobs: Annotated[
        list[int] | None, typer.Argument(metavar="[JOB]...", help="Only these jobs. [all of the wallet's]")
    ] = None,
    every: Annotated[float, typer.Option(help="Seconds between looks.", min=0.1)] = LOOK_SECONDS,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and exit.")] = False,
    helps: Annotated[
        bool,
        typer.Option(
            "--score-all",
            help="Also continue other clients' scoring, and have models averaged for others.",
        ),
    ] = False,
) -> None:
    """Do whatever is due for this wallet: reveal, declare, deliver, score, settle, claim. Say what it waits for.

    It may be stopped at any time and started again. It acts only on finalised blocks, never so late that a transaction
    could miss its window, and delivers weights only when a finalised notice says that they will be paid for.
    """
    _agree(session, jobs)
    session.render.lose_output()
    tell = _WatchTeller(session).tell
    try:
        session.client.watch(jobs or None, on_event=tell, every=every, once=once, helps=helps)
    except KeyboardInterrupt:
        session.render.note("Stopped. Nothing is lost: run it again to continue.")
        raise


def _agree(session: Session, jobs: Sequence[int] | None) -> None:
    """Ask once for everything that follows."""
    which = ", ".join(map(str, jobs)) if jobs else "all jobs that it sponsors or takes part in"
    session.render.confirm(
        Proposal(
            "act for this wallet without asking again, until it is stopped",
            {"wallet": session.names.full(session.wallet.address), "jobs": which},
            (
                "holdouts you sponsor, in their reveal phase",
                "scores of models you committed to, in the declare phase",
                "models you committed to, when it is final that they will be paid at least what you asked for",
            ),
        )
    )


class _WatchTeller:
    """Tells events to people and scripts; a failure only once, although it is tried again at every look."""

    def __init__(self, session: Session) -> None:
        self._session, self._render = session, session.render
        self._failed: dict[EventPlace, str] = {}

    def tell(self, event: WatchEvent) -> None:
        match event:
            case Done(job_id, _, text):
                self._failed.pop(job_id, None)
                self._say(event, f"Job {job_id}: {text}.")
            case Failed(place, _, error, since):
                name = _PLACES[place] if isinstance(place, str) else f"Job {place}"
                said = str(error) if since is None else waited_for(error, since)
                text = f"{name}: {said} {advice_of(error, WORDS)}"
                if self._failed.get(place) != text:
                    self._failed[place] = text
                    self._say(event, text, style="red")
            case Waiting(job_id, text, until):
                self._failed.pop(job_id, None)
                when = "" if until is None else f" (until {self._by(until)})"
                self._say(event, f"Job {job_id}: waiting for {text}{when}.", style="dim")
            case Over(job_id, ending):
                self._failed.pop(job_id, None)
                self._say(event, f"Job {job_id}: ended ({ending}).")
            case Claimed(executed, waiting):
                self._failed.pop(CLAIMING, None)
                for index in executed:
                    self._say(event, f"Paid: {self._paid(index)}.", style="green")
                if waiting:
                    self._say(event, f"{waiting} voucher(s) wait for their epoch's claim.", style="dim")

    def _by(self, until: int) -> str:
        """When something will have happened, and how far away that is by the chain's clock; an outage hides that."""
        try:
            return time_text(Timestamp(until), self._session.chain.latest_block().timestamp)
        except Unavailable:
            return date_text(until)

    def _paid(self, index: int) -> str:
        """What a voucher has paid, to whom, of which job; an outage hides all but its number."""
        try:
            (found,) = (one for one in self._session.client.vouchers() if one.output.index == index)
            return claim_text(self._session, found)
        except Unavailable:
            return f"voucher {index}"

    def _say(self, event: WatchEvent, text: str, style: str | None = None) -> None:
        self._render.say(text, style)
        error = report_of(event.error, WORDS) if isinstance(event, Failed) else None
        self._render.emit_line({"event": type(event).__name__.lower(), "text": text, "error": error})
