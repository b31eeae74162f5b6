"""How far a published model is scored by one input, and what follows when it is not what was declared."""

from __future__ import annotations

from deml.base import outputs
from deml.base.errors import DemlError
from deml.base.outputs import Output, Refuted, Report
from deml.base.types import Address, JobId, Score
from deml.core.job import Job
from deml.core.state import ScoringKey, State
from deml.scoring import Model, Scoring, Slicing, load_model, parse_architecture, parse_metric, slicing


def load(state: State, job: Job, file: bytes) -> Model:
    """Read a model of `job`, on top of its initial model if that is known already.

    Raises
    ------
    DemlError
        What `deml.scoring` finds wrong with the file.
    """
    return load_model(parse_architecture(job.terms.architecture), file, state.initials.get(job.id))


def slicing_of(state: State, job: Job) -> Slicing:
    """Tell how the scoring of the job's models is cut up."""
    terms = job.terms
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    sizes = (terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes)
    return slicing(architecture, metric, *sizes, state.budget)


def proceed(
    state: State, job: Job, owner: Address, scoring: Scoring, model: Model, slices: int | None = None
) -> Score | outputs.ScoringProgress:
    """Score as many slices as fit one input, or fewer if only so many are asked for; one at a time, to save memory.

    Returns
    -------
    Score or outputs.ScoringProgress
        The model's score; where rows remain, how far it is, which `state` keeps.
    """
    cut, holdout = slicing_of(state, job), state.holdouts[job.id]
    wanted = cut.an_input if slices is None else min(slices, cut.an_input)
    for _ in range(min(wanted, cut.slices(holdout.rows - scoring.rows))):
        scoring = scoring.proceed(model, holdout, cut.rows)
    key = ScoringKey(job.id, owner)
    if scoring.rows < holdout.rows:
        state.scorings[key] = scoring
        return outputs.ScoringProgress(job.id, owner, scoring.rows, holdout.rows)
    state.scorings.pop(key, None)
    return Score(scoring.conclude(holdout))


def mismatch(job_id: JobId, owner: Address, problem: DemlError, left: int) -> list[Output]:
    """Say that what `owner` sent is not what it committed to, and how often it may try again."""
    body = {"mismatch": {"jobId": job_id, "client": owner, "triesLeft": left}, "reason": problem.as_report()}
    return [Report(body)]


def refuted(
    job_id: JobId, owner: Address, model_cid: str, declared: Score, problem: DemlError, computed: int = 0
) -> list[Output]:
    """Say that what `owner` committed to is not what it declared: it scores otherwise, or cannot be scored at all."""
    return [
        Refuted(job_id, owner, model_cid, declared, Score(computed), problem.code()),
        Report({"refuted": {"jobId": job_id, "client": owner}, "reason": problem.as_report()}),
    ]
