"""`upload`: append a chunk to one's own buffer, in the phase that needs it."""

from __future__ import annotations

from collections.abc import Sequence

from deml.base.inputs import Metadata, Slot, Upload
from deml.base.outputs import Output
from deml.core.buffers import extend
from deml.core.phases import enter
from deml.core.roles import due_client, revealing_sponsor
from deml.core.state import State


def upload(state: State, meta: Metadata, body: Upload) -> Sequence[Output]:
    """Append the chunk, or begin anew with chunk 0."""
    job, outputs = enter(state, meta, body.job_id)
    if body.slot is Slot.WEIGHTS:
        due_client(job, meta, "upload of weights")
    else:
        revealing_sponsor(job, meta, "upload of the holdout or the initial model")
    extend(state, job, meta.sender, body)
    return outputs
