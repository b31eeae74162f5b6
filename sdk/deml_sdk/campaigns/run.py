"""Run a campaign unattended: open each round from what the one before has taught, look after it, stay in the budget.

Everything that must last is in the campaign's folder before it is sent. A program that is ended at any point, and begun
again, goes on: what it had sent is found on chain by the holdout's commitment, which no two jobs share.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

from deml.base.errors import DemlError
from deml.base.outputs import JobCreated, Settled
from deml.base.types import Amount, JobId
from deml.market.errors import TargetNotAboveBaseline, TooFewRowsForTarget
from deml_sdk.campaigns.errors import BudgetTooSmall, StillOnItsWay
from deml_sdk.campaigns.folder import CampaignFolder, CampaignPlan
from deml_sdk.campaigns.rounds import Campaign, Round
from deml_sdk.errors import NotEnoughTokens, TimedOut, Unavailable
from deml_sdk.jobspec.job_file import JobFile
from deml_sdk.jobspec.job_file_form import read_job_file
from deml_sdk.market.intent import Intent
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.posting.draft import Draft
from deml_sdk.market.watching.events import Claimed, Failed, Over, WatchEvent
from deml_sdk.market.watching.news import News
from deml_sdk.market.watching.watch import Watcher

SPENT: Final = "the budget holds no further round"
DONE: Final = "all rounds are over"


@dataclass(frozen=True, slots=True)
class RoundOpened:
    """A round's job is open; `number` counts from 1."""

    number: int
    job_id: JobId


@dataclass(frozen=True, slots=True)
class RoundEnded:
    """A round's job has ended: what it brought, and what all rounds so far have cost, in the smallest unit."""

    number: int
    result: Round
    spent: Amount


@dataclass(frozen=True, slots=True)
class NotYetOpened:
    """A round cannot be opened now; it is tried again at every look."""

    number: int
    error: DemlError


@dataclass(frozen=True, slots=True)
class CampaignOver:
    """No further round is opened, and why."""

    reason: str


CampaignEvent = WatchEvent | RoundOpened | RoundEnded | NotYetOpened | CampaignOver


class CampaignClient(MarketClient, Protocol):
    """What a campaign asks of a sponsor's client."""

    def draft(self, job_file: JobFile) -> Draft:
        """Work a job out and check it as the dapp will."""

    def next_round(self, job: int, holdout: Path, *, job_file: JobFile, initial: Path | None = None) -> Draft:
        """Work out the round after a job that has ended; from a model of one's own, if there is one."""

    def post(self, job: Draft) -> Intent:
        """Make the intent to open a job."""


