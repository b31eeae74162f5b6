"""`accept` and `setPayTo`: take part in a job, and say where its pay goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from deml.base.inputs import Accept, Deposit, Metadata, SetPayTo
from deml.base.outputs import Accepted, Output, PayToChanged
from deml.base.states import Phase
from deml.base.types import ETHER, NOTHING, Address, Amount
from deml.core.closing import attempt, end_overdue, reserve
from deml.core.errors import (
    AlreadyAccepted,
    CapacityReached,
    JobFull,
    NotAParticipant,
    NotOnAllowList,
    SinkRefused,
    StakeMissing,
    WrongToken,
)
from deml.core.handlers.credit import credit_deposit
from deml.core.job import ClientState, JobState
from deml.core.phases import enter, require
from deml.core.state import State


def accept(state: State, meta: Metadata, body: Accept) -> Sequence[Output]:
    """Take part in a job that asks for no stake."""
    change = partial(_accept, meta, body)
    try:
        return attempt(state, change)
    except CapacityReached:
        return [*end_overdue(state, meta), *attempt(state, change)]


def _accept(meta: Metadata, body: Accept, state: State) -> Sequence[Output]:
    job, outputs = enter(state, meta, body.job_id)
    return [*outputs, _take_part(state, meta, job, meta.sender, NOTHING, body.pay_to)]


def accept_with_stake(state: State, meta: Metadata, deposit: Deposit, order: Accept) -> Sequence[Output]:
    """Take part with a deposit of the stake; what exceeds it is credited to the client."""
    job, outputs = enter(state, meta, order.job_id)
    if deposit.token != job.terms.reward_token:
        raise WrongToken(deposit.token, job.terms.reward_token)
    accepted = _take_part(state, meta, job, deposit.sender, deposit.amount, order.pay_to)
    excess = Amount(deposit.amount - job.terms.stake)
    if not excess:
        return [*outputs, accepted]
    return [*outputs, accepted, *credit_deposit(state, replace(deposit, amount=excess), None)]


def set_pay_to(state: State, meta: Metadata, body: SetPayTo) -> Sequence[Output]:
    """Have pay and stake sent to another account."""
    job, outputs = enter(state, meta, body.job_id)
    client = job.client(meta.sender)
    if client is None:
        raise NotAParticipant(job.id, meta.sender)
    pay_to = _destination(meta, meta.sender, body.pay_to)
    state.jobs[job.id] = job.with_client(replace(client, pay_to=pay_to))
    return [*outputs, PayToChanged(job.id, client.address, pay_to)]


def _take_part(
    state: State, meta: Metadata, job: JobState, client: Address, amount: Amount, pay_to: Address
) -> Accepted:
    require(job, meta, Phase.COMMIT, "accept")
    _check_welcome(job, client, amount)
    pay_to = _destination(meta, client, pay_to)
    newcomer = ClientState(client, pay_to, job.terms.stake)
    joined = replace(job, clients=(*job.clients, newcomer))
    reserve(state, joined.reserved_bytes - job.reserved_bytes)
    state.jobs[job.id] = joined
    return Accepted(job.id, client, pay_to)


def _check_welcome(job: JobState, client: Address, amount: Amount) -> None:
    terms = job.terms
    if job.client(client) is not None:
        raise AlreadyAccepted(job.id, client)
    if terms.allow_list and client not in terms.allow_list:
        raise NotOnAllowList(job.id, client)
    if len(job.clients) >= terms.max_participants:
        raise JobFull(job.id, terms.max_participants)
    if amount < terms.stake:
        raise StakeMissing(job.id, terms.stake, amount)


def _destination(meta: Metadata, client: Address, pay_to: Address) -> Address:
    if pay_to == meta.app:
        raise SinkRefused(pay_to)
    return client if pay_to == ETHER else pay_to
