"""What a job needs to stay of use: the files that its sponsor should have kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from deml.base.states import DELIVERED
from deml.ipld import Cid
from deml_sdk.advice import advice_of
from deml_sdk.errors import Unavailable
from deml_sdk.ipfs.errors import SecretFile
from deml_sdk.ipfs.keeping import Content
from deml_sdk.jobspec.document import Script
from deml_sdk.jobspec.errors import BadSpec, SpecNotHere, TrainerNotHere
from deml_sdk.jobspec.reading import MAX_SCRIPT_BYTES
from deml_sdk.market.acting.average_steps import average_file
from deml_sdk.market.content import public_file
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.spec import job_spec, spec_file
from deml_sdk.market.unpublished import Guard
from deml_sdk.market.view import Job


@dataclass(frozen=True, slots=True)
class Needed:
    """The public files of a job; `notes` say what is not among them, and why."""

    job_id: int
    contents: tuple[Content, ...]
    notes: tuple[str, ...]


def needed(client: MarketClient, job: Job, guard: Guard) -> Needed:
    """List the files of a job that are public: specification, trainer, initial model, holdout, models, average.

    The holdout is among them from its reveal on, a client's model once it is verified. What this machine knows as
    secret is marked as withheld, whatever the job says.
    """
    contents: list[Content] = []
    notes: list[str] = []

    def add(what: str, cid: str, load: Callable[[], bytes]) -> None:
        found = Cid.parse(cid)
        contents.append(Content(what, found, load, _secret(guard, found)))

    terms = job.terms
    if terms.spec_cid:
        add("specification", terms.spec_cid, partial(spec_file, client, job))
        try:
            trainer = job_spec(client, job).trainer
        except (SpecNotHere, BadSpec, Unavailable) as error:
            notes.append(f"Whether the job has a trainer of its own is not known: {error}")
        else:
            if isinstance(trainer, Script):
                add("trainer", trainer.cid, partial(_script, client, job, trainer.cid))
    else:
        notes.append("The job has no specification, and so no trainer of its own.")
    add("initial model", terms.initial_model_cid, partial(public_file, client, job, terms.initial_model_cid))
    if job.revealed and job.data_cid:
        add("holdout", job.data_cid, partial(public_file, client, job, job.data_cid))
    else:
        notes.append("The holdout is not revealed: it is kept nowhere but with the sponsor.")
    for owner, cid in _delivered(job):
        add(f"model of {owner}", cid, partial(public_file, client, job, cid))
    if job.average is not None and job.average.model_cid is not None:
        add("average", job.average.model_cid, partial(average_file, client, job))
    return Needed(job.job_id, tuple(contents), tuple(notes))


def _delivered(job: Job) -> Iterator[tuple[str, str]]:
    for one in job.clients:
        if one.model_cid and one.standing in DELIVERED:
            yield one.client, one.model_cid


def _script(client: MarketClient, job: Job, cid: str) -> bytes:
    content = client.fetch(cid, MAX_SCRIPT_BYTES)
    if content is None:
        raise TrainerNotHere(cid, job.job_id)
    return content


def _secret(guard: Guard, cid: Cid) -> str:
    try:
        guard.check_cid(cid)
    except SecretFile as error:
        return f"{error} {advice_of(error)}"
    return ""
