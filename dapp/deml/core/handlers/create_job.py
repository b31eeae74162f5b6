"""`createJob`: check a sponsor's terms and open the job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deml.base.bounds import check_memory, check_stake, check_terms
from deml.base.inputs import CreateJob, Deposit, Metadata
from deml.base.limits import MAX_RESERVED_BYTES, MAX_WORKING_BYTES
from deml.base.outputs import JobCreated, Output
from deml.base.terms import Terms
from deml.base.types import Address, JobId
from deml.core.errors import CapacityReached, HoldoutReused, WrongToken
from deml.core.job import Job
from deml.core.memory import reserved_for
from deml.core.state import State
from deml.ipld import Cid
from deml.market import check_rule, needs_stake
from deml.scoring import parse_architecture, parse_metric, slicing
from deml.scoring.memory import working_bytes


def create_job(state: State, meta: Metadata, deposit: Deposit, order: CreateJob) -> Sequence[Output]:
    """Open a job whose escrow is the deposited amount."""
    terms = order.terms
    if deposit.token != terms.reward_token:
        raise WrongToken(deposit.token, terms.reward_token)
    check_terms(terms, deposit.amount, meta.timestamp)
    check_rule(terms.rule, deposit.amount, terms.baseline)
    if needs_stake(terms.rule, deposit.amount, terms.max_participants):
        check_stake(terms.stake, deposit.amount)
    if terms.spec_cid:
        Cid.parse(terms.spec_cid)
    Cid.parse(terms.initial_model_cid)
    _check_unused(state, deposit.sender, terms.holdout_commitment)
    job_id = JobId(state.progress.jobs + 1)
    job = Job(job_id, deposit.sender, terms, deposit.amount, _reservation(state, terms))
    state.jobs[job.id] = job
    state.progress = replace(state.progress, jobs=job.id)
    return [JobCreated(job.id, job.sponsor, job.escrow, terms)]


def _check_unused(state: State, sponsor: Address, commitment: bytes) -> None:
    for job in state.jobs.values():
        if job.sponsor == sponsor and job.terms.holdout_commitment == commitment:
            raise HoldoutReused(job.id)


def _reservation(state: State, terms: Terms) -> int:
    """Bytes of memory for a job that can be scored at payday; refuse any other, and what there is no room for."""
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    sizes = (terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes)
    check_memory(working_bytes(architecture, *sizes), MAX_WORKING_BYTES)
    needed = reserved_for(terms, architecture, slicing(architecture, metric, *sizes, state.budget))
    available = MAX_RESERVED_BYTES - state.reserved_bytes()
    if needed > available:
        raise CapacityReached(needed, available)
    return needed
