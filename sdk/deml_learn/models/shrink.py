"""Find the smallest file of a model for a job, judged on rows of one's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deml.base.limits import MAX_ROWS, PPM
from deml.scoring import Metric, Model, load_holdout, load_model, score
from deml_learn.models.encode import Encoded, packed_size, smallest


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The file that was found, and of the one before what it takes in an upload and scores, in ppm, on so many rows."""

    found: Encoded
    packed_before: int
    score_before: int
    rows: int


def shrunk(
    file: bytes,
    initial: Model,
    metric: Metric,
    rows: bytes,
    loss: float,
    tried: Callable[[int, int], None] = lambda _number, _total: None,
) -> Shrunk:
    """Try encodings of a model that was made for a job.

    Parameters
    ----------
    file
        The model, in any encoding.
    initial
        The job's.
    rows
        A holdout's file of rows that the model was not trained on.
    loss
        Most that the score may fall on them, as a part of 1.
    tried
        Called before each encoding with its number and how many there are.

    Raises
    ------
    DemlError
        What is wrong with the file or the rows.
    """
    model = load_model(initial.architecture, file, initial)
    holdout = load_holdout(model.architecture, metric, rows, MAX_ROWS)

    def judge(small: bytes) -> int:
        return score(load_model(model.architecture, small, initial), holdout)

    found = smallest(model, initial, judge, round(loss * PPM), tried)
    return Shrunk(found, packed_size(file), score(model, holdout), holdout.rows)
