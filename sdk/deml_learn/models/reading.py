"""From a file of any kind to a DeML model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from deml.scoring import parse_architecture
from deml_learn.models.document import Document
from deml_learn.models.errors import OtherBoosterFile, PickleRefused, TaskDisagrees, UnknownSource
from deml_learn.models.form import class_numbers, places_of
from deml_learn.models.imported import Imported, ModelFields, architecture_text
from deml_learn.models.kinds import PICKLED_BY_TORCH, SUFFIXES, ModelKind
from deml_learn.models.net import Pair
from deml_learn.models.own_layers import exits_of, in_float32
from deml_learn.models.source import Features, Source, SourceOutputs
from deml_sdk.files.files import read_file

Array = NDArray[Any]

COLUMNS_DIFFER: Final = (
    "ITS COLUMNS ARE NOT THE JOB'S: it was trained on {own}; the specification makes {job}. They are taken by their "
    "place, and what it says is worth nothing if that is not what you mean."
)
COLUMNS_UNKNOWN: Final = (
    "The file does not tell the names of its columns: they are taken by their place, as the specification has them: "
    "{job}."
)
CATEGORIES_UNKNOWN: Final = (
    "THE JOB KNOWS CATEGORIES THAT THE MODEL HAS NEVER SEEN: {words}. Here they count for nothing in it; what the "
    "original does with them, if it takes them at all, is tried only on rows that you give."
)
MOST_NAMED: Final = 20
MOST_LOOKED_AT: Final = 400
"""Bytes at the beginning of a file that tell what it is."""

SAVE_XGBOOST: Final = "booster.save_model('model.json')"
OTHER_FILES: Final = (
    ("an XGBoost model in its old binary format", re.compile(rb"binf|bs64")),
    ("a dump of XGBoost's trees, without what they mean", re.compile(rb"booster\[|\s*\[\s*\{\s*\"nodeid\"")),
)
"""What it is, and how it begins: what boosters write, and is not read."""
UBJSON: Final = re.compile(rb"\{[LlIiUMN\$#]")
TEXT: Final = re.compile(rb"tree\r?\nversion=")
"""How files begin of XGBoost and LightGBM that are read and are no JSON."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user says beside the file.

    Parameters
    ----------
    architecture
        The job's; the model's own if None.
    task
        What the model does, where its file is silent.
    trusted
        Types that a skops file may hold.
    classes
        Class numbers by label, where these are words.
    order
        Modules and activations of a state dict, as they run.
    columns
        Names of the inputs that a job's specification makes, in their order; the model's own if there are none.
    """

    architecture: ModelFields | None = None
    task: str | None = None
    trusted: Sequence[str] = ()
    classes: Mapping[str, int] = field(default_factory=dict)
    order: Sequence[str] = ()
    columns: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A source, the model it became, and the numbers of its classes where they are not in order."""

    source: Source
    imported: Imported
    places: tuple[int, ...]
    columns: tuple[str, ...] = ()
    """Names of its inputs, in their order; empty if nobody knows them."""

    @property
    def expected(self) -> tuple[str, ...]:
        """Names of the columns that it takes from a table."""
        return self.source.features.columns or self.columns

    @property
    def pair(self) -> Pair:
        """The two that must say the same."""
        model, source = self.imported.model, self.source
        exits, original = source.exits, source.original
        if original is None:
            exits, original = exits_of(model), in_float32(model)
        own = len(source.labels) or parse_architecture(architecture_text(source.form.fields())).classes
        return Pair(model, exits, original, self.places or tuple(range(own)), source.features)


def kind_of(path: Path) -> ModelKind:
    """Tell what a file is, by its name, and JSON by its members.

    Raises
    ------
    PickleRefused, UnknownSource, UnreadableFile, MalformedSource
    """
    if path.suffix in PICKLED_BY_TORCH:
        raise PickleRefused(str(path))
    if path.suffix in SUFFIXES:
        return SUFFIXES[path.suffix]
    start = _start(path)
    if UBJSON.match(start):
        return ModelKind.XGBOOST
    if TEXT.match(start):
        return ModelKind.LIGHTGBM
    if path.suffix == ".json":
        document = Document.parse("JSON", read_file(path))
        if document.has("learner"):
            return ModelKind.XGBOOST
        if document.has("tree_info"):
            return ModelKind.LIGHTGBM
    raise UnknownSource(str(path), ", ".join(one.value for one in ModelKind))


