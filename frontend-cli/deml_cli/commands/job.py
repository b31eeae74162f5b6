"""`deml job`: what a sponsor does, and what everybody may look at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deml.base.outputs import ScoringProgress
from deml.base.states import Phase, Standing
from deml.base.types import Amount
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.options import JobNumber
from deml_sdk.addresses import parse_address
from deml_sdk.ipfs.lasting import OUTAGES
from deml_sdk.market.schedule import phase_at
from deml_sdk.market.words.text import (
    PARTICIPANT_COLUMNS,
    SUMMARY_COLUMNS,
    as_json,
    average_text,
    details,
    outcome,
    participant,
    progress_text,
    summary,
)
from deml_sdk.outages import through_outages
from deml_sdk.plain import notice_json, plain
from deml_sdk.scores import score_text

if TYPE_CHECKING:
    from deml.base.answers import Participant
    from deml_sdk.jobspec.document import Spec
    from deml_sdk.market.view import Job

app = group("Open, fund, reveal and inspect jobs.")

JobFilePath = Annotated[Path, typer.Argument(metavar="FILE", help="The job, as 'deml job new' writes one.")]
STANDING_STYLES: Final = {
    Standing.PAID: "green",
    Standing.VERIFIED: "green",
    Standing.FAILED: "red",
    Standing.REFUTED: "red",
}
"""Colours of the rows of clients."""

PATIENT = ("6h", "2h", "2h", "2h")
QUICK = ("10m", "5m", "5m", "5m")


@command(
    app,
    "new",
    examples=(
        "deml job new cancer.toml --data sample.csv --label diagnosis --title 'Tell tumours apart'",
        "deml job new --quick",
    ),
)
def new(
    session: Session,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")] = Path("job.toml"),
    data: Annotated[
        Path | None, typer.Option(help="Table to take columns and types from: CSV, Parquet, Arrow, npz.")
    ] = None,
    label: Annotated[str | None, typer.Option(help="Column to predict.")] = None,
    title: Annotated[str | None, typer.Option(help="Title, one line. [Predict LABEL]")] = None,
    description: Annotated[str | None, typer.Option(help="What the task is about.")] = None,
    license: Annotated[str | None, typer.Option(help="Licence of the models. [CC-BY-4.0]")] = None,
    use: Annotated[str | None, typer.Option(help="What you will and will not use the models for.")] = None,
    architecture: Annotated[str | None, typer.Option(help="The model's shape as JSON. [logistic or linear]")] = None,
    metric: Annotated[str | None, typer.Option(help="Metric to score by. [brier or r2]")] = None,
    trainer: Annotated[str, typer.Option(help="builtin, or the CID of a script.")] = "builtin",
    max_epsilon: Annotated[float | None, typer.Option(help="Largest epsilon allowed in a client's training.")] = None,
    max_delta: Annotated[float, typer.Option(help="Delta that goes with it.")] = 1e-5,
    feature: Annotated[
        list[str] | None, typer.Option(help="Feature column, in the model's order. [all others]")
    ] = None,
    drop: Annotated[list[str] | None, typer.Option(help="Column of the table to leave out.")] = None,
    ranges: Annotated[bool, typer.Option("--ranges", help="Publish the range of each numeric column.")] = False,
    sample: Annotated[int, typer.Option(help="Publish this many of the table's rows.", min=0)] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="Windows of minutes, for a devnet.")] = False,
) -> None:
    """Write a commented job file to fill in, and its specification, from answers or a table's header."""
    from deml_sdk.files.files import write_file
    from deml_sdk.jobspec.answers import Answers, make_spec
    from deml_sdk.jobspec.template import template

    given = Answers(
        *(data, label, title, description, license, architecture, metric),
        *(trainer, max_epsilon, max_delta, ranges, sample),
        tuple(feature or ()),
        tuple(drop or ()),
        use or "",
    )
    windows = QUICK if quick else PATIENT
    if not (given.anything or session.render.can_ask):
        write_file(path, template(path.name, windows).encode(), replace=False)
        session.render.say(f"Wrote {path}. Fill it in.")
        session.render.next(f"deml job post {path}{session.acting_as('sponsor')}")
        session.render.emit({"path": path})
        return
    spec = make_spec(given, session.render.ask)
    beside = path.with_suffix(".spec.json")
    write_file(beside, spec.file(), replace=False)
    write_file(path, template(path.name, windows, spec=beside.name).encode(), replace=False)
    session.render.say(f"Wrote {beside}, the specification; everybody will be able to read it: look at it now.")
    if ranges or sample:
        session.render.warn(f"It holds values of {data}, as you asked.")
    session.render.say(f"Wrote {path}. Fill it in: it names the holdout, the initial model, reward and windows.")
    if data is not None:
        session.render.next(f"deml train --terms {path} --data {data} --out initial.safetensors")
    session.render.next(f"deml job post {path}{session.acting_as('sponsor')}")
    session.render.emit({"path": path, "spec": beside})


