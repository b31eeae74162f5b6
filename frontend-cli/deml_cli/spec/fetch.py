"""The specification that a job's terms name."""

from __future__ import annotations

from deml_cli.jobs.desk import Desk
from deml_cli.jobs.view import Job
from deml_cli.spec.document import Spec
from deml_cli.spec.errors import NoSpec, SpecNotHere
from deml_cli.spec.reading import MAX_SPEC_BYTES, parse_spec


def job_spec(desk: Desk, job: Job) -> Spec:
    """Fetch a job's specification, checked against the CID in the terms.

    Raises
    ------
    NoSpec, SpecNotHere
    BadSpec
        If the sponsor's file is no specification.
    """
    cid = job.terms.spec_cid
    if not cid:
        raise NoSpec(job.id)
    content = desk.fetch(cid, MAX_SPEC_BYTES)
    if content is None:
        raise SpecNotHere(cid, job.id)
    return parse_spec(content, f"The file {cid}, named by job {job.id},")
