"""From a fitted estimator or pipeline of scikit-learn to a model of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn import ensemble, linear_model, neural_network, svm, tree
from sklearn.base import BaseEstimator, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from deml.scoring import Architecture
from deml_learn.models.centroids import Points
from deml_learn.models.errors import Unimportable
from deml_learn.models.forest import Forest
from deml_learn.models.form import Form, class_numbers
from deml_learn.models.layers import Layers
from deml_learn.models.scikit import boosting, centroids, forests, linear, networks
from deml_learn.models.scikit.scalers import Scaler, chained, read_scaler

KIND: Final = "scikit-learn"

Notes = Callable[[Any], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Converted:
    """An estimator as a form, its classes' labels, and what the user should know."""

    form: Form
    labels: tuple[str, ...]
    notes: tuple[str, ...]


def converted(estimator: Any) -> Converted:
    """Convert a fitted estimator, or a pipeline of scalers that ends in one.

    Raises
    ------
    Unimportable
        If it, a step before it, or an option of it has no counterpart here; the error names it.
    MalformedSource
        If it is damaged.
    """
    scalers, last = _taken_apart(estimator)
    convert, notes = _row(last)
    try:
        check_is_fitted(last)
    except NotFittedError as error:
        raise Unimportable(KIND, type(last).__name__, "it has not been fitted yet") from error
    labels = tuple(str(one) for one in np.asarray(last.classes_).tolist()) if is_classifier(last) else ()
    if len(labels) == 1:
        raise Unimportable(KIND, "its one class", "there is nothing to tell apart")
    return Converted(_standardized(convert(last), scalers), labels, notes(last))


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


def _taken_apart(estimator: Any) -> tuple[list[Scaler], Any]:
    if isinstance(estimator, GridSearchCV | RandomizedSearchCV):
        return _taken_apart(estimator.best_estimator_)
    if not isinstance(estimator, BaseEstimator):
        raise Unimportable(KIND, type(estimator).__name__, "it is no estimator of scikit-learn")
    if not isinstance(estimator, Pipeline):
        return [], estimator
    steps = [step for _, step in estimator.steps if step is not None and not isinstance(step, str)]
    scalers, last = _taken_apart(steps[-1])
    return [*(read_scaler(step) for step in steps[:-1]), *scalers], last


def _row(estimator: Any) -> tuple[Callable[[Any], Form], Notes]:
    for parent in type(estimator).__mro__:
        if parent in ESTIMATORS:
            return ESTIMATORS[parent]
    raise Unimportable(KIND, type(estimator).__name__, "no family of docs/scoring.md computes what it does")


def _standardized(form: Form, scalers: Sequence[Scaler]) -> Form:
    if not scalers:
        return form
    scaler = chained(scalers)
    match form:
        case Forest():
            return form.on_raw_features(scaler.columns)
        case Layers() | Points():
            return replace(form, standardizer=scaler.affine)
        case _:
            raise TypeError(type(form).__name__)


def _nothing(_estimator: Any) -> tuple[str, ...]:
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

ESTIMATORS: Final[dict[type, tuple[Callable[[Any], Form], Notes]]] = {
    **dict.fromkeys(_REGRESSIONS, (linear.weighted, _nothing)),
    **dict.fromkeys(_MARGINS, (linear.weighted, linear.margin_notes)),
    linear_model.LogisticRegression: (linear.weighted, linear.logistic_notes),
    linear_model.SGDClassifier: (linear.weighted, linear.descent_notes),
    **dict.fromkeys(_NETWORKS, (networks.perceptron, _nothing)),
    **dict.fromkeys(_FORESTS, (forests.forest, _nothing)),
    **dict.fromkeys(_TREES, (forests.single, _nothing)),
    **dict.fromkeys(_BOOSTED, (boosting.boosted, _nothing)),
    **dict.fromkeys(_HISTOGRAMS, (boosting.histogram_boosted, _nothing)),
    NearestCentroid: (centroids.nearest, centroids.distance_notes),
}
"""By class, and by what is derived from it: how it is converted, and what the user should know."""
