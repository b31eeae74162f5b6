"""Gradient boosting: sums of small trees on the scale of logits, or of values."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sklearn.base import is_classifier
from sklearn.dummy import DummyClassifier, DummyRegressor

from deml_learn.models.errors import Unimportable
from deml_learn.models.forest import Forest, grow
from deml_learn.models.scikit.forests import grown

KIND: Final = "scikit-learn"

SAME_SCALE: Final = ("squared_error", "absolute_error", "huber", "quantile")
"""Losses of regressors that predict what their trees sum up to; the others predict its exponential."""


def boosted(estimator: Any) -> Forest:
    """Convert GradientBoosting*, the learning rate folded into the leaves."""
    if estimator.init_ != "zero" and not isinstance(estimator.init_, DummyClassifier | DummyRegressor):
        raise Unimportable(KIND, f"init={type(estimator.init_).__name__}", "trees that start from a model of their own")
    _check_loss(estimator)
    scale = 2.0 if getattr(estimator, "loss", "") == "exponential" else 1.0
    outputs = estimator.estimators_.shape[1]
    trees = []
    for stage in estimator.estimators_:
        for output, one in enumerate(stage):
            leaf = scale * estimator.learning_rate * one.tree_.value[:, 0, :]
            trees.append(grown(one.tree_, _in_column(leaf, output, outputs)))
    return Forest(_task(estimator), estimator.n_features_in_, trees, scale * _base(estimator, outputs))


def histogram_boosted(estimator: Any) -> Forest:
    """Convert HistGradientBoosting*, whose leaves have the learning rate in them."""
    if estimator.is_categorical_ is not None:
        raise Unimportable(KIND, "categorical_features", "splits on categories; encode them as numbers beforehand")
    _check_loss(estimator)
    outputs = estimator.n_trees_per_iteration_
    trees = []
    for stage in estimator._predictors:
        for output, one in enumerate(stage):
            nodes = one.nodes
            feature = np.where(nodes["is_leaf"] != 0, -1, nodes["feature_idx"])
            left, right = nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
            leaf = _in_column(nodes["value"][:, None], output, outputs)
            trees.append(grow(feature, nodes["num_threshold"], left, right, leaf, kind=KIND))
    base = np.broadcast_to(np.ravel(estimator._baseline_prediction), outputs)
    return Forest(_task(estimator), estimator.n_features_in_, trees, np.array(base, np.float64), compares=np.float64)


def _base(estimator: Any, outputs: int) -> Any:
    """What the estimator says before any tree: what it says of some row, less what the trees say of it."""
    row = np.zeros((1, estimator.n_features_in_))
    said = estimator.decision_function(row) if is_classifier(estimator) else estimator.predict(row)
    trees = [[one.predict(row)[0] for one in stage] for stage in estimator.estimators_]
    return np.reshape(said, outputs) - estimator.learning_rate * np.sum(trees, axis=0)


def _check_loss(estimator: Any) -> None:
    if not is_classifier(estimator) and estimator.loss not in SAME_SCALE:
        raise Unimportable(KIND, f"loss='{estimator.loss}'", "it predicts the exponential of what its trees sum up to")


def _task(estimator: Any) -> str:
    return "classification" if is_classifier(estimator) else "regression"


def _in_column(values: Any, column: int, columns: int) -> Any:
    wide = np.zeros((len(values), columns))
    wide[:, column] = values[:, 0]
    return wide
