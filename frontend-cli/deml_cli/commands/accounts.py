"""`deml history`, `deml earnings` and `deml leaderboard`: accounts over all jobs, as the notices tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated

import typer

from deml.base.types import Address, Amount
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_sdk.dates import date_text
from deml_sdk.market.chronicle import JobEarnings
from deml_sdk.market.words.notice_words import what_it_says
from deml_sdk.plain import notice_json, plain

app = group("Show accounts over all jobs.")

AccountArgument = Annotated[str | None, typer.Argument(help="A wallet, or an account as 0x... [the one of --wallet]")]


@command(
    app,
    "history",
    examples=("deml history --wallet client1", "deml history client2 --json"),
)
def history(session: Session, name: AccountArgument = None) -> None:
    """List what an account did and what happened to it, over all jobs."""
    client, account = session.client, session.account_of(name)
    found = client.history(account)
    rows = [
        (
            date_text(one.time).removesuffix(" UTC"),
            one.job_id,
            what_it_says(one.notice, client.token(one.token), session.names, account),
        )
        for one in found
    ]
    session.render.table(f"History of {session.names.full(account)}", ("UTC", "job", "what happened"), rows)
    session.render.emit([{"time": one.time, "title": one.title, "notice": notice_json(one.notice)} for one in found])


@command(app, "earnings", examples=("deml earnings --wallet client1", "deml earnings client2 --json"))
def earnings(session: Session, name: AccountArgument = None) -> None:
    """List what an account earned in each of its jobs, and the total."""
    client, account = session.client, session.account_of(name)
    found = client.earnings(account)
    rows = [(one.job_id, one.title, one.ending or "running", *_amounts(session, one)) for one in found]
    columns = ("job", "title", "ended", "pay", "compensation", "stake lost", "stake at risk")
    session.render.table(f"Earnings of {session.names.full(account)}", columns, rows)
    totals: Counter[Address] = Counter()
    for one in found:
        totals[one.token] += one.net
    for token, net in totals.items():
        known = client.token(token)
        session.render.say(f"In all: {'-' if net < 0 else ''}{known.show(Amount(abs(net)))}, without gas.")
    session.render.emit([{**plain(one), "net": str(one.net)} for one in found])


@command(
    app,
    "leaderboard",
    examples=("deml leaderboard", "deml leaderboard --json"),
)
def leaderboard(
    session: Session,
    token: Annotated[str | None, typer.Option(help="Token of the earnings to rank by. [the profile's]")] = None,
) -> None:
    """Rank all clients by their earnings; 'deml job leaderboard' ranks the clients of one job."""
    known = session.client.token(session.token_address(token))
    found = session.client.leaderboard(known.address)
    rows = [
        (place, session.names.short(one.client), _earned(session, one.earned), one.models_paid, one.jobs, one.failed)
        for place, one in enumerate(found, start=1)
    ]
    columns = ("rank", "client", "earned", "models paid", "jobs", "failed to deliver")
    session.render.table(None, columns, rows)
    session.render.emit([plain(one) for one in found])


def _amounts(session: Session, one: JobEarnings) -> tuple[str, ...]:
    known = session.client.token(one.token)
    at_risk = Amount(0) if one.ending else one.stake
    return tuple(
        known.show(amount) if amount else "" for amount in (one.pay, one.compensation, one.stake_lost, at_risk)
    )


def _earned(session: Session, earned: Mapping[Address, Amount]) -> str:
    return ", ".join(session.client.token(one).show(amount) for one, amount in earned.items())
