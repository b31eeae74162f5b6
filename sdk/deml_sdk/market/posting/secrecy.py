"""Whether a holdout is still a secret, before a job is opened that depends on it."""

from __future__ import annotations

from collections.abc import Iterator

from deml.base.outputs import HoldoutRevealed, JobCreated
from deml.ipld import Cid
from deml_sdk.market.errors import HoldoutIsPublic
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.journal import HoldoutRecord
from deml_sdk.market.posting.draft import Draft
from deml_sdk.market.unpublished import usual_cids


def check_secret(client: MarketClient, draft: Draft) -> Iterator[str]:
    """Refuse a holdout that others can have already; tell of jobs of one's own that hold it, too.

    Asked are the notices, one's own journal, and one's own stores of files. Gateways and peers are not: to ask the
    world for a CID is to tell the world of it.

    Raises
    ------
    HoldoutIsPublic
    """
    forms = {one.digest for one in usual_cids(draft.holdout)}
    seen = client.seen()
    for one in seen:
        if isinstance(one.notice, HoldoutRevealed) and Cid.parse(one.notice.data_cid).digest in forms:
            raise HoldoutIsPublic(str(draft.holdout_cid), f"job {one.notice.job_id} has revealed it")
    place = client.held_here(draft.holdout_cid)
    if place is not None:
        raise HoldoutIsPublic(str(draft.holdout_cid), f"{place} has it")
    mine = {
        one.commitment
        for one in client.journal.records()
        if isinstance(one, HoldoutRecord) and Cid.parse(one.cid).digest in forms
    }
    for one in seen:
        if isinstance(one.notice, JobCreated) and one.notice.terms.holdout_commitment.hex() in mine:
            yield (
                f"Job {one.notice.job_id} of yours has this holdout, too: once either reveals it, clients of the other "
                "can fit it. Use a holdout for one job only."
            )
