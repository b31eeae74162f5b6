"""How a job ended: who was paid for which model, and the models themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deml.base.states import DELIVERED
from deml.base.types import Address
from deml.wire.answers import CLIENT
from deml_sdk.files.files import write_file
from deml_sdk.market.content import public_file
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.view import Job


def save_models(client: MarketClient, job: Job, folder: Path) -> dict[Address, Path]:
    """Store every delivered model, by client; from the content store if it has it, from the chain otherwise.

    Raises
    ------
    NotOnChain
    """
    paths = {}
    for one in job.clients:
        if one.model_cid is not None and one.standing in DELIVERED:
            path = folder / f"job-{job.job_id}-{one.client}.safetensors"
            write_file(path, public_file(client, job, one.model_cid))
            paths[one.client] = path
    return paths


def results_json(job: Job, paths: Mapping[Address, Path]) -> dict[str, Any]:
    """A job's results for scripts."""
    return {
        "jobId": job.job_id,
        "ending": job.ending,
        "dataCid": job.data_cid,
        "baseline": job.terms.baseline,
        "sponsorRefund": None if job.sponsor_refund is None else str(job.sponsor_refund),
        "burnt": None if job.burnt is None else str(job.burnt),
        "clients": [{**CLIENT.write(one), "path": paths.get(one.client)} for one in job.clients],
    }
