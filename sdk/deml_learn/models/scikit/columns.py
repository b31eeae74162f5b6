"""Columns of the table that an estimator was fitted on, and the inputs that they are here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.errors import Unimportable
from deml_sdk.data.words import text_of
from deml_sdk.extras import needed_to

Array = NDArray[Any]

KIND: Final = "scikit-learn"
UNKNOWN: Final = "(a category that the model has never seen)"


@dataclass(frozen=True, slots=True)
class FittedColumn:
    """A number, or one of some categories, each of which is an input of its own.

    Parameters
    ----------
    name
        Empty if the estimator does not know it.
    place
        Among the columns that the estimator was fitted on.
    values
        The categories, as the estimator has them; none of a number.
    """

    name: str
    place: int
    values: Array = field(default_factory=lambda: np.zeros(0))

    @property
    def words(self) -> tuple[str, ...]:
        """The categories, as they stand in a file."""
        return tuple(word_of(one) for one in self.values.tolist())

    @property
    def width(self) -> int:
        """How many inputs it makes."""
        return len(self.values) or 1

    def cells(self, inputs: Array) -> Array:
        """What stands in the column for some rows of its inputs."""
        if not len(self.values):
            number: Array = inputs[:, 0]
            return number
        found: Array = self.values[np.argmax(inputs, axis=1)]
        absent, unknown = np.isnan(inputs).any(axis=1), ~(inputs > 0).any(axis=1)
        if absent.any() or unknown.any():
            found = found.astype(object)
            found[unknown] = UNKNOWN
            found[absent] = None
        return found


@dataclass(frozen=True, slots=True)
class FittedColumns:
    """Columns that an estimator takes, in the order of their inputs; `names` are of all that it was fitted on."""

    columns: Sequence[FittedColumn]
    names: tuple[str, ...]
    width: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, as a specification makes them; none if a column has no name."""
        if not self.names:
            return ()
        return tuple(
            name for one in self.columns for name in ([f"{one.name}={word}" for word in one.words] or [one.name])
        )

    @property
    def starts(self) -> dict[int, int]:
        """First input of each column, by the column's place."""
        ends = np.cumsum([0, *(one.width for one in self.columns)], dtype=np.int64).tolist()
        return {one.place: start for one, start in zip(self.columns, ends, strict=False)}

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Inputs that are categories of one column."""
        starts = self.starts
        return tuple(
            tuple(range(starts[one.place], starts[one.place] + one.width)) for one in self.columns if len(one.values)
        )

    @property
    def categories(self) -> dict[str, tuple[str, ...]]:
        """Categories of each column that has some, by its name."""
        return {one.name: one.words for one in self.columns if len(one.values)}

    def rows(self, x: Array) -> Any:
        """Rows as the estimator takes them; what it does not take is missing in them."""
        starts = self.starts
        cells = {one.place: one.cells(x[:, starts[one.place] : starts[one.place] + one.width]) for one in self.columns}
        nothing = np.full(len(x), np.nan)
        return frame([cells.get(place, nothing) for place in range(self.width)], self.names)


def frame(columns: Sequence[Array], names: Sequence[str]) -> Any:
    """A table of columns by name, or an array where they have none."""
    if not names:
        return np.column_stack(columns)
    with needed_to("run an estimator that takes columns by name"):
        import pandas as pd
    return pd.DataFrame(dict(zip(names, columns, strict=True)))


def word_of(value: Any) -> str:
    """What a category is called in a file; nothing if it stands for a missing value."""
    if value is None or value != value or str(value) in ("<NA>", "NaT"):
        return ""
    return value if isinstance(value, str) else text_of(value)


def categories_of(name: str, values: Array) -> Array:
    """The categories of a column less the missing value, which no row has here.

    Raises
    ------
    Unimportable
        If there is none, two of them are written alike, or they are times.
    """
    if values.dtype.kind in "mM":
        raise Unimportable(KIND, f"the column '{name}'", "its categories are times, which are written in many ways")
    words = [word_of(one) for one in values.tolist()]
    known = np.array([bool(one) for one in words], np.bool_)
    kept = [one.strip() for one in words if one]
    if not kept:
        raise Unimportable(KIND, f"the column '{name}'", "it has no category but the missing value")
    if len({*kept}) != len(kept):
        twice = next(one for one in kept if kept.count(one) > 1)
        raise Unimportable(KIND, f"the column '{name}'", f"two of its categories are written '{twice}' in a file")
    return values[known]
