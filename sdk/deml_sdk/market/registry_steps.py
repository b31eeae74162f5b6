"""Record on chain what the dapp has stated, for other contracts to read."""

from __future__ import annotations

from deml.base.outputs import Aggregated, Scored, Settled
from deml.base.types import Address
from deml_sdk.chain.registry import record_call
from deml_sdk.errors import NoProof
from deml_sdk.market.errors import NotForTheRegistry
from deml_sdk.market.intent import Intent
from deml_sdk.market.interface import MarketClient
from deml_sdk.node.stated import Stated


def record(client: MarketClient, registry: Address, notice: Stated) -> Intent:
    """Record a verified model, an ending or an average in a `ModelRegistry`; anybody may.

    Raises
    ------
    NotForTheRegistry
        If the notice is none of `Scored`, `Settled` and `Aggregated`.
    NoProof
        If its epoch's claim is not accepted.
    ContractReverted
        If the registry has something else on record.
    """
    if not isinstance(notice.notice, Scored | Settled | Aggregated):
        raise NotForTheRegistry(notice.output.index, notice.kind)
    if notice.proof is None or not notice.final:
        raise NoProof(notice.output.index, notice.claim)
    call = record_call(registry, client.app, notice.output.raw, notice.proof)
    job_id = notice.notice.job_id
    return client.to_call(call, f"record the {notice.kind} notice of job {job_id} in the registry", "what it says")
