"""Phases: which one a job is in, and what time brings about in it."""

from __future__ import annotations

from dataclasses import replace

from deml.base.inputs import Metadata
from deml.base.outputs import Due, DuesFixed, Output
from deml.base.states import AWAITED, Phase, Standing
from deml.base.types import NOTHING, Address, Amount, JobId, Timestamp
from deml.core.errors import JobEnded, UnknownJob, WrongPhase
from deml.core.job import ClientState, JobState
from deml.core.state import ScoringKey, State
from deml.market import Bid, offers


def phase_of(job: JobState, now: Timestamp) -> Phase:
    """Say which phase `job` is in at `now`; window ends are inclusive."""
    terms = job.terms
    if job.outcome is not None:
        return Phase.ENDED
    if now <= terms.commit_until:
        return Phase.COMMIT
    if now <= terms.holdout_until:
        return Phase.REVEAL
    if now <= terms.declare_until:
        return Phase.DECLARE
    return Phase.SUBMIT


def until(job: JobState, now: Timestamp) -> Timestamp:
    """Last second of the phase, or submission round, that `job` is in at `now`; then, in which its average is made."""
    terms = job.terms
    if job.average is not None:
        return job.average.until
    for end in (terms.commit_until, terms.holdout_until, terms.declare_until):
        if now <= end:
            return end
    return job.round_until if job.round else terms.submit_until


def enter(state: State, meta: Metadata, job_id: JobId) -> tuple[JobState, list[Output]]:
    """Look up a job that has not ended and bring it up to date; every input about a job begins so.

    Returns
    -------
    Job
        The job as of the input's timestamp; stored in `state` as well.
    list of Output
        Notices of what time has brought about.

    Raises
    ------
    UnknownJob, JobEnded
    """
    job = state.jobs.get(job_id)
    if job is None:
        raise UnknownJob(job_id)
    if job.outcome is not None:
        raise JobEnded(job_id, job.outcome.ending)
    job, outputs = advance(job, meta.timestamp)
    state.jobs[job_id] = job
    for failed in job.standing(Standing.FAILED):
        state.scorings.pop(ScoringKey(job_id, failed.address), None)
    return job, outputs


def require(job: JobState, meta: Metadata, phase: Phase, action: str) -> None:
    """Refuse `action` outside its phase.

    Raises
    ------
    WrongPhase
    """
    current = phase_of(job, meta.timestamp)
    if current is not phase:
        raise WrongPhase(job.id, action, phase, current, meta.timestamp)


def advance(job: JobState, now: Timestamp) -> tuple[JobState, list[Output]]:
    """Do what time alone brings about: fix the dues, let a round pass, fail those who did not deliver.

    However late it is, at most one round begins, and it lasts a whole window from `now`: nobody fails in a round whose
    dues nobody could read. A round of which nobody fails, but somebody is still being scored, is prolonged by a window.
    """
    outputs: list[Output] = []
    if job.revealed is None or now <= job.terms.declare_until:
        return job, outputs
    if job.round == 0 and job.standing(Standing.DECLARED):
        job, notice = _fix_dues(job, now, failed=())
        outputs.append(notice)
    while job.standing(*AWAITED) and now > job.round_until:
        overdue = _overdue(job)
        job = job.with_clients(tuple(replace(one, standing=Standing.FAILED, due=NOTHING) for one in overdue))
        if overdue and job.round < job.terms.max_rounds:
            job, notice = _fix_dues(job, now, failed=tuple(one.address for one in overdue))
            outputs.append(notice)
        elif job.standing(Standing.SCORING):
            job = replace(job, round_until=scoring_ends(job))
    return job, outputs


def _overdue(job: JobState) -> tuple[ClientState, ...]:
    """Those awaited in vain once the round is over: all but who submitted in it and is being scored."""
    late = job.standing(*AWAITED)
    return tuple(one for one in late if one.standing is not Standing.SCORING or one.scored_by <= job.round_until)


def scoring_ends(job: JobState) -> Timestamp:
    """Last second of the window after the current round, in which what is submitted in it may still be scored."""
    return Timestamp(job.round_until + job.terms.window)


def _fix_dues(job: JobState, now: Timestamp, failed: tuple[Address, ...]) -> tuple[JobState, DuesFixed]:
    """Compute the dues among those who have neither failed nor been waived, and begin the next round."""
    delivered = (Standing.VERIFIED, Standing.SCORING)
    bidders = job.standing(Standing.DECLARED, Standing.NOT_DUE, *delivered)
    made = offers(job.terms.rule, job.escrow, job.terms.baseline, [bid_of(one) for one in bidders])
    number, until = job.round + 1, Timestamp(now + job.terms.window)
    changed = []
    for client, offer in zip(bidders, made, strict=True):
        standing = client.standing
        if standing not in delivered:
            standing = Standing.WAIVED if offer.waived else Standing.DUE if offer.pay else Standing.NOT_DUE
        first = offer.pay if number == 1 else client.first_due
        changed.append(replace(client, standing=standing, due=offer.pay, first_due=first, mismatches=0))
    job = replace(job.with_clients(tuple(changed)), round=number, round_until=until)
    notice = DuesFixed(
        job_id=job.id,
        round=number,
        round_until=until,
        dues=tuple(Due(one.address, one.due) for one in changed if one.due),
        waived=tuple(one.address for one in changed if one.standing is Standing.WAIVED),
        failed=failed,
    )
    return job, notice


def bid_of(client: ClientState) -> Bid:
    """Read a declaration as a bid.

    Raises
    ------
    ValueError
        If the client has not declared.
    """
    if client.declared is None:
        raise ValueError(f"{client.address} has not declared a score")
    return Bid(client.declared, Amount(client.min_pay))
