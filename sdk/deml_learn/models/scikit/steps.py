"""Steps before an estimator: what numbers they make of a table's columns.

Each number is a sum of inputs, each times a weight, which scalers then standardise. Inputs are columns of numbers, and
the categories of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder

from deml_learn.models.errors import Unimportable
from deml_learn.models.scikit.columns import FittedColumn, FittedColumns, categories_of, frame, word_of
from deml_learn.models.scikit.scalers import Scaler, read_scaler, require_fitted, side_by_side

Array = NDArray[Any]

KIND: Final = "scikit-learn"

NO_MISSING: Final = "Its SimpleImputer has nothing to do here: a row with a missing value cannot be used."
NO_CATEGORY: Final = (
    "It also knows the missing value as a category of {column}; here a row with a missing value cannot be used."
)


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a number: a column, or one of its categories by place, times a weight."""

    column: int
    category: int | None = None
    weight: float = 1.0


Number = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Preparation:
    """What some steps made of the columns.

    Parameters
    ----------
    numbers
        What each number was made of, before it was standardised.
    scalers
        Those that came afterwards, each of all numbers.
    categories
        Of columns that were encoded, by their places.
    by_column
        Whether columns were chosen, perhaps by their names.
    """

    names: tuple[str, ...]
    numbers: tuple[Number, ...]
    scalers: tuple[Scaler, ...] = ()
    categories: dict[int, Array] = field(default_factory=dict)
    by_column: bool = False
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Sequence[str], width: int) -> Preparation:
        """Columns as they are."""
        return cls(tuple(names), tuple((Term(place),) for place in range(width)))

    def called(self, place: int) -> str:
        """What errors call a column."""
        return self.names[place] if self.names else str(place)

    def table(self, width: int) -> FittedColumns:
        """The columns that count, in their order.

        Raises
        ------
        Unimportable
            If one is taken as a number and as categories as well, or two inputs would have one name.
        """
        as_numbers = {one.column for number in self.numbers for one in number if one.category is None}
        for place in sorted(as_numbers & {*self.categories}):
            raise Unimportable(
                KIND, f"the column '{self.called(place)}'", "it is taken as a number, and as categories as well"
            )
        nothing = np.zeros(0)
        columns = [
            FittedColumn(self.names[place] if self.names else "", place, self.categories.get(place, nothing))
            for place in sorted(as_numbers | {*self.categories})
        ]
        found = FittedColumns(columns, self.names, width)
        if len({*found.inputs}) != len(found.inputs):
            twice = next(one for one in found.inputs if found.inputs.count(one) > 1)
            raise Unimportable(KIND, "its columns", f"a column and a category of another would both be '{twice}' here")
        return found


def after(made: Preparation, steps: Sequence[Any]) -> Preparation:
    """Let steps follow one another.

    Raises
    ------
    Unimportable
        If one, or an option of it, cannot be told as sums of inputs and scalers; the error names it.
    """
    for step in steps:
        made = _after(made, step)
    return made


def _after(made: Preparation, step: Any) -> Preparation:
    if step is None or (isinstance(step, str) and step == "passthrough"):
        return made
    match step:
        case Pipeline():
            return after(made, [one for _, one in step.steps])
        case ColumnTransformer():
            require_fitted(step)
            return _transformed(made, step)
        case SimpleImputer():
            require_fitted(step)
            return _imputed(made, step)
        case OneHotEncoder() | OrdinalEncoder():
            require_fitted(step)
            return _encoded(made, step)
        case FunctionTransformer(func=None):
            return made
        case _:
            return replace(made, scalers=(*made.scalers, read_scaler(step)))