def _start(path: Path) -> bytes:
    """How a file begins, unless it is one of a booster that is not read: then say how to write one that is.

    Raises
    ------
    OtherBoosterFile, UnreadableFile
    """
    start = read_file(path)[:MOST_LOOKED_AT]
    for found, begins in OTHER_FILES:
        if begins.match(start):
            raise OtherBoosterFile(str(path), found, SAVE_XGBOOST)
    return start


def take(path: Path, kind: ModelKind, wishes: ImportOptions) -> Taken:
    """Read a model and bring it into an architecture: the one wished for, or its own.

    Raises
    ------
    DemlError
        What is wrong with the file, or cannot be imported, or does not fit.
    """
    source = _on_columns(_source(path, kind, wishes), wishes.columns)
    fields = wishes.architecture or source.form.fields()
    architecture = parse_architecture(architecture_text(fields))
    if wishes.task not in (None, str(architecture.task.value)):
        raise TaskDisagrees(source.kind, str(architecture.task.value), str(wishes.task))
    places = class_numbers(source.labels, architecture.classes, wishes.classes)
    imported = Imported(fields, source.form.tensors(architecture, places))
    columns = source.features.names or tuple(wishes.columns)
    return Taken(source, imported, () if places == tuple(range(len(places))) else places, columns)


def _on_columns(source: Source, columns: Sequence[str]) -> Source:
    """Bring a model that knows its columns by name to those of a specification."""
    if not columns:
        return source
    names = source.features.names
    places = places_of(names, columns)
    if not places:
        note = COLUMNS_UNKNOWN if not names else COLUMNS_DIFFER
        shown = note.format(own=", ".join(names[:MOST_NAMED]), job=", ".join(columns[:MOST_NAMED]))
        return replace(source, notes=(*source.notes, shown))
    features = source.features
    typical = None if features.typical is None else features.typical.on_inputs(places, len(columns))
    groups = tuple(tuple(places[one] for one in group) for group in features.groups)
    more = [
        one
        for one in columns
        if one not in names and any(one.startswith(f"{column}=") for column in features.categories)
    ]
    notes = (*source.notes, CATEGORIES_UNKNOWN.format(words=", ".join(more[:MOST_NAMED]))) if more else source.notes
    original = source.original

    def on_own(x: Array) -> SourceOutputs:
        if original is None:
            raise TypeError(source.kind)
        return original(x[:, list(places)])

    return replace(
        source,
        form=source.form.on_inputs(places, len(columns)),
        notes=notes,
        features=Features(tuple(columns), groups, typical),
        original=None if original is None else on_own,
    )


def _source(path: Path, kind: ModelKind, wishes: ImportOptions) -> Source:
    match kind:
        case ModelKind.SKOPS | ModelKind.PICKLE:
            from deml_learn.models.estimator_file import read_estimator

            return read_estimator(path, wishes.architecture, wishes.trusted, wishes.classes, wishes.columns)
        case ModelKind.ONNX:
            from deml_learn.models.onnx.file import read_onnx

            return read_onnx(read_file(path), wishes.task)
        case ModelKind.STATE_DICT:
            from deml_learn.models.pytorch.state_dict import read_state_dict

            return read_state_dict(read_file(path), wishes.architecture, wishes.task, wishes.order)
        case ModelKind.XGBOOST:
            from deml_learn.models.boosters.xgboost_json import KIND, read_xgboost

            start, data = _start(path), read_file(path)
            document = Document.parse_binary(KIND, data) if UBJSON.match(start) else Document.parse(KIND, data)
            return read_xgboost(document, data)
        case ModelKind.LIGHTGBM:
            from deml_learn.models.boosters.lightgbm_json import read_lightgbm
            from deml_learn.models.boosters.lightgbm_text import read_lightgbm_text
            from deml_learn.models.boosters.lightgbm_trees import KIND

            if TEXT.match(_start(path)):
                return read_lightgbm_text(read_file(path))
            return read_lightgbm(Document.parse(KIND, read_file(path)))


def read_fields(text: str) -> ModelFields:
    """Read an architecture given as JSON, or as the name of a file that holds it.

    Raises
    ------
    UnreadableFile, MalformedArchitecture, UnknownFamily, ArchitectureOutOfBounds
    """
    if not text.lstrip().startswith("{"):
        text = read_file(Path(text)).decode(errors="replace")
    parse_architecture(text)
    found: ModelFields = json.loads(text)
    return found
