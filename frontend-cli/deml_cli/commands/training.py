"""`deml train` and `deml score`: what happens at home, with data that stays there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.options import JobNumber
from deml_cli.training_options import (
    ConfinementOptions,
    HyperparameterOptions,
    PrivacyOptions,
    ReadingOptions,
    package_index,
    wishes,
)
from deml_learn.training.errors import NoTask
from deml_sdk.market.words.text import evaluation_text
from deml_sdk.plain import plain
from deml_sdk.progress import ProgressCallback
from deml_sdk.scores import score_text

if TYPE_CHECKING:
    from deml_learn.sandbox.interface import Sandbox
    from deml_learn.trainers.contract import TrainerEvent
    from deml_learn.trainers.run import Trained
    from deml_learn.trainers.task import TrainingTask

app = group("Train and score at home.")

SHOWN = 200
"""Lines of a trainer that are shown."""

OptionalJob = Annotated[int | None, typer.Argument(metavar="[JOB]", help="Number of the job.", min=1)]
TermsFile = Annotated[Path | None, typer.Option("--terms", help="A job file, if the job is not posted yet.")]


@command(
    app,
    "train",
    examples=(
        "deml train 7 --data patients.csv",
        "deml train 7 --data other-columns.csv --label outcome --class yes=1 --class no=0",
        "deml train 7 --data patients.csv --epsilon 4 --delta 1e-5",
        "deml train --terms job.toml --data small.parquet --label y --out initial.safetensors",
    ),
)
def train(
    session: Session,
    job_id: OptionalJob = None,
    *,
    data: Annotated[
        Path, typer.Option(help="CSV with a header, Parquet, Arrow, Feather or npz. It stays on this machine.")
    ],
    columns: ReadingOptions,
    terms: TermsFile = None,
    start: Annotated[Path | None, typer.Option(help="Model to start from. [the job's initial model]")] = None,
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = Path("model.safetensors"),
    how: HyperparameterOptions,
    privacy: PrivacyOptions,
    confinement: ConfinementOptions,
) -> None:
    """Train a model on private data, starting from the job's initial model. The data stays on this machine.

    Every trainer, including the built-in one, runs in a sandbox: it sees the job and your rows but nothing else of
    this machine, has no network, and can output only the model's tensors.
    """
    from dataclasses import replace

    from deml_learn.trainers.plan import Training
    from deml_learn.trainers.record import keep_record
    from deml_learn.trainers.train import read_rows, train_for, trainer_of
    from deml_sdk.files.files import check_writable, read_file, write_lasting
    from deml_sdk.market.unpublished import Guard

    check_writable(out)
    Guard(session.home).check_overwrite(out)
    task = _task(session, job_id, terms)
    if start is not None:
        task = replace(task, initial=read_file(start))
    training = Training(task, wishes(how, privacy, confinement))
    rows = read_rows(task, data, columns.reading)
    if rows.left_out:
        session.render.warn(
            f"{rows.left_out:,} of {rows.left_out + rows.table.rows:,} rows do not fit the specification, "
            "and are left out; 'deml data check' says why."
        )
    with nullcontext() if task.script is None else session.render.waiting("fetching and installing the trainer"):
        trainer = trainer_of(task, lambda: session.ipfs, session.home, package_index(), session.render)
    sandbox = confinement.sandbox()
    session.render.note(f"{trainer.name} runs in: {sandbox.name}")
    with session.render.progress("training", training.hyperparameters.epochs) as advance:
        made = train_for(training, rows.table, trainer, sandbox, _teller(session, advance), session.render)
    write_lasting(out, made.file, session.render)
    keep_record(session.home, training, rows.table, made, session.render)
    _tell(session, made, out, sandbox)
    if job_id is not None:
        session.render.next(f"deml score {job_id} {out} --data validation.csv")
        session.render.next(f"deml privacy audit {job_id} {out} --data {data}")
        session.render.next(f"deml commit {job_id} {out}{session.acting_as('client1')}")


@command(
    app, "score", examples=("deml score 7 model.safetensors --data validation.csv", "deml score 7 model.safetensors")
)
def score(
    session: Session,
    job_id: JobNumber,
    model: Annotated[Path, typer.Argument(help="The safetensors file.")],
    *,
    data: Annotated[
        Path | None, typer.Option(help="Your own rows that it was not trained on. [the job's revealed holdout]")
    ] = None,
    columns: ReadingOptions,
) -> None:
    """Compute a model's score: exactly the integer that the dapp will compute.

    With --data, before you commit: every metric and class on your own rows, compared with the initial model, and
    what a holdout of the job's size could credit. The rows stay on this machine.
    """
    from deml_cli.diagnosis import show_diagnosis
    from deml_sdk.files.files import read_file

    client, file = session.client, read_file(model)
    job = client.job(job_id)
    if data is not None:
        diagnosis = client.diagnose(job, file, data, columns.reading)
        show_diagnosis(session.render, job, diagnosis, client.token(job.terms.reward_token), data)
        found = diagnosis.evaluation
        session.render.emit({"jobId": job_id, "metric": job.terms.metric, **plain(found), **plain(diagnosis)})
        return
    found = client.judge(job, file)
    session.render.say(f"{job.terms.metric} {evaluation_text(found)}; the initial model {score_text(found.baseline)}")
    session.render.emit({"jobId": job_id, "metric": job.terms.metric, **plain(found)})


def _task(session: Session, job_id: int | None, terms: Path | None) -> TrainingTask:
    from deml_learn.trainers.task import task_of_file, task_of_job

    if terms is not None:
        return task_of_file(terms)
    if job_id is None:
        raise NoTask()
    return task_of_job(session.client, session.client.job(job_id))


def _teller(session: Session, advance: ProgressCallback) -> Callable[[TrainerEvent], None]:
    from deml_learn.trainers.contract import PrintedLine, TrainerProgress

    reached = said = 0

    def tell(event: TrainerEvent) -> None:
        nonlocal reached, said
        if isinstance(event, PrintedLine):
            said += 1
            if said <= SHOWN:
                session.render.note(f"trainer: {event.text}")
            elif said == SHOWN + 1:
                session.render.note("trainer: says more, which is not shown")
        if isinstance(event, TrainerProgress):
            loss = "" if event.loss is None else f", loss {event.loss:.4f}"
            score = "" if event.score is None else f", validation {score_text(event.score)}"
            advance(max(0, event.number - reached), f"training{loss}{score}")
            reached = max(reached, event.number)

    return tell


def _tell(session: Session, made: Trained, out: Path, sandbox: Sandbox) -> None:
    from deml.ipld import file_cid
    from deml_learn.trainers.leaves import leaving

    render = session.render
    trained_on, validation = len(made.split.y), len(made.split.validation_y)
    if made.before is not None and made.after is not None:
        render.say(
            f"On {validation} validation rows: {score_text(made.before)} before, {score_text(made.after)} after."
        )
    render.say(f"Wrote {out} ({len(made.file):,} bytes), trained on {trained_on} rows.")
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
            "rows": trained_on,
            "validationRows": validation,
            "before": made.before,
            "after": made.after,
            "sandbox": sandbox.name,
            "peakMemory": made.outcome.peak_memory,
            "leaves": {
                "bytes": len(made.file),
                "tensors": _named(what.tensors),
                "metadata": what.metadata,
                "noRowAmong": made.no_row_among,
            },
            "privacy": None if spent is None else {"epsilon": spent.epsilon, "delta": spent.delta},
        }
    )


def _named(tensors: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind, "shape": shape} for name, kind, shape in tensors]
