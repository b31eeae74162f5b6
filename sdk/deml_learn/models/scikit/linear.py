"""Estimators that weigh their features: regressions, and classifiers with a margin for each class."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sklearn.base import is_classifier

from deml_learn.models.errors import Unimportable
from deml_learn.models.layers import Layers

KIND: Final = "scikit-learn"

MARGINS: Final = (
    "Its outputs are margins, not log-odds: accuracy, balanced_accuracy, macro_f1 and roc_auc mean what they say; "
    "log_loss and brier do not."
)
ONE_VS_REST: Final = (
    "It was trained one class against the rest: the same class wins, but its probabilities are not those of a softmax, "
    "which log_loss and brier take."
)


def weighted(estimator: Any) -> Layers:
    """Convert a linear regression or classifier.

    Raises
    ------
    Unimportable
        If it predicts several values.
    """
    weight = np.atleast_2d(np.asarray(estimator.coef_, np.float64))
    bias = np.broadcast_to(np.ravel(estimator.intercept_).astype(np.float64), len(weight))
    if not is_classifier(estimator):
        if len(weight) != 1:
            raise Unimportable(KIND, f"its {len(weight)} targets", "one value a row is predicted here")
        return Layers("regression", [(weight, bias)])
    return Layers("classification", [(weight, bias)])


def margin_notes(_estimator: Any) -> tuple[str, ...]:
    """What to know of a classifier without probabilities."""
    return (MARGINS,)


def logistic_notes(estimator: Any) -> tuple[str, ...]:
    """What to know of a logistic regression of several classes."""
    one_vs_rest = estimator.solver == "liblinear" or getattr(estimator, "multi_class", "auto") == "ovr"
    return (ONE_VS_REST,) if one_vs_rest and len(estimator.classes_) > 2 else ()


def descent_notes(estimator: Any) -> tuple[str, ...]:
    """What to know of a classifier by stochastic gradient descent."""
    if estimator.loss != "log_loss":
        return (MARGINS,)
    return (ONE_VS_REST,) if len(estimator.classes_) > 2 else ()
