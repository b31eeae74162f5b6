"""`deml model`: models from elsewhere, into our architectures and back out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deml_cli.command import command, group
from deml_cli.context import Session
from deml_learn.models.kinds import ModelKind
from deml_sdk.data.reading import Reading, parse_classes
from deml_sdk.scores import score_text

if TYPE_CHECKING:
    from deml.scoring import Model
    from deml_learn.models.comparison import Comparison
    from deml_learn.models.holding import Held
    from deml_learn.models.reading import Taken
    from deml_learn.models.summary import Stored
    from deml_sdk.data.tables import Table

MOST_NAMED = 20
"""Columns that a warning names."""

app = group("Import, export and inspect models.")


class TaskName(Enum):
    """What a model does, where its file does not tell."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"


class Target(Enum):
    """What a model can be written as."""

    ONNX = "onnx"
    SAFETENSORS = "safetensors"
    TORCH = "torch"


Given = Annotated[
    str | None,
    typer.Option("--architecture", help="As JSON, or a file that holds it. [FILE's .architecture.json]"),
]
InitialOption = Annotated[Path | None, typer.Option(help="The job's initial model, if FILE is a difference from it.")]


@command(
    app,
    "import",
    examples=(
        "deml model import forest.skops",
        "deml model import network.onnx --data rows.csv --label diagnosis --class benign=0 --class malignant=1",
        "deml model import boosted.json --architecture job-architecture.json --out model.safetensors",
        "deml model import boosted.json --spec job.spec.json --data mine.csv",
    ),
)
def import_model(
    session: Session,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="skops, joblib, ONNX, safetensors or JSON.")],
    from_: Annotated[ModelKind | None, typer.Option("--from", help="Format of FILE. [from its name]")] = None,
    architecture: Annotated[
        str | None, typer.Option(help="The job's, as JSON, or a file that holds it. [the model's own]")
    ] = None,
    spec: Annotated[
        Path | None, typer.Option(help="The job's specification: its architecture, columns by name, label and classes.")
    ] = None,
    task: Annotated[TaskName | None, typer.Option(help="The model's task, if its file does not say.")] = None,
    data: Annotated[Path | None, typer.Option(help="CSV or Parquet to compare on. It stays on this machine.")] = None,
    label: Annotated[str, typer.Option(help="Column with the true values.")] = "label",
    feature: Annotated[
        list[str] | None, typer.Option(help="Feature column, in the model's order. [all others]")
    ] = None,
    drop: Annotated[list[str] | None, typer.Option(help="Column to leave out.")] = None,
    class_: Annotated[
        list[str] | None,
        typer.Option("--class", metavar="NAME=NUMBER", help="Class number of a label that is a word."),
    ] = None,
    trust_pickle: Annotated[
        bool, typer.Option("--trust-pickle", help="Load a pickle or joblib file, which runs whatever code it holds.")
    ] = False,
    order: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES", help="Modules and activations of a PyTorch file in order of execution: 0,relu,2."
        ),
    ] = None,
    trust_type: Annotated[list[str] | None, typer.Option(help="Type that a skops file may hold.")] = None,
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = Path("model.safetensors"),
) -> None:
    """Convert a model from scikit-learn, ONNX, PyTorch, XGBoost or LightGBM, and compare the two."""
    from deml_learn.models.holding import hold
    from deml_learn.models.imported import architecture_text
    from deml_learn.models.reading import ImportOptions, kind_of, read_fields, take
    from deml_sdk.errors import UnwritableFile
    from deml_sdk.files.files import check_writable, write_lasting
    from deml_sdk.jobspec.reading import inputs_of, read_spec, reading_of
    from deml_sdk.market.unpublished import Guard

    if path.absolute() in (out.absolute(), beside(out).absolute()):
        raise UnwritableFile(str(out), "it is the file to import; name another with --out")
    Guard(session.home).check_overwrite(out)
    check_writable(out)
    kind = from_ or kind_of(path)
    if kind is ModelKind.PICKLE:
        _require_trust(session, path, trust_pickle)
    told = parse_classes(class_ or ())
    fields = read_fields(architecture) if architecture else None
    columns: tuple[str, ...] = ()
    job = None if spec is None else read_spec(spec)
    if job is not None:
        fields, columns = fields or job.architecture, inputs_of(job)
        told = told or dict(job.data.label.mapping or {})
    names = tuple(one.strip() for one in order.split(",")) if order else ()
    wishes = ImportOptions(fields, task.value if task else None, tuple(trust_type or ()), told, names, columns)
    with session.render.waiting(f"reading {path}"):
        taken = take(path, kind, wishes)
        file = taken.imported.file
    table = None
    if data is not None:
        classes, categories = told or _words(taken), taken.source.features.categories
        reading = Reading(label, tuple(feature or ()), tuple(drop or ()), classes, categories, taken.expected)
        if job is not None:
            reading = reading_of(job)
        with session.render.waiting(f"reading {data}"):
            table = _table(taken, data, reading)
    with session.render.waiting("comparing with the original"):
        held = hold(taken, table)
    write_lasting(out, file, session.render)
    write_lasting(beside(out), architecture_text(taken.imported.fields).encode() + b"\n", session.render)
    _tell_import(session, taken, held, _matched(taken, table), (out, len(file)))


