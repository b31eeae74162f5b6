"""An import held against its original, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from deml_learn.models.comparison import Comparison, compare
from deml_learn.models.exits import TAKES_MISSING
from deml_learn.models.net import require_same
from deml_learn.models.reading import Taken
from deml_sdk.data.tables import Table


@dataclass(frozen=True, slots=True)
class Held:
    """What was found.

    Parameters
    ----------
    rows
        How many rows were made to try the model on.
    judge
        Who ran the original, for people.
    notes
        What the user should know of it.
    comparison
        On the user's own rows, if there are any.
    """

    rows: int
    judge: str
    notes: tuple[str, ...]
    comparison: Comparison | None


def hold(taken: Taken, table: Table | None = None) -> Held:
    """Run the original beside what it became: on rows made for the purpose, and on the user's.

    Raises
    ------
    ImportDiffers, LoaderFailed
    """
    pair = taken.pair
    caught = require_same(pair, None if table is None else table.x)
    said = caught.said
    notes = (TAKES_MISSING,) if said.takes_missing else ()
    found = None if table is None else compare(pair, caught, table.x, table.y)
    return Held(caught.made, said.judge, notes, found)
