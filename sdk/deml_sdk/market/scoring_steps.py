"""Scoring that one input could not finish: anybody may let it go on."""

from __future__ import annotations

from typing import Final

from deml.base.inputs import ScoreSlices
from deml.base.outputs import Notice
from deml.base.types import Address
from deml_sdk.errors import DappRefused
from deml_sdk.market.client_steps import require_unrefuted
from deml_sdk.market.desk import Desk
from deml_sdk.market.errors import TooLate, WouldBeRefused
from deml_sdk.market.planner import scored_by
from deml_sdk.market.slices import inputs_for
from deml_sdk.market.text import date_text
from deml_sdk.market.view import Job

AS_MANY_AS_FIT: Final = 2**32 - 1
"""Slices asked for: an input does no more than it can."""

DONE_BY_ANOTHER: Final = "NOTHING_TO_SCORE"
"""Code with which the dapp refuses to go on with what somebody else has just finished."""


def continue_scoring(desk: Desk, job: Job, owner: Address) -> tuple[Notice, ...]:
    """Let the scoring of what `owner` published go on, to its end if nothing comes between.

    Raises
    ------
    WouldBeRefused
        If nothing of `owner` is being scored.
    TooLate
    DeclarationRefuted
        If the score is not what was declared.
    """
    progress = job.scoring(owner)
    if progress is None:
        raise WouldBeRefused("score", job.id, f"nothing that {owner} published is being scored")
    until, now = scored_by(job, owner), desk.clock().latest
    if now > until:
        raise TooLate("score", job.id, date_text(until), date_text(now))
    body = ScoreSlices(job.id, owner, AS_MANY_AS_FIT)
    inputs = inputs_for(job.terms, progress.rows - progress.rows_done)
    action = f"let the scoring of {owner} in job {job.id} go on"
    try:
        made = desk.send([body] * inputs, action, "nothing that is not public already", until)
    except DappRefused as error:
        if error.reason_code != DONE_BY_ANOTHER:
            raise
        return ()
    return require_unrefuted(made)
