"""Private rows as a job's specification says how they are read, or as their owner does: the same for every command."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from deml.scoring import Architecture
from deml_sdk.data.holdout import data_file, read_holdout
from deml_sdk.data.reading import Reading
from deml_sdk.data.tables import Table, check_table, read_table
from deml_sdk.jobspec.check import read_usable
from deml_sdk.jobspec.document import Spec
from deml_sdk.jobspec.errors import NoLabel
from deml_sdk.jobspec.reading import reading_of


@dataclass(frozen=True, slots=True)
class OwnRows:
    """Rows that can be used, and how many do not fit the specification and were left out."""

    table: Table
    left_out: int = 0

    @property
    def rows(self) -> int:
        """How many can be used."""
        return self.table.rows


def read_own_rows(path: Path, architecture: Architecture, spec: Spec | None, reading: Reading) -> OwnRows:
    """Read private rows by the specification; or as `reading` says where that names other columns or words.

    Naming the specification's own label changes nothing: its words keep their class numbers.

    Raises
    ------
    NoLabel
        If neither says which column is predicted.
    NotInSpec, NoUsableRow
        If the table does not fit the specification.
    UnreadableTable, NoSuchColumn, BadCell, UnknownLabel, WrongColumnCount, LabelNotAClass, TooFewRows
    """
    if spec is not None and _says_the_same(spec, reading):
        table, report = read_usable(path, spec)
        found = OwnRows(table, report.rows - report.usable)
    else:
        found = OwnRows(read_table(path, _with_words(spec, reading)))
    check_table(path, found.table, architecture)
    return found


def own_holdout(path: Path, architecture: Architecture, spec: Spec | None, reading: Reading) -> bytes:
    """Read private rows as a holdout's file, as `read_own_rows` does; safetensors of `x` and `y` are taken as they are.

    Raises
    ------
    UnreadableFile
    DemlError
        As `read_own_rows`.
    """
    if path.suffix == ".safetensors":
        return read_holdout(path, architecture, reading)
    table = read_own_rows(path, architecture, spec, reading).table
    return data_file(architecture, table.x, table.y)


def _says_the_same(spec: Spec, reading: Reading) -> bool:
    """Whether nothing is said that the specification does not say."""
    said = reading_of(spec)
    return (
        reading.label in ("", said.label)
        and reading.features in ((), said.features)
        and reading.classes in ({}, said.classes)
        and not {*reading.drop} & {said.label, *said.features}
    )


def _with_words(spec: Spec | None, reading: Reading) -> Reading:
    """Take the words of the label, and of columns of these names, from the specification, where there is one."""
    if spec is None:
        if not reading.label:
            raise NoLabel()
        return reading
    said = reading_of(spec)
    features = reading.features or tuple(one for one in said.features if one not in reading.drop)
    words = {name: one for name, one in said.categories.items() if name in features}
    return replace(
        reading,
        label=reading.label or said.label,
        features=features,
        classes=reading.classes or said.classes,
        categories=words,
    )
