"""`declare`: a client states, once and for all, what its committed model is credited on the revealed holdout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deml.base.inputs import Declare, Metadata
from deml.base.limits import MAX_AMOUNT, MAX_SCORE
from deml.base.outputs import Declared, Output
from deml.base.states import Phase, Standing
from deml.base.types import Amount, Score
from deml.core.errors import (
    AlreadyDeclared,
    AmountTooLarge,
    NoCommitment,
    NotAParticipant,
    NotRevealed,
    ScoreOutOfRange,
)
from deml.core.phases import enter, require
from deml.core.state import State


def declare(state: State, meta: Metadata, body: Declare) -> Sequence[Output]:
    """Store the declaration."""
    job, outputs = enter(state, meta, body.job_id)
    client = job.client(meta.sender)
    if client is None:
        raise NotAParticipant(job.id, meta.sender)
    require(job, meta, Phase.DECLARE, "declare")
    if job.revealed is None:
        raise NotRevealed(job.id)
    if client.commitment is None:
        raise NoCommitment(job.id, client.address)
    if client.declared is not None:
        raise AlreadyDeclared(job.id, client.address, client.declared)
    if abs(body.credited) > MAX_SCORE:
        raise ScoreOutOfRange(body.credited, Score(MAX_SCORE))
    if body.min_pay > MAX_AMOUNT:
        raise AmountTooLarge(body.min_pay, Amount(MAX_AMOUNT))
    client = replace(client, standing=Standing.DECLARED, declared=body.credited, min_pay=body.min_pay)
    state.jobs[job.id] = job.with_client(client)
    return [*outputs, Declared(job.id, client.address, body.credited, body.min_pay)]
