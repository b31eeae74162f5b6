"""`settle` and `cancel`: bring a job up to date, and end it where it can end."""

from __future__ import annotations

from collections.abc import Sequence

from deml.base.inputs import Cancel, Metadata, Settle
from deml.base.outputs import Output
from deml.base.states import Ending, Phase
from deml.core.closing import close, poke
from deml.core.errors import HasParticipants, NothingToSettle, NotTheSponsor
from deml.core.phases import enter, phase_of, require, until
from deml.core.state import State


def settle(state: State, meta: Metadata, body: Settle) -> Sequence[Output]:
    """End the job; where it is too early for that, fixing dues or failing the overdue is worth an input too."""
    outputs = poke(state, meta, body.job_id)
    if not outputs:
        job = state.jobs[body.job_id]
        raise NothingToSettle(job.id, phase_of(job, meta.timestamp), until(job, meta.timestamp))
    return outputs


def cancel(state: State, meta: Metadata, body: Cancel) -> Sequence[Output]:
    """Give the escrow back to a sponsor that nobody has answered."""
    job, outputs = enter(state, meta, body.job_id)
    if meta.sender != job.sponsor:
        raise NotTheSponsor(job.id, meta.sender, job.sponsor)
    require(job, meta, Phase.COMMIT, "cancel")
    if job.clients:
        raise HasParticipants(job.id, len(job.clients))
    return [*outputs, *close(state, meta, job, Ending.CANCELLED)]
