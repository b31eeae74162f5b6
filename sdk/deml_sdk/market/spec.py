"""The specification that a job's terms name."""

from __future__ import annotations

from deml_sdk.jobspec.document import Spec
from deml_sdk.jobspec.errors import NoSpec, SpecNotHere
from deml_sdk.jobspec.reading import MAX_SPEC_BYTES, parse_spec
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.view import Job


def job_spec(client: MarketClient, job: Job) -> Spec:
    """Fetch a job's specification, checked against the CID in the terms.

    Raises
    ------
    NoSpec, SpecNotHere
    BadSpec
        If the sponsor's file is no specification.
    """
    return parsed_spec(job, spec_file(client, job))


def spec_file(client: MarketClient, job: Job) -> bytes:
    """Fetch the file of a job's specification.

    Raises
    ------
    NoSpec, SpecNotHere
    """
    cid = job.terms.spec_cid
    if not cid:
        raise NoSpec(job.job_id)
    content = client.fetch(cid, MAX_SPEC_BYTES)
    if content is None:
        raise SpecNotHere(cid, job.job_id)
    return content


def parsed_spec(job: Job, file: bytes) -> Spec:
    """Read the file of a job's specification.

    Raises
    ------
    BadSpec
    """
    return parse_spec(file, f"The file {job.terms.spec_cid}, named by job {job.job_id},")


def spec_of(client: MarketClient, job: Job) -> Spec | None:
    """Fetch a job's specification; None where its terms name none.

    Raises
    ------
    SpecNotHere, BadSpec
    """
    return job_spec(client, job) if job.terms.spec_cid else None
