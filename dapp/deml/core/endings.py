"""Endings: when a job is over, and who then receives what; the endings table of ``docs/protocol.md``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from deml.base.outputs import Output, Payout, Settled, Transfer, VerifiedModel
from deml.base.states import AWAITED, Ending, Standing
from deml.base.types import BURN, NOTHING, Address, Amount, Timestamp
from deml.core.job import ClientState, JobOutcome, JobState
from deml.core.phases import bid_of
from deml.market import final_pays, share_forfeits

BPS = 10_000
"""One, in basis points."""

_ON_THE_WAY = (Standing.ACCEPTED, Standing.COMMITTED)


def ending_of(job: JobState, now: Timestamp) -> Ending | None:
    """Say how `job`, brought up to date, ends at `now`; None while it goes on."""
    terms = job.terms
    if now <= terms.commit_until:
        return None
    if not job.clients:
        return Ending.NOBODY_ACCEPTED
    if not job.committed:
        return Ending.NOBODY_COMMITTED
    if now <= terms.holdout_until:
        return None
    if job.revealed is None:
        return Ending.HOLDOUT_NOT_REVEALED
    if now <= terms.declare_until:
        return None
    if all(one.standing in _ON_THE_WAY for one in job.clients):
        return Ending.NOBODY_DECLARED
    if job.standing(*AWAITED):
        return None
    if job.standing(Standing.VERIFIED):
        return Ending.SETTLED
    return Ending.NOBODY_SUBMITTED if job.standing(Standing.FAILED) else Ending.NOBODY_DUE


def end(job: JobState, ending: Ending) -> tuple[JobState, list[Output]]:
    """End `job`: fix every payout and emit the transfers that make it."""
    pays = _final_pays(job)
    compensations, burnt = _forfeits(job, pays)
    if ending is Ending.HOLDOUT_NOT_REVEALED:
        compensations = _bond_shares(job)
    payouts = tuple(
        Payout(
            client=one.address,
            pay_to=one.pay_to,
            pay=pays.get(one.address, NOTHING),
            stake=NOTHING if one.standing is Standing.FAILED else one.stake,
            compensation=compensations.get(one.address, NOTHING),
        )
        for one in job.clients
    )
    held = job.escrow + sum(one.stake for one in job.clients)
    paid = sum(payout.total for payout in payouts)
    refund = Amount(held - paid - burnt)
    job = replace(job, outcome=JobOutcome(ending, payouts, refund, burnt))
    return job, [_notice(job, ending, payouts, refund, burnt), *_transfers(job, payouts, refund, burnt)]


def _bond_shares(job: JobState) -> Mapping[Address, Amount]:
    """Equal shares of the bond for the committed clients; what does not divide stays with the escrow."""
    bond = job.escrow * job.terms.bond_bps // BPS
    committed = [one.address for one in job.clients if one.commitment is not None]
    return {one: Amount(bond // len(committed)) for one in committed}


def _final_pays(job: JobState) -> Mapping[Address, Amount]:
    verified = job.standing(Standing.VERIFIED)
    scores = [bid_of(one).score for one in verified]
    pays = final_pays(job.terms.rule, job.escrow, job.terms.baseline, scores)
    return {one.address: pay for one, pay in zip(verified, pays, strict=True)}


def _forfeits(job: JobState, pays: Mapping[Address, Amount]) -> tuple[Mapping[Address, Amount], Amount]:
    """Share out the stakes of failed clients among those they displaced and the paid, as far as those are verified.

    A client's loss is the pay it would first have been due had the failed never declared and nobody asked for a
    minimum, less what it was first due. `docs/adr/0005` says why an unverified one is not made good.
    """
    pool = Amount(sum(one.stake for one in job.standing(Standing.FAILED)))
    if not pool:
        return {}, NOTHING
    others = job.standing(Standing.NOT_DUE, Standing.WAIVED, Standing.VERIFIED)
    scores = [bid_of(one).score for one in others]
    undisturbed = final_pays(job.terms.rule, job.escrow, job.terms.baseline, scores)
    losses = {one.address: Amount(max(0, pay - one.first_due)) for one, pay in zip(others, undisturbed, strict=True)}
    proven = [one.address for one in others if one.standing is Standing.VERIFIED]
    unproven_loss = Amount(sum(losses.values()) - sum(losses[one] for one in proven))
    shares = share_forfeits(pool, [losses[one] for one in proven], unproven_loss, [pays[one] for one in proven])
    return dict(zip(proven, shares.compensations, strict=True)), shares.burnt


def _notice(job: JobState, ending: Ending, payouts: tuple[Payout, ...], refund: Amount, burnt: Amount) -> Settled:
    return Settled(
        job_id=job.id,
        ending=ending,
        data_cid=job.revealed.data_cid if job.revealed else "",
        models=tuple(_model(one) for one in job.standing(Standing.VERIFIED)),
        payouts=payouts,
        sponsor_refund=refund,
        burnt=burnt,
    )


def _model(client: ClientState) -> VerifiedModel:
    if client.score is None:
        raise ValueError(f"the model of {client.address} is not verified")
    return VerifiedModel(client.address, client.model_cid, client.score, bid_of(client).score)


def _transfers(job: JobState, payouts: tuple[Payout, ...], refund: Amount, burnt: Amount) -> list[Output]:
    owed = [(one.pay_to, one.total) for one in payouts]
    owed += [(job.sponsor, refund), (BURN, burnt)]
    return [Transfer(job.terms.reward_token, to, amount) for to, amount in owed if amount]
