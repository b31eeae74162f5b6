"""What a value of an ONNX graph means, where it follows from the scores."""

from __future__ import annotations

from dataclasses import dataclass

from deml_learn.models.exits import Says


@dataclass(frozen=True, slots=True)
class Meaning:
    """A value of a graph.

    Parameters
    ----------
    says
        What it holds.
    columns
        How many numbers a row.
    names
        Where it holds names of classes, these, by the classes' numbers.
    flipped
        Whether it is the opposite of that: a score negated, one minus a probability.
    truth
        Whether it is true for the second class and false for the first, and no number yet.
    """

    says: Says
    columns: int
    names: tuple[str, ...] = ()
    flipped: bool = False
    truth: bool = False
