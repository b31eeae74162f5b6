"""Decision trees, random forests and extra trees: averages of what the leaves say."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sklearn.base import is_classifier

from deml_learn.models.errors import Unimportable
from deml_learn.models.forest import Forest, Tree, grow

KIND: Final = "scikit-learn"


def forest(estimator: Any) -> Forest:
    """Convert a forest; each tree's values are divided by their number.

    Raises
    ------
    Unimportable
        If it predicts several labels or values.
    """
    return _averaged(estimator, [one.tree_ for one in estimator.estimators_])


def single(estimator: Any) -> Forest:
    """Convert a tree.

    Raises
    ------
    Unimportable
        If it predicts several labels or values.
    """
    return _averaged(estimator, [estimator.tree_])


def grown(tree: Any, value: Any) -> Tree:
    """Take the splits of a ``sklearn.tree._tree.Tree``, which sends left what is at most the threshold in float32."""
    return grow(tree.feature, tree.threshold, tree.children_left, tree.children_right, value, kind=KIND)


def _averaged(estimator: Any, trees: list[Any]) -> Forest:
    """Class shares for a classifier, values for a regressor."""
    if estimator.n_outputs_ > 1:
        raise Unimportable(KIND, f"its {estimator.n_outputs_} targets", "one label or value a row is predicted here")
    classifier = is_classifier(estimator)
    converted = [grown(one, _leaf_values(one, classifier) / len(trees)) for one in trees]
    task = "classification" if classifier else "regression"
    outputs = len(estimator.classes_) if classifier else 1
    return Forest(task, estimator.n_features_in_, converted, np.zeros(outputs), probabilities=classifier)


def _leaf_values(tree: Any, classifier: bool) -> Any:
    """Values by node and output: shares of classes (counts, before scikit-learn 1.3), or a mean."""
    values = tree.value[:, 0, :]
    return values / values.sum(axis=1, keepdims=True) if classifier else values
