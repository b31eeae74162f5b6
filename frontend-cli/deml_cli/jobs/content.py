"""Where a job's public files come from: a content store if it has them, the chain's own inputs otherwise."""

from __future__ import annotations

from deml.base.types import Score
from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score
from deml_cli.jobs.desk import Desk
from deml_cli.jobs.errors import HoldoutSecret
from deml_cli.jobs.rebuild import rebuild
from deml_cli.jobs.view import Job


def public_file(desk: Desk, job: Job, cid: str) -> bytes:
    """Fetch the initial model, the revealed holdout or a delivered model.

    Raises
    ------
    NotOnChain
        If neither a content store nor the chain has it.
    """
    limit = max(job.terms.max_model_bytes, job.terms.max_holdout_bytes)
    found = desk.fetch(cid, limit)
    if found is not None:
        return found
    sender = next((one.client for one in job.clients if one.model_cid == cid), job.sponsor)
    return rebuild(desk.accepted_inputs(sender), job.id, job.terms, cid)


def revealed_holdout(desk: Desk, job: Job) -> bytes:
    """Fetch the holdout.

    Raises
    ------
    HoldoutSecret
        If it has not been revealed.
    """
    if job.data_cid is None:
        raise HoldoutSecret(job.id)
    return public_file(desk, job, job.data_cid)


def score_file(job: Job, model: bytes, holdout: bytes) -> Score:
    """Score a model as the dapp does: the same code, the same integer.

    Raises
    ------
    DemlError
        What is wrong with the model or the holdout.
    """
    architecture = parse_architecture(job.terms.architecture)
    metric = parse_metric(job.terms.metric, architecture)
    prepared = load_holdout(architecture, metric, holdout, job.terms.max_rows)
    return Score(score(load_model(architecture, model), prepared))
