"""`deml shrink` and `deml expand`: the same model in fewer bytes, and in full."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.options import JobNumber
from deml_cli.training_options import ReadingOptions
from deml_sdk.scores import score_text

app = group("Write a model in fewer bytes, or in full.")

CALLDATA_GAS = 40
"""Gas of a byte of calldata that is not zero (EIP-7623)."""


@command(
    app,
    "shrink",
    examples=(
        "deml shrink 7 model.safetensors --data validation.csv --out small.safetensors",
        "deml shrink 7 model.safetensors --data validation.csv --loss 0.0005 --out small.safetensors",
    ),
)
def shrink(
    session: Session,
    job_id: JobNumber,
    model: Annotated[Path, typer.Argument(help="The safetensors file.")],
    data: Annotated[Path, typer.Option(help="Rows that the model was not trained on: CSV or Parquet. They stay here.")],
    *,
    columns: ReadingOptions,
    loss: Annotated[float, typer.Option(help="Largest drop of the score on these rows.", min=0)] = 0.002,
    out: Annotated[Path, typer.Option(help="Where to write the small file.")] = Path("small.safetensors"),
) -> None:
    """Store a model in coarser numbers or as a difference from the job's initial model, whichever is smallest.

    Each byte of a delivered model costs about 40 gas. Commit to the small file: it has its own score.
    """
    from deml.scoring import parse_metric
    from deml_learn.models.shrink import shrunk
    from deml_sdk.files.files import check_writable, read_file, write_lasting
    from deml_sdk.jobspec.own_rows import own_holdout
    from deml_sdk.market.content import read_initial
    from deml_sdk.market.spec import spec_of
    from deml_sdk.market.unpublished import Guard

    Guard(session.home).check_overwrite(out)
    check_writable(out)
    client = session.client
    job = client.job(job_id)
    file = read_file(model)
    initial = read_initial(job, client.file(job, job.terms.initial_model_cid))
    metric = parse_metric(job.terms.metric, initial.architecture)
    rows = own_holdout(data, initial.architecture, spec_of(client, job), columns.reading)
    with session.render.waiting("trying encodings"):
        made = shrunk(file, initial, metric, rows, loss)
    found, size = made.found, made.packed_before
    write_lasting(out, found.file, session.render)
    render = session.render
    render.say(f"Wrote {out}: {found.encoding}. In an upload it takes {found.packed:,} bytes instead of {size:,},")
    render.say(f"about {CALLDATA_GAS * (size - found.packed):,} gas less.")
    render.say(
        f"On {made.rows:,} rows it scores {score_text(found.score or 0)}; before {score_text(made.score_before)}."
    )
    render.emit(
        {
            "path": out,
            "encoding": str(found.encoding),
            "packedBytes": found.packed,
            "packedBytesBefore": size,
            "score": found.score,
            "scoreBefore": made.score_before,
        }
    )


@command(app, "expand", examples=("deml expand 7 models/bafkrei....safetensors --out full.safetensors",))
def expand(
    session: Session,
    job_id: JobNumber,
    model: Annotated[Path, typer.Argument(help="A delivered model, in any encoding.")],
    out: Annotated[Path, typer.Option(help="Where to write it.")] = Path("full.safetensors"),
) -> None:
    """Write a delivered model in full, with every tensor in float32.

    Numbers that do not fit float32 are rounded, so the score may differ in its last digits.
    """
    from deml_learn.models.encode import PLAIN, encode
    from deml_sdk.files.files import read_file, write_file
    from deml_sdk.market.content import read_delivered
    from deml_sdk.market.unpublished import Guard

    given = read_delivered(session.client, session.client.job(job_id), read_file(model))
    file = encode(given.architecture, given.tensors, PLAIN[0], None)
    Guard(session.home).check_overwrite(out)
    write_file(out, file)
    session.render.say(f"Wrote {out} ({len(file):,} bytes).")
    session.render.emit({"path": out, "bytes": len(file)})
