"""Where a job's public files come from: a content store if it has them, the chain's own inputs otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.terms import Terms
from deml.base.types import Address, JobId, Score
from deml.market import credited_score, luck_bar
from deml.scoring import (
    Holdout,
    Model,
    conclude,
    evidence,
    gain_over,
    load_holdout,
    load_model,
    parse_architecture,
    parse_metric,
    parse_pairing,
    qualities,
)
from deml.scoring.errors import NoInitialModel
from deml_sdk.market.errors import HoldoutSecret
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.rebuild import rebuild
from deml_sdk.market.view import Job


def public_file(client: MarketClient, job: Job, cid: str) -> bytes:
    """Fetch the initial model, the revealed holdout or a delivered model.

    Raises
    ------
    NotOnChain
        If neither a content store nor the chain has it.
    """
    sender = next((one.client for one in job.clients if one.model_cid == cid), job.sponsor)
    return sent_file(client, job.job_id, job.terms, sender, cid)


def sent_file(client: MarketClient, job_id: JobId, terms: Terms, sender: Address, cid: str) -> bytes:
    """Fetch a file that `sender` has sent for a job, which the dapp may have forgotten.

    Raises
    ------
    NotOnChain
        If neither a content store nor the chain has it.
    """
    found = client.fetch(cid, max(terms.max_model_bytes, terms.max_holdout_bytes))
    if found is not None:
        return found
    return rebuild(client.accepted_inputs(sender), job_id, terms, cid)


def revealed_holdout(client: MarketClient, job: Job) -> bytes:
    """Fetch the holdout.

    Raises
    ------
    HoldoutSecret
        If it has not been revealed.
    """
    if job.data_cid is None:
        raise HoldoutSecret(job.job_id)
    return public_file(client, job, job.data_cid)


def read_initial(job: Job, file: bytes) -> Model:
    """Read the initial model.

    Raises
    ------
    DemlError
        What is wrong with the file.
    """
    return load_model(parse_architecture(job.terms.architecture), file)


def read_delivered(client: MarketClient, job: Job, file: bytes) -> Model:
    """Read a client's model, with the initial one where it comes as a change to that.

    Raises
    ------
    NotOnChain
        If the initial model is needed, and neither a content store nor the chain has it.
    DemlError
        What is wrong with the file.
    """
    try:
        return read_initial(job, file)
    except NoInitialModel:
        initial = read_initial(job, public_file(client, job, job.terms.initial_model_cid))
        return load_model(initial.architecture, file, initial)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the initial model and a client's score on the same rows, and what of the gain luck cannot explain.

    `credited` is the score that is declared and paid; where the terms ask for no confidence, it is the score itself.
    """

    baseline: Score
    score: Score
    credited: Score


def evaluate(terms: Terms, model: Model, initial: Model, rows: Holdout) -> Evaluation:
    """Judge a model as the dapp does: the same code, the same integers."""
    found, first = (evidence(one, rows, slice(None)) for one in (model, initial))
    score, baseline = (Score(conclude(rows, one)) for one in (found, first))
    if not terms.confidence:
        return Evaluation(baseline, score, score)
    pairing = parse_pairing(rows.metric, model.architecture, terms.evidence_cut)
    gain = gain_over(rows, pairing, found, qualities(rows, pairing, first))
    bar = luck_bar(terms.max_participants, terms.confidence)
    return Evaluation(baseline, score, credited_score(baseline, score, gain, bar))


def read_rows(terms: Terms, holdout: bytes) -> Holdout:
    """Read the revealed holdout of a job.

    Raises
    ------
    DemlError
        What is wrong with it.
    """
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    return load_holdout(architecture, metric, holdout, terms.max_rows, terms.min_rows)
