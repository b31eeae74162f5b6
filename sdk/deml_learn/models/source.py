"""What every kind of file is read as."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from deml_learn.models.exits import Exit
from deml_learn.models.form import ConvertibleModel
from deml_learn.models.layers import Affine

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class SourceOutputs:
    """What a model says of some rows where it comes from.

    Parameters
    ----------
    outputs
        One array for each of its exits: rows by columns. A class that it names and has not, is -1.
    judge
        Who computed it, for people.
    takes_missing
        Whether it also answers rows with missing values.
    """

    outputs: Sequence[Array]
    judge: str
    takes_missing: bool = False


Original = Callable[[Array], SourceOutputs]
"""Runs the model where it comes from, on rows of float64 features."""


@dataclass(frozen=True, slots=True)
class Features:
    """What a source knows of its features.

    Parameters
    ----------
    names
        Of the inputs, in their order; empty if it does not know them.
    groups
        Inputs of which exactly one is 1 and the others are 0 in every row: a category each.
    typical
        Where features usually lie, and how far from there; None if it does not know.
    categories
        By name, of the columns that it takes as words; each of them is an input named ``column=word``.
    columns
        Names of the columns that it takes, where they are not its inputs.
    """

    names: tuple[str, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    typical: Affine | None = None
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A model from elsewhere.

    Parameters
    ----------
    kind
        Where it comes from, for people.
    exits
        What it says, an output each.
    labels
        Labels of the classes by number, as the source has them; empty for regression, or where it has none.
    notes
        What the user should know, a sentence each.
    original
        None where the file holds weights and no model.
    """

    kind: str
    form: ConvertibleModel
    exits: Sequence[Exit] = ()
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    original: Original | None = None
    features: Features = field(default_factory=Features)
