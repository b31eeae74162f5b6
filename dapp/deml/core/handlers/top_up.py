"""`topUp`: the sponsor adds to the escrow while clients can still decide by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deml.base.bounds import check_seats, check_stake
from deml.base.inputs import Deposit, Metadata, TopUp
from deml.base.limits import MAX_AMOUNT
from deml.base.outputs import Output, ToppedUp
from deml.base.states import Phase
from deml.base.types import Amount
from deml.core.errors import AmountTooLarge, NotTheSponsor, TopUpWeakens, WrongToken
from deml.core.job import JobState
from deml.core.phases import enter, require
from deml.core.state import State
from deml.market import needs_stake


def top_up(state: State, meta: Metadata, deposit: Deposit, order: TopUp) -> Sequence[Output]:
    """Add the deposited amount to the escrow, as far as the stakes still deter: clients stake what they accepted."""
    job, outputs = enter(state, meta, order.job_id)
    require(job, meta, Phase.COMMIT, "topUp")
    if deposit.sender != job.sponsor:
        raise NotTheSponsor(job.id, deposit.sender, job.sponsor)
    if deposit.token != job.terms.reward_token:
        raise WrongToken(deposit.token, job.terms.reward_token)
    escrow = Amount(job.escrow + deposit.amount)
    if escrow > MAX_AMOUNT:
        raise AmountTooLarge(escrow, Amount(MAX_AMOUNT))
    if needs_stake(job.terms.rule, escrow, job.terms.max_participants):
        check_stake(job.terms.stake, escrow)
        _check_protection(job, escrow)
    check_seats(job.terms, escrow)
    state.jobs[job.id] = replace(job, escrow=escrow)
    return [*outputs, ToppedUp(job.id, escrow)]


def _check_protection(job: JobState, escrow: Amount) -> None:
    """Once anybody has accepted, let nobody's protection from false declarations fall: stake x rounds >= escrow."""
    stakes = Amount(job.terms.stake * job.terms.max_rounds)
    if job.clients and stakes < escrow:
        raise TopUpWeakens(job.id, escrow, stakes)