@command(app, "post", examples=("deml job post job.toml", "deml job post job.toml --wallet sponsor"))
def post(session: Session, path: JobFilePath) -> None:
    """Check a job, deposit its escrow and open it. The holdout stays on this machine."""
    client = session.client
    with session.render.waiting("scoring the initial model on the holdout"):
        made = client.draft(path)
    session.render.note(f"The initial model scores {score_text(made.terms.baseline)} on {made.rows:,} rows.")
    job_id = session.send(client.post(made)).job_id
    session.render.say(f"Job {job_id} is open. Leave a watcher running: it reveals the holdout when it is time.")
    session.render.next(f"deml watch {job_id}{session.acting_as('sponsor')}")
    session.render.emit({"jobId": job_id, "terms": made.terms, "escrow": str(made.escrow)})


@command(
    app,
    "next",
    examples=("deml job next 7 --holdout fresh.csv", "deml job next 7 job.toml --holdout fresh.csv --wallet sponsor"),
)
def next_round(
    session: Session,
    job_id: JobNumber,
    path: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A job file for the next round. [the same terms again]")
    ] = None,
    holdout: Annotated[Path | None, typer.Option(help="Rows that nobody has seen. [the job file's]")] = None,
    escrow: Annotated[str | None, typer.Option(help="In whole tokens, without a job file. [as much as before]")] = None,
) -> None:
    """Open the next round of a job that has ended, from the model that scored best in it."""
    client = session.client
    with session.render.waiting("fetching the best model, and scoring it on the fresh holdout"):
        before = client.campaign(job_id).round(job_id)
        made = client.next_round(job_id, holdout, job_file=path, escrow=escrow)
    origin = before.winner.origin
    session.render.note(f"It starts from the {origin} model, which scored best in job {job_id}.")
    session.render.note(f"That scores {score_text(made.terms.baseline)} on {made.rows:,} fresh rows.")
    opened = session.send(client.post(made)).job_id
    session.render.say(f"Job {opened} is open. 'deml watch {opened}' reveals the holdout when it is time.")
    session.render.emit({"jobId": opened, "origin": origin, "terms": made.terms, "escrow": str(made.escrow)})


@command(app, "list", examples=("deml job list", "deml job list --phase commit --json"))
def list_jobs(
    session: Session,
    phase: Annotated[Phase | None, typer.Option(help="Only jobs that are in this phase now.")] = None,
    sponsor: Annotated[str | None, typer.Option(help="Only jobs of this account.")] = None,
) -> None:
    """List jobs, each in the phase that the chain's latest block puts it in."""
    now = session.chain.latest_block().timestamp
    found = session.client.jobs(parse_address(sponsor) if sponsor else None)
    jobs = [one for one in found if phase in (None, phase_at(one, now))]
    rows = [summary(one, now, session.client.token(one.terms.reward_token)) for one in jobs]
    session.render.table(f"{len(rows)} job(s)", SUMMARY_COLUMNS, rows)
    if session.config.get("wallet"):
        mine = {*session.client.own_jobs()}
        for one in found:
            if one.job_id in mine and not one.ended:
                session.warn_missing(one)
    session.render.emit({"asOf": now, "jobs": [as_json(one, now) for one in jobs]})


@command(app, "show", examples=("deml job show 7", "deml job show 7 --json"))
def show(session: Session, job_id: JobNumber) -> None:
    """Show a job, its specification, its clients, and whom you trust."""
    from deml_sdk.market.posting.cautions import short_windows

    client = session.client
    job = client.job(job_id)
    clock, token = client.clock(), client.token(job.terms.reward_token)
    now = clock.latest
    session.render.facts(details(job, now, token, session.names), title=f"Job {job_id}")
    spec = _show_spec(session, job)
    _show_clients(session, job, job.clients)
    session.warn_missing(job)
    trust = client.trust()
    for warning in (*trust.warnings, *short_windows(job.terms, clock)):
        session.render.warn(warning)
    session.render.emit({**as_json(job, now), "trust": trust, "spec": spec and spec.model_dump(mode="json")})


@command(app, "top-up", examples=("deml job top-up 7 100",))
def top_up(
    session: Session, job_id: JobNumber, amount: Annotated[str, typer.Argument(help="How much, in whole tokens.")]
) -> None:
    """Add to the escrow of your job, in its commit phase."""
    client = session.client
    job = client.job(job_id)
    added = client.amount(job.terms.reward_token, amount)
    session.send(client.top_up(job, added))
    total = Amount(job.escrow + added)
    session.render.say(f"The escrow of job {job_id} is now {client.token(job.terms.reward_token).show(total)}.")
    session.render.emit({"jobId": job_id, "escrow": str(total)})


