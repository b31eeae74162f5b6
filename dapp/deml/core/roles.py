"""Who may act in the phases where bytes become public."""

from __future__ import annotations

from deml.base.inputs import Metadata
from deml.base.limits import MAX_MISMATCHES
from deml.base.states import Opening, Phase, Standing
from deml.base.types import Address
from deml.core.errors import (
    AlreadyRefuted,
    AlreadyRevealed,
    BeingScored,
    NobodyCommitted,
    NotAParticipant,
    NotDue,
    NotTheSponsor,
    TooManyMismatches,
)
from deml.core.job import ClientState, JobState
from deml.core.phases import require


def revealing_sponsor(job: JobState, meta: Metadata, action: str) -> None:
    """Refuse all but the sponsor who has yet to reveal the holdout, with somebody to reveal it for.

    Raises
    ------
    NotTheSponsor, WrongPhase, AlreadyRevealed, BeingScored, AlreadyRefuted, NobodyCommitted, TooManyMismatches
    """
    if meta.sender != job.sponsor:
        raise NotTheSponsor(job.id, meta.sender, job.sponsor)
    require(job, meta, Phase.REVEAL, action)
    match job.opened.opening if job.opened else None:
        case Opening.CONFIRMED:
            raise AlreadyRevealed(job.id)
        case Opening.SCORING:
            raise BeingScored(job.id, job.sponsor)
        case Opening.REFUTED:
            raise AlreadyRefuted(job.id, job.sponsor)
    if not job.committed:
        raise NobodyCommitted(job.id)
    _check_mismatches(job, job.sponsor, job.mismatches)


def due_client(job: JobState, meta: Metadata, action: str) -> ClientState:
    """Refuse all but a client that is due to publish in the current round.

    Raises
    ------
    NotAParticipant, WrongPhase, BeingScored, AlreadyRefuted, NotDue, TooManyMismatches
    """
    client = job.client(meta.sender)
    if client is None:
        raise NotAParticipant(job.id, meta.sender)
    require(job, meta, Phase.SUBMIT, action)
    match client.standing:
        case Standing.DUE:
            _check_mismatches(job, client.address, client.mismatches)
            return client
        case Standing.SCORING:
            raise BeingScored(job.id, client.address)
        case Standing.REFUTED:
            raise AlreadyRefuted(job.id, client.address)
        case standing:
            raise NotDue(job.id, client.address, standing)


def _check_mismatches(job: JobState, owner: Address, mismatches: int) -> None:
    if mismatches >= MAX_MISMATCHES:
        raise TooManyMismatches(job.id, owner, MAX_MISMATCHES)
