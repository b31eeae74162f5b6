"""What every kind of file is read as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from deml_learn.models.form import Form

Array = NDArray[Any]

Original = Callable[[Array], Array]
"""What the model says of rows of float64 features where it comes from: logits or values, rows by outputs."""


@dataclass(frozen=True, slots=True)
class Source:
    """A model from elsewhere.

    Parameters
    ----------
    kind
        Where it comes from, for people.
    labels
        Labels of the classes by number, as the source has them; empty for regression, or where it has none.
    notes
        What the user should know, a sentence each.
    original
        None where the file holds weights and no model.
    judge
        Who computes `original`, for people.
    """

    kind: str
    form: Form
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    original: Original | None = None
    judge: str = ""
