"""`createJob`: check a sponsor's terms and open the job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deml.base.bounds import check_stake, check_terms, check_work
from deml.base.inputs import CreateJob, Deposit, Metadata
from deml.base.limits import MAX_RESERVED_BYTES
from deml.base.outputs import JobCreated, Output
from deml.base.terms import Terms
from deml.base.types import Address, JobId
from deml.core.errors import CapacityReached, HoldoutReused, WrongToken
from deml.core.job import Job
from deml.core.state import State
from deml.ipld import Cid
from deml.market import check_rule, needs_stake
from deml.scoring import parse_architecture, parse_metric, scoring_mcycles


def create_job(state: State, meta: Metadata, deposit: Deposit, order: CreateJob) -> Sequence[Output]:
    """Open a job whose escrow is the deposited amount."""
    terms = order.terms
    if deposit.token != terms.reward_token:
        raise WrongToken(deposit.token, terms.reward_token)
    check_terms(terms, deposit.amount, meta.timestamp)
    check_rule(terms.rule, deposit.amount, terms.baseline)
    if needs_stake(terms.rule, deposit.amount, terms.max_participants):
        check_stake(terms.stake, deposit.amount)
    _check_content(terms)
    _check_unused(state, deposit.sender, terms.holdout_commitment)
    job = Job(JobId(state.progress.jobs + 1), deposit.sender, terms, deposit.amount)
    _check_capacity(state, job)
    state.jobs[job.id] = job
    state.progress = replace(state.progress, jobs=job.id)
    return [JobCreated(job.id, job.sponsor, job.escrow, terms)]


def _check_content(terms: Terms) -> None:
    """Refuse what could not be scored at payday."""
    if terms.spec_cid:
        Cid.parse(terms.spec_cid)
    Cid.parse(terms.initial_model_cid)
    architecture = parse_architecture(terms.architecture)
    parse_metric(terms.metric, architecture)
    check_work(scoring_mcycles(architecture, terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes))


def _check_unused(state: State, sponsor: Address, commitment: bytes) -> None:
    for job in state.jobs.values():
        if job.sponsor == sponsor and job.terms.holdout_commitment == commitment:
            raise HoldoutReused(job.id)


def _check_capacity(state: State, job: Job) -> None:
    available = MAX_RESERVED_BYTES - state.reserved_bytes()
    if job.reserved_bytes > available:
        raise CapacityReached(job.reserved_bytes, available)
