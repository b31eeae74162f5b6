"""Requests about a job of the marketplace, with the files that they name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from deml.base.config import Deployment
from deml.base.states import DELIVERED
from deml.base.types import Address
from deml_sdk.compute.errors import NotAmongDelivered, NothingDelivered
from deml_sdk.compute.files import Files, mounted_file, read_mounted, write_transcript
from deml_sdk.compute.request import (
    HOLDOUT,
    INITIAL,
    INPUTS,
    MODEL,
    ROWS,
    AskedAbout,
    ComputeRequest,
    ComputeUse,
    TrainingRecipe,
    new_request,
    parse_request,
    request_json,
)
from deml_sdk.files.files import read_file, write_file
from deml_sdk.market.content import public_file, revealed_holdout
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.view import Job

REQUEST: Final = "request.json"
MOUNTED: Final = "inputs"
"""What a rendered folder holds: the request, and a folder of the files that it names."""


@dataclass(frozen=True, slots=True)
class PreparedComputation:
    """A request, and the content of its files by name; all of it is public, or about to be."""

    request: ComputeRequest
    files: Files

    def write(self, folder: Path) -> None:
        """Write it into a folder, for everybody to read: a container's user may be anybody.

        Raises
        ------
        UnwritableFile
        """
        for name, content in self.files.items():
            write_file(folder / MOUNTED / name, content)
            (folder / MOUNTED / name).chmod(0o644)
        (folder / MOUNTED).chmod(0o755)
        document = json.loads(request_json(self.request))
        write_file(folder / REQUEST, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())


def read_prepared(folder: Path) -> PreparedComputation:
    """Read what was written into a folder, and hold the files to the request.

    Raises
    ------
    UnreadableFile, BadRequest, InputMissing, InputDiffers
    """
    request = parse_request(read_file(folder / REQUEST), str(folder / REQUEST))
    return PreparedComputation(request, read_mounted(request, folder / MOUNTED))


def to_score(client: MarketClient, job: Job, clients: Sequence[Address] = ()) -> PreparedComputation:
    """Have published models of a job scored anew: all of them, or those of some clients.

    Every file is fetched and checked against its CID.

    Raises
    ------
    HoldoutSecret, NothingDelivered, NotAmongDelivered, NotOnChain
    """
    published = {one.client: one.model_cid for one in job.clients if one.model_cid and one.standing in DELIVERED}
    if not published:
        raise NothingDelivered(job.job_id)
    for one in clients:
        if one not in published:
            raise NotAmongDelivered(one, job.job_id)
    holdout = revealed_holdout(client, job)
    wanted = {owner: cid for owner, cid in published.items() if not clients or owner in clients}
    cids = {INITIAL: job.terms.initial_model_cid, HOLDOUT: str(job.data_cid)}
    owners: dict[str, Address] = {}
    for place, (owner, cid) in enumerate(wanted.items()):
        cids[MODEL.format(place)] = cid
        owners[MODEL.format(place)] = owner
    files = {name: holdout if name == HOLDOUT else public_file(client, job, cid) for name, cid in cids.items()}
    named = tuple(mounted_file(name, content, cids[name], owners.get(name)) for name, content in files.items())
    terms = replace(job.terms, allow_list=())
    return PreparedComputation(new_request(ComputeUse.SCORE, about_job(client, job.job_id), named, terms=terms), files)


def to_replay(
    client: MarketClient, job_id: int, inputs: Iterable[bytes], deployment: Deployment
) -> PreparedComputation:
    """Have the dapp run again over an Application's inputs, so that its outputs can be compared.

    Parameters
    ----------
    inputs
        All of them from the first, as the InputBox has them.
    deployment
        Contracts that the image trusts.
    """
    content = write_transcript(inputs)
    request = new_request(
        ComputeUse.REPLAY, about_job(client, job_id), (mounted_file(INPUTS, content),), deployment=deployment
    )
    return PreparedComputation(request, {INPUTS: content})


def to_train(recipe: TrainingRecipe, rows: bytes, about: AskedAbout | None = None) -> PreparedComputation:
    """Have an initial model trained on rows that may be public, in the form of a holdout."""
    request = new_request(ComputeUse.TRAIN, about, (mounted_file(ROWS, rows),), recipe=recipe)
    return PreparedComputation(request, {ROWS: rows})


def about_job(client: MarketClient, job_id: int) -> AskedAbout:
    """Name a job of the client's Application."""
    return AskedAbout(client.chain_id, client.app, job_id)
