"""Scoring that one input could not finish: anybody may let it go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from deml.base.inputs import ScoreSlices
from deml.base.types import Address
from deml_sdk.dates import date_text
from deml_sdk.market.due.planner import scored_by
from deml_sdk.market.errors import TooLate, WouldBeRefused
from deml_sdk.market.intent import Intent
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.slices import inputs_for
from deml_sdk.market.view import Job
from deml_sdk.market.words import says

AS_MANY_AS_FIT: Final = 2**32 - 1
"""Slices asked for: an input does no more than it can."""

DONE_BY_ANOTHER: Final = "NOTHING_TO_SCORE"
"""Code with which the dapp refuses to go on with what somebody else has just finished."""


def continue_scoring(client: MarketClient, job: Job, owner: Address) -> Intent:
    """Let the scoring of what `owner` published go on, to its end if nothing comes between.

    That somebody else finishes it first is no failure.

    Raises
    ------
    WouldBeRefused
        If nothing of `owner` is being scored.
    TooLate
    """
    progress = job.scoring(owner)
    if progress is None:
        raise WouldBeRefused("score", job.job_id, f"nothing that {owner} published is being scored")
    until, now = scored_by(job, owner), client.clock().latest
    if now > until:
        raise TooLate("score", job.job_id, date_text(until), date_text(now))
    body = ScoreSlices(job.job_id, owner, AS_MANY_AS_FIT)
    inputs = inputs_for(job.terms, progress.rows - progress.rows_done)
    whose = client.names.full(owner)
    said = says.of_job(job) | {"model of": whose, "scored": f"{progress.rows_done:,} of {progress.rows:,} rows"}
    action = f"continue the scoring of a model in job {job.job_id}"
    made = client.to_send([body] * inputs, action, "nothing that is not public already", until, said)
    return replace(made, moot=DONE_BY_ANOTHER)
