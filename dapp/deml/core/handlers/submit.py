"""`submit`: a due client publishes its model; commitment, bytes and score must be what it promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deml.base.commitment import model_commitment
from deml.base.inputs import Metadata, Slot, Submit
from deml.base.outputs import Output, Scored
from deml.base.types import Score
from deml.core.buffers import take_file
from deml.core.errors import CommitmentMismatch, ScoreMismatch, WrongHoldout
from deml.core.job import Client, Job, Standing
from deml.core.phases import bid_of, enter
from deml.core.roles import due_client
from deml.core.state import State
from deml.ipld import Cid
from deml.scoring import load_model, parse_architecture, score


def submit(state: State, meta: Metadata, body: Submit) -> Sequence[Output]:
    """Verify and score the model."""
    job, outputs = enter(state, meta, body.job_id)
    client = due_client(job, meta, "submit")
    _check_holdout(job, body.data_cid)
    model_cid = Cid.parse(body.model_cid).v1()
    _check_commitment(job, meta, client, model_cid, body.salt)
    weights = take_file(state, job, client.address, Slot.WEIGHTS, body.weights, model_cid)

    model = load_model(parse_architecture(job.terms.architecture), weights)
    computed = Score(score(model, state.holdouts[job.id]))
    declared = bid_of(client).score
    if computed != declared:
        raise ScoreMismatch(job.id, declared, computed)

    verified = replace(client, standing=Standing.VERIFIED, model_cid=str(model_cid))
    state.jobs[job.id] = job.with_client(verified)
    data_cid = job.revealed.data_cid if job.revealed else ""
    return [*outputs, Scored(job.id, client.address, str(model_cid), data_cid, computed)]


def _check_holdout(job: Job, data_cid: str) -> None:
    revealed = job.revealed.data_cid if job.revealed else ""
    named = str(Cid.parse(data_cid).v1())
    if named != revealed:
        raise WrongHoldout(job.id, named, revealed)


def _check_commitment(job: Job, meta: Metadata, client: Client, cid: Cid, salt: bytes) -> None:
    computed = model_commitment(meta.chain_id, meta.app, job.id, client.address, cid.binary, salt)
    if computed != client.commitment:
        committed = client.commitment.hex() if client.commitment else "nothing"
        raise CommitmentMismatch(job.id, str(cid), committed, computed.hex())
