"""Carry out plans, one action at a time, and look again after each; everything that must last is in the journal."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from deml.base.errors import DemlError
from deml.base.outputs import Notice
from deml.base.types import Address
from deml_sdk.errors import NotEnoughTokens, QueryRefused, Refused, TimedOut, Unavailable
from deml_sdk.market.acting import average_steps, client_steps, scoring_steps, sponsor_steps
from deml_sdk.market.acting.account_steps import claims
from deml_sdk.market.due.actions import (
    Action,
    Continue,
    DeclareScore,
    Evaluate,
    MakeAverage,
    PublishModel,
    Reveal,
    SettleJob,
    ShareHoldout,
    ShareModel,
)
from deml_sdk.market.due.planner import Plan, plan
from deml_sdk.market.errors import HoldoutNotHere, ModelNotHere
from deml_sdk.market.intent import Intent
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.journal import HoldoutRecord, ModelRecord
from deml_sdk.market.view import Job
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
from deml_sdk.market.words.text import average_text, evaluation_text, progress_text
from deml_sdk.scores import score_text

MAX_ATTEMPTS: Final = 2
"""How often an action is tried that the dapp refuses: each costs gas, and what is refused twice will be refused again.
The second attempt begins an upload anew."""


@dataclass(slots=True)
class Watcher:
    """Looks after the jobs of one account; if it `helps`, lets scoring go on and averages for others, too.

    No outage ends it: what cannot be reached is told as a failure, with the time since when, and asked for again at the
    next look.
    """

    client: MarketClient
    helps: bool = False
    now: Callable[[], float] = time.time
    _attempts: Counter[Action] = field(default_factory=Counter)
    _known: set[int] = field(default_factory=set)
    _own: tuple[int, ...] = ()
    _since: dict[EventPlace, int] = field(default_factory=dict)

    def look(self, job_ids: Sequence[int] | None = None) -> Iterator[WatchEvent]:
        """Do what is due now in these jobs, or in all that the account sponsors or takes part in.

        Where these cannot be asked for, those of the last time are looked after.

        Raises
        ------
        QueryRefused
            If a job that was named has never been there.
        """
        if job_ids is None:
            try:
                self._own = tuple(self.client.own_jobs())
                self._since.pop(LISTING, None)
            except Unavailable as error:
                yield self._failed(LISTING, None, error)
        yield from self.round(self._own if job_ids is None else job_ids)

    def round(self, job_ids: Sequence[int]) -> Iterator[WatchEvent]:
        """Do in each job what is due now, then claim what is paid; a job that fails does not hold up the others.

        Raises
        ------
        QueryRefused
            If a job has never been there.
        """
        receivers = {self.client.account}
        for job_id in job_ids:
            try:
                yield from self._attend(job_id, receivers)
            except QueryRefused as error:
                if job_id not in self._known:
                    raise
                yield self._failed(job_id, None, error)
            except DemlError as error:
                yield self._failed(job_id, None, error)
        yield from self._claim(receivers)

    def _claim(self, receivers: set[Address]) -> Iterator[WatchEvent]:
        """Execute vouchers one by one: one that cannot be executed does not hold up the others."""
        executed = []
        try:
            found = claims(self.client, receivers)
            for one in found.ready:
                try:
                    self.client.send(self.client.to_execute([one]))
                except Refused as error:
                    yield self._failed(CLAIMING, None, error)
                else:
                    executed.append(one.output.index)
        except DemlError as error:
            yield self._failed(CLAIMING, None, error)
        else:
            self._since.pop(CLAIMING, None)
            yield Claimed(tuple(executed), found.waiting)

    def _attend(self, job_id: int, receivers: set[Address]) -> Iterator[WatchEvent]:
        while True:
            if self.client.awaiting(job_id):
                yield Waiting(job_id, "the outcome of what was sent", None)
                return
            job, found = self._plan(job_id)
            self._known.add(job_id)
            me = job.client(self.client.account)
            if me is not None:
                receivers.add(me.pay_to)
            action = next((one for one in found.actions if self._attempts[one] < MAX_ATTEMPTS), None)
            if action is None:
                self._since.pop(job_id, None)
                yield _state(job, found)
                return
            try:
                yield Done(job_id, action, self._act(job, action))
                self._since.pop(job_id, None)
            except Refused as error:
                self._attempts[action] += 1
                yield self._failed(job_id, action, error)
                return
            except (TimedOut, Unavailable, NotEnoughTokens) as error:
                yield self._failed(job_id, action, error)
                return
            except DemlError as error:
                self._attempts[action] = MAX_ATTEMPTS
                yield self._failed(job_id, action, error)

    def _failed(self, place: EventPlace, action: Action | None, error: DemlError) -> Failed:
        since = self._since.setdefault(place, int(self.now())) if isinstance(error, Unavailable) else None
        return Failed(place, action, error, since)

    def _plan(self, job_id: int) -> tuple[Job, Plan]:
        clock, job, evidence = self.client.clock(), self.client.job(job_id), self.client.evidence(job_id)
        model, holdout = client_steps.record_of(self.client, job), sponsor_steps.record_of(self.client, job)
        return job, plan(clock, job, evidence, self.client.account, model, holdout, helps=self.helps)

    def _act(self, job: Job, action: Action) -> str:
        fresh = self._attempts[action] > 0
        match action:
            case Reveal():
                made = self._send(sponsor_steps.reveal(self.client, job, self._holdout(job), fresh=fresh))
                return f"revealed the holdout{progress_text(made)}"
            case Evaluate():
                found = client_steps.evaluate(self.client, job, self._model(job))
                return f"scored the committed model on the revealed holdout: {evaluation_text(found)}"
            case DeclareScore(credited=credited, min_pay=min_pay):
                self._send(client_steps.declare(self.client, job, credited, min_pay))
                return f"declared {score_text(credited)}"
            case PublishModel(round=number):
                made = self._send(client_steps.submit(self.client, job, self._model(job), fresh=fresh))
                return f"delivered the model in round {number}{progress_text(made)}"
            case Continue(owner=owner):
                made = self._send(scoring_steps.continue_scoring(self.client, job, owner))
                return f"let the scoring of {owner} go on{progress_text(made)}"
            case SettleJob(reason=reason):
                self._send(client_steps.settle(self.client, job))
                return f"settled: {reason}"
            case MakeAverage():
                made = self._send(average_steps.aggregate(self.client, job))
                return f"had the verified models averaged{average_text(made)}"
            case ShareModel():
                client_steps.share(self.client, self._model(job))
                return "added the delivered model to the content store"
            case ShareHoldout():
                sponsor_steps.share(self.client, self._holdout(job))
                return "added the revealed holdout to the content store"

    def _send(self, intent: Intent) -> tuple[Notice, ...]:
        return self.client.send(intent).notices

    def _model(self, job: Job) -> ModelRecord:
        record = client_steps.record_of(self.client, job)
        if record is None:
            raise ModelNotHere(job.job_id)
        return record

    def _holdout(self, job: Job) -> HoldoutRecord:
        record = sponsor_steps.record_of(self.client, job)
        if record is None:
            raise HoldoutNotHere(job.job_id)
        return record


def _state(job: Job, found: Plan) -> Waiting | Over:
    if job.ending is not None:
        return Over(job.job_id, job.ending)
    return Waiting(job.job_id, found.waiting_for, found.until)
