"""`deml train` and `deml score`: what happens at home, with data that stays there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deml.base.limits import MAX_ROWS
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_learn.training.errors import NoLabel, NoTask
from deml_learn.training.settings import Settings
from deml_sdk.data.reading import Reading, parse_classes
from deml_sdk.market.text import score_text
from deml_sdk.progress import Advance

if TYPE_CHECKING:
    from deml_learn.sandbox.seam import Limits, Sandbox
    from deml_learn.trainers.contract import Event
    from deml_learn.trainers.kinds import Program
    from deml_learn.trainers.run import Order, Trained
    from deml_learn.trainers.task import Task
    from deml_sdk.data.tables import Table

app = group("Train and score at home.")

DEFAULTS = Settings()

TRUST = "I trust this trainer"

SHOWN = 200
"""Lines of a trainer that are shown."""

OptionalJob = Annotated[int | None, typer.Argument(metavar="[JOB]", help="Number of the job.", min=1)]
TermsFile = Annotated[Path | None, typer.Option("--terms", help="A job file, before there is a job.")]
Label = Annotated[str, typer.Option(help="Column to predict.")]
Features = Annotated[
    list[str] | None, typer.Option("--feature", help="Column to learn from, in the model's order. [all others]")
]
Drop = Annotated[list[str] | None, typer.Option(help="Column to leave out.")]
Classes = Annotated[
    list[str] | None, typer.Option("--class", metavar="NAME=NUMBER", help="Class number of a label that is a word.")
]


@command(
    app,
    "train",
    examples=(
        "deml train 7 --data patients.csv",
        "deml train 7 --data patients.csv --label diagnosis --class malignant=0 --class benign=1",
        "deml train 7 --data patients.csv --epsilon 4 --delta 1e-5",
        "deml train --terms job.toml --data small.parquet --label y --out initial.safetensors",
    ),
)
def train(
    session: Session,
    job_id: OptionalJob = None,
    *,
    data: Annotated[
        Path, typer.Option(help="CSV with a header, Parquet, Arrow, Feather or npz. It is read, and goes nowhere.")
    ],
    label: Annotated[str | None, typer.Option(help="Column to predict. [as the specification says]")] = None,
    feature: Features = None,
    drop: Drop = None,
    class_: Classes = None,
    terms: TermsFile = None,
    start: Annotated[Path | None, typer.Option(help="Model to start from. [the job's initial model]")] = None,
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = Path("model.safetensors"),
    epochs: Annotated[int | None, typer.Option(help=f"Passes over the data. [{DEFAULTS.epochs}]", min=1)] = None,
    batch: Annotated[int | None, typer.Option(help=f"Rows a step. [{DEFAULTS.batch}]", min=1)] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help=f"Step size of Adam. [{DEFAULTS.learning_rate}]", min=1e-9)
    ] = None,
    l2: Annotated[float, typer.Option(help="Weight decay.", min=0)] = DEFAULTS.l2,
    held_back: Annotated[
        float, typer.Option(help="Part of the rows that chooses between epochs, and judges.", min=0, max=0.9)
    ] = DEFAULTS.held_back,
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.", min=0)] = DEFAULTS.seed,
    half: Annotated[bool, typer.Option("--float16", help="Half the bytes on chain, at a little accuracy.")] = False,
    epsilon: Annotated[
        float | None, typer.Option(help="Train with differential privacy, giving away at most this much.")
    ] = None,
    delta: Annotated[float, typer.Option(help="Chance that the promise of --epsilon does not hold.")] = 1e-5,
    clip: Annotated[float, typer.Option(help="Longest gradient of one row, with --epsilon.")] = 1.0,
    memory: Annotated[int, typer.Option(help="Most memory of the trainer, in MiB.", min=64)] = 4_096,
    hours: Annotated[float, typer.Option(help="Longest time of the trainer.", min=0.001)] = 4.0,
    without_sandbox: Annotated[
        bool, typer.Option("--without-sandbox", help="Run the trainer with your rights. Needs --confirm.")
    ] = False,
    confirm: Annotated[str, typer.Option(metavar="WORDS", help=f'"{TRUST}", to go without a sandbox.')] = "",
) -> None:
    """Train a model on private data, starting from the job's initial model. The data stays on this machine.

    The trainer, whoever wrote it, runs in a sandbox: it sees the job and your rows and nothing else of this machine,
    has no network, and can leave the model's tensors and nothing else.
    """
    from dataclasses import replace

    from deml_learn.privacy.budget import Privacy
    from deml_learn.trainers.budget import check_spendable, check_terms
    from deml_learn.trainers.run import Order, run_trainer
    from deml_learn.training.rows import hold_back
    from deml_sdk.files.files import read_file, write_file

    task = _task(session, job_id, terms)
    if start is not None:
        task = replace(task, initial=read_file(start))
    privacy = None if epsilon is None else Privacy(epsilon, delta, clip)
    improves = task.initial is not None
    check_terms(task.spec, privacy, improves=improves)
    check_spendable(privacy, task.architecture, ours=task.script is None, improves=improves)
    reading = Reading(label or "", tuple(feature or ()), tuple(drop or ()), parse_classes(class_ or ()))
    table = _table(session, task, data, reading)
    rows = hold_back(table.x, table.y, task.architecture.task, held_back, seed)
    settings = _settings(len(rows.y), privacy is not None, epochs, batch, learning_rate)
    settings = replace(settings, l2=l2, held_back=held_back, seed=seed)
    program = _program(session, task)
    sandbox = _sandbox(without_sandbox, confirm)
    order = Order(
        task.architecture_text, task.metric, rows, settings, task.initial, task.spec_file, privacy, half, task.max_bytes
    )
    session.render.note(f"{program.name} runs in: {sandbox.name}")
    with session.render.progress("training", settings.epochs) as advance:
        teller = _teller(session, advance)
        made = run_trainer(program, order, task.architecture, sandbox, _limits(memory, hours), teller)
    write_file(out, made.file)
    _tell(session, made, order, out, sandbox)


@command(app, "score", examples=("deml score 7 model.safetensors", "deml score 7 model.safetensors --holdout mine.csv"))
def score(
    session: Session,
    job_id: Annotated[int, typer.Argument(metavar="JOB", help="Number of the job.", min=1)],
    model: Annotated[Path, typer.Argument(help="The safetensors file.")],
    holdout: Annotated[
        Path | None, typer.Option(help="safetensors, CSV or Parquet. [the revealed holdout of the job]")
    ] = None,
    label: Label = "label",
    feature: Features = None,
    drop: Drop = None,
    class_: Classes = None,
) -> None:
    """Compute the score of a model: the very integer that the dapp will compute."""
    from deml.scoring import load_holdout, parse_architecture, parse_metric
    from deml.scoring import score as score_model
    from deml_sdk.data.holdout import read_holdout
    from deml_sdk.files.files import read_file
    from deml_sdk.market.content import read_delivered, revealed_holdout

    desk = session.desk
    job = desk.job(job_id)
    architecture = parse_architecture(job.terms.architecture)
    metric = parse_metric(job.terms.metric, architecture)
    if holdout is None:
        judged, rows = revealed_holdout(desk, job), job.terms.max_rows
    else:
        reading = Reading(label, tuple(feature or ()), tuple(drop or ()), parse_classes(class_ or ()))
        judged, rows = read_holdout(holdout, architecture, reading), MAX_ROWS
    found = score_model(read_delivered(desk, job, read_file(model)), load_holdout(architecture, metric, judged, rows))
    session.render.say(
        f"{job.terms.metric} {score_text(found)} ({found} ppm); baseline {score_text(job.terms.baseline)}"
    )
    session.render.emit({"jobId": job_id, "metric": job.terms.metric, "score": found, "baseline": job.terms.baseline})


def _task(session: Session, job_id: int | None, terms: Path | None) -> Task:
    from deml_learn.trainers.task import task_of_file, task_of_job

    if terms is not None:
        return task_of_file(terms)
    if job_id is None:
        raise NoTask()
    return task_of_job(session.desk, session.desk.job(job_id))


def _table(session: Session, task: Task, data: Path, reading: Reading) -> Table:
    """Read private rows as the specification says; as the options say where there is none, or they say otherwise."""
    from deml_sdk.data.tables import check_table, read_table
    from deml_sdk.jobspec.check import read_usable

    if task.spec is not None and not reading.label:
        table, report = read_usable(data, task.spec)
        if report.usable < report.rows:
            session.render.warn(
                f"{report.rows - report.usable:,} of {report.rows:,} rows do not fit the specification, "
                "and are left out; 'deml data check' says why."
            )
    elif reading.label:
        table = read_table(data, reading)
    else:
        raise NoLabel()
    check_table(data, table, task.architecture)
    return table


def _settings(rows: int, private: bool, epochs: int | None, batch: int | None, learning_rate: float | None) -> Settings:
    """Fill in what the user has left open."""
    from dataclasses import replace

    from deml_learn.privacy.dp_sgd import suggested

    given = {"epochs": epochs, "batch": batch, "learning_rate": learning_rate}
    said: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    return replace(suggested(rows) if private else DEFAULTS, **said)


def _limits(memory: int, hours: float) -> Limits:
    from deml_learn.sandbox.seam import MIB, Limits

    seconds = max(1, round(hours * 3_600))
    return Limits(memory_bytes=memory * MIB, cpu_seconds=seconds, wall_seconds=seconds)


def _program(session: Session, task: Task) -> Program:
    """Find the trainer that the specification names."""
    from deml_learn.trainers.kinds import builtin
    from deml_learn.trainers.scripts import fetched_script

    if task.script is None:
        return builtin()
    with session.render.waiting("fetching the trainer, and installing what it needs"):
        return fetched_script(session.ipfs, task.script, session.home)


def _sandbox(without: bool, confirm: str) -> Sandbox:
    from deml_learn.sandbox.find import find_sandbox
    from deml_learn.sandbox.unconfined import Unconfined
    from deml_learn.trainers.errors import NotConfirmed

    if not without:
        return find_sandbox()
    if confirm != TRUST:
        raise NotConfirmed(TRUST)
    return Unconfined()


def _teller(session: Session, advance: Advance) -> Callable[[Event], None]:
    from deml_learn.trainers.contract import Progress, Said

    reached = said = 0

    def tell(event: Event) -> None:
        nonlocal reached, said
        if isinstance(event, Said):
            said += 1
            if said <= SHOWN:
                session.render.note(f"trainer: {event.text}")
            elif said == SHOWN + 1:
                session.render.note("trainer: says more, which is not shown")
        if isinstance(event, Progress):
            loss = "" if event.loss is None else f", loss {event.loss:.4f}"
            score = "" if event.score is None else f", held back {score_text(event.score)}"
            advance(max(0, event.number - reached), f"training{loss}{score}")
            reached = max(reached, event.number)

    return tell


def _tell(session: Session, made: Trained, order: Order, out: Path, sandbox: Sandbox) -> None:
    from deml.ipld import file_cid
    from deml_learn.trainers.leaves import leaving

    render, rows = session.render, order.rows
    held = len(rows.held_y)
    if made.before is not None and made.after is not None:
        render.say(f"On {held} rows held back: {score_text(made.before)} before, {score_text(made.after)} after.")
    render.say(f"Wrote {out} ({len(made.file):,} bytes), trained on {len(rows.y)} rows.")
    what = leaving(made)
    render.say("If you submit this model, this leaves your machine, and nothing else:")
    render.table(None, ("tensor", "type", "shape"), what.tensors)
    for sentence in what.sentences:
        render.say(sentence)
    spent = made.spent
    render.emit(
        {
            "path": out,
            "cid": str(file_cid(made.file)),
            "rows": len(rows.y),
            "heldBack": held,
            "before": made.before,
            "after": made.after,
            "sandbox": sandbox.name,
            "peakMemory": made.outcome.peak_memory,
            "leaves": {"bytes": len(made.file), "tensors": _named(what.tensors), "metadata": what.metadata},
            "privacy": None if spent is None else {"epsilon": spent.epsilon, "delta": spent.delta},
        }
    )


def _named(tensors: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind, "shape": shape} for name, kind, shape in tensors]
