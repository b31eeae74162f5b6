"""`deml privacy`: how much a model gives away of the rows it was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deml_cli.command import command, group
from deml_cli.context import Session
from deml_learn.training.hyperparameters import Hyperparameters
from deml_sdk.data.reading import Reading, parse_classes

if TYPE_CHECKING:
    from deml.scoring import Architecture
    from deml_learn.privacy.attack import Audit, Rows
    from deml_sdk.data.tables import Table
    from deml_sdk.jobspec.document import Spec

app = group("Measure what a model gives away.")

DEFAULTS = Hyperparameters()


@dataclass(frozen=True, slots=True)
class Task:
    """What the model was trained for; `spec` is None where the job has none."""

    architecture: Architecture
    initial: bytes | None
    spec: Spec | None


@command(
    app,
    "audit",
    examples=(
        "deml privacy audit 7 model.safetensors --data patients.csv",
        "deml privacy audit 7 model.safetensors --data mine.csv --held-out others.csv --plot roc.svg",
        "deml privacy audit job.spec.json model.safetensors --initial initial.safetensors --data mine.csv",
    ),
)
def audit(
    session: Session,
    job: Annotated[str, typer.Argument(metavar="JOB", help="Number of a job, or the file of a specification.")],
    model: Annotated[Path, typer.Argument(help="The trained model.")],
    data: Annotated[Path, typer.Option(help="What it was trained on; the same file as in 'deml train'.")],
    held_out: Annotated[
        Path | None, typer.Option(help="Rows that it was not trained on. [those that 'deml train' held back]")
    ] = None,
    initial: Annotated[Path | None, typer.Option(help="What training began with. [the job's initial model]")] = None,
    validation: Annotated[float, typer.Option(help="As in 'deml train'.", min=0.01, max=0.9)] = DEFAULTS.validation,
    seed: Annotated[int, typer.Option(help="As in 'deml train'.", min=0)] = DEFAULTS.seed,
    label: Annotated[str | None, typer.Option(help="Column to predict, if the job has no specification.")] = None,
    feature: Annotated[list[str] | None, typer.Option(help="Column to learn from, likewise.")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="Column to leave out, likewise.")] = None,
    class_: Annotated[
        list[str] | None, typer.Option("--class", metavar="NAME=NUMBER", help="Class number of a label, likewise.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the attacks' curves: .png, .svg or .pdf.")] = None,
) -> None:
    """Attack your own model before anybody else does: try to tell which rows it was trained on.

    Everything stays on this machine.
    """
    from deml.scoring import load_model
    from deml_learn.privacy.attack import audit as attack
    from deml_sdk.files.files import read_file

    task = _task(session, job)
    reading = Reading(label or "", tuple(feature or ()), tuple(drop or ()), parse_classes(class_ or ()))
    mine = _table(data, task, reading, job)
    members, others = _parts(task, mine, _table(held_out, task, reading, job) if held_out else None, validation, seed)
    given = read_file(initial) if initial else task.initial
    begin = None if given is None else load_model(task.architecture, given)
    trained = load_model(task.architecture, read_file(model), begin)
    with session.render.waiting("attacking the model"):
        found = attack(trained, begin, members, others)
    _tell(session, found, plot)


def _task(session: Session, job: str) -> Task:
    from deml.scoring import parse_architecture
    from deml_sdk.jobspec.errors import NoSpec
    from deml_sdk.jobspec.reading import read_spec

    if not job.isdigit() or Path(job).exists():
        spec = read_spec(Path(job))
        return Task(spec.parsed_architecture, None, spec)
    client = session.client
    found = client.job(int(job))
    try:
        known = client.spec(found)
    except NoSpec:
        known = None
    initial = client.file(found, found.terms.initial_model_cid)
    return Task(parse_architecture(found.terms.architecture), initial, known)


def _table(path: Path, task: Task, reading: Reading, job: str) -> Table:
    from deml_learn.privacy.errors import HowToRead
    from deml_sdk.data.tables import check_table, read_table
    from deml_sdk.jobspec.check import read_usable

    if reading.label:
        table = read_table(path, reading)
    elif task.spec is not None:
        table, _ = read_usable(path, task.spec)
    else:
        raise HowToRead(job)
    check_table(path, table, task.architecture)
    return table


def _parts(task: Task, mine: Table, held_out: Table | None, validation: float, seed: int) -> tuple[Rows, Rows]:
    """Rows trained on, and rows not."""
    from deml_learn.privacy.attack import Rows
    from deml_learn.training.split import validation_split

    if held_out is not None:
        return Rows(mine.x, mine.y), Rows(held_out.x, held_out.y)
    parts = validation_split(mine.x, mine.y, task.architecture.task, validation, seed)
    return Rows(parts.x, parts.y), Rows(parts.validation_x, parts.validation_y)


def _tell(session: Session, found: Audit, plot: Path | None) -> None:
    from deml_learn.privacy.words import COLUMNS, row, verdict

    render = session.render
    render.table(None, COLUMNS, [row(name, outcome) for name, outcome in found.outcomes.items()])
    sentences = list(verdict(found))
    for sentence in sentences:
        render.say(sentence)
    if plot is not None:
        from deml_learn.privacy.plot import write_plot

        write_plot(found, plot)
        render.say(f"Wrote {plot}.")
    outcomes = [
        {
            "attack": name,
            "auc": one.auc,
            "recognised": [{"falsePositiveRate": rate, "estimate": part} for rate, part in one.recognised.items()],
        }
        for name, one in found.outcomes.items()
    ]
    render.emit(
        {
            "members": found.members,
            "others": found.others,
            "strongest": found.strongest,
            "attacks": outcomes,
            "words": sentences,
            "plot": plot,
        }
    )
