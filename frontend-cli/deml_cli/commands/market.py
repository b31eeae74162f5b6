"""`deml market`: the jobs of several Applications as one list."""

from __future__ import annotations

from typing import Annotated

import typer

from deml.base.states import Phase
from deml_cli.advice import WORDS
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_sdk.addresses import parse_address
from deml_sdk.advice import report_of
from deml_sdk.market.words.text import SUMMARY_COLUMNS, as_json, summary

app = group("All Applications of a market.")


@command(app, "market", examples=("deml market", "deml market --phase commit", "deml market --profile market --json"))
def market(
    session: Session,
    phase: Annotated[Phase | None, typer.Option(help="Only jobs that are in this phase now.")] = None,
    sponsor: Annotated[str | None, typer.Option(help="Only jobs of this account.")] = None,
) -> None:
    """List the jobs of all Applications that the profile names in app_address and app_addresses.

    Each Application has its own job numbers: give its address too, as in 'deml job show 7 --app-address 0x...'.
    An Application whose node does not answer is reported, and the others are listed.
    """
    from deml_sdk.roles.several import Several

    session.config.require("app_address")
    with Several(session.config) as several:
        found = several.jobs(phase, parse_address(sponsor) if sponsor else None)
        rows = []
        for one in found.jobs:
            token = several.readers[one.app].token(one.job.terms.reward_token)
            rows.append((one.app, *summary(one.job, found.as_of, token)))
    count = len(several.readers)
    session.render.table(f"{len(rows)} job(s) in {count} Application(s)", ("application", *SUMMARY_COLUMNS), rows)
    for gone in found.unreached:
        session.render.warn(f"Jobs of {gone.app} are not listed: {gone.error}")
    session.render.emit(
        {
            "asOf": found.as_of,
            "applications": list(several.readers),
            "unreached": [{"app": gone.app, "error": report_of(gone.error, WORDS)} for gone in found.unreached],
            "jobs": [{"app": one.app, **as_json(one.job, found.as_of)} for one in found.jobs],
        }
    )
