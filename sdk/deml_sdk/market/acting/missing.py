"""What an account has committed to and this machine does not have: said at once, while there is time to look for it."""

from __future__ import annotations

from collections.abc import Iterator

from deml_sdk.market.acting import client_steps, sponsor_steps
from deml_sdk.market.due.planner import OPENABLE
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.view import Job


def missing_here(client: MarketClient, job: Job) -> Iterator[str]:
    """Name the files without which this account loses its pay, its stake or its bond, in whole sentences."""
    if job.ended:
        return
    me = job.client(client.account)
    if me is not None and me.standing in OPENABLE and client_steps.record_of(client, job) is None:
        yield (
            f"The model that you committed to in job {job.job_id} is not on this machine, and nothing can be declared "
            f"without it. Put it back now: 'deml recover {job.job_id} FILE'"
        )
    sponsors = job.sponsor == client.account and job.opening is None and job.data_cid is None
    if sponsors and sponsor_steps.record_of(client, job) is None:
        yield (
            f"The holdout of your job {job.job_id} is not on this machine; if it is not revealed in time, the bond is "
            f"lost: 'deml job reveal {job.job_id} --holdout FILE --initial FILE'"
        )
