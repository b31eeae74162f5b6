"""Record on chain what the dapp has stated, for other contracts to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from deml.base.outputs import Aggregated, Scored, Settled
from deml.base.types import Address
from deml_sdk.chain.registry import record_call
from deml_sdk.errors import NoProof
from deml_sdk.market.errors import NotForTheRegistry
from deml_sdk.market.intent import Intent
from deml_sdk.market.interface import MarketClient
from deml_sdk.node.stated import Stated


@dataclass(frozen=True, slots=True)
class Recordable:
    """Notices of a job that a registry takes: those it lacks, how many wait for their claim, how many it has."""

    ready: tuple[Stated, ...]
    waiting: int
    recorded: int


def recordable(found: Iterable[Stated], is_recorded: Callable[[Scored | Settled | Aggregated], bool]) -> Recordable:
    """Sort a job's notices; once it is settled, that one notice has all its models."""
    stated = [one for one in found if isinstance(one.notice, Scored | Settled | Aggregated)]
    final = [one for one in stated if one.final and one.proof is not None]
    if any(isinstance(one.notice, Settled) for one in final):
        final = [one for one in final if not isinstance(one.notice, Scored)]
        stated = [one for one in stated if not isinstance(one.notice, Scored)]
    ready = tuple(
        one for one in final if isinstance(one.notice, Scored | Settled | Aggregated) and not is_recorded(one.notice)
    )
    return Recordable(ready, waiting=len(stated) - len(final), recorded=len(final) - len(ready))


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
