"""A job played by clients of the SDK: its sponsor's draft, and how a client joins."""

from __future__ import annotations

from dataclasses import replace

from deml.base.types import NOTHING, Amount, JobId
from deml_sdk.chain.tokens import Token
from deml_sdk.client import Client
from deml_sdk.market.acting.sponsor_steps import commitment_to
from deml_sdk.market.posting.draft import Draft
from tests.support import models
from tests.support.course import BASELINE, terms_from_now
from tests.support.world import TOKEN, World


def draft_for(client: Client, world: World, rows: int = 0, **changes: object) -> Draft:
    """A sound `market` job of ten-minute phases, whose initial model scores 50 %, on these `rows`."""
    terms = terms_from_now(world, client.account, **changes)
    commitment = commitment_to(client, models.holdout(rows).cid, terms.nonce, create=True)
    return Draft(
        terms=replace(terms, holdout_commitment=commitment),
        escrow=Amount(1_000),
        token=Token(TOKEN, "TST", 0),
        initial=models.model(BASELINE).file,
        holdout=models.holdout(rows).file,
        spec=None,
        prepared=models.prepared(),
    )


def opened(client: Client, world: World, **changes: object) -> JobId:
    """Have a sponsor open a job."""
    return client.send(client.post(draft_for(client, world, **changes))).job_id


def join(client: Client, job_id: int, percent: int) -> None:
    """Accept a job, and commit to a model that scores `percent`."""
    client.send(client.accept(job_id))
    client.send(client.commit(job_id, models.model(percent).file, NOTHING))