def _transformed(made: Preparation, step: ColumnTransformer) -> Preparation:
    if made.scalers:
        raise Unimportable(KIND, "the ColumnTransformer", "a scaler stands before it; put it within")
    if step.transformer_weights:
        raise Unimportable(KIND, "transformer_weights", "what a transformer gives is weighted by the model alone here")
    parts = []
    for name, one, _ in step.transformers_:
        places = step._transformer_to_input_indices.get(name, [])
        if len(places) and not (isinstance(one, str) and one == "drop"):
            parts.append(_after(replace(made, numbers=tuple(made.numbers[place] for place in places)), one))
    categories: dict[int, Array] = dict(made.categories)
    for part in parts:
        for place, values in part.categories.items():
            if not np.array_equal(categories.setdefault(place, values), values):
                raise Unimportable(KIND, f"the column '{made.called(place)}'", "two encoders know other categories")
            categories[place] = values
    scaled = any(part.scalers for part in parts)
    return replace(
        made,
        numbers=tuple(number for part in parts for number in part.numbers),
        scalers=(side_by_side([(len(part.numbers), part.scalers) for part in parts]),) if scaled else (),
        categories=categories,
        by_column=True,
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _imputed(made: Preparation, step: SimpleImputer) -> Preparation:
    missing = step.missing_values
    if not (missing is None or missing != missing or str(missing) == "<NA>"):
        raise Unimportable(KIND, f"SimpleImputer(missing_values={missing!r})", "here that is a value like others")
    if step.add_indicator:
        raise Unimportable(KIND, "SimpleImputer(add_indicator=True)", "no row misses a value here")
    if len(step.statistics_) != len(made.numbers) or any(not word_of(one) for one in np.ravel(step.statistics_)):
        raise Unimportable(KIND, "SimpleImputer", "it was fitted on a column without any value")
    return replace(made, notes=tuple(dict.fromkeys((*made.notes, NO_MISSING))))


def _encoded(made: Preparation, step: Any) -> Preparation:
    called = type(step).__name__
    if not made.names:
        raise Unimportable(KIND, called, "columns of categories need names; fit it on a DataFrame")
    places = [number[0].column for number in made.numbers if len(number) == 1 and number[0] == Term(number[0].column)]
    if made.scalers or len(places) != len(made.numbers):
        raise Unimportable(KIND, called, "only columns as they are in the table can be encoded")
    numbers: list[Number] = []
    categories, notes = dict(made.categories), list(made.notes)
    for place, values, block in zip(places, step.categories_, _blocks(step), strict=True):
        kept = categories_of(made.called(place), np.asarray(values))
        known = [bool(word_of(one)) for one in values.tolist()]
        if len(kept) < len(values):
            notes.append(NO_CATEGORY.format(column=made.called(place)))
        categories[place] = kept
        for column in block[known].T:
            weighted = enumerate(column.tolist())
            numbers.append(tuple(Term(place, one, weight) for one, weight in weighted if weight))
    return replace(made, numbers=tuple(numbers), categories=categories, notes=tuple(dict.fromkeys(notes)))


def _blocks(step: Any) -> list[Array]:
    """For each column what its categories become, a row each: as the encoder itself says, whatever its options."""
    sizes = [len(one) for one in step.categories_]
    widths = step._n_features_outs if isinstance(step, OneHotEncoder) else [1] * len(sizes)
    chosen = np.zeros((sum(sizes), len(sizes)), np.int64)
    starts = np.cumsum([0, *sizes], dtype=np.int64)
    for place, size in enumerate(sizes):
        chosen[starts[place] : starts[place + 1], place] = np.arange(size, dtype=np.int64)
    columns = [np.asarray(one)[chosen[:, place]] for place, one in enumerate(step.categories_)]
    said: Any = step.transform(frame(columns, [*getattr(step, "feature_names_in_", ())]))
    every = np.asarray(said.toarray() if hasattr(said, "toarray") else said, np.float64)
    ends = np.cumsum([0, *widths], dtype=np.int64)
    return [every[starts[place] : starts[place + 1], ends[place] : ends[place + 1]] for place in range(len(sizes))]
