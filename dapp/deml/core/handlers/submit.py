"""`submit`: a due client publishes its model; commitment, bytes and score must be what it promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deml.base import outputs
from deml.base.commitment import model_commitment
from deml.base.errors import DemlError
from deml.base.inputs import Metadata, Slot, Submit
from deml.base.limits import MAX_MISMATCHES
from deml.base.outputs import Output, Scored
from deml.base.states import Standing
from deml.base.types import Score
from deml.core.buffers import check_sent, drop, read_sent
from deml.core.errors import CommitmentMismatch, ScoreMismatch, WrongHoldout
from deml.core.job import ClientState, JobState
from deml.core.phases import bid_of, enter, scoring_ends
from deml.core.roles import due_client
from deml.core.state import ScoringKey, State
from deml.core.verification import credited, load, mismatch, proceed, refuted
from deml.ipld import Cid
from deml.scoring import RowEvidence, Scoring, conclude


def submit(state: State, meta: Metadata, body: Submit) -> Sequence[Output]:
    """Verify the model's bytes, which makes them final, and score as many rows as fit; count bytes that are others."""
    job, made = enter(state, meta, body.job_id)
    client = due_client(job, meta, "submit")
    _check_holdout(job, body.data_cid)
    model_cid = Cid.parse(body.model_cid).v1()
    _check_commitment(job, meta, client, model_cid, body.salt)
    check_sent(state, job, client.address, Slot.WEIGHTS, body.weights)
    try:
        file = read_sent(state, job, client.address, Slot.WEIGHTS, body.weights, model_cid)
    except DemlError as problem:
        return [*made, *_count(state, job, client, problem)]
    drop(state, job, client.address, Slot.WEIGHTS)
    client = replace(client, model_cid=str(model_cid), scored_by=scoring_ends(job))
    try:
        model = load(state, job, file)
    except DemlError as problem:
        return [*made, *_refute(state, job, client, problem)]
    found = proceed(state, job, client.address, Scoring(file), model)
    return [*made, *judge_model(state, job, client, file, found)]


def judge_model(
    state: State, job: JobState, client: ClientState, file: bytes, found: RowEvidence | outputs.ScoringProgress
) -> Sequence[Output]:
    """Hold what a client's model is credited, once it is known, to what it declared; keep what is to be averaged."""
    if isinstance(found, outputs.ScoringProgress):
        state.jobs[job.id] = job.with_client(replace(client, standing=Standing.SCORING))
        return [found]
    declared = bid_of(client).score
    score = Score(conclude(state.holdouts[job.id], found))
    counted = credited(state, job, score, found)
    if counted != declared:
        return _refute(state, job, client, ScoreMismatch(job.id, declared, counted), counted)
    state.jobs[job.id] = job.with_client(replace(client, standing=Standing.VERIFIED, score=score))
    if job.terms.aggregate:
        state.verified[ScoringKey(job.id, client.address)] = file
    data_cid = job.revealed.data_cid if job.revealed else ""
    return [Scored(job.id, client.address, client.model_cid, data_cid, score, counted)]


def _count(state: State, job: JobState, client: ClientState, problem: DemlError) -> Sequence[Output]:
    mismatches = client.mismatches + 1
    state.jobs[job.id] = job.with_client(replace(client, mismatches=mismatches))
    return mismatch(job.id, client.address, problem, MAX_MISMATCHES - mismatches)


def _refute(
    state: State, job: JobState, client: ClientState, problem: DemlError, computed: int = 0
) -> Sequence[Output]:
    """Let the client fail at the end of the round; no other model can match its commitment."""
    state.jobs[job.id] = job.with_client(replace(client, standing=Standing.REFUTED))
    return refuted(job.id, client.address, client.model_cid, bid_of(client).score, problem, computed)


def _check_holdout(job: JobState, data_cid: str) -> None:
    revealed = job.revealed.data_cid if job.revealed else ""
    named = str(Cid.parse(data_cid).v1())
    if named != revealed:
        raise WrongHoldout(job.id, named, revealed)


def _check_commitment(job: JobState, meta: Metadata, client: ClientState, cid: Cid, salt: bytes) -> None:
    computed = model_commitment(meta.chain_id, meta.app, job.id, client.address, cid.binary, salt)
    if computed != client.commitment:
        committed = client.commitment.hex() if client.commitment else "nothing"
        raise CommitmentMismatch(job.id, str(cid), committed, computed.hex())
