"""How to read a table of data: which columns, and what the labels mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deml_sdk.data.errors import BadClass


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a table.

    Parameters
    ----------
    label
        Column to predict.
    features
        Columns to learn from, in the order the model takes them; empty for all others.
    drop
        Columns to leave out.
    classes
        For each value of the label column as text, its class number; empty if the labels are numbers already.
    categories
        For each column to learn from that holds words, those words; each makes a feature that is 1 in its rows.
    expected
        Columns that the model knows by name, in its order: taken if there are no `features` and all of these are there.
    """

    label: str
    features: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    classes: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, Sequence[str]] = field(default_factory=dict)
    expected: tuple[str, ...] = ()


def parse_classes(pairs: Sequence[str]) -> dict[str, int]:
    """Read ``malignant=0`` pairs.

    Raises
    ------
    BadClass
        If one is no such pair, or a label is named twice.
    """
    classes: dict[str, int] = {}
    for pair in pairs:
        name, separator, number = pair.rpartition("=")
        if not name or not separator or not (number.isascii() and number.isdigit()) or name in classes:
            raise BadClass(pair)
        classes[name] = int(number)
    return classes
