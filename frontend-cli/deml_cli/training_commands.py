"""`deml train` and `deml score`: what happens at home, with data that stays there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deml.base.limits import MAX_ROWS
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.jobs.text import score_text
from deml_cli.render import Advance
from deml_cli.training.errors import NoTask
from deml_cli.training.reading import Reading, parse_classes
from deml_cli.training.settings import Epoch, Settings

if TYPE_CHECKING:
    from deml.scoring import Architecture, Metric
    from deml_cli.training.improve import Improved

app = group("Train and score at home.")

DEFAULTS = Settings()

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


@dataclass(frozen=True, slots=True)
class Task:
    """What to train or score for; `initial` is None where nothing is there to start from."""

    architecture: Architecture
    metric: Metric
    initial: bytes | None
    max_rows: int = MAX_ROWS


@command(
    app,
    "train",
    examples=(
        "deml train 7 --data patients.csv --label diagnosis --class malignant=0 --class benign=1",
        "deml train --terms job.toml --data small.parquet --label y --out initial.safetensors",
    ),
)
def train(
    session: Session,
    job_id: OptionalJob = None,
    *,
    data: Annotated[Path, typer.Option(help="CSV with a header, or Parquet. It is read, and goes nowhere.")],
    label: Label,
    feature: Features = None,
    drop: Drop = None,
    class_: Classes = None,
    terms: TermsFile = None,
    start: Annotated[Path | None, typer.Option(help="Model to start from. [the job's initial model]")] = None,
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = Path("model.safetensors"),
    epochs: Annotated[int, typer.Option(help="Passes over the data.", min=1)] = DEFAULTS.epochs,
    batch: Annotated[int, typer.Option(help="Rows a step.", min=1)] = DEFAULTS.batch,
    learning_rate: Annotated[float, typer.Option(help="Step size of Adam.", min=1e-9)] = DEFAULTS.learning_rate,
    l2: Annotated[float, typer.Option(help="Weight decay.", min=0)] = DEFAULTS.l2,
    held_back: Annotated[
        float, typer.Option(help="Part of the rows that chooses between epochs.", min=0, max=0.9)
    ] = DEFAULTS.held_back,
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.", min=0)] = DEFAULTS.seed,
    half: Annotated[bool, typer.Option("--float16", help="Half the bytes on chain, at a little accuracy.")] = False,
) -> None:
    """Train a model on private data, starting from the job's initial model. The data stays on this machine."""
    from deml_cli.jobs.files import read_file, write_file
    from deml_cli.training.improve import improve
    from deml_cli.training.model_file import fresh_trainable, read_trainable
    from deml_cli.training.tables import check_table, read_table

    task = _task(session, job_id, terms)
    table = read_table(data, Reading(label, tuple(feature or ()), tuple(drop or ()), parse_classes(class_ or ())))
    check_table(data, table, task.architecture)
    given = read_file(start) if start else task.initial
    if given is None:
        begin = fresh_trainable(task.architecture, table.x, seed)
    else:
        begin = read_trainable(task.architecture, given)
    settings = Settings(epochs, batch, learning_rate, l2, held_back, seed)
    with session.render.progress("training", epochs) as advance:
        made = improve(begin, task.metric, table, settings, _teller(advance), half)
    write_file(out, made.file)
    _tell(session, made, out)


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
    from deml_cli.jobs.content import read_delivered, revealed_holdout
    from deml_cli.jobs.files import read_file
    from deml_cli.training.holdout import read_holdout

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
    from deml.scoring import parse_architecture, parse_metric
    from deml_cli.jobs.content import public_file
    from deml_cli.jobs.job_file import read_job_file

    if terms is not None:
        written = read_job_file(terms)
        architecture = parse_architecture(written.architecture)
        return Task(architecture, parse_metric(written.metric, architecture), None)
    if job_id is None:
        raise NoTask()
    desk = session.desk
    job = desk.job(job_id)
    architecture = parse_architecture(job.terms.architecture)
    metric = parse_metric(job.terms.metric, architecture)
    return Task(architecture, metric, public_file(desk, job, job.terms.initial_model_cid))


def _teller(advance: Advance) -> Callable[[Epoch], None]:
    def tell(epoch: Epoch) -> None:
        loss = "" if epoch.loss is None else f", loss {epoch.loss:.4f}"
        score = "" if epoch.score is None else f", held back {score_text(epoch.score)}"
        advance(min(epoch.number, 1), f"training{loss}{score}")

    return tell


def _tell(session: Session, made: Improved, out: Path) -> None:
    from deml.ipld import file_cid

    if made.before is not None and made.after is not None:
        rows = f"{made.held_back} rows held back"
        session.render.say(f"On {rows}: {score_text(made.before)} before, {score_text(made.after)} after.")
    session.render.say(f"Wrote {out} ({len(made.file):,} bytes), trained on {made.rows} rows.")
    session.render.emit(
        {
            "path": out,
            "cid": str(file_cid(made.file)),
            "rows": made.rows,
            "heldBack": made.held_back,
            "before": made.before,
            "after": made.after,
        }
    )
