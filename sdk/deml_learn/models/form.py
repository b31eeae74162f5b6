"""What every source makes of a model: something that can take the shape of an architecture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture
from deml_learn.models.errors import DoesNotFit
from deml_learn.models.imported import ModelFields

Array = NDArray[Any]

UNSEEN: Final = -30.0
"""Logit of a class that the model has never seen; about that of a forest, whose probabilities end at 2^-40."""


class ConvertibleModel(Protocol):
    """A model of any origin that is known well enough to be written as ours."""

    def on_inputs(self, places: Sequence[int], inputs: int) -> ConvertibleModel:
        """Take feature k from the input `places[k]` of so many.

        Raises
        ------
        DoesNotFit
        """
        ...

    def fields(self) -> ModelFields:
        """Its own architecture, no larger than needed."""
        ...

    def tensors(self, architecture: Architecture, places: Sequence[int] = ()) -> Mapping[str, Array]:
        """Tensors of this model in an architecture that may be larger.

        Parameters
        ----------
        places
            For each of its own classes, the number that the architecture gives it; the same numbers by default.

        Raises
        ------
        DoesNotFit
        """
        ...


@dataclass(frozen=True, slots=True)
class Placement:
    """How a model's own outputs become the architecture's: ``matrix @ outputs + unseen``."""

    matrix: Array
    unseen: Array


def placement(own: int, outputs: int, places: Sequence[int]) -> Placement:
    """Place a model's own outputs, logits or a value, among an architecture's.

    Raises
    ------
    DoesNotFit
        If there are classes of its own that the architecture has no output for.
    """
    classes = max(2, own)
    if own == outputs and tuple(places) in ((), tuple(range(classes))):
        return Placement(np.eye(own), np.zeros(own))
    if len(places) != classes:
        places = tuple(range(classes))
    matrix, unseen = np.zeros((max(2, outputs), classes)), np.full(max(2, outputs), UNSEEN, np.float64)
    if max(places) >= len(matrix):
        raise DoesNotFit("the number of outputs", str(own), str(outputs))
    matrix[list(places), range(classes)] = 1.0
    unseen[list(places)] = 0.0
    if own == 1:
        matrix = matrix[:, 1:]
    if outputs == 1:
        matrix, unseen = matrix[1:] - matrix[:1], unseen[1:] - unseen[:1]
    return Placement(matrix, unseen)


def class_numbers(labels: Sequence[str], classes: int, told: Mapping[str, int] | None = None) -> tuple[int, ...]:
    """Class numbers that labels stand for.

    Parameters
    ----------
    told
        Numbers of labels that the user or the job gives.

    Returns
    -------
    What is told of them, if it is told of all; themselves, if all are such numbers; else none: their places count.
    """
    if told and labels and all(one in told for one in labels):
        numbers = tuple(told[one] for one in labels)
        if len({*numbers}) != len(numbers) or max(numbers) >= classes:
            raise DoesNotFit("the classes", f"numbered {list(numbers)}", f"classes 0 to {classes - 1}, each once")
        return numbers
    found = []
    for one in labels:
        try:
            number = float(one)
        except ValueError:
            return ()
        if number not in range(classes):
            return ()
        found.append(int(number))
    return tuple(found)


def places_of(names: Sequence[str], columns: Sequence[str]) -> tuple[int, ...]:
    """For each name its place among the columns; none at all if one of them is not there."""
    where = {column: place for place, column in enumerate(columns)}
    return tuple(where[name] for name in names) if names and all(name in where for name in names) else ()


def require_same(part: str, found: object, expected: object) -> None:
    """Refuse a model of another shape.

    Raises
    ------
    DoesNotFit
    """
    if found != expected:
        raise DoesNotFit(part, str(found), str(expected))
