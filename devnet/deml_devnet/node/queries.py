"""The database as the JSON-RPC asks for it: filtered, in pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from deml_devnet.node.records import NOT_PROCESSED, EpochRecord, EpochStatus, InputRecord, OutputRecord, ReportRecord
from deml_devnet.node.store import connect

R = TypeVar("R")

_INPUTS: Final = "SELECT * FROM inputs"
_EPOCHS: Final = "SELECT * FROM epochs"
_OUTPUTS: Final = """
SELECT number, input, epoch, raw, hash, siblings, tx, created_at, updated_at FROM (
    SELECT o.*, i.epoch, e.tx FROM outputs o
    JOIN inputs i ON i.number = o.input LEFT JOIN executions e ON e.output = o.number
)"""
_REPORTS: Final = """
SELECT number, input, epoch, raw, created_at, updated_at FROM (
    SELECT r.*, i.epoch FROM reports r JOIN inputs i ON i.number = r.input
)"""

Filters = Mapping[str, Any]
"""Values that columns must have; a column whose value is None is not filtered by."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted."""

    limit: int
    offset: int
    descending: bool


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """A page of a list, and how long the whole list is."""

    records: list[R]
    total: int


class Queries:
    """The reading side; for any thread, since every query has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def inputs(self, filters: Filters, page: Page) -> Found[InputRecord]:
        """Inputs by `epoch`, `sender`, `tx`."""
        return self._list(_INPUTS, filters, page, InputRecord)

    def outputs(self, filters: Filters, page: Page) -> Found[OutputRecord]:
        """Outputs by `epoch`, `input`, `selector`, `destination`."""
        return self._list(_OUTPUTS, filters, page, OutputRecord)

    def reports(self, filters: Filters, page: Page) -> Found[ReportRecord]:
        """Reports by `epoch`, `input`."""
        return self._list(_REPORTS, filters, page, ReportRecord)

    def epochs(self, filters: Filters, page: Page) -> Found[EpochRecord]:
        """Epochs by `status`."""
        return self._list(_EPOCHS, filters, page, EpochRecord)

    def input(self, number: int) -> InputRecord | None:
        """Look up an input."""
        return self._one(_INPUTS, number, InputRecord)

    def output(self, number: int) -> OutputRecord | None:
        """Look up an output."""
        return self._one(_OUTPUTS, number, OutputRecord)

    def report(self, number: int) -> ReportRecord | None:
        """Look up a report."""
        return self._one(_REPORTS, number, ReportRecord)

    def epoch(self, number: int) -> EpochRecord | None:
        """Look up an epoch."""
        return self._one(_EPOCHS, number, EpochRecord)

    def last_accepted_epoch(self) -> int | None:
        """Latest epoch with an accepted claim."""
        value = self._value("SELECT max(number) FROM epochs WHERE status = ?", EpochStatus.CLAIM_ACCEPTED)
        return None if value is None else int(value)

    def input_range(self, epoch: int) -> tuple[int, int]:
        """First input of an epoch, and the one after its last."""
        with closing(connect(self._path)) as db:
            first, last = db.execute("SELECT min(number), max(number) FROM inputs WHERE epoch = ?", (epoch,)).fetchone()
        return (0, 0) if first is None else (first, last + 1)

    def processed_inputs(self) -> int:
        """How many inputs the dapp has handled."""
        return int(self._value("SELECT count(*) FROM inputs WHERE status <> ?", NOT_PROCESSED))

    def last_block(self) -> int:
        """Latest block that was read; 0 if none was."""
        return int(self._value("SELECT coalesce(max(number), 0) FROM blocks"))

    def _list(self, select: str, filters: Filters, page: Page, make: Callable[..., R]) -> Found[R]:
        given = {column: value for column, value in filters.items() if value is not None}
        where = f" WHERE {' AND '.join(f'{column} = :{column}' for column in given)}" if given else ""
        order = f" ORDER BY number {'DESC' if page.descending else 'ASC'} LIMIT :limit OFFSET :offset"
        values = {**given, "limit": page.limit, "offset": page.offset}
        with closing(connect(self._path)) as db:
            (total,) = db.execute(f"SELECT count(*) FROM ({select}{where})", given).fetchone()  # noqa: S608  # own columns
            return Found([make(*row) for row in db.execute(select + where + order, values)], total)

    def _one(self, select: str, number: int, make: Callable[..., R]) -> R | None:
        with closing(connect(self._path)) as db:
            row = db.execute(f"{select} WHERE number = ?", (number,)).fetchone()
        return make(*row) if row else None

    def _value(self, query: str, *values: str) -> Any:
        with closing(connect(self._path)) as db:
            return db.execute(query, values).fetchone()[0]
