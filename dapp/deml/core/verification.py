"""How far a published model is scored by one input, and what follows when it is not what was declared."""

from __future__ import annotations

from deml.base import outputs
from deml.base.errors import DemlError
from deml.base.outputs import Output, Refuted, Report
from deml.base.types import Address, JobId, Score
from deml.core.job import JobState
from deml.core.state import ScoringKey, State
from deml.market import credited_score, luck_bar
from deml.scoring import (
    Averaging,
    Model,
    Pairing,
    RowEvidence,
    Scoring,
    Slicing,
    averaging,
    gain_over,
    load_model,
    parse_architecture,
    parse_metric,
    parse_pairing,
    slicing,
)


def load(state: State, job: JobState, file: bytes) -> Model:
    """Read a model of `job`, on top of its initial model if that is known already.

    Raises
    ------
    DemlError
        What `deml.scoring` finds wrong with the file.
    """
    initial = state.initials.get(job.id)
    return load_model(parse_architecture(job.terms.architecture), file, initial.model if initial else None)


def prices_of_average(state: State, job: JobState) -> Averaging:
    """Tell what the steps to the average of the job's models cost."""
    terms = job.terms
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    cut = slicing_of(state, job)
    sizes = (terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes)
    return averaging(architecture, metric, *sizes, cut, state.budget)


def slicing_of(state: State, job: JobState) -> Slicing:
    """Tell how the scoring of the job's models is cut up."""
    terms = job.terms
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    sizes = (terms.max_rows, terms.max_model_bytes, terms.max_holdout_bytes)
    return slicing(architecture, metric, *sizes, state.budget)


def proceed(
    state: State, job: JobState, owner: Address, scoring: Scoring, model: Model, slices: int | None = None
) -> RowEvidence | outputs.ScoringProgress:
    """Score as many slices as fit one input, or fewer if only so many are asked for; one at a time, to save memory.

    Returns
    -------
    Evidence or outputs.ScoringProgress
        What there is to conclude from; where rows remain, how far it is, which `state` keeps.
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
    return scoring.evidence


def credited(state: State, job: JobState, score: Score, evidence: RowEvidence) -> Score:
    """What a model's score counts for pay: all of it, or what luck cannot explain."""
    pairing, initial = pairing_of(job), state.initials[job.id].qualities
    if pairing is None or initial is None:
        return score
    gain = gain_over(state.holdouts[job.id], pairing, evidence, initial)
    bar = luck_bar(job.terms.max_participants, job.terms.confidence)
    return credited_score(job.terms.baseline, score, gain, bar)


def pairing_of(job: JobState) -> Pairing | None:
    """How models are compared with the initial one; None where scores count as they are."""
    terms = job.terms
    if not terms.confidence:
        return None
    architecture = parse_architecture(terms.architecture)
    return parse_pairing(parse_metric(terms.metric, architecture), architecture, terms.evidence_cut)


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
