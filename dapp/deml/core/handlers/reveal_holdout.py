"""`revealHoldout`: the sponsor opens its commitment and proves the declared baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deml.base.commitment import holdout_commitment
from deml.base.inputs import Metadata, RevealHoldout, Slot
from deml.base.outputs import HoldoutRevealed, Output
from deml.base.types import Score
from deml.core.buffers import take_file
from deml.core.errors import BaselineMismatch, CommitmentMismatch
from deml.core.job import Job, Revealed
from deml.core.phases import enter
from deml.core.roles import revealing_sponsor
from deml.core.state import State
from deml.ipld import Cid
from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score


def reveal_holdout(state: State, meta: Metadata, body: RevealHoldout) -> Sequence[Output]:
    """Verify commitment, bytes and baseline, and keep the prepared holdout for the submissions."""
    job, outputs = enter(state, meta, body.job_id)
    revealing_sponsor(job, meta, "revealHoldout")
    data_cid = Cid.parse(body.data_cid).v1()
    _check_commitment(job, meta, data_cid, body.salt)
    holdout_file = take_file(state, job, job.sponsor, Slot.HOLDOUT, body.holdout, data_cid)
    initial_cid = Cid.parse(job.terms.initial_model_cid)
    initial_file = take_file(state, job, job.sponsor, Slot.INITIAL_MODEL, body.initial_model, initial_cid)

    architecture = parse_architecture(job.terms.architecture)
    metric = parse_metric(job.terms.metric, architecture)
    holdout = load_holdout(architecture, metric, holdout_file, job.terms.max_rows)
    baseline = Score(score(load_model(architecture, initial_file), holdout))
    if baseline != job.terms.baseline:
        raise BaselineMismatch(job.id, job.terms.baseline, baseline)

    state.holdouts[job.id] = holdout
    state.jobs[job.id] = replace(job, revealed=Revealed(str(data_cid), holdout.rows))
    return [*outputs, HoldoutRevealed(job.id, str(data_cid), baseline, holdout.rows)]


def _check_commitment(job: Job, meta: Metadata, cid: Cid, salt: bytes) -> None:
    computed = holdout_commitment(meta.chain_id, meta.app, job.terms.nonce, job.sponsor, cid.binary, salt)
    if computed != job.terms.holdout_commitment:
        raise CommitmentMismatch(job.id, str(cid), job.terms.holdout_commitment.hex(), computed.hex())
