"""`deml data`: private data, looked at where it lies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deml_cli.command import command, group
from deml_cli.context import Session

if TYPE_CHECKING:
    from deml_sdk.jobspec.check import DataReport
    from deml_sdk.jobspec.document import Spec

app = group("Check private data, at home.")

JobOrFile = Annotated[str, typer.Argument(metavar="JOB", help="Number of a job, or a specification file.")]


@command(
    app,
    "check",
    examples=("deml data check 7 --data patients.csv", "deml data check job.spec.json --data mine.parquet --json"),
)
def check(
    session: Session,
    job: JobOrFile,
    data: Annotated[Path, typer.Option(help="CSV, Parquet, Arrow, Feather or npz. It stays on this machine.")],
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show the contents of the first cells that do not fit.")
    ] = False,
) -> None:
    """Compare private data with a job's specification: what does not fit, how many rows are usable, which classes.

    Row values are shown only with --show-values; class names come from the specification.
    """
    from deml_sdk.jobspec.check import check_data

    spec = _spec(session, job)
    with session.render.waiting(f"reading {data}"):
        found = check_data(data, spec, show_values=show_values)
    _tell(session, found)
    session.render.emit({"data": data, "absent": found.absent, "report": found})


def _spec(session: Session, job: str) -> Spec:
    from deml_sdk.jobspec.reading import read_spec

    if job.isdigit() and not Path(job).exists():
        return session.client.spec(int(job))
    return read_spec(Path(job))


def _tell(session: Session, found: DataReport) -> None:
    from deml_sdk.jobspec.words import REPORT_COLUMNS, balance, report_row

    render = session.render
    render.table(None, REPORT_COLUMNS, [report_row(one) for one in found.columns])
    if found.surplus:
        render.say(f"Not in the specification, and ignored: {', '.join(found.surplus)}.")
    render.say(f"{found.usable:,} of {found.rows:,} rows can be used.")
    if found.classes:
        render.say(f"Classes among them: {balance(found)}.")
    if not any(one.present for one in found.columns):
        render.warn("None of the columns is in the file: its first line may be a row, not a header.")
    for name in found.absent:
        render.warn(f"The column '{name}' is not in the file; without it no row can be used.")
    empty = [name for name, count in found.classes.items() if not count]
    if found.usable and empty:
        render.warn(f"There is no row of {', '.join(empty)}: a model trained on this will forget such classes.")
