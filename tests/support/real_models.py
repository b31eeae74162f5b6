"""Models that scikit-learn trains on real data sets, as the cases of ``scoring.json`` are written."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sklearn import datasets, ensemble, linear_model, neighbors, neural_network
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.datasets import randhie

from deml.scoring import parse_architecture
from deml.scoring.safetensors import write_tensors
from deml_learn.models.scikit.estimators import converted

MAX_ROWS = 1_000
Rows = tuple[np.ndarray, np.ndarray]


def visits() -> Rows:
    """20,190 people of the RAND Health Insurance Experiment: what they are like, and their visits to a doctor."""
    table = randhie.load_pandas().data
    return table.drop(columns="mdvis").to_numpy(), table["mdvis"].to_numpy()


def visited() -> Rows:
    """The same people, and whether they went at all."""
    x, y = visits()
    return x, (y > 0).astype(np.int64)


CLASSES: dict[str, Callable[[], Rows]] = {
    "breast cancer": lambda: datasets.load_breast_cancer(return_X_y=True),
    "digits": lambda: datasets.load_digits(return_X_y=True),
    "wine": lambda: datasets.load_wine(return_X_y=True),
    "visited a doctor": visited,
}
VALUES: dict[str, Callable[[], Rows]] = {
    "diabetes": lambda: datasets.load_diabetes(return_X_y=True),
    "visits to a doctor": visits,
}
CLASSIFIERS: dict[str, Callable[[], Any]] = {
    "logistic": lambda: linear_model.LogisticRegression(max_iter=200),
    "MLP": lambda: neural_network.MLPClassifier((32,), max_iter=15, random_state=0),
    "forest": lambda: ensemble.RandomForestClassifier(20, max_depth=6, random_state=0),
    "boosted trees": lambda: ensemble.HistGradientBoostingClassifier(max_iter=10, max_depth=4, random_state=0),
    "centroids": neighbors.NearestCentroid,
}
REGRESSORS: dict[str, Callable[[], Any]] = {
    "linear": linear_model.LinearRegression,
    "MLP": lambda: neural_network.MLPRegressor(
        hidden_layer_sizes=(32,), max_iter=15, random_state=0, activation="tanh"
    ),
    "boosted trees": lambda: ensemble.HistGradientBoostingRegressor(max_iter=10, max_depth=4, random_state=0),
}


def real_cases() -> Iterator[dict[str, str]]:
    """Each kind of model trained on each data set, to be scored on rows that it has not seen."""
    for sets, estimators, dtype, metrics in (
        (CLASSES, CLASSIFIERS, np.int64, ("accuracy", "log_loss")),
        (VALUES, REGRESSORS, np.float32, ("r2", "mae")),
    ):
        for data, load in sets.items():
            x, y = shuffled(*load())
            unseen = min(MAX_ROWS, len(x) // 3)
            holdout = write_tensors({"x": x[:unseen], "y": y[:unseen].astype(dtype)})
            for kind, make in estimators.items():
                form = converted(fitted(make, x[unseen:], y[unseen:])).form
                fields = json.dumps(form.fields())
                model = write_tensors(form.tensors(parse_architecture(fields)))
                for metric in metrics:
                    case = {"name": f"{data}: {kind}, {metric}", "architecture": fields, "metric": metric}
                    yield case | {"model": model.hex(), "holdout": holdout.hex()}


def shuffled(x: np.ndarray, y: np.ndarray) -> Rows:
    order = np.random.default_rng(0).permutation(len(x))
    return x[order].astype(np.float32), y[order]


def fitted(make: Callable[[], Any], x: np.ndarray, y: np.ndarray) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "self.within_class_std_dev_")
        return make_pipeline(StandardScaler(), make()).fit(x, y)
