"""Who may act in the phases where bytes become public."""

from __future__ import annotations

from deml.base.inputs import Metadata
from deml.core.errors import AlreadyRevealed, NobodyCommitted, NotAParticipant, NotDue, NotTheSponsor
from deml.core.job import Client, Job, Phase, Standing
from deml.core.phases import require


def revealing_sponsor(job: Job, meta: Metadata, action: str) -> None:
    """Refuse all but the sponsor who has yet to reveal the holdout, with somebody to reveal it for.

    Raises
    ------
    NotTheSponsor, WrongPhase, AlreadyRevealed, NobodyCommitted
    """
    if meta.sender != job.sponsor:
        raise NotTheSponsor(job.id, meta.sender, job.sponsor)
    require(job, meta, Phase.REVEAL, action)
    if job.revealed is not None:
        raise AlreadyRevealed(job.id)
    if not job.committed:
        raise NobodyCommitted(job.id)


def due_client(job: Job, meta: Metadata, action: str) -> Client:
    """Refuse all but a client that is due to publish in the current round.

    Raises
    ------
    NotAParticipant, WrongPhase, NotDue
    """
    client = job.client(meta.sender)
    if client is None:
        raise NotAParticipant(job.id, meta.sender)
    require(job, meta, Phase.SUBMIT, action)
    if client.standing is not Standing.DUE:
        raise NotDue(job.id, client.address, client.standing)
    return client
