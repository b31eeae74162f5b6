"""`commit`: a client binds itself to a model without showing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deml.base.inputs import Commit, Metadata
from deml.base.outputs import Committed, Output
from deml.base.states import Phase, Standing
from deml.core.errors import NotAParticipant
from deml.core.phases import enter, require
from deml.core.state import State


def commit(state: State, meta: Metadata, body: Commit) -> Sequence[Output]:
    """Store the commitment at the end of the order, replacing an earlier one."""
    job, outputs = enter(state, meta, body.job_id)
    require(job, meta, Phase.COMMIT, "commit")
    client = job.client(meta.sender)
    if client is None:
        raise NotAParticipant(job.id, meta.sender)
    order = job.commits + 1
    client = replace(client, standing=Standing.COMMITTED, commitment=body.commitment, order=order)
    state.jobs[job.id] = replace(job.with_client(client), commits=order)
    return [*outputs, Committed(job.id, client.address, body.commitment)]
