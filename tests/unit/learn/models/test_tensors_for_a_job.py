"""Estimators written into the architecture of a job, which knows more classes, trees and nodes than they do."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from deml.scoring import Model, load_model, parse_architecture
from deml.scoring.safetensors import write_tensors
from deml_learn.models.errors import DoesNotFit, Unimportable
from deml_learn.models.exits import probabilities
from deml_learn.models.scikit.estimators import converted, tensors_of
from tests.unit.learn.models.imports import classes_of, halves, outputs_of

TREES = {"family": "trees", "task": "classification", "inputs": 13}
ROOM = {"trees": 12, "nodes": 40, "depth": 8}


def fitted_into(estimator: Any, fields: dict[str, Any]) -> Model:
    architecture = parse_architecture(json.dumps(fields))
    return load_model(architecture, write_tensors(tensors_of(estimator, architecture)))


def without_class(one: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of wine to train on, but for one class; rows of all to judge by."""
    x, y, unseen, _ = halves("wine")
    return x[y != one], y[y != one], unseen


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_classes_that_a_client_has_not_seen_are_hardly_ever_predicted(missing: int):
    x, y, unseen = without_class(missing)
    for estimator, fields in (
        (
            RandomForestClassifier(5, max_depth=4, random_state=0),
            TREES | ROOM | {"outputs": 3, "output": "probabilities"},
        ),
        (GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0), TREES | ROOM | {"outputs": 3}),
        (make_pipeline(StandardScaler(), LogisticRegression()), {"family": "logistic", "inputs": 13, "outputs": 3}),
    ):
        model = fitted_into(estimator.fit(x, y), fields)
        assert np.array_equal(classes_of(model, unseen), estimator.predict(unseen))
        shares = probabilities(outputs_of(model, unseen))
        assert np.all(shares[:, missing] < 1e-6)
        seen = [one for one in range(3) if one != missing]
        np.testing.assert_allclose(shares[:, seen], estimator.predict_proba(unseen), atol=1e-4)


def test_one_logit_becomes_two_where_the_job_has_two():
    x, y, unseen = without_class(2)
    estimator = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)
    one, two = (fitted_into(estimator, {"family": "logistic", "inputs": 13, "outputs": n}) for n in (1, 2))
    np.testing.assert_allclose(outputs_of(two, unseen)[:, 1:], outputs_of(one, unseen), atol=1e-4)
    shares = probabilities(outputs_of(one, unseen))
    np.testing.assert_allclose(shares, estimator.predict_proba(unseen), atol=1e-4)


def test_a_standardised_job_takes_a_model_without_a_scaler_and_the_other_way_round():
    x, y, unseen, _ = halves("diabetes")
    bare, scaled = Ridge().fit(x, y), make_pipeline(MinMaxScaler(), Ridge()).fit(x, y)
    for estimator in (bare, scaled):
        for standardize in (False, True):
            model = fitted_into(estimator, {"family": "linear", "inputs": 10, "standardize": standardize})
            np.testing.assert_allclose(outputs_of(model, unseen)[:, 0], estimator.predict(unseen), rtol=1e-3)


@pytest.mark.parametrize("bound", [{"trees": 4}, {"nodes": 5}, {"depth": 2}, {"output": "values"}, {"inputs": 12}])
def test_what_is_larger_than_the_job_allows_is_named(bound: dict[str, Any]):
    x, y, _, _ = halves("wine")
    estimator = RandomForestClassifier(5, max_depth=4, random_state=0).fit(x, y)
    with pytest.raises(DoesNotFit):
        fitted_into(estimator, TREES | ROOM | {"outputs": 3, "output": "probabilities"} | bound)


@pytest.mark.parametrize(
    ("estimator", "named"),
    [
        (make_pipeline(FunctionTransformer(np.abs), LogisticRegression()), "FunctionTransformer"),
        (make_pipeline(MinMaxScaler(clip=True), LogisticRegression()), "clip=True"),
        (LogisticRegression().set_params(C=2), "not been fitted"),
        (GradientBoostingClassifier(n_estimators=2, init=LogisticRegression()), "init=LogisticRegression"),
        (MLPRegressor(loss="poisson", max_iter=600, random_state=0), "loss='poisson'"),
        (FunctionTransformer(), "FunctionTransformer"),
        ("no estimator", "str"),
    ],
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_what_has_no_counterpart_is_named(estimator: Any, named: str):
    x, y, _, _ = halves("breast cancer")
    if named != "not been fitted" and hasattr(estimator, "fit"):
        estimator.fit(x[:, :5], y)
    with pytest.raises(Unimportable, match=named.replace("(", r"\(")):
        converted(estimator)
