"""`deml privacy`: how much a model gives away of the rows it was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.training_options import ReadingOptions
from deml_learn.training.hyperparameters import USUAL, Hyperparameters

if TYPE_CHECKING:
    from deml.scoring import Architecture, Metric
    from deml_learn.privacy.attack import Audit, LabelledRows
    from deml_learn.privacy.shadows import Shadows
    from deml_learn.trainers.audit import Suspect
    from deml_sdk.jobspec.document import Spec

app = group("Measure what a model reveals.")


@dataclass(frozen=True, slots=True)
class TrainedOptions:
    """How a model was trained that this machine knows nothing of."""

    validation: Annotated[
        float, typer.Option(help="As in 'deml train', if it was not trained here. 0: on all of --data.", min=0, max=0.9)
    ] = USUAL.validation
    seed: Annotated[int, typer.Option(help="As in 'deml train', if it was not trained here.", min=0)] = USUAL.seed


@dataclass(frozen=True, slots=True)
class AuditTask:
    """What the model was trained for; `spec` is None where the job has none."""

    architecture: Architecture
    metric: Metric
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
    job: Annotated[str, typer.Argument(metavar="JOB", help="Number of a job, or a specification file.")],
    model: Annotated[Path, typer.Argument(help="The trained model.")],
    data: Annotated[Path, typer.Option(help="Training data: the same file as for 'deml train'.")],
    *,
    held_out: Annotated[Path | None, typer.Option(help="Rows that it has never seen. [its validation rows]")] = None,
    initial: Annotated[
        Path | None, typer.Option(help="Model that the training started from. [the job's initial model]")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Training record that the page offers. [what this machine remembers]")
    ] = None,
    how: TrainedOptions,
    columns: ReadingOptions,
    shadows: Annotated[
        int, typer.Option(help="Train this many similar models for comparison: 32 reveal much more than none.", min=0)
    ] = 0,
    plot: Annotated[Path | None, typer.Option(help="Plot the attacks' ROC curves: .png, .svg or .pdf.")] = None,
) -> None:
    """Attack your own model before others do: try to tell which rows it was trained on.

    Everything stays on this machine. For a model that 'deml train' made here, it is known how it was trained and
    which rows were only used for validation.
    """
    from deml_learn.privacy.attack import LabelledRows
    from deml_learn.trainers.audit import Suspect
    from deml_learn.trainers.record import find_record, read_record
    from deml_sdk.files.files import check_writable, read_file
    from deml_sdk.jobspec.own_rows import read_own_rows

    def rows_of(path: Path) -> LabelledRows:
        table = read_own_rows(path, task.architecture, task.spec, columns.reading).table
        return LabelledRows(table.x, table.y)

    if plot is not None:
        from deml_learn.privacy.plot import plot_form

        plot_form(plot)
        check_writable(plot)
    task, file = _task(session, job), read_file(model)
    known = find_record(session.home, file) if record is None else read_record(read_file(record))
    given = read_file(initial) if initial else task.initial
    usual = Hyperparameters(validation=how.validation, seed=how.seed)
    suspect = Suspect(task.architecture, task.metric, file, given, known, usual)
    members, others = suspect.parts(rows_of(data), None if held_out is None else rows_of(held_out))
    compared = _shadows(session, suspect, members, others, shadows) if shadows else None
    with session.render.waiting("attacking the model"):
        found = suspect.attacked(members, others, compared)
    _tell(session, found, plot)
    if plot is not None:
        _draw(session, found, plot)


def _task(session: Session, job: str) -> AuditTask:
    from deml.scoring import parse_architecture, parse_metric
    from deml_sdk.jobspec.errors import NoSpec
    from deml_sdk.jobspec.reading import read_spec

    if not job.isdigit() or Path(job).exists():
        spec = read_spec(Path(job))
        architecture = spec.parsed_architecture
        return AuditTask(architecture, parse_metric(spec.metric, architecture), None, spec)
    client = session.client
    found = client.job(int(job))
    try:
        known = client.spec(found)
    except NoSpec:
        known = None
    initial = client.file(found, found.terms.initial_model_cid)
    architecture = parse_architecture(found.terms.architecture)
    return AuditTask(architecture, parse_metric(found.terms.metric, architecture), initial, known)


def _shadows(session: Session, suspect: Suspect, members: LabelledRows, others: LabelledRows, count: int) -> Shadows:
    """Train shadow models; how long that takes is said after a first try, before it goes on."""
    import time

    from deml_learn.trainers.audit import check_shadows

    check_shadows(count)
    begun = time.monotonic()
    with session.render.waiting("training one model, to see how long it takes"):
        suspect.shadows(members, others, 1, lambda: None, seed=count)
    minutes = (time.monotonic() - begun) * count / 60
    session.render.note(f"{count} shadow models take about {minutes:.1f} minutes.")
    with session.render.progress("training shadow models", count) as advance:
        return suspect.shadows(members, others, count, lambda: advance(1))


def _tell(session: Session, found: Audit, plot: Path | None) -> None:
    from deml_learn.privacy.attack import FALSE_POSITIVE_RATES
    from deml_learn.privacy.words import COLUMNS, row, verdict

    render = session.render
    render.table(None, COLUMNS, [row(name, outcome) for name, outcome in found.outcomes.items()])
    sentences = list(verdict(found))
    for sentence in sentences:
        render.say(sentence)
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
            "best": [
                {"falsePositiveRate": rate, "attack": name, "estimate": found.outcomes[name].recognised[rate]}
                for rate in FALSE_POSITIVE_RATES
                for name in (found.best_at(rate),)
            ],
            "attacks": outcomes,
            "words": sentences,
            "plot": plot,
        }
    )


def _draw(session: Session, found: Audit, plot: Path) -> None:
    """Draw the curves, after all has been told: a disk that is full keeps nobody from the result."""
    from deml_learn.privacy.plot import draw_plot, plot_form
    from deml_sdk.files.files import write_lasting

    write_lasting(plot, draw_plot(found, plot_form(plot)), session.render)
    session.render.say(f"Wrote {plot}.")
