"""How jobs and clients look in answers to queries."""

from __future__ import annotations

from deml.base.answers import CampaignRound, JobView, Participant, UploadProgress
from deml.base.outputs import ScoringProgress
from deml.base.states import Standing
from deml.base.types import Amount, Timestamp
from deml.core.job import ClientState, JobState
from deml.core.phases import phase_of
from deml.core.state import Buffer, BufferKey, ScoringKey
from deml.scoring import Scoring


def job(shown: JobState, as_of: Timestamp) -> JobView:
    """Describe a job, its phase as of `as_of`."""
    phase = phase_of(shown, as_of)
    opened, outcome = shown.opened, shown.outcome
    revealed = shown.revealed
    return JobView(
        job_id=shown.id,
        sponsor=shown.sponsor,
        phase=phase,
        ending=outcome.ending if outcome else None,
        round=shown.round,
        round_until=shown.round_until if shown.round else None,
        escrow=shown.escrow,
        participants=len(shown.clients),
        committed=sum(1 for one in shown.clients if one.commitment is not None),
        declared=sum(1 for one in shown.clients if one.declared is not None),
        revealed=revealed is not None,
        opening=opened.opening if opened else None,
        data_cid=revealed.data_cid if revealed else None,
        rows=revealed.rows if revealed else None,
        sponsor_refund=outcome.sponsor_refund if outcome else None,
        burnt=outcome.burnt if outcome else None,
        average=shown.average,
        terms=shown.terms,
    )


def client(shown: ClientState, of: JobState) -> Participant:
    """Describe a participant: how far it has come, what it is due, what it received."""
    payouts = of.outcome.payouts if of.outcome else ()
    payout = next((one for one in payouts if one.client == shown.address), None)
    paid = payout is not None and payout.pay > 0 and shown.standing is Standing.VERIFIED
    return Participant(
        client=shown.address,
        pay_to=shown.pay_to,
        stake=shown.stake,
        standing=Standing.PAID if paid else shown.standing,
        commitment=shown.commitment,
        order=shown.order or None,
        declared=shown.declared,
        score=shown.score,
        min_pay=shown.min_pay if shown.declared is not None else None,
        due=shown.due if of.round else None,
        model_cid=shown.model_cid or None,
        scored_by=shown.scored_by if shown.standing is Standing.SCORING else None,
        payout=payout,
    )


def campaign_round(shown: JobState, as_of: Timestamp) -> CampaignRound:
    """Describe a job as a round of a campaign."""
    scores = [one.score for one in shown.clients if one.standing is Standing.VERIFIED and one.score is not None]
    payouts = shown.outcome.payouts if shown.outcome else ()
    described = job(shown, as_of)
    return CampaignRound(
        job_id=shown.id,
        phase=described.phase,
        ending=described.ending,
        escrow=shown.escrow,
        participants=len(shown.clients),
        verified=len(scores),
        best=max(scores, default=None),
        average=described.average.score if described.average else None,
        paid=Amount(sum(one.pay for one in payouts)),
    )


def upload(key: BufferKey, buffer: Buffer) -> UploadProgress:
    """Describe an upload buffer: what to send next to continue it."""
    return UploadProgress(key.owner, key.slot, buffer.chunks, buffer.size)


def scoring(key: ScoringKey, shown: Scoring, rows: int) -> ScoringProgress:
    """Describe a score in the making: how many of the holdout's rows are through."""
    return ScoringProgress(key.job_id, key.owner, shown.rows, rows)
