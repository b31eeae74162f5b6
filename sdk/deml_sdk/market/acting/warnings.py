"""What to think twice about before taking part in a job."""

from __future__ import annotations

from collections.abc import Iterator

from deml_sdk.jobspec.agreement import disagreements
from deml_sdk.jobspec.errors import BadSpec, NoSpec, SpecNotHere
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.posting.cautions import paid_luck, short_windows
from deml_sdk.market.spec import job_spec
from deml_sdk.market.view import Job


def warnings_to_accept(client: MarketClient, job: Job) -> Iterator[str]:
    """Tell what to think twice about before taking part in a job: re-orgs, short windows, a specification that lies."""
    if not client.evidence(job.job_id).created:
        yield "The job is not in a finalised block yet: a re-org could still change its terms."
    yield from paid_luck(job.terms)
    yield from short_windows(job.terms, client.clock())
    try:
        yield from disagreements(job_spec(client, job), job.terms)
    except (BadSpec, NoSpec, SpecNotHere) as error:
        yield str(error)
