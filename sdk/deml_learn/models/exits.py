"""What a model's own outputs are, and how each follows from the scores that we keep: so the two can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LEAST: Final = 2.0**-40
"""Smallest probability: as in the family `trees`."""

MARGINS: Final = (
    "Its outputs are margins, not log-odds: accuracy, balanced_accuracy, macro_f1 and roc_auc mean what they say; "
    "log_loss and brier do not."
)
ONE_VS_REST: Final = (
    "It was trained one class against the rest: the same class wins, but its probabilities are not those of a softmax, "
    "which log_loss and brier take."
)
TAKES_MISSING: Final = "The original also takes rows with missing values; here a row with one cannot be used."


class Says(StrEnum):
    """What an output holds, a row of it for a row of features."""

    VALUES = "values"
    """A value: regression."""
    SCORES = "scores"
    """A number for each class that grows with its chance, or one for the second of two classes."""
    OPPOSITES = "opposites"
    """The score of the second of two classes, once negated and once as it is."""
    SHARES = "shares"
    """Probabilities, one for each class."""
    LOG_SHARES = "log-shares"
    """Their logarithms."""
    POSITIVE = "positive"
    """The probability of the second of two classes."""
    EACH = "each"
    """A sigmoid of each class's score: one class against the rest."""
    REST = "rest"
    """Those, divided by their sum."""
    CLASS = "class"
    """The number of the class that is predicted."""

    @property
    def quantity(self) -> str:
        """What people call it."""
        match self:
            case Says.VALUES:
                return "a value"
            case Says.SCORES | Says.OPPOSITES:
                return "a score"
            case Says.CLASS:
                return "a class"
            case _:
                return "a probability"


@dataclass(frozen=True, slots=True)
class Exit:
    """An output of a model.

    Parameters
    ----------
    names
        What the model calls the classes, in their order, where its output holds such names: as predictions, or as the
        keys of a dictionary.
    """

    name: str
    says: Says
    names: tuple[str, ...] = ()


def expected(says: Says, scores: Array, columns: int) -> Array:
    """What an output should hold: rows by its columns.

    Parameters
    ----------
    scores
        Ours: a logit for each class, or a value; rows by classes, or by one.
    columns
        How many the output has; of two scores it may give the difference alone.
    """
    found = _FROM_SCORES[says](scores)
    return _margin(found) if says is Says.SCORES and columns == 1 else found


def as_scores(says: Says, said: Array) -> Array | None:
    """What an output tells of the scores, rows by classes or by one; None if it tells no more than the class."""
    match says:
        case Says.VALUES | Says.SCORES | Says.LOG_SHARES:
            return said
        case Says.OPPOSITES:
            return said[:, 1:]
        case Says.POSITIVE:
            return np.hstack([_log(1 - said), _log(said)])
        case Says.SHARES | Says.REST:
            return _log(said)
        case Says.EACH:
            return _log(said) - _log(1 - said)
        case Says.CLASS:
            return None


def classes(outputs: Array) -> Array:
    """Class that each row is given."""
    found: Array = outputs[:, 0] > 0 if outputs.shape[1] == 1 else np.argmax(outputs, axis=1)
    return found


def probabilities(outputs: Array) -> Array:
    """Probabilities of logits: rows by classes."""
    outputs = by_class(outputs)
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    found: Array = powers / powers.sum(axis=1, keepdims=True)
    return found


def by_class(outputs: Array) -> Array:
    """One logit for each class: the first of two has zero, where there is but one."""
    return np.hstack([np.zeros_like(outputs), outputs]) if outputs.shape[1] == 1 else outputs


def _sigmoid(scores: Array) -> Array:
    found: Array = np.exp(-np.logaddexp(0, -scores))
    return found


def _margin(scores: Array) -> Array:
    """The one score of two classes."""
    return scores[:, 1:] - scores[:, :1] if scores.shape[1] == 2 else scores


def _rest(scores: Array) -> Array:
    """No number where no class has any chance to speak of: float32 and float64 then disagree on what is left."""
    each = _sigmoid(scores)
    total = each.sum(axis=1, keepdims=True)
    found: Array = each / np.where(total < LEAST, np.nan, total)
    return found


def _log(shares: Array) -> Array:
    found: Array = np.log(np.maximum(shares, LEAST))
    return found


_FROM_SCORES: Final[dict[Says, Callable[[Array], Array]]] = {
    Says.VALUES: lambda scores: scores,
    Says.SCORES: lambda scores: scores,
    Says.OPPOSITES: lambda scores: np.hstack([-_margin(scores), _margin(scores)]),
    Says.SHARES: probabilities,
    Says.LOG_SHARES: lambda scores: scores - np.logaddexp.reduce(scores, axis=1, keepdims=True),
    Says.POSITIVE: lambda scores: probabilities(scores)[:, 1:],
    Says.EACH: _sigmoid,
    Says.REST: _rest,
    Says.CLASS: lambda scores: np.argmax(scores, axis=1)[:, None].astype(np.float64),
}