@command(
    app,
    "export",
    examples=(
        "deml model export model.safetensors --as onnx --out model.onnx",
        "deml model export delivered.safetensors --initial initial.safetensors --architecture a.json --as safetensors",
    ),
)
def export_model(
    session: Session,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A DeML model, in safetensors.")],
    as_: Annotated[Target, typer.Option("--as", help="What to write.")] = Target.ONNX,
    architecture: Given = None,
    initial: InitialOption = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it. [FILE, with another extension]")] = None,
) -> None:
    """Write a DeML model as ONNX, as plain float32 safetensors, or as a PyTorch state dict."""
    from deml_learn.models.exporting import as_onnx, as_safetensors, as_state_dict
    from deml_sdk.files.files import write_file

    model, _ = _load(path, architecture, initial)
    write = {Target.ONNX: as_onnx, Target.SAFETENSORS: as_safetensors, Target.TORCH: as_state_dict}[as_]
    with session.render.waiting("comparing what was written with the model"):
        made = write(model)
    target = out or path.with_suffix(_ENDS[as_])
    write_file(target, made.file, replace=out is not None)
    session.render.say(f"Wrote {target} ({len(made.file):,} bytes); it says what the model says ({made.judge}).")
    session.render.emit({"path": target, "bytes": len(made.file), "as": as_, "judge": made.judge})


_ENDS = {Target.ONNX: ".onnx", Target.SAFETENSORS: ".plain.safetensors", Target.TORCH: ".torch.safetensors"}


@command(
    app,
    "inspect",
    examples=(
        "deml model inspect model.safetensors",
        "deml model inspect delivered.safetensors --initial initial.safetensors --architecture a.json --rows 5000",
    ),
)
def inspect_model(
    session: Session,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A model in safetensors.")],
    architecture: Given = None,
    initial: InitialOption = None,
    metric: Annotated[str | None, typer.Option(help="Metric to compute the cost of. [accuracy or r2]")] = None,
    rows: Annotated[int, typer.Option(help="Rows of the holdout to compute the cost of.", min=1)] = 1_000,
) -> None:
    """Show layers, tensors, bytes by encoding and cost in the machine; without an architecture, only the tensors."""
    from deml_learn.models import summary
    from deml_sdk.files.files import read_file

    data = read_file(path)
    found = summary.stored(data)
    if architecture is None and not beside(path).exists():
        _tell_tensors(session, path, data, found)
        session.render.say("Say what they make up with --architecture, to see layers, encodings and cost.")
        session.render.emit({"path": path, "bytes": len(data), "tensors": found})
        return
    model, base = _load(path, architecture, initial)
    lines = summary.layers(model.architecture)
    sizes = summary.sizes(model, base)
    cost = summary.cost(model.architecture, metric, rows, len(data))
    facts = {
        "does": f"{model.architecture.task.value}, {model.architecture.inputs} features, "
        f"{model.architecture.outputs} output(s)",
        "parameters": f"{model.architecture.parameters:,}",
        "cost": f"{cost.scoring:,} Mcycles to score {rows:,} rows by {cost.metric}; "
        f"{cost.reading:,} Mcycles to read model and holdout",
    }
    session.render.facts(facts, title=str(path))
    session.render.table("Layers", ("", "layer"), list(enumerate(lines)))
    _tell_tensors(session, path, data, found)
    session.render.table(
        "Bytes by encoding", ("encoding", "file", "upload"), [(one.encoding, one.bytes, one.upload) for one in sizes]
    )
    session.render.emit(
        {
            "path": path,
            "bytes": len(data),
            "task": model.architecture.task,
            "inputs": model.architecture.inputs,
            "outputs": model.architecture.outputs,
            "parameters": model.architecture.parameters,
            "layers": lines,
            "tensors": found,
            "encodings": sizes,
            "cost": cost,
        }
    )


def _tell_tensors(session: Session, path: Path, data: bytes, found: Sequence[Stored]) -> None:
    rows = [(one.name, one.dtype, str(list(one.shape)), one.numbers, one.bytes) for one in found]
    title = f"Tensors of {path} ({len(data):,} bytes)"
    session.render.table(title, ("tensor", "type", "shape", "numbers", "bytes"), rows)


