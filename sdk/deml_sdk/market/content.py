"""Where a job's public files come from: a content store if it has them, the chain's own inputs otherwise."""

from __future__ import annotations

from deml.base.terms import Terms
from deml.base.types import Address, JobId
from deml.scoring import (
    Model,
    load_model,
    parse_architecture,
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
