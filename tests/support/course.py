"""The course of one job: its parties' moves as one-liners, with everything they would know at home."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

from deml.base.commitment import holdout_commitment, model_commitment
from deml.base.inputs import (
    Accept,
    Commit,
    CreateJob,
    Declare,
    RevealHoldout,
    ScoreSlices,
    SetPayTo,
    Settle,
    Submit,
)
from deml.base.outputs import JobCreated, ScoringProgress, Settled
from deml.base.states import AWAITED, Phase
from deml.base.terms import MarketRule, Rule, Terms
from deml.base.types import ETHER, Address, Amount, JobId, Score, Timestamp
from deml.core.job import JobState
from tests.support import models, naive
from tests.support.deployment import CHAIN_ID, account
from tests.support.models import PERCENT, Content
from tests.support.world import TOKEN, Result, World

SPONSOR = account(0x5A)
ANNA, BERT, CARO, DORA, EMIL = (account(byte) for byte in (0xA1, 0xB2, 0xC3, 0xD4, 0xE5))
STRANGER = account(0x99)
GUESTS = (ANNA, BERT, CARO, DORA, EMIL)
"""Where they alone may take part, nobody can take another's place, and stakes need not cost the escrow."""

BASELINE = 50
WINDOW = 600
MARKET = MarketRule(Score(90 * PERCENT), grid=PERCENT)


def terms_from_now(world: World, sponsor: Address = SPONSOR, variant: int = 0, **changes: Any) -> Terms:
    """Sound terms of a `market` job whose phases last ten minutes each; `variant` tells jobs of one sponsor apart."""
    nonce = sha256(b"nonce %d" % variant).digest()
    content = models.holdout(variant)
    start = world.now
    made = Terms(
        title="Tell small from large",
        spec_cid="",
        initial_model_cid=str(models.model(BASELINE).cid),
        architecture=models.ARCHITECTURE,
        metric=models.METRIC,
        baseline=Score(BASELINE * PERCENT),
        holdout_commitment=holdout_commitment(
            CHAIN_ID, world.app, nonce, sponsor, content.cid.binary, salt_of(sponsor, nonce)
        ),
        reward_token=TOKEN,
        rule=MARKET,
        commit_until=Timestamp(start + WINDOW),
        holdout_until=Timestamp(start + 2 * WINDOW),
        declare_until=Timestamp(start + 3 * WINDOW),
        submit_until=Timestamp(start + 4 * WINDOW),
        max_rounds=2,
        stake=Amount(100),
        bond_bps=1_000,
        max_participants=10,
        max_model_bytes=4_096,
        max_holdout_bytes=8_192,
        max_rows=models.ROWS,
        min_rows=1,
        confidence=0,
        evidence_cut=0,
        previous_job=JobId(0),
        nonce=nonce,
    )
    return replace(made, **changes)


def salt_of(owner: Address, context: bytes) -> bytes:
    return sha256(b"salt" + owner.encode() + context).digest()


