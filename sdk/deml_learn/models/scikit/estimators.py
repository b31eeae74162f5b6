"""From a fitted estimator or pipeline of scikit-learn to a DeML model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn import ensemble, linear_model, neural_network, svm, tree
from sklearn.base import BaseEstimator, is_classifier
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import Pipeline

from deml.scoring import Architecture
from deml_learn.models.errors import Unimportable
from deml_learn.models.exits import Says
from deml_learn.models.form import ConvertibleModel, class_numbers
from deml_learn.models.layers import Affine
from deml_learn.models.scikit import boosting, centroids, forests, linear, networks
from deml_learn.models.scikit.columns import FittedColumns
from deml_learn.models.scikit.scalers import chained, require_fitted
from deml_learn.models.scikit.standing import on_table, standardized
from deml_learn.models.scikit.steps import Preparation, after

KIND: Final = "scikit-learn"

Notes = Callable[[Any], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Converted:
    """An estimator as a form.

    Parameters
    ----------
    estimator
        The same, as it was given.
    labels
        Of its classes.
    notes
        What the user should know.
    says
        What its predictions are.
    typical
        Where features usually lie, if its scalers tell.
    features
        Names of its inputs, if it knows them.
    table
        The columns that it takes, where its inputs are not columns of numbers alone, in their order.
    """

    estimator: Any
    form: ConvertibleModel
    labels: tuple[str, ...]
    notes: tuple[str, ...]
    says: tuple[Says, ...]
    typical: Affine | None
    features: tuple[str, ...]
    table: FittedColumns | None = None

    def rows(self, x: Any) -> Any:
        """Rows as the estimator takes them."""
        return x if self.table is None else self.table.rows(x)


def converted(estimator: Any) -> Converted:
    """Convert a fitted estimator, or a pipeline that prepares columns and ends in one.

    Raises
    ------
    Unimportable
        If it, a step before it, or an option of it has no counterpart here; the error names it.
    MalformedSource
        If it is damaged.
    """
    steps, last = _taken_apart(estimator)
    row = _row(last)
    require_fitted(last)
    labels = tuple(str(one) for one in np.asarray(last.classes_).tolist()) if is_classifier(last) else ()
    if len(labels) == 1:
        raise Unimportable(KIND, "its one class", "there is nothing to tell apart")
    says = (*row.says(last), Says.CLASS) if labels else (Says.VALUES,)
    names = tuple(str(one) for one in getattr(estimator, "feature_names_in_", ()))
    width = _width(estimator, last)
    made = after(Preparation.of(names, width), steps)
    notes = (*row.notes(last), *made.notes)
    form = row.convert(last)
    if not made.by_column and made.numbers == Preparation.of(names, width).numbers:
        typical = chained(made.scalers).affine if made.scalers else None
        return Converted(estimator, standardized(form, made.scalers), labels, notes, says, typical, names)
    table = made.table(width)
    form, typical = on_table(form, made, table)
    return Converted(estimator, form, labels, notes, says, typical, table.inputs, table)


def tensors_of(estimator: Any, architecture: Architecture) -> Mapping[str, NDArray[Any]]:
    """Write a fitted estimator or pipeline as the tensors of an architecture.

    Class labels that are whole numbers the architecture knows are taken as class numbers; classes that the estimator
    has not seen get a tiny probability. Trees may be fewer and smaller than the architecture allows.

    Raises
    ------
    Unimportable, DoesNotFit, MalformedSource
    """
    found = converted(estimator)
    return found.form.tensors(architecture, class_numbers(found.labels, architecture.classes))


def _taken_apart(estimator: Any) -> tuple[list[Any], Any]:
    """Steps, and what they lead to."""
    if isinstance(estimator, GridSearchCV | RandomizedSearchCV):
        if not hasattr(estimator, "best_estimator_"):
            raise Unimportable(KIND, type(estimator).__name__, "it has fitted no best estimator; use refit=True")
        return _taken_apart(estimator.best_estimator_)
    if not isinstance(estimator, BaseEstimator):
        raise Unimportable(KIND, type(estimator).__name__, "it is no estimator of scikit-learn")
    if not isinstance(estimator, Pipeline):
        return [], estimator
    steps = [step for _, step in estimator.steps if step is not None and not isinstance(step, str)]
    before, last = _taken_apart(steps[-1])
    return [*steps[:-1], *before], last


def _width(estimator: Any, last: Any) -> int:
    """How many columns it was fitted on: its first step knows, if not itself."""
    found = getattr(estimator, "n_features_in_", None)
    return int(last.n_features_in_ if found is None else found)


@dataclass(frozen=True, slots=True)
class _EstimatorRow:
    """How an estimator is converted, what the user should know, and what it says of classes beside the predicted."""

    convert: Callable[[Any], ConvertibleModel]
    notes: Notes
    says: Callable[[Any], tuple[Says, ...]]


def _row(estimator: Any) -> _EstimatorRow:
    for parent in type(estimator).__mro__:
        if parent in ESTIMATORS:
            return ESTIMATORS[parent]
    library = type(estimator).__module__.partition(".")[0]
    reason = OTHERS.get(library, "no family of docs/scoring.md computes what it does")
    raise Unimportable(KIND, type(estimator).__name__, reason)


def _nothing(_estimator: Any) -> tuple[Any, ...]:
    return ()


_REGRESSIONS: Final = (
    *(linear_model.LinearRegression, linear_model.Ridge, linear_model.RidgeCV, linear_model.Lasso),
    *(linear_model.LassoCV, linear_model.ElasticNet, linear_model.ElasticNetCV, linear_model.SGDRegressor),
    *(linear_model.HuberRegressor, linear_model.BayesianRidge, linear_model.ARDRegression, linear_model.Lars),
    *(linear_model.TheilSenRegressor, linear_model.QuantileRegressor, svm.LinearSVR),
)
_MARGINS: Final = (
    *(linear_model.Perceptron, linear_model.PassiveAggressiveClassifier, linear_model.RidgeClassifier),
    *(linear_model.RidgeClassifierCV, svm.LinearSVC),
)
_FORESTS: Final = (
    *(ensemble.RandomForestClassifier, ensemble.RandomForestRegressor),
    *(ensemble.ExtraTreesClassifier, ensemble.ExtraTreesRegressor),
)
_TREES: Final = (tree.DecisionTreeClassifier, tree.DecisionTreeRegressor)
_BOOSTED: Final = (ensemble.GradientBoostingClassifier, ensemble.GradientBoostingRegressor)
_HISTOGRAMS: Final = (ensemble.HistGradientBoostingClassifier, ensemble.HistGradientBoostingRegressor)
_NETWORKS: Final = (neural_network.MLPClassifier, neural_network.MLPRegressor)

OTHERS: Final = {
    "xgboost": "import what it writes itself: save_model('model.json') in place of a pickle",
    "lightgbm": "import what it writes itself: booster_.save_model('model.txt') in place of a pickle",
}
"""What to do with estimators of libraries that have files of their own."""


def _shares(_estimator: Any) -> tuple[Says, ...]:
    return (Says.SHARES,)


def _scores(_estimator: Any) -> tuple[Says, ...]:
    return (Says.SCORES,)


ESTIMATORS: Final[dict[type, _EstimatorRow]] = {
    **dict.fromkeys(_REGRESSIONS, _EstimatorRow(linear.weighted, _nothing, _nothing)),
    **dict.fromkeys(_MARGINS, _EstimatorRow(linear.weighted, linear.margin_notes, _scores)),
    linear_model.LogisticRegression: _EstimatorRow(linear.weighted, linear.logistic_notes, linear.logistic_says),
    linear_model.SGDClassifier: _EstimatorRow(linear.weighted, linear.descent_notes, linear.descent_says),
    **dict.fromkeys(_NETWORKS, _EstimatorRow(networks.perceptron, _nothing, _shares)),
    **dict.fromkeys(_FORESTS, _EstimatorRow(forests.forest, _nothing, _shares)),
    **dict.fromkeys(_TREES, _EstimatorRow(forests.single, _nothing, _shares)),
    **dict.fromkeys(_BOOSTED, _EstimatorRow(boosting.boosted, _nothing, _shares)),
    **dict.fromkeys(_HISTOGRAMS, _EstimatorRow(boosting.histogram_boosted, _nothing, _shares)),
    NearestCentroid: _EstimatorRow(centroids.nearest, centroids.distance_notes, _nothing),
}
"""By class, and by what is derived from it."""
