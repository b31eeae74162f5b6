"""A new specification, from what the sponsor says, and from the header of its table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from deml_sdk.data.columns import read_columns
from deml_sdk.data.errors import NoSuchColumn
from deml_sdk.data.header import names_to_show
from deml_sdk.jobspec.document import Spec
from deml_sdk.jobspec.header import guess_columns
from deml_sdk.jobspec.reading import parse_spec

DEFAULT_DELTA: Final = 1e-5
"""Well below one over the number of rows of most clients."""

_TYPES: Final = ("number", "integer", "category", "text")


SpecFields = dict[str, Any]


class Ask(Protocol):
    """Asks the sponsor; where nobody is there, takes the default or fails, naming the option that says it."""

    def __call__(self, question: str, default: str | None, option: str) -> str:
        """Ask one question."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the command line said already; None where it is to be asked, or has a default."""

    data: Path | None = None
    label: str | None = None
    title: str | None = None
    description: str | None = None
    license: str | None = None
    architecture: str | None = None
    metric: str | None = None
    trainer: str = "builtin"
    max_epsilon: float | None = None
    max_delta: float = DEFAULT_DELTA
    ranges: bool = False
    sample: int = 0
    features: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    use: str = ""

    @property
    def anything(self) -> bool:
        """Whether a specification is wanted at all."""
        return self != Answers()


def make_spec(given: Answers, ask: Ask) -> Spec:
    """Put a specification together, asking for what is not given.

    Raises
    ------
    UnreadableTable, NoSuchColumn
    BadSpec
        If the answers do not fit together.
    """
    proposed = f"Predict {given.label}" if given.label else None
    title = given.title or ask("Title, one line", proposed, "--title")
    description = given.description if given.description is not None else ask("Description", "", "--description")
    licence = given.license if given.license is not None else ask("Licence of the models", "CC-BY-4.0", "--license")
    label = given.label or ask("Column to predict", None, "--label")
    columns = _typed_columns(ask) if given.data is None else _guessed_columns(given, given.data, label)
    words = next((one.get("categories") or [] for one in columns if one["name"] == label), [])
    inputs = sum(_width(one) for one in columns if one["name"] != label)
    classes = len(words)
    architecture = given.architecture or ask("Architecture", _usual_architecture(inputs, classes), "--architecture")
    metric = given.metric or ask("Metric", "brier" if classes else "r2", "--metric")
    document: SpecFields = {
        "version": 1,
        "title": title,
        "description": description,
        "license": licence,
        "permitted_use": given.use,
        "data": {
            "columns": columns,
            "label": {"column": label} | ({"mapping": {word: at for at, word in enumerate(words)}} if words else {}),
            "sample": _sample(given, columns),
        },
        "architecture": _json(architecture),
        "metric": metric,
        "trainer": _trainer(given.trainer),
    }
    if given.max_epsilon is not None:
        document["privacy"] = {"max_epsilon": given.max_epsilon, "max_delta": given.max_delta}
    return parse_spec(json.dumps(document, indent=2).encode(), "What was answered")


def _guessed_columns(given: Answers, path: Path, label: str) -> list[SpecFields]:
    """Columns of the table that are wanted: the features in the order that was asked for, then the label."""
    found = {one.name: one for one in guess_columns(path, label, ranges=given.ranges)}
    for name in (label, *given.features, *given.drop):
        if name not in found:
            asked = (label, *given.features, *given.drop)
            raise NoSuchColumn(str(path), name, names_to_show(read_columns(path), asked))
    wanted = (*given.features, label) if given.features else tuple(found)
    return [
        found[name].model_dump(exclude_none=True, mode="json")
        for name in dict.fromkeys(wanted)
        if name in found and (name not in given.drop or name == label)
    ]


def _width(column: SpecFields) -> int:
    """How many inputs of a model a column makes."""
    words = column.get("categories")
    return len(words) if words is not None else int(column["type"] != "text")


def _typed_columns(ask: Ask) -> list[SpecFields]:
    columns: list[SpecFields] = []
    while name := ask(f"Name of column {len(columns) + 1} (empty: no more)", "", "--data"):
        column: SpecFields = {"name": name}
        column["type"] = ask(f"Type of '{name}' ({', '.join(_TYPES)})", "number", "--data")
        if column["type"] == "category":
            words = ask(f"Categories of '{name}', separated by commas", None, "--data")
            column["categories"] = [one.strip() for one in words.split(",")]
        elif column["type"] == "text":
            column["required"] = False
        else:
            for field in ("unit", "minimum", "maximum"):
                found = ask(f"{field.capitalize()} of '{name}' (empty: none)", "", "--data")
                if found:
                    column[field] = found if field == "unit" else _json(found)
        columns.append(column)
    return columns


def _usual_architecture(inputs: int, classes: int) -> str:
    """The simplest model that can do it."""
    if not classes:
        return json.dumps({"family": "linear", "inputs": inputs, "standardize": True})
    outputs = 1 if classes == 2 else classes
    return json.dumps({"family": "logistic", "inputs": inputs, "outputs": outputs, "standardize": True})


def _trainer(text: str) -> dict[str, str]:
    if text == "builtin":
        return {"kind": "builtin"}
    return {"kind": "script", "cid": text}


def _sample(given: Answers, columns: list[SpecFields]) -> list[SpecFields]:
    """First rows of the sponsor's table, as its cells are written."""
    if given.data is None or not given.sample:
        return []
    cells = read_columns(given.data)
    rows = min(given.sample, max(map(len, cells.values()), default=0))
    return [{one["name"]: _cell(cells[one["name"]][row].as_py()) for one in columns} for row in range(rows)]


def _cell(value: Any) -> Any:
    return value if isinstance(value, int | float | str) or value is None else str(value)


def _json(text: str) -> Any:
    """Read JSON; what is none stays a text, for the check to refuse at its place."""
    try:
        return json.loads(text)
    except ValueError:
        return text