class Course:
    """A job that has been posted, and what its parties keep to themselves."""

    def __init__(
        self, world: World, escrow: int = 1_000, sponsor: Address = SPONSOR, variant: int = 0, **changes: Any
    ) -> None:
        self.world, self.sponsor = world, sponsor
        self.terms = terms_from_now(world, sponsor, variant, **changes)
        self.holdout, self.initial = models.holdout(variant), models.model(BASELINE)
        self.models: dict[Address, Content] = {}
        self.scores: dict[Address, int] = {}
        self._windows = 0
        posted = world.deposit(sponsor, escrow, CreateJob(self.terms), token=self.terms.reward_token)
        assert posted.credited is None, f"the job was not created: {posted.credited}"
        self.id: JobId = posted.notice(JobCreated).job_id

    @property
    def job(self) -> JobState:
        return self.world.job(self.id)

    @property
    def rule(self) -> Rule:
        return self.terms.rule

    def enter(self, phase: Phase, window: int = 1) -> None:
        """Wait for the first second of a phase, or of one of the windows of its submission phase.

        Those are the rounds, and the windows for scoring alone that follow some.
        """
        terms = self.terms
        ends = {Phase.REVEAL: terms.commit_until, Phase.DECLARE: terms.holdout_until}
        if phase in ends:
            self.world.wait_until(ends[phase] + 1)
            return
        while self._windows < window:
            if self._windows:
                self.poke()
            self.world.wait_until((self.job.round_until if self._windows else terms.declare_until) + 1)
            self._windows += 1

    def after_the_last_round(self) -> None:
        """Let all rounds pass, each poked in its first second, until only the ending is missing."""
        self.enter(Phase.SUBMIT)
        if self.job.revealed is None:
            return
        self.poke()
        while self.job.standing(*AWAITED):
            self.enter(Phase.SUBMIT, self._windows + 1)
            self.poke()

    def poke(self) -> None:
        """Bring the job up to date by an input that does nothing else."""
        client = self.job.clients[0]
        self.world.do(client.address, SetPayTo(self.id, client.pay_to))

    def accept(self, client: Address, pay_to: Address = ETHER) -> Result:
        order = Accept(self.id, pay_to)
        if not self.terms.stake:
            return self.world.do(client, order)
        result = self.world.deposit(client, self.terms.stake, order, token=self.terms.reward_token)
        assert result.credited is None, f"{client} could not accept: {result.credited}"
        return result

    def commit(self, client: Address, percent: int, variant: int = 0) -> Result:
        self.models[client] = models.model(percent, variant)
        self.scores[client] = naive.credited(self.terms, percent, BASELINE)
        return self.world.do(client, Commit(self.id, self.commitment(client)))

    def join(self, client: Address, percent: int, variant: int = 0) -> None:
        """Accept, and commit to a model that scores `percent`."""
        self.accept(client)
        self.commit(client, percent, variant)

    def commitment(self, client: Address) -> bytes:
        cid = self.models[client].cid.binary
        return model_commitment(CHAIN_ID, self.world.app, self.id, client, cid, self.salt(client))

    def salt(self, client: Address) -> bytes:
        return salt_of(client, self.id.to_bytes(32, "big"))

    def reveal(self) -> Result:
        """Open the holdout, and have the baseline scored to the end."""
        return self._to_the_end(self.sponsor, self.world.do(self.sponsor, self.opening()))

    def score(self, client: Address, slices: int = 1) -> Result:
        """Let a scoring go on, as anybody could."""
        return self.world.do(STRANGER, ScoreSlices(self.id, client, slices))

    def _to_the_end(self, owner: Address, result: Result) -> Result:
        while result.all(ScoringProgress):
            result = self.score(owner, 2**32 - 1)
        return result

    def opening(self, **changes: Any) -> RevealHoldout:
        """The sponsor's true reveal, or one with `changes`."""
        made = RevealHoldout(
            self.id,
            str(self.holdout.cid),
            salt_of(self.sponsor, self.terms.nonce),
            self.holdout.stream(),
            self.initial.stream(),
        )
        return replace(made, **changes)

    def declare(self, client: Address, percent: int | None = None, min_pay: int = 0) -> Result:
        """Declare `percent`, or else what is true."""
        score = self.scores[client] if percent is None else percent * PERCENT
        return self.world.do(client, Declare(self.id, Score(score), Amount(min_pay)))

    def submission(self, client: Address, **changes: Any) -> Submit:
        """The client's true submission, or one with `changes`."""
        content = self.models[client]
        made = Submit(self.id, str(content.cid), str(self.holdout.cid), self.salt(client), content.stream())
        return replace(made, **changes)

    def submit(self, client: Address) -> Result:
        return self.world.do(client, self.submission(client))

    def deliver(self, client: Address) -> Result:
        """Submit, and have the model scored to the end."""
        return self._to_the_end(client, self.submit(client))

    def settle(self) -> Settled:
        """Settle, as anybody could."""
        return self.world.do(STRANGER, Settle(self.id)).notice(Settled)

    def to_declare(self, **percents: int) -> None:
        """Let the named clients (of this module) join, reveal, and enter the declare phase."""
        for name, percent in percents.items():
            self.join(globals()[name.upper()], percent)
        self.enter(Phase.REVEAL)
        self.reveal()
        self.enter(Phase.DECLARE)
