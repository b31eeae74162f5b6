"""Estimators of the field's cases in joblib files, through the command; and every kind of several labels a row."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas
import pytest
from sklearn import ensemble, linear_model, multioutput, neighbors, neural_network, svm, tree
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from typer.testing import CliRunner, Result

from deml_cli.app import root
from deml_learn.models.errors import Unimportable
from deml_learn.models.holding import hold
from deml_learn.models.kinds import ModelKind
from deml_learn.models.reading import ImportOptions, take
from tests.support.cases import CASES, case

pytestmark = pytest.mark.usefixtures("in_this_process")

TESTS = Path(__file__).parents[3]


def imported(folder: Path, file: str, *arguments: object) -> Result:
    given = ("model", "import", case(file), "--trust-pickle", "--json", "--out", folder / "out.safetensors")
    return CliRunner().invoke(root, [str(one) for one in (*given, *arguments)])


@pytest.mark.parametrize("data", ["d-ok.csv", "d-order.csv"])
def test_an_estimator_that_knows_its_columns_gets_them_by_name(data: str, tmp_path: Path):
    found = imported(tmp_path, "column-order/d-skl.joblib", "--data", case(f"column-order/{data}"))
    told = json.loads(found.stdout)
    scores = {one["metric"]: one for one in told["comparison"]["scores"]}
    frame = pandas.read_csv(case(f"column-order/{data}"))
    right = joblib.load(case("column-order/d-skl.joblib")).score(frame[["age", "bmi", "sbp"]], frame["label"])
    assert scores["accuracy"]["engine"] == scores["accuracy"]["original"] == pytest.approx(1e6 * right, abs=1)
    assert right > 0.7
    assert told["features"] == ["age", "bmi", "sbp"]
    assert not any("COLUMNS" in note for note in told["notes"])


def test_an_identifier_that_float64_does_not_have_is_called_that_and_can_be_left_out(tmp_path: Path):
    data = ("--data", case("bigint-row-0/d-bigid.csv"))
    found = imported(tmp_path, "bigint-row-0/d-bool.joblib", *data)
    assert json.loads(found.stdout)["error"]["code"] == "INEXACT_NUMBER"
    assert "column 'id', row 1 " in found.output
    assert "row 0" not in found.output
    found = imported(tmp_path, "bigint-row-0/d-bool.joblib", *data, "--drop", "id")
    assert json.loads(found.stdout)["error"]["code"] == "WRONG_COLUMN_COUNT"


def test_a_ridge_classifier_of_three_labels_a_row_is_refused_by_name(tmp_path: Path):
    found = imported(tmp_path, "sklearn-ridge-multilabel/k-ridge-ml.joblib")
    assert json.loads(found.stdout)["error"]["code"] == "UNIMPORTABLE"
    assert "its 3 labels a row" in found.output
    assert not (tmp_path / "out.safetensors").exists()


RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(80, 4))
LABELS = (X[:, :3] + RANDOM.normal(size=(80, 3)) > 0).astype(int)
SEVERAL: dict[str, tuple[Callable[[], Any], Any]] = {
    "ridge": (linear_model.RidgeClassifier, LABELS),
    "ridge of two labels": (linear_model.RidgeClassifier, LABELS[:, :2]),
    "ridge by cross-validation": (linear_model.RidgeClassifierCV, LABELS),
    "ridge behind a scaler": (lambda: make_pipeline(StandardScaler(), linear_model.RidgeClassifier()), LABELS),
    "MLP": (lambda: neural_network.MLPClassifier((4,), max_iter=300, random_state=0, tol=1), LABELS),
    "MLP of two labels": (lambda: neural_network.MLPClassifier((4,), max_iter=300, tol=1), LABELS[:, :2]),
    "tree": (tree.DecisionTreeClassifier, LABELS),
    "tree of two labels": (tree.DecisionTreeClassifier, LABELS[:, :2]),
    "forest": (lambda: ensemble.RandomForestClassifier(3), LABELS),
    "extra trees": (lambda: ensemble.ExtraTreesClassifier(3), LABELS),
    "one against the rest": (lambda: OneVsRestClassifier(linear_model.LogisticRegression()), LABELS),
    "several logistic regressions": (
        lambda: multioutput.MultiOutputClassifier(linear_model.LogisticRegression()),
        LABELS,
    ),
    "a chain": (lambda: multioutput.ClassifierChain(linear_model.LogisticRegression()), LABELS),
    "neighbours": (neighbors.KNeighborsClassifier, LABELS),
    "linear regression": (linear_model.LinearRegression, X[:, :2]),
    "ridge regression": (linear_model.Ridge, X[:, :2]),
    "lasso of several": (linear_model.MultiTaskLasso, X[:, :2]),
    "MLP for values": (lambda: neural_network.MLPRegressor(hidden_layer_sizes=(4,), max_iter=300, tol=1), X[:, :2]),
    "tree for values": (tree.DecisionTreeRegressor, X[:, :2]),
    "forest for values": (lambda: ensemble.RandomForestRegressor(3), X[:, :2]),
}
NAMED = r"(its \d (labels|targets)|OneVsRest|MultiOutput|ClassifierChain|KNeighbors|MultiTask)"


@pytest.mark.parametrize("kind", SEVERAL)
def test_several_labels_or_values_a_row_are_refused_by_name(kind: str, tmp_path: Path):
    make, targets = SEVERAL[kind]
    joblib.dump(make().fit(X, targets), tmp_path / "model.joblib")
    with pytest.raises(Unimportable, match=NAMED):
        take(tmp_path / "model.joblib", ModelKind.PICKLE, ImportOptions())


Y = (X[:, 0] > 0).astype(int)


def fitted(estimator: Any, labels: Any = Y) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return estimator.fit(X, labels)


def changed(estimator: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(estimator, name, value)
    return estimator


ODD: dict[str, Callable[[], Any]] = {
    "weights kept sparse": lambda: fitted(linear_model.LogisticRegression(C=0.1)).sparsify(),
    "weights of three classes kept sparse": lambda: fitted(linear_model.SGDClassifier(), LABELS.sum(axis=1)).sparsify(),
    "classes in another order": lambda: changed(fitted(linear_model.LogisticRegression()), classes_=np.array([1, 0])),
    "labels -1 and 1": lambda: fitted(linear_model.LogisticRegression(), 2 * Y - 1),
    "labels 3 and 7": lambda: fitted(ensemble.RandomForestClassifier(3), np.array([3, 7])[Y]),
    "labels that are truth values": lambda: fitted(linear_model.RidgeClassifier(), Y > 0),
    "labels that are words": lambda: fitted(
        ensemble.HistGradientBoostingClassifier(max_iter=2), np.array(["z", "a"])[Y]
    ),
    "labels with a gap": lambda: fitted(linear_model.LogisticRegression(), np.array([5, 0, 2, 9])[LABELS.sum(axis=1)]),
    "a scaler that writes into its rows": lambda: fitted(
        make_pipeline(StandardScaler(copy=False), linear_model.LogisticRegression())
    ),
    "trees that answer rows with missing values": lambda: ensemble.RandomForestClassifier(3).fit(
        np.where(RANDOM.random(X.shape) < 0.1, np.nan, X), Y
    ),
    "trees of one leaf": lambda: fitted(ensemble.RandomForestClassifier(2, min_samples_leaf=80)),
    "an exponential loss": lambda: fitted(ensemble.GradientBoostingClassifier(n_estimators=3, loss="exponential")),
    "boosting from nothing": lambda: fitted(ensemble.GradientBoostingClassifier(n_estimators=3, init="zero")),
    "values in a column": lambda: fitted(linear_model.LinearRegression(), X[:, :1]),
    "no hidden layer": lambda: fitted(neural_network.MLPClassifier((), max_iter=5), LABELS.sum(axis=1)),
    "one feature": lambda: linear_model.LogisticRegression().fit(X[:, :1], Y),
}


@pytest.mark.parametrize("kind", ODD)
def test_oddities_of_scikit_learn_are_right(kind: str, tmp_path: Path):
    joblib.dump(ODD[kind](), tmp_path / "model.joblib")
    hold(take(tmp_path / "model.joblib", ModelKind.PICKLE, ImportOptions()))


NAMELESS: dict[str, tuple[str, Callable[[], Any]]] = {
    "a search without a refit": (
        "GridSearchCV",
        lambda: fitted(GridSearchCV(linear_model.LogisticRegression(), {"C": [1, 2]}, refit=False, cv=2)),
    ),
    "a scaler that was never fitted": (
        "StandardScaler",
        lambda: Pipeline([("s", StandardScaler()), ("l", fitted(linear_model.LogisticRegression()))]),
    ),
    "an activation of somebody's own": (
        "activation='softsign'",
        lambda: changed(fitted(neural_network.MLPClassifier((3,), max_iter=5)), activation="softsign"),
    ),
    "a calibrated margin": ("CalibratedClassifierCV", lambda: fitted(CalibratedClassifierCV(svm.LinearSVC()))),
    "a threshold of its own": (
        "FixedThresholdClassifier",
        lambda: fitted(FixedThresholdClassifier(linear_model.LogisticRegression(), threshold=0.9)),
    ),
    "a logarithm of the target": (
        "TransformedTargetRegressor",
        lambda: fitted(
            TransformedTargetRegressor(linear_model.Ridge(), func=np.arcsinh, inverse_func=np.sinh), X[:, 0]
        ),
    ),
    "a vote": (
        "VotingClassifier",
        lambda: fitted(ensemble.VotingClassifier([("a", linear_model.LogisticRegression())])),
    ),
    "a union of scalers": (
        "FeatureUnion",
        lambda: fitted(make_pipeline(FeatureUnion([("a", StandardScaler())]), linear_model.LogisticRegression())),
    ),
    "an exponential of trees": (
        "loss='poisson'",
        lambda: fitted(ensemble.HistGradientBoostingRegressor(loss="poisson", max_iter=2), np.exp(X[:, 0])),
    ),
    "a dictionary of models": ("dict", lambda: {"model": fitted(linear_model.LogisticRegression())}),
    "nothing": ("NoneType", lambda: None),
}


@pytest.mark.parametrize("kind", NAMELESS)
def test_what_does_something_else_is_refused_by_name(kind: str, tmp_path: Path):
    named, make = NAMELESS[kind]
    joblib.dump(make(), tmp_path / "model.joblib")
    with pytest.raises(Unimportable, match=named):
        take(tmp_path / "model.joblib", ModelKind.PICKLE, ImportOptions())


def test_every_file_of_the_cases_is_named_by_a_test():
    sources = [path.read_text() for path in TESTS.rglob("test_*.py")]
    files = [path for path in CASES.rglob("*") if path.is_file() and path.name not in ("README", "README.md")]
    assert len(files) >= 50
    for path in files:
        folder = path.parent.name
        named = [one for one in sources if folder in one and (path.stem in one or path.name == "expect.csv")]
        assert named, f"{folder}/{path.name}"
