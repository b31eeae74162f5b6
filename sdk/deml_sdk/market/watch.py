"""Carry out plans, one action at a time, and look again after each; everything that must last is in the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from deml.base.errors import DemlError
from deml.base.types import Address
from deml_sdk.errors import Refused, TimedOut, Unavailable
from deml_sdk.market import client_steps, scoring_steps, sponsor_steps
from deml_sdk.market.actions import (
    Action,
    Continue,
    Declare,
    Evaluate,
    Reveal,
    Settle,
    ShareHoldout,
    ShareModel,
    Submit,
)
from deml_sdk.market.desk import Desk
from deml_sdk.market.errors import HoldoutNotHere, ModelNotHere
from deml_sdk.market.events import Claimed, Done, Event, Failed, Over, Waiting
from deml_sdk.market.journal import HoldoutRecord, ModelRecord
from deml_sdk.market.planner import Plan, plan
from deml_sdk.market.text import progress_text, score_text
from deml_sdk.market.view import Job

MAX_ATTEMPTS: Final = 2
"""How often an action is tried that the dapp refuses: each costs gas, and what is refused twice will be refused again.
The second attempt begins an upload anew."""


@dataclass(slots=True)
class Watcher:
    """Looks after the jobs of one wallet; if it `helps`, lets others' scoring go on too."""

    desk: Desk
    helps: bool = False
    _attempts: Counter[Action] = field(default_factory=Counter)

    def round(self, job_ids: Sequence[int]) -> Iterator[Event]:
        """Do in each job what is due now, then claim what is paid; a job that fails does not hold up the others."""
        receivers = {self.desk.wallet}
        for job_id in job_ids:
            try:
                yield from self._attend(job_id, receivers)
            except Unavailable as error:
                yield Failed(job_id, None, error)
        try:
            claims = self.desk.claim(receivers)
        except DemlError as error:
            yield Failed(None, None, error)
        else:
            yield Claimed(claims.executed, claims.waiting)

    def _attend(self, job_id: int, receivers: set[Address]) -> Iterator[Event]:
        while True:
            if self.desk.awaiting(job_id):
                yield Waiting(job_id, "the outcome of what was sent", None)
                return
            job, found = self._plan(job_id)
            me = job.client(self.desk.wallet)
            if me is not None:
                receivers.add(me.pay_to)
            action = next((one for one in found.actions if self._attempts[one] < MAX_ATTEMPTS), None)
            if action is None:
                yield _state(job, found)
                return
            try:
                yield Done(job_id, action, self._act(job, action))
            except Refused as error:
                self._attempts[action] += 1
                yield Failed(job_id, action, error)
                return
            except (TimedOut, Unavailable) as error:
                yield Failed(job_id, action, error)
                return
            except DemlError as error:
                self._attempts[action] = MAX_ATTEMPTS
                yield Failed(job_id, action, error)

    def _plan(self, job_id: int) -> tuple[Job, Plan]:
        clock, job, evidence = self.desk.clock(), self.desk.job(job_id), self.desk.evidence(job_id)
        model, holdout = client_steps.record_of(self.desk, job), sponsor_steps.record_of(self.desk, job)
        return job, plan(clock, job, evidence, self.desk.wallet, model, holdout, helps=self.helps)

    def _act(self, job: Job, action: Action) -> str:
        fresh = self._attempts[action] > 0
        match action:
            case Reveal():
                made = sponsor_steps.reveal(self.desk, job, self._holdout(job), fresh=fresh)
                return f"revealed the holdout{progress_text(made)}"
            case Evaluate():
                found = client_steps.evaluate(self.desk, job, self._model(job))
                return f"scored the committed model on the revealed holdout: {score_text(found)}"
            case Declare(score=score, min_pay=min_pay):
                client_steps.declare(self.desk, job, score, min_pay)
                return f"declared {score_text(score)}"
            case Submit(round=number):
                made = client_steps.submit(self.desk, job, self._model(job), fresh=fresh)
                return f"delivered the model in round {number}{progress_text(made)}"
            case Continue(owner=owner):
                made = scoring_steps.continue_scoring(self.desk, job, owner)
                return f"let the scoring of {owner} go on{progress_text(made)}"
            case Settle(reason=reason):
                client_steps.settle(self.desk, job)
                return f"settled: {reason}"
            case ShareModel():
                client_steps.share(self.desk, self._model(job))
                return "added the delivered model to the content store"
            case ShareHoldout():
                sponsor_steps.share(self.desk, self._holdout(job))
                return "added the revealed holdout to the content store"

    def _model(self, job: Job) -> ModelRecord:
        record = client_steps.record_of(self.desk, job)
        if record is None:
            raise ModelNotHere(job.id)
        return record

    def _holdout(self, job: Job) -> HoldoutRecord:
        record = sponsor_steps.record_of(self.desk, job)
        if record is None:
            raise HoldoutNotHere(job.id)
        return record


def _state(job: Job, found: Plan) -> Waiting | Over:
    if job.ending is not None:
        return Over(job.id, job.ending)
    return Waiting(job.id, found.waiting_for, found.until)