@command(
    app, "reveal", examples=("deml job reveal 7", "deml job reveal 7 --holdout h.safetensors --initial i.safetensors")
)
def reveal(
    session: Session,
    job_id: JobNumber,
    holdout: Annotated[Path | None, typer.Option(help="The holdout, if it is not in the journal.")] = None,
    initial: Annotated[Path | None, typer.Option(help="The initial model, if it is not in the journal.")] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Restart the upload from the beginning.")] = False,
) -> None:
    """Publish the holdout of your job, in its reveal phase. An interrupted upload is continued."""
    from deml_sdk.files.files import read_file

    client = session.client
    job = client.job(job_id)
    if holdout is not None and initial is not None:
        client.recover_holdout(job, read_file(holdout), read_file(initial))
    made = session.send(client.reveal(job, fresh=restart)).notices
    cid = through_outages(partial(client.share_holdout, job), session.render, of=OUTAGES)
    session.render.say(f"Revealed: {cid}{progress_text(made)}")
    if any(isinstance(one, ScoringProgress) for one in made):
        session.render.warn(f"It counts once the baseline is confirmed, in time: 'deml continue {job_id}'.")
    session.render.emit({"jobId": job_id, "dataCid": cid})


@command(app, "cancel", examples=("deml job cancel 7",))
def cancel(session: Session, job_id: JobNumber) -> None:
    """Take the escrow back while nobody has accepted the job."""
    session.send(session.client.cancel(job_id))
    session.render.say(f"Job {job_id} is cancelled. The escrow leaves by voucher: 'deml claim'.")
    session.render.emit({"jobId": job_id})


@command(app, "aggregate", examples=("deml job aggregate 7",))
def aggregate(session: Session, job_id: JobNumber) -> None:
    """Have a settled job's verified models averaged and the average scored. Anyone may, within one round's time."""
    notices = session.send(session.client.aggregate(job_id)).notices
    said = average_text(notices)
    session.render.say(f"Averaged{said}" if said else "Somebody else had it made first.")
    session.render.say(f"'deml job results {job_id} --aggregate FILE' stores it.")
    session.render.emit({"jobId": job_id, "notices": [notice_json(one) for one in notices]})


@command(
    app,
    "results",
    examples=(
        "deml job results 7",
        "deml job results 7 --models ./models",
        "deml job results 7 --aggregate mean.safetensors",
    ),
)
def results(
    session: Session,
    job_id: JobNumber,
    models: Annotated[Path | None, typer.Option(help="Folder to store the delivered models in.")] = None,
    aggregate: Annotated[
        Path | None,
        typer.Option(help="File for the verified models' average, which is computed here and checked."),
    ] = None,
) -> None:
    """Show scores and payouts; fetch the delivered models from IPFS, or rebuild them from the chain's own inputs."""
    from deml_sdk.files.files import check_writable, write_lasting
    from deml_sdk.market.results import results_json

    client = session.client
    job = client.job(job_id)
    token = client.token(job.terms.reward_token)
    ended = outcome(job, session.chain.latest_block().timestamp, token, session.names)
    paths = client.save_models(job, models) if models is not None else {}
    session.render.facts(ended, title=f"Job {job_id}")
    _show_clients(session, job, job.clients)
    session.warn_missing(job)
    for path in paths.values():
        session.render.say(f"Stored {path}")
    if aggregate is not None:
        check_writable(aggregate)
        write_lasting(aggregate, client.average(job), session.render)
        session.render.say(f"Stored {aggregate}, the average of the verified models")
    session.render.emit({**results_json(job, paths), "averagePath": aggregate})


@command(app, "leaderboard", examples=("deml job leaderboard 7", "deml job leaderboard 7 --json"))
def leaderboard(session: Session, job_id: JobNumber) -> None:
    """Rank a job's clients by score (by declared score until it is verified); ties in order of commitment."""
    from deml_sdk.market.view import ranked

    job = session.client.job(job_id)
    found = ranked(job)
    session.render.say(
        f"Job {job_id}, {job.terms.title}: {job.terms.metric}, baseline {score_text(job.terms.baseline)}"
    )
    _show_clients(session, job, found)
    session.warn_missing(job)
    session.render.emit({"jobId": job_id, "baseline": job.terms.baseline, "clients": [plain(one) for one in found]})


def _show_clients(session: Session, job: Job, clients: Sequence[Participant]) -> None:
    """Show clients in this order; who is paid, and who failed, in colours of their own."""
    if not clients:
        session.render.say("Nobody has accepted yet.")
        return
    token = session.client.token(job.terms.reward_token)
    rows = [participant(one, token, job.scoring(one.client), session.names) for one in clients]
    styles = [STANDING_STYLES.get(one.standing) for one in clients]
    session.render.table(None, PARTICIPANT_COLUMNS, rows, styles)


def _show_spec(session: Session, job: Job) -> Spec | None:
    """Show a job's specification, and where it differs from the terms; None if it has none, or it cannot be had."""
    from deml_sdk.jobspec.agreement import disagreements
    from deml_sdk.jobspec.errors import BadSpec, NoSpec, SpecNotHere
    from deml_sdk.jobspec.words import COLUMN_COLUMNS, column_row, facts

    render = session.render
    try:
        spec = session.client.spec(job)
    except NoSpec:
        return None
    except (BadSpec, SpecNotHere) as error:
        render.warn(str(error))
        return None
    render.facts(facts(spec), title="Specification")
    render.quote(spec.description)
    render.table(None, COLUMN_COLUMNS, [column_row(one) for one in spec.data.columns])
    for warning in disagreements(spec, job.terms):
        render.warn(warning)
    return spec
