"""What scikit-learn predicts with its own models on real data, the exact engine predicts with what they became."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import ensemble, linear_model, metrics, neighbors, neural_network, svm, tree
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from threadpoolctl import threadpool_limits

from deml_learn.models.exits import probabilities
from deml_learn.models.scikit.estimators import converted
from tests.unit.learn.models.imports import CLASSES, VALUES, classes_of, halves, model_of, outputs_of, score_of

EQUAL = 0.999
CLOSE = 0.001
"""What the issue asks for: rows with the same prediction, and metrics."""

WITH_PROBABILITIES: dict[str, Callable[[], Any]] = {
    "logistic regression": lambda: make_pipeline(StandardScaler(), linear_model.LogisticRegression(max_iter=100)),
    "MLP": lambda: make_pipeline(StandardScaler(), neural_network.MLPClassifier((16,), max_iter=8, random_state=0)),
    "MLP with tanh": lambda: make_pipeline(
        MinMaxScaler(), neural_network.MLPClassifier((12, 8), activation="tanh", max_iter=8, random_state=0)
    ),
    "MLP with sigmoid": lambda: make_pipeline(
        RobustScaler(), neural_network.MLPClassifier((12,), activation="logistic", max_iter=8, random_state=0)
    ),
    "MLP without activation": lambda: make_pipeline(
        MaxAbsScaler(), neural_network.MLPClassifier((5, 4), activation="identity", max_iter=8, random_state=0)
    ),
    "decision tree": lambda: tree.DecisionTreeClassifier(random_state=0),
    "random forest": lambda: ensemble.RandomForestClassifier(20, max_depth=8, random_state=0),
    "extra trees behind a scaler": lambda: make_pipeline(
        StandardScaler(), ensemble.ExtraTreesClassifier(20, max_depth=8, random_state=0)
    ),
    "gradient boosting": lambda: ensemble.GradientBoostingClassifier(n_estimators=5, subsample=0.2, random_state=0),
    "histogram boosting": lambda: ensemble.HistGradientBoostingClassifier(max_iter=3, random_state=0),
    "histogram boosting behind two scalers": lambda: make_pipeline(
        StandardScaler(), MinMaxScaler(), ensemble.HistGradientBoostingClassifier(max_iter=3, random_state=0)
    ),
    "the best of a search": lambda: GridSearchCV(
        make_pipeline(StandardScaler(), linear_model.SGDClassifier(loss="log_loss", random_state=0)),
        {"sgdclassifier__alpha": [1e-3, 1e-2]},
        cv=2,
    ),
}
WITH_MARGINS: dict[str, Callable[[], Any]] = {
    "linear SVC": lambda: make_pipeline(StandardScaler(), svm.LinearSVC(max_iter=100)),
    "perceptron": lambda: make_pipeline(StandardScaler(), linear_model.Perceptron(random_state=0)),
    "hinge by descent": lambda: make_pipeline(StandardScaler(), linear_model.SGDClassifier(random_state=0)),
    "ridge classifier": lambda: make_pipeline(StandardScaler(), linear_model.RidgeClassifier()),
    "nearest centroid": lambda: make_pipeline(StandardScaler(), neighbors.NearestCentroid()),
}
REGRESSORS: dict[str, Callable[[], Any]] = {
    "linear regression": linear_model.LinearRegression,
    "ridge": lambda: make_pipeline(StandardScaler(), linear_model.Ridge()),
    "lasso": lambda: make_pipeline(MinMaxScaler(), linear_model.Lasso(0.1)),
    "elastic net": lambda: make_pipeline(RobustScaler(), linear_model.ElasticNet(0.1)),
    "descent": lambda: make_pipeline(StandardScaler(), linear_model.SGDRegressor(random_state=0)),
    "linear SVR": lambda: make_pipeline(StandardScaler(), svm.LinearSVR(max_iter=100)),
    "MLP": lambda: make_pipeline(
        StandardScaler(), neural_network.MLPRegressor(hidden_layer_sizes=(16,), max_iter=10, random_state=0)
    ),
    "decision tree": lambda: tree.DecisionTreeRegressor(random_state=0),
    "random forest": lambda: ensemble.RandomForestRegressor(10, max_depth=8, random_state=0),
    "extra trees behind a scaler": lambda: make_pipeline(
        StandardScaler(), ensemble.ExtraTreesRegressor(10, max_depth=8, random_state=0)
    ),
    "gradient boosting by Huber": lambda: ensemble.GradientBoostingRegressor(
        n_estimators=5, loss="huber", subsample=0.2, random_state=0
    ),
    "histogram boosting": lambda: ensemble.HistGradientBoostingRegressor(max_iter=3, random_state=0),
}


def fitted(make: Callable[[], Any], data: str) -> Any:
    x, y, _, _ = halves(data)
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", UserWarning)  # not converged; constant columns
        return make().fit(x, y)


@pytest.mark.parametrize("data", CLASSES)
@pytest.mark.parametrize("kind", WITH_PROBABILITIES)
def test_classifiers_predict_and_score_alike(kind: str, data: str):
    estimator = fitted(WITH_PROBABILITIES[kind], data)
    _, _, x, y = halves(data)
    model = model_of(converted(estimator).form)
    assert np.mean(classes_of(model, x) == estimator.predict(x)) >= EQUAL
    theirs = class_scores(y, estimator.predict_proba(x), estimator.predict(x))
    ours = class_scores(y, probabilities(outputs_of(model, x)), classes_of(model, x))
    for name in theirs:
        found = score_of(model, name, x, y)
        assert abs(found - 1e6 * ours[name]) <= 1.5, name
        assert abs(found / 1e6 - theirs[name]) <= CLOSE or is_one_against_rest(estimator, name), name


@pytest.mark.parametrize("data", CLASSES)
@pytest.mark.parametrize("kind", WITH_MARGINS)
def test_classifiers_without_probabilities_predict_alike_and_say_so(kind: str, data: str):
    estimator = fitted(WITH_MARGINS[kind], data)
    _, _, x, y = halves(data)
    found = converted(estimator)
    model = model_of(found.form)
    said = estimator.predict(x)
    assert np.mean(classes_of(model, x) == said) >= EQUAL
    assert any("log_loss" in note for note in found.notes)
    assert score_of(model, "accuracy", x, y) == pytest.approx(1e6 * metrics.accuracy_score(y, said), abs=1e6 * CLOSE)


@pytest.mark.parametrize("data", VALUES)
@pytest.mark.parametrize("kind", REGRESSORS)
def test_regressors_predict_and_score_alike(kind: str, data: str):
    estimator = fitted(REGRESSORS[kind], data)
    _, _, x, y = halves(data)
    model = model_of(converted(estimator).form)
    theirs, ours = estimator.predict(x), outputs_of(model, x)[:, 0]
    assert np.mean(np.abs(theirs - ours) <= 1e-3 * np.std(y)) >= EQUAL
    for name, measure in value_scores().items():
        found = score_of(model, name, x, y)
        assert found == pytest.approx(1e6 * measure(y, ours), rel=1e-6, abs=1.5), name
        assert found / 1e6 == pytest.approx(measure(y, theirs), rel=CLOSE, abs=CLOSE), name


def is_one_against_rest(estimator: Any, metric: str) -> bool:
    """Whether scikit-learn's probabilities are not those of a softmax, as the import's note says."""
    notes = converted(estimator).notes
    return metric in ("log_loss", "brier") and any("one class against the rest" in note for note in notes)


def class_scores(y: np.ndarray, shares: np.ndarray, said: np.ndarray) -> dict[str, float]:
    """Every metric of classification, by scikit-learn."""
    floor = 2.0**-40
    shares = np.maximum(shares, floor) / np.maximum(shares, floor).sum(axis=1, keepdims=True)
    found = {
        "accuracy": metrics.accuracy_score(y, said),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, said),
        "macro_f1": metrics.f1_score(y, said, average="macro"),
        "log_loss": -metrics.log_loss(y, shares),
    }
    if shares.shape[1] == 2:
        return found | {
            "brier": -metrics.brier_score_loss(y, shares[:, 1]),
            "roc_auc": metrics.roc_auc_score(y, shares[:, 1]),
        }
    return found | {"brier": -np.mean(np.sum((shares - np.eye(shares.shape[1])[y]) ** 2, axis=1))}


def value_scores() -> dict[str, Callable[[np.ndarray, np.ndarray], float]]:
    return {
        "r2": metrics.r2_score,
        "mse": lambda y, said: -metrics.mean_squared_error(y, said),
        "mae": lambda y, said: -metrics.mean_absolute_error(y, said),
    }
