"""`aggregate`: anyone has the mean of a settled job's verified models made, scored and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deml.base.answers import Average
from deml.base.inputs import Aggregate, Metadata
from deml.base.outputs import Aggregated, Output, Report
from deml.base.states import Standing
from deml.base.types import JobId, Score
from deml.core.closing import release
from deml.core.errors import AlreadyAggregated, NothingToAggregate, NotSettled, TooLateToAggregate, UnknownJob
from deml.core.job import JobState
from deml.core.phases import phase_of
from deml.core.state import ScoringKey, State
from deml.core.verification import load, prices_of_average, slicing_of
from deml.ipld import file_cid
from deml.scoring import Scoring, Sums, no_sums, parse_architecture


class _Allowance:
    """What steps one input may still take, in cycles."""

    def __init__(self, cycles: int) -> None:
        self._left = cycles

    def take(self, cycles: int) -> bool:
        """Take so much of it, if there is as much."""
        if cycles > self._left:
            return False
        self._left -= cycles
        return True


def aggregate(state: State, meta: Metadata, body: Aggregate) -> Sequence[Output]:
    """Add up models in commit order, write their mean, score it: as many steps as fit; tell the mean after the last."""
    job, average = _awaited(state, meta, body.job_id)
    prices = prices_of_average(state, job)
    left = _Allowance(prices.an_input)
    made = state.averages.get(job.id)
    if not isinstance(made, Scoring):
        sums = _add(state, job, made, left, prices.a_model)
        average = replace(average, added=sums.models)
        if sums.models < average.models or not left.take(prices.the_file):
            return _so_far(state, job, average, sums)
        made = Scoring(sums.mean())
        average = replace(average, model_cid=str(file_cid(made.file)))
        del sums
    made = _score(state, job, made, left, prices.a_slice)
    average, holdout = replace(average, rows_done=made.rows), state.holdouts[job.id]
    if made.rows < holdout.rows:
        return _so_far(state, job, average, made)
    score = Score(made.conclude(holdout))
    release(state, replace(job, average=replace(average, score=score)))
    return [Aggregated(job.id, average.model_cid or "", average.models, score)]


def _awaited(state: State, meta: Metadata, job_id: JobId) -> tuple[JobState, Average]:
    """Find a job of which an average is to be made, and can be.

    Raises
    ------
    UnknownJob, NotSettled, NothingToAggregate, AlreadyAggregated, TooLateToAggregate
    """
    job = state.jobs.get(job_id)
    if job is None:
        raise UnknownJob(job_id)
    if job.outcome is None:
        raise NotSettled(job_id, phase_of(job, meta.timestamp))
    average = job.average
    if average is None:
        raise NothingToAggregate(job_id, job.outcome.ending)
    if average.score is not None:
        raise AlreadyAggregated(job_id, average.model_cid or "")
    if meta.timestamp > average.until:
        raise TooLateToAggregate(job_id, average.until, meta.timestamp)
    return job, average


def _add(state: State, job: JobState, sums: Sums | None, left: _Allowance, price: int) -> Sums:
    """Add the next models in commit order; a file that has been added is kept no longer."""
    sums = sums or no_sums(parse_architecture(job.terms.architecture))
    for client in job.standing(Standing.VERIFIED)[sums.models :]:
        if not left.take(price):
            break
        sums = sums.plus(load(state, job, state.verified.pop(ScoringKey(job.id, client.address))))
    return sums


def _score(state: State, job: JobState, scoring: Scoring, left: _Allowance, price: int) -> Scoring:
    """Score the next slices of rows."""
    model, holdout, cut = load(state, job, scoring.file), state.holdouts[job.id], slicing_of(state, job)
    while scoring.rows < holdout.rows and left.take(price):
        scoring = scoring.proceed(model, holdout, cut.rows)
    return scoring


def _so_far(state: State, job: JobState, average: Average, made: Sums | Scoring) -> Sequence[Output]:
    """Keep what there is, and say how far it is."""
    state.averages[job.id] = made
    state.jobs[job.id] = replace(job, average=average)
    progress = {"jobId": job.id, "models": average.models, "added": average.added, "rowsDone": average.rows_done}
    return [Report({"aggregate": progress})]
