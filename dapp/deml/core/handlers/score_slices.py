"""`score`: anyone lets a scoring go on that one input could not finish."""

from __future__ import annotations

from collections.abc import Sequence

from deml.base.inputs import Metadata, ScoreSlices
from deml.base.outputs import Output
from deml.base.states import Opening, Phase, Standing
from deml.base.types import Address
from deml.core.errors import NoSlices, NothingToScore
from deml.core.handlers.reveal_holdout import judge_baseline
from deml.core.handlers.submit import judge_model
from deml.core.job import ClientState, JobState
from deml.core.phases import enter, require
from deml.core.state import ScoringKey, State
from deml.core.verification import load, proceed


def score_slices(state: State, meta: Metadata, body: ScoreSlices) -> Sequence[Output]:
    """Score the next slices, as many as are asked for and fit; with the last of them, judge the score."""
    job, made = enter(state, meta, body.job_id)
    if not body.slices:
        raise NoSlices()
    scoring = state.scorings.get(ScoringKey(job.id, body.client))
    if scoring is None:
        raise NothingToScore(job.id, body.client)
    if job.opened is not None and job.opened.opening is Opening.SCORING:
        require(job, meta, Phase.REVEAL, "scoring of the baseline")
        initial = load(state, job, scoring.file)
        found = proceed(state, job, job.sponsor, scoring, initial, body.slices)
        return [*made, *judge_baseline(state, job, job.opened, initial, found)]
    client = _being_scored(job, body.client)
    found = proceed(state, job, client.address, scoring, load(state, job, scoring.file), body.slices)
    return [*made, *judge_model(state, job, client, scoring.file, found)]


def _being_scored(job: JobState, address: Address) -> ClientState:
    client = job.client(address)
    if client is None or client.standing is not Standing.SCORING:
        raise NothingToScore(job.id, address)
    return client
