"""`revealHoldout`: the sponsor opens its commitment and proves the declared baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deml.base import outputs
from deml.base.commitment import holdout_commitment
from deml.base.errors import DemlError
from deml.base.inputs import Metadata, RevealHoldout, Slot
from deml.base.limits import MAX_MISMATCHES
from deml.base.outputs import HoldoutRevealed, Output
from deml.base.states import Opening
from deml.base.types import Score
from deml.core.buffers import check_sent, drop, read_sent
from deml.core.errors import BaselineMismatch, CommitmentMismatch
from deml.core.job import JobState, Opened
from deml.core.phases import enter
from deml.core.roles import revealing_sponsor
from deml.core.state import Initial, State
from deml.core.verification import load, mismatch, pairing_of, proceed, refuted
from deml.ipld import Cid
from deml.scoring import (
    Model,
    RowEvidence,
    Scoring,
    conclude,
    load_holdout,
    parse_architecture,
    parse_metric,
    qualities,
)


def reveal_holdout(state: State, meta: Metadata, body: RevealHoldout) -> Sequence[Output]:
    """Verify commitment and bytes, which makes them final, and score the baseline on as many rows as fit.

    Bytes that are others are counted.
    """
    job, made = enter(state, meta, body.job_id)
    revealing_sponsor(job, meta, "revealHoldout")
    data_cid = Cid.parse(body.data_cid).v1()
    _check_commitment(job, meta, data_cid, body.salt)
    initial_cid = Cid.parse(job.terms.initial_model_cid)
    for slot, stream in ((Slot.HOLDOUT, body.holdout), (Slot.INITIAL_MODEL, body.initial_model)):
        check_sent(state, job, job.sponsor, slot, stream)
    try:
        holdout_file = read_sent(state, job, job.sponsor, Slot.HOLDOUT, body.holdout, data_cid)
        initial_file = read_sent(state, job, job.sponsor, Slot.INITIAL_MODEL, body.initial_model, initial_cid)
    except DemlError as problem:
        return [*made, *_count(state, job, problem)]
    drop(state, job, job.sponsor, Slot.HOLDOUT, Slot.INITIAL_MODEL)

    architecture = parse_architecture(job.terms.architecture)
    metric = parse_metric(job.terms.metric, architecture)
    try:
        holdout = load_holdout(architecture, metric, holdout_file, job.terms.max_rows, job.terms.min_rows)
        initial = load(state, job, initial_file)
    except DemlError as problem:
        return [*made, *_refute(state, job, Opened(str(data_cid), 0, Opening.REFUTED), problem)]
    state.holdouts[job.id] = holdout
    opened = Opened(str(data_cid), holdout.rows, Opening.SCORING)
    found = proceed(state, job, job.sponsor, Scoring(initial_file), initial)
    return [*made, *judge_baseline(state, job, opened, initial, found)]


def judge_baseline(
    state: State, job: JobState, opened: Opened, initial: Model, found: RowEvidence | outputs.ScoringProgress
) -> Sequence[Output]:
    """Hold the initial model's score, once it is known, to the terms; the holdout counts as revealed from then on."""
    if isinstance(found, outputs.ScoringProgress):
        state.jobs[job.id] = replace(job, opened=opened)
        return [found]
    holdout, pairing = state.holdouts[job.id], pairing_of(job)
    score = Score(conclude(holdout, found))
    if score != job.terms.baseline:
        return _refute(state, job, opened, BaselineMismatch(job.id, job.terms.baseline, score), score)
    worth = qualities(holdout, pairing, found) if pairing else None
    state.initials[job.id] = Initial(Model(initial.architecture, initial.tensors), worth)
    state.jobs[job.id] = replace(job, opened=replace(opened, opening=Opening.CONFIRMED))
    return [HoldoutRevealed(job.id, opened.data_cid, score, opened.rows)]


def _count(state: State, job: JobState, problem: DemlError) -> Sequence[Output]:
    mismatches = job.mismatches + 1
    state.jobs[job.id] = replace(job, mismatches=mismatches)
    return mismatch(job.id, job.sponsor, problem, MAX_MISMATCHES - mismatches)


def _refute(state: State, job: JobState, opened: Opened, problem: DemlError, computed: int = 0) -> Sequence[Output]:
    """Let the job end as if the holdout had stayed secret; no other can match the commitment."""
    state.holdouts.pop(job.id, None)
    state.jobs[job.id] = replace(job, opened=replace(opened, opening=Opening.REFUTED))
    return refuted(job.id, job.sponsor, job.terms.initial_model_cid, job.terms.baseline, problem, computed)


def _check_commitment(job: JobState, meta: Metadata, cid: Cid, salt: bytes) -> None:
    computed = holdout_commitment(meta.chain_id, meta.app, job.terms.nonce, job.sponsor, cid.binary, salt)
    if computed != job.terms.holdout_commitment:
        raise CommitmentMismatch(job.id, str(cid), job.terms.holdout_commitment.hex(), computed.hex())
