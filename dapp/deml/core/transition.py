"""The one way in which the state changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from deml.base.inputs import (
    Accept,
    Aggregate,
    Body,
    Cancel,
    Commit,
    Declare,
    Deposit,
    ForeignDeposit,
    Metadata,
    RevealHoldout,
    ScoreSlices,
    SetPayTo,
    Settle,
    Submit,
    Upload,
    Withdraw,
)
from deml.base.outputs import Output
from deml.core.handlers.accept import accept, set_pay_to
from deml.core.handlers.aggregate import aggregate
from deml.core.handlers.commit import commit
from deml.core.handlers.declare import declare
from deml.core.handlers.deposit import deposit, return_foreign
from deml.core.handlers.reveal_holdout import reveal_holdout
from deml.core.handlers.score_slices import score_slices
from deml.core.handlers.settle import cancel, settle
from deml.core.handlers.submit import submit
from deml.core.handlers.upload import upload
from deml.core.handlers.withdraw import withdraw
from deml.core.state import Fork, State

Handler = Callable[[State, Metadata, Any], Sequence[Output]]

HANDLERS: Final[dict[type[Body], Handler]] = {
    Deposit: deposit,
    ForeignDeposit: return_foreign,
    Accept: accept,
    SetPayTo: set_pay_to,
    Commit: commit,
    Upload: upload,
    RevealHoldout: reveal_holdout,
    Declare: declare,
    Submit: submit,
    ScoreSlices: score_slices,
    Settle: settle,
    Aggregate: aggregate,
    Cancel: cancel,
    Withdraw: withdraw,
}


def transition(fork: Fork, meta: Metadata, body: Body) -> tuple[Output, ...]:
    """Apply one input to a fork of the state; nothing has happened until the caller merges it.

    Time never goes back, whatever a chain says: an input whose timestamp is before that of one accepted earlier is
    taken to come at that one's time.

    Returns
    -------
    tuple of Output
        What the input brings about, in order. They are to be encoded before the merge.

    Raises
    ------
    DemlError
        If the input is refused; the fork is then to be thrown away.
    """
    meta = replace(meta, timestamp=max(meta.timestamp, fork.progress.as_of))
    outputs = HANDLERS[type(body)](fork, meta, body)
    fork.progress = replace(
        fork.progress,
        accepted=fork.progress.accepted + 1,
        as_of=meta.timestamp,
        chain_id=meta.chain_id,
        app=meta.app,
    )
    return tuple(outputs)
