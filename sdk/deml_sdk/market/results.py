"""How a job ended: who was paid for which model, and the models themselves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from deml.base.states import DELIVERED
from deml.base.types import Address
from deml.wire.answers import AVERAGE, CLIENT
from deml_sdk.files.files import check_writable, write_lasting
from deml_sdk.market.content import public_file
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.view import Job
from deml_sdk.outages import through_outages
from deml_sdk.progress import SILENT, Observer


def save_models(client: MarketClient, job: Job, folder: Path, observer: Observer = SILENT) -> dict[Address, Path]:
    """Store every delivered model, by client; from the content store if it has it, from the chain otherwise.

    No outage of the node ends it, nor a disk that becomes full.

    Raises
    ------
    NotOnChain
    UnwritableFile
        If the folder cannot be written to.
    """
    cids = {one.client: one.model_cid for one in job.clients if one.model_cid and one.standing in DELIVERED}
    paths = {client: folder / f"job-{job.job_id}-{client}.safetensors" for client in cids}
    for path in paths.values():
        check_writable(path)
    for owner, cid in cids.items():
        content = through_outages(partial(public_file, client, job, cid), observer)
        write_lasting(paths[owner], content, observer)
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
        "average": None if job.average is None else AVERAGE.write(job.average),
        "clients": [{**CLIENT.write(one), "path": paths.get(one.client)} for one in job.clients],
    }