def _load(path: Path, architecture: str | None, initial: Path | None) -> tuple[Model, Model | None]:
    """Read a DeML model and, where it is named, the initial model that it may be a change to."""
    from deml.scoring import load_model, parse_architecture
    from deml_learn.models.errors import NoArchitecture
    from deml_learn.models.imported import architecture_text
    from deml_learn.models.reading import read_fields
    from deml_sdk.files.files import read_file

    if architecture is None and not beside(path).exists():
        raise NoArchitecture(str(path))
    parsed = parse_architecture(architecture_text(read_fields(architecture or str(beside(path)))))
    base = load_model(parsed, read_file(initial)) if initial else None
    return load_model(parsed, read_file(path), base), base


def _require_trust(session: Session, path: Path, given: bool) -> None:
    """Warn of a pickle, and have the user type its name unless trust was given."""
    from deml_learn.models.apart import is_confined
    from deml_learn.models.errors import PickleNotTrusted

    where = "the sandbox, which shows it neither your files nor the network"
    if not is_confined():
        where = (
            "a process without your environment, but with your rights: no sandbox is to be had ('deml trainer check')"
        )
    session.render.warn(f"{path} is a pickle: loading it runs whatever code it holds. It will run in {where}.")
    if given:
        return
    if not sys.stdin.isatty():
        raise PickleNotTrusted(str(path))
    if session.render.err.input(f"Type the file's name ({path.name}) to load it: ").strip() != path.name:
        raise PickleNotTrusted(str(path))


def _words(taken: Taken) -> dict[str, int]:
    """Class numbers of the source's labels, where they are words."""
    labels = taken.source.labels
    if taken.places or all(label == str(number) for number, label in enumerate(labels)):
        return {}
    return {label: number for number, label in enumerate(labels)}


def _table(taken: Taken, data: Path, reading: Reading) -> Table:
    from deml_sdk.data.tables import check_table, read_table

    table = read_table(data, reading)
    check_table(data, table, taken.imported.architecture)
    return table


def _matched(taken: Taken, table: Table | None) -> list[str]:
    """What is to be said of the table's columns and the model's."""
    known = taken.columns
    if table is None or not known or table.features == known:
        return []
    shown = [
        ", ".join(one[:MOST_NAMED]) + (", ..." if len(one) > MOST_NAMED else "") for one in (known, table.features)
    ]
    return [
        f"THE COLUMNS ARE NOT THE MODEL'S: it takes {shown[0]}; what is compared is {shown[1]}, by place. "
        "What it says of such rows is worth nothing if that is not what you mean."
    ]


def _tell_import(session: Session, taken: Taken, held: Held, matched: list[str], written: tuple[Path, int]) -> None:
    out, size = written
    from deml.ipld import file_cid
    from deml_learn.models.imported import architecture_text

    render = session.render
    source, imported, found = taken.source, taken.imported, held.comparison
    notes = [*source.notes, *held.notes, *matched]
    for note in notes:
        render.warn(note)
    render.say(f"Wrote {out} ({size:,} bytes) and {beside(out)}, a model imported from {source.kind}.")
    render.say(f"Architecture: {architecture_text(imported.fields)}")
    if source.labels and not taken.places:
        named = ", ".join(f"{number} is '{label}'" for number, label in enumerate(source.labels))
        render.say(f"Classes: {named}")
    if taken.columns:
        render.say(f"Columns it takes, in this order: {', '.join(taken.columns)}")
    render.say(f"On {held.rows:,} rows made to try it, it says what the original says ({held.judge}).")
    if found is None:
        render.say("Compare it with the original on your own rows: --data FILE.")
    else:
        _tell_comparison(session, found, held.judge)
    render.emit(
        {
            "path": out,
            "architecturePath": beside(out),
            "architecture": dict(imported.fields),
            "cid": str(file_cid(imported.file)),
            "bytes": size,
            "source": source.kind,
            "classes": list(source.labels),
            "features": list(taken.columns),
            "notes": notes,
            "tried": {"rows": held.rows, "judge": held.judge},
            "comparison": found,
        }
    )


def _tell_comparison(session: Session, found: Comparison, judge: str) -> None:
    render = session.render
    share = 100 * (found.rows - found.differing) / found.rows
    render.say(
        f"On {found.rows:,} rows the exact engine and the original ({judge}) give the same prediction in "
        f"{found.rows - found.differing:,} ({share:.2f} %)."
    )
    if found.first is not None:
        render.say(f"{found.differing:,} differ, the first of them row {found.first}.")
    render.say(f"Largest difference of {found.quantity}: {found.largest:.3g}.")
    rows = [(one.metric, score_text(one.original), score_text(one.engine)) for one in found.scores]
    if rows:
        render.table(None, ("metric", "original", "exact engine"), rows)


def beside(model: Path) -> Path:
    """Where the architecture of a model file is kept."""
    return model.with_suffix(".architecture.json")
