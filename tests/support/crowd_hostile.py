"""What the rules forbid, and the crowd tries all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import get_args

from deml.base.inputs import (
    Accept,
    Aggregate,
    Cancel,
    Codec,
    Commit,
    CreateJob,
    Declare,
    DirectInput,
    RevealHoldout,
    ScoreSlices,
    SetPayTo,
    Settle,
    Slot,
    Stream,
    Submit,
    TopUp,
    Upload,
    Withdraw,
)
from deml.base.states import AWAITED
from deml.base.terms import MarketRule
from deml.base.types import ETHER, Amount, JobId, Score
from deml.wire import inputs
from tests.support import models
from tests.support.course import terms_from_now
from tests.support.crowd_invited import InvitedCrowd
from tests.support.crowd_state import (
    CLIENTS,
    HOSTILE,
    OTHERS,
    PLOTS,
    SPONSORS,
    STRANGER,
    TOKENS,
)
from tests.support.models import PERCENT
from tests.support.world import Result

MOVES = {
    *(Accept, Aggregate, Cancel, Commit, Declare, RevealHoldout),
    *(ScoreSlices, SetPayTo, Settle, Submit, Upload, Withdraw),
}
NO_MOVE = tuple(one for one in get_args(DirectInput) if one not in MOVES)
"""Inputs that nobody in the crowd makes a move of, and all may send."""


class HostileCrowd(InvitedCrowd):
    """Knows what should be refused."""

    def _hostile(self) -> Result:
        kinds = (
            self.anything,
            self.anything,
            self._replayed,
            self._mutated,
            self._stolen,
            self._any_average,
            self._odd_deposit,
            self._false_submission,
            self._false_reveal,
            *(partial(one, self) for one in PLOTS if self.scheming),
        )
        return self.rng.choice(kinds)()

    def anything(self) -> Result:
        """Any message about any job from anybody who is not honest."""
        rng = self.rng
        job_id = JobId(rng.choice([*self.courses, 0, 2**256 - 1]))
        who = rng.choice(HOSTILE)
        message = rng.choice(
            (
                Accept(job_id, rng.choice((ETHER, self.world.app, STRANGER))),
                SetPayTo(job_id, rng.choice((self.world.app, STRANGER))),
                Commit(job_id, rng.randbytes(32)),
                Declare(job_id, Score(rng.randint(-(2**63), 2**63 - 1)), Amount(rng.choice((0, 2**256 - 1)))),
                Upload(job_id, rng.choice(list(Slot)), rng.randint(0, 3), rng.randbytes(rng.randint(0, 200))),
                Settle(job_id),
                ScoreSlices(job_id, rng.choice((*CLIENTS, *SPONSORS)), rng.choice((0, 1, 2**32 - 1))),
                Cancel(job_id),
                Withdraw(rng.choice((*TOKENS, ETHER)), Amount(rng.randint(0, 2**256 - 1)), STRANGER),
                CreateJob(terms_from_now(self.world)),
                TopUp(job_id),
                *(self._arbitrary(kind, job_id) for kind in NO_MOVE),
            )
        )
        return self.world.send(who, inputs.encode(message))

    def _arbitrary(self, kind: type[DirectInput], job_id: JobId) -> DirectInput:
        """An input by the types of its members alone: all that is known of one that is new."""
        rng = self.rng
        made: dict[str, Callable[[], object]] = {
            "JobId": lambda: job_id,
            "Address": lambda: rng.choice((*CLIENTS, *SPONSORS, ETHER, STRANGER)),
            "Amount": lambda: rng.choice((0, 1, 2**256 - 1)),
            "Score": lambda: rng.randint(-(2**63), 2**63 - 1),
            "int": lambda: rng.choice((0, 1, 2**32 - 1)),
            "str": lambda: rng.choice(("", "text")),
            "bytes": lambda: rng.randbytes(32),
        }
        return kind(**{one.name: made[str(one.type)]() for one in fields(kind)})

    def _replayed(self) -> Result:
        """An earlier input once more, from somebody who is not honest."""
        return self.world.send(self.rng.choice(HOSTILE), self._earlier())

    def _mutated(self) -> Result:
        payload = bytearray(self._earlier())
        for _ in range(self.rng.randint(1, 3)):
            if payload:
                payload[self.rng.randrange(len(payload))] = self.rng.randrange(256)
        if self.rng.random() < 0.3:
            del payload[self.rng.randrange(len(payload) + 1) :]
        return self.world.send(self.rng.choice(HOSTILE), bytes(payload))

    def _earlier(self) -> bytes:
        """Payload of an earlier input; the commonest ones are those that do something."""
        if not self.world.history:
            return b""
        return self.rng.choice(self.world.history).payload

    def _stolen(self) -> Result:
        """A published submission, sent again by somebody else who may even be due."""
        if not self.published:
            return self.anything()
        return self.world.send(self.rng.choice(OTHERS), inputs.encode(self.rng.choice(self.published)))

    def _any_average(self) -> Result:
        """An average of any job, however that ended, if it has: few are there to be made, and some no longer."""
        not_made = sorted(self.averages.not_made())
        job_id = self.rng.choice(not_made if not_made and self.rng.random() < 0.3 else [*self.courses, JobId(0)])
        return self.world.send(self.rng.choice(HOSTILE), inputs.encode(Aggregate(job_id)))

    def _odd_deposit(self) -> Result:
        """A deposit with an order that cannot be carried out, or only by accident."""
        rng = self.rng
        job_id = JobId(rng.choice([*self.courses, 99]))
        terms = terms_from_now(self.world, rng.choice(SPONSORS), variant=rng.randint(-9, -1))
        order = rng.choice(
            (
                Accept(job_id, ETHER),
                TopUp(job_id),
                CreateJob(replace(terms, max_rounds=0)),
                CreateJob(replace(terms, bond_bps=0, rule=MarketRule(Score(0), 0))),
                Settle(job_id),
            )
        )
        data = inputs.encode(order)
        if rng.random() < 0.2:
            data = data[: rng.randrange(len(data))]
        amount = rng.choice((0, 1, 2**127, 2**128, 2**200))
        return self.world.deposit(rng.choice(HOSTILE), amount, data, rng.choice(TOKENS))

    def _false_submission(self) -> Result:
        """A client that is awaited and not honest sends what it did not commit to, or not what it declared."""
        due = [
            (course, client.address)
            for _, course in self.running()
            for client in self.current(course.job).standing(*AWAITED)
            if client.address in OTHERS and client.address in course.models
        ]
        if not due:
            return self.anything()
        course, client = self.rng.choice(due)
        other = models.model(self.rng.randint(0, 100))
        declared = self.declared[course.id, client] // PERCENT
        fitted = models.model(min(max(declared, 0), 100))
        changed = self.rng.choice(
            (
                {},
                {"model_cid": str(fitted.cid), "weights": fitted.stream()},
                {"model_cid": str(other.cid)},
                {"weights": other.stream()},
                {"weights": Stream(Codec.ZLIB, other.car)},
                {"salt": bytes(32)},
                {"data_cid": str(models.holdout(-1).cid)},
                {"model_cid": "nonsense"},
            )
        )
        return self.world.send(client, inputs.encode(course.submission(client, **changed)))

    def _false_reveal(self) -> Result:
        """A sponsor opens something else, or at any time, or under terms that lie about the baseline."""
        if not self.courses:
            return self.anything()
        course = self.rng.choice(list(self.courses.values()))
        other = models.holdout(-1)
        changed = self.rng.choice(
            (
                {},
                {"data_cid": str(other.cid), "holdout": other.stream()},
                {"holdout": other.stream()},
                {"salt": bytes(32)},
                {"initial_model": models.model(99).stream()},
                {"holdout": Stream()},
            )
        )
        return self.world.send(course.sponsor, inputs.encode(course.opening(**changed)))
