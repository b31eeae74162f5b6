"""`createJob`: check a sponsor's terms and open the job."""

from __future__ import annotations

from collections.abc import Sequence

from deml.base.bounds import check_memory, check_seats, check_stake, check_terms
from deml.base.inputs import CreateJob, Deposit, Metadata
from deml.base.limits import MAX_RESERVED_BYTES, MAX_WORKING_BYTES
from deml.base.outputs import JobCreated, Output
from deml.base.terms import Terms
from deml.base.types import Address, JobId
from deml.core.closing import open_job
from deml.core.errors import CapacityReached, HoldoutReused, UnknownPreviousJob, WrongToken
from deml.core.job import JobState
from deml.core.state import HoldoutKey, State
from deml.ipld import Cid
from deml.market import check_rows_for, check_rule, distance, luck_bar, needs_stake
from deml.scoring import Pairing, parse_architecture, parse_metric, parse_pairing, slicing
from deml.scoring.memory import working_bytes
from deml.scoring.reservation import MemoryNeeds, check_average, needs_of


def create_job(state: State, meta: Metadata, deposit: Deposit, order: CreateJob) -> Sequence[Output]:
    """Open a job whose escrow is the deposited amount."""
    terms = order.terms
    if deposit.token != terms.reward_token:
        raise WrongToken(deposit.token, terms.reward_token)
    check_terms(terms, deposit.amount, meta.timestamp)
    check_rule(terms.rule, deposit.amount, terms.baseline)
    if needs_stake(terms.rule, deposit.amount, terms.max_participants):
        check_stake(terms.stake, deposit.amount)
    check_seats(terms, deposit.amount)
    if terms.spec_cid:
        Cid.parse(terms.spec_cid)
    Cid.parse(terms.initial_model_cid)
    if terms.previous_job > state.progress.jobs:
        raise UnknownPreviousJob(terms.previous_job, state.progress.jobs)
    _check_unused(state, deposit.sender, terms.holdout_commitment)
    job_id = JobId(state.progress.jobs + 1)
    job = JobState(job_id, deposit.sender, terms, deposit.amount, _needs(state, terms))
    open_job(state, job)
    return [JobCreated(job.id, job.sponsor, job.escrow, terms)]


def _check_unused(state: State, sponsor: Address, commitment: bytes) -> None:
    former = state.used.get(HoldoutKey(sponsor, commitment))
    if former is not None:
        raise HoldoutReused(former)


def _needs(state: State, terms: Terms) -> MemoryNeeds:
    """Memory for a job that can be scored at payday; refuse any other, and what no Application has room for."""
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    if terms.confidence:
        _check_luck(terms, parse_pairing(metric, architecture, terms.evidence_cut))
    sizes = (terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes)
    check_memory(working_bytes(architecture, *sizes), MAX_WORKING_BYTES)
    cut = slicing(architecture, metric, *sizes, state.budget)
    check_average(terms, architecture, metric, cut, state.budget)
    needs = needs_of(terms, architecture, cut)
    most = needs.of(terms.max_participants)
    if most > MAX_RESERVED_BYTES:
        raise CapacityReached(most, MAX_RESERVED_BYTES)
    return needs


def _check_luck(terms: Terms, pairing: Pairing) -> None:
    """Refuse terms by which all that is paid for could be luck; where the metric tells before the holdout is there."""
    bar = luck_bar(terms.max_participants, terms.confidence)
    if pairing.a_row is not None:
        check_rows_for(distance(terms.rule, terms.baseline), bar, terms.min_rows, pairing.a_row)
