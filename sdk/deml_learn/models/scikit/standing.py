"""A form that takes what steps made, as one that takes a table's columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from deml_learn.models.centroids import Points
from deml_learn.models.errors import Unimportable
from deml_learn.models.forest import Forest
from deml_learn.models.form import ConvertibleModel
from deml_learn.models.layers import Affine, Layers, on_raw_features
from deml_learn.models.scikit.columns import FittedColumns
from deml_learn.models.scikit.scalers import Scaler, chained, side_by_side
from deml_learn.models.scikit.steps import Preparation

KIND: Final = "scikit-learn"


def standardized(form: ConvertibleModel, scalers: Sequence[Scaler]) -> ConvertibleModel:
    """Let features be standardised before a form takes them."""
    if not scalers:
        return form
    scaler = chained(scalers)
    match form:
        case Forest():
            return form.on_raw_features(scaler.columns)
        case Layers() | Points():
            return replace(form, standardizer=scaler.affine)
        case _:
            raise TypeError(type(form).__name__)


def on_table(form: ConvertibleModel, made: Preparation, table: FittedColumns) -> tuple[ConvertibleModel, Affine | None]:
    """Let a form take the inputs of a table; tell where these usually lie, if the scalers do.

    Raises
    ------
    Unimportable
        If a tree asks, or a distance counts, what is no input alone.
    """
    starts, inputs = table.starts, sum(one.width for one in table.columns)
    sums = [[(starts[one.column] + (one.category or 0), one.weight) for one in number] for number in made.numbers]
    affine = side_by_side([(len(sums), made.scalers)]).affine
    typical = _typical(sums, affine, table) if made.scalers else None
    match form:
        case Forest():
            places = _alone(sums, made, {int(one) for tree in form.trees for one in tree.feature if one >= 0})
            return standardized(form, made.scalers).on_inputs(places, inputs), typical
        case Layers():
            return _layers(form, sums, affine, inputs, typical), typical
        case Points():
            places = _alone(sums, made, {*range(len(sums))})
            if sorted(places) != list(range(inputs)):
                raise Unimportable(
                    KIND, "a category that is dropped", "all of a column's categories count in a distance"
                )
            return standardized(form, made.scalers).on_inputs(places, inputs), typical
        case _:
            raise TypeError(type(form).__name__)


def _layers(form: Layers, sums: Sequence[Any], affine: Affine, inputs: int, typical: Affine | None) -> Layers:
    """Weigh the inputs themselves, or, where it is known where they lie, the inputs standardised so."""
    weight, bias = on_raw_features(affine, form.layers[0])
    wide = np.zeros((len(weight), inputs))
    for number, terms in enumerate(sums):
        for place, factor in terms:
            wide[:, place] += factor * weight[:, number]
    if typical is not None:
        bias, wide = bias + wide @ typical.mean, wide * typical.scale
    return replace(form, layers=[(wide, bias), *form.layers[1:]], standardizer=typical)


def _typical(sums: Sequence[Any], affine: Affine, table: FittedColumns) -> Affine:
    """Where numbers lie as scalers have seen them; categories are 0 or 1."""
    found = Affine.nothing(sum(one.width for one in table.columns))
    grouped = {place for group in table.groups for place in group}
    for number, terms in enumerate(sums):
        for place, _ in terms:
            if place not in grouped:
                found.mean[place], found.scale[place] = affine.mean[number], affine.scale[number]
    return found


def _alone(sums: Sequence[Any], made: Preparation, used: set[int]) -> list[int]:
    """The input that each number is, of those that are used."""
    for number in sorted(used):
        if len(sums[number]) != 1 or sums[number][0][1] != 1.0:
            columns = " and ".join(dict.fromkeys(f"'{made.called(one.column)}'" for one in made.numbers[number]))
            reason = (
                "what it makes of several categories is no input of its own; use OneHotEncoder without min_frequency"
            )
            raise Unimportable(KIND, f"the encoding of {columns or 'a column'} before this estimator", reason)
    return [terms[0][0] if len(terms) == 1 else 0 for terms in sums]