@dataclass(slots=True)
class CampaignRunner:
    """Takes a campaign one look further at a time.

    Parameters
    ----------
    client
        The sponsor's.
    folder
        Where the plan lies; held by this program alone.
    start
        The model that the next round is to start from, where somebody else makes it; None for the job file's in the
        first round, and after it for whatever scored best.
    """

    client: CampaignClient
    folder: CampaignFolder
    start: Path | None = None
    over: bool = field(default=False, init=False)
    stopped: str | None = field(default=None, init=False)
    """Why no further round will be opened; None while one may."""
    _watcher: Watcher = field(init=False)

    def __post_init__(self) -> None:
        self._watcher = Watcher(self.client)

    def look(self) -> Iterator[CampaignEvent]:
        """Do what is due now: open a round, look after one, claim what has come back.

        An outage is told of, and tried again at the next look; so is a wallet that waits for what comes back.

        Raises
        ------
        DemlError
            If a round cannot be opened for any other reason. Nothing is lost: the next program goes on from here.
        """
        number = 0
        try:
            plan = self.folder.read()
            number = len(plan.rounds) if plan.next_number is None else plan.next_number
            if plan.next_number is None:
                yield from self._finish(DONE)
                return
            if plan.rounds[number].job_id is None:
                opened = self._found(plan, number)
                if opened is None:
                    opened = yield from self._open(plan, number)
                if opened is None:
                    return
                plan = plan.with_round(number, job_id=opened)
                self.folder.write(plan)
                yield RoundOpened(number + 1, opened)
            yield from self._attend(plan, number)
        except (Unavailable, TimedOut, NotEnoughTokens) as error:
            yield NotYetOpened(number + 1, error)

    def _attend(self, plan: CampaignPlan, number: int) -> Iterator[CampaignEvent]:
        job_id = plan.rounds[number].job_id
        if job_id is None:
            return
        ended = None
        for event in self._watcher.round([job_id]):
            yield event
            if isinstance(event, Over):
                ended = event.ending
        if ended is None or not self._is_final(job_id):
            return
        found = Campaign.of(self.client.seen(), job_id)
        self.folder.write(plan.with_round(number, ending=str(ended)))
        result = found.round(job_id)
        yield RoundEnded(number + 1, result, found.spent[result.terms.reward_token])

    def _is_final(self, job_id: int) -> bool:
        """Whether no re-org can undo the end of a job, on which the next one builds."""
        finalised, seen = self.client.clock().finalised, self.client.seen(job_id)
        return any(isinstance(one.notice, Settled) for one in seen) and all(one.timestamp <= finalised for one in seen)

    def _found(self, plan: CampaignPlan, number: int) -> JobId | None:
        """The job of a round that an earlier program may have opened."""
        commitment = plan.rounds[number].commitment
        if commitment is None:
            return None
        if self.client.awaiting(None):
            raise StillOnItsWay(number + 1)
        for one in self.client.seen():
            made = one.notice
            if isinstance(made, JobCreated) and made.terms.holdout_commitment.hex() == commitment:
                return made.job_id if made.sponsor == self.client.account else None
        return None

    def _open(self, plan: CampaignPlan, number: int) -> Generator[CampaignEvent, None, JobId | None]:
        """Open a round, if the budget holds it; returns its job."""
        written, part = read_job_file(Path(plan.job_file)), self.folder.part(plan.rounds[number])
        before = plan.last_job
        try:
            if before is None:
                made = self.client.draft(replace(written, holdout=part, initial=self.start or written.initial))
            else:
                made = self.client.next_round(before, part, job_file=written, initial=self.start)
        except (TargetNotAboveBaseline, TooFewRowsForTarget) as error:
            if before is None:
                raise
            yield from self._finish(f"the model is as good as its rows can tell ({error})")
            return None
        spent = 0 if before is None else Campaign.of(self.client.seen(), before).spent.get(made.token.address, 0)
        budget = made.token.parse(plan.budget)
        if spent + made.escrow > budget:
            if before is None:
                raise BudgetTooSmall(made.token.show(budget), made.token.show(made.escrow))
            yield from self._finish(SPENT)
            return None
        intent = self.client.post(made)
        self.folder.write(plan.with_round(number, commitment=made.terms.holdout_commitment.hex()))
        return self.client.send(intent).job_id

    def _finish(self, reason: str) -> Iterator[CampaignEvent]:
        """Claim what is left; the campaign is over once nothing is awaited any more."""
        self.stopped = reason
        events: Sequence[WatchEvent] = list(self._watcher.round(()))
        yield from events
        waits = any(isinstance(one, Failed) or (isinstance(one, Claimed) and one.waiting) for one in events)
        if not waits:
            self.over = True
            yield CampaignOver(reason)


def run(runner: CampaignRunner, on_event: Callable[[CampaignEvent], None], every: float) -> None:
    """Take a campaign to its end.

    Parameters
    ----------
    on_event
        Called with everything that is done or fails, and with what is waited for whenever that changes.
    every
        Seconds between looks.

    Raises
    ------
    CampaignBusy, NotACampaign
    DemlError
        If a round cannot be opened; nothing is lost.
    """
    news = News()
    with runner.folder.held():
        while True:
            for event in filter(news.has, runner.look()):
                on_event(event)
            if runner.over:
                return
            time.sleep(every)
