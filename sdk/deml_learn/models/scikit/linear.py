"""Estimators that weigh their features: regressions, and classifiers with a margin for each class."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sklearn.base import is_classifier

from deml_learn.models.errors import Unimportable
from deml_learn.models.exits import MARGINS, ONE_VS_REST, Says
from deml_learn.models.layers import Layers

KIND: Final = "scikit-learn"


def weighted(estimator: Any) -> Layers:
    """Convert a linear regression or classifier.

    Raises
    ------
    Unimportable
        If it predicts several values or labels.
    """
    coefficients = estimator.coef_
    if hasattr(coefficients, "toarray"):  # after sparsify()
        coefficients = coefficients.toarray()
    weight = np.atleast_2d(np.asarray(coefficients, np.float64))
    bias = np.broadcast_to(np.ravel(estimator.intercept_).astype(np.float64), len(weight))
    if not is_classifier(estimator):
        if len(weight) != 1:
            raise Unimportable(KIND, f"its {len(weight)} targets", "one value a row is predicted here")
        return Layers("regression", [(weight, bias)])
    binarizer = getattr(estimator, "_label_binarizer", None)
    if str(getattr(binarizer, "y_type_", "")).startswith("multilabel") or len(weight) not in _scores(estimator):
        raise Unimportable(KIND, f"its {len(weight)} labels a row", "a row has one label here")
    return Layers("classification", [(weight, bias)])


def _scores(estimator: Any) -> tuple[int, ...]:
    """How many scores a classifier of one label a row has."""
    classes = len(estimator.classes_)
    return (1, 2) if classes == 2 else (classes,)


def margin_notes(_estimator: Any) -> tuple[str, ...]:
    """What to know of a classifier without probabilities."""
    return (MARGINS,)


def logistic_notes(estimator: Any) -> tuple[str, ...]:
    """What to know of a logistic regression of several classes."""
    return (ONE_VS_REST,) if Says.REST in logistic_says(estimator) else ()


def logistic_says(estimator: Any) -> tuple[Says, ...]:
    """Whether the probabilities are those of a softmax."""
    one_vs_rest = estimator.solver == "liblinear" or getattr(estimator, "multi_class", "auto") == "ovr"
    return (Says.REST,) if one_vs_rest and len(estimator.classes_) > 2 else (Says.SHARES,)


def descent_notes(estimator: Any) -> tuple[str, ...]:
    """What to know of a classifier by stochastic gradient descent."""
    return {Says.SCORES: (MARGINS,), Says.REST: (ONE_VS_REST,)}.get(descent_says(estimator)[0], ())


def descent_says(estimator: Any) -> tuple[Says, ...]:
    """Whether there are probabilities, and of which kind."""
    if estimator.loss != "log_loss":
        return (Says.SCORES,)
    return (Says.REST,) if len(estimator.classes_) > 2 else (Says.SHARES,)
