"""What people have: scalers and one-hot encoders of columns before an estimator; from a CSV file to the prediction."""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn import ensemble, linear_model, neural_network, preprocessing, tree
from sklearn.base import clone, is_classifier
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler
from skops.io import dump
from threadpoolctl import threadpool_limits
from typer.testing import CliRunner

from deml_cli.app import root
from deml_learn.models.errors import ImportDiffers, Unimportable
from deml_learn.models.exits import classes
from deml_learn.models.holding import hold
from deml_learn.models.kinds import ModelKind
from deml_learn.models.reading import ImportOptions, Taken, take
from deml_sdk.data.reading import Reading
from deml_sdk.data.tables import Table, read_table
from tests.support.scale import SCALE
from tests.unit.learn.models.imports import outputs_of

pytestmark = pytest.mark.usefixtures("in_this_process")

WARDS = ("a", "NA", "10", "b c")
ROWS = 60
ESTIMATORS: dict[str, Callable[[], Any]] = {
    "linear": linear_model.Ridge,
    "logistic": lambda: linear_model.LogisticRegression(max_iter=20),
    "margins": linear_model.RidgeClassifier,
    "MLP": lambda: neural_network.MLPClassifier((4,), max_iter=3, random_state=0),
    "tree": lambda: tree.DecisionTreeRegressor(random_state=0),
    "forest": lambda: ensemble.RandomForestClassifier(3, max_depth=5, random_state=0),
    "boosting": lambda: ensemble.GradientBoostingClassifier(n_estimators=3, random_state=0),
    "histograms": lambda: ensemble.HistGradientBoostingRegressor(max_iter=3, min_samples_leaf=3, random_state=0),
}
OWN = ImportOptions()
LAYERS = ("linear", "logistic", "margins", "MLP")


def rows(seed: int = 0, number: int = ROWS) -> pandas.DataFrame:
    random = np.random.default_rng(seed)
    single = random.normal(30, 6, number).astype(np.float32)
    return pandas.DataFrame(
        {
            "age": random.integers(20, 80, number),
            "ward": random.choice(WARDS, number),
            "bmi": [float(str(one)) for one in single],
            "sex": random.choice([1, 2], number),
            "smokes": random.choice([True, False], number),
            "note": "words of no use",
        }
    )


def labels(frame: pandas.DataFrame, estimator: Any) -> Any:
    risk = frame["age"] + 9 * (frame["ward"] == "a") + 5 * frame["smokes"]
    return (risk > risk.median()).astype(int) if is_classifier(estimator) else risk.astype(float)


def fitted(before: Any, estimator: Any, frame: pandas.DataFrame | None = None) -> Any:
    frame = rows() if frame is None else frame
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return make_pipeline(before, estimator).fit(frame, labels(frame, estimator))


def taken(estimator: Any, folder: Path, wishes: ImportOptions = OWN) -> Taken:
    joblib.dump(estimator, folder / "model.joblib")
    return take(folder / "model.joblib", ModelKind.PICKLE, wishes)


def read(taken: Taken, frame: pandas.DataFrame, estimator: Any, folder: Path) -> Table:
    """The table as `deml model import --data` reads it."""
    frame.assign(label=labels(frame, estimator)).to_csv(folder / "mine.csv", index=False)
    features = taken.source.features
    return read_table(folder / "mine.csv", Reading("label", categories=features.categories, expected=taken.expected))


def require_same(estimator: Any, folder: Path, wishes: ImportOptions = OWN) -> Taken:
    """Import, through the net, and compare on rows of a file, in another order of columns, with what it predicts."""
    found = taken(estimator, folder, wishes)
    fresh = rows(1)
    table = read(found, fresh[[*reversed(fresh.columns)]], estimator, folder)
    assert table.features == found.columns
    held = hold(found, table)
    assert held.comparison is not None
    assert held.comparison.differing == 0
    said = np.asarray(estimator.predict(fresh), np.float64)
    ours = outputs_of(found.imported.model, table.x)
    if is_classifier(estimator):
        np.testing.assert_array_equal(classes(ours), said)
    else:
        np.testing.assert_allclose(ours[:, 0], said, rtol=1e-5, atol=1e-3)
    return found


SCALERS = st.sampled_from(
    [
        StandardScaler(),
        preprocessing.MinMaxScaler(),
        preprocessing.MaxAbsScaler(),
        preprocessing.RobustScaler(),
        make_pipeline(SimpleImputer(), StandardScaler()),
        make_pipeline(SimpleImputer(strategy="median"), preprocessing.MinMaxScaler(), StandardScaler()),
        "passthrough",
        FunctionTransformer(),
    ]
)


@st.composite
def encoders(draw: st.DrawFn, simple: bool, imputed: bool) -> Any:
    """One-hot encoders with any of their options; where trees follow, without those that join categories."""
    drop = draw(st.sampled_from([None, "first", "if_binary"]))
    unknown = draw(st.sampled_from(["error", "ignore", *([] if simple else ["infrequent_if_exist"])]))
    joins = {} if simple else draw(st.sampled_from([{}, {"min_frequency": 12}, {"max_categories": 3}]))
    if not simple and draw(st.booleans()):
        return OrdinalEncoder()
    one = OneHotEncoder(drop=drop, handle_unknown=unknown, sparse_output=draw(st.booleans()), **joins)
    return make_pipeline(SimpleImputer(strategy="most_frequent"), one) if imputed else one


@st.composite
def transformers(draw: st.DrawFn, simple: bool) -> ColumnTransformer:
    numbers = draw(st.permutations(["age", "bmi"]))
    words = draw(st.permutations(["ward", "sex", "smokes"]))
    words = words[: draw(st.integers(1, 3))]
    parts = [
        *((f"number {one}", clone_of(draw(SCALERS)), [one]) for one in numbers[: draw(st.integers(0, 2))]),
        *((f"words {one}", draw(encoders(simple, one != "smokes" and draw(st.booleans()))), [one]) for one in words),
        ("not", "drop", ["note"]),
    ]
    others = ["passthrough", StandardScaler()] if "ward" in words else []
    remainder = draw(st.sampled_from(["drop", *others]))
    return ColumnTransformer(draw(st.permutations(parts)), remainder=remainder)


def clone_of(step: Any) -> Any:
    return step if isinstance(step, str) else clone(step)


@settings(max_examples=15 * SCALE, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_random_column_transformers_say_what_they_say(data: st.DataObject):
    kind = data.draw(st.sampled_from([*ESTIMATORS]))
    before = data.draw(transformers(kind not in LAYERS))
    before.sparse_threshold = 0 if kind == "histograms" else before.sparse_threshold
    with tempfile.TemporaryDirectory() as folder:
        require_same(fitted(before, ESTIMATORS[kind]()), Path(folder))


def usual(**options: Any) -> ColumnTransformer:
    return ColumnTransformer(
        [("numbers", StandardScaler(), ["age", "bmi"]), ("words", OneHotEncoder(**options), ["ward", "sex"])]
    )


def test_what_people_have(tmp_path: Path):
    found = require_same(fitted(usual(handle_unknown="ignore"), linear_model.LogisticRegression()), tmp_path)
    assert found.columns == ("age", *(f"ward={one}" for one in sorted(WARDS)), "bmi", "sex=1", "sex=2")
    assert found.expected == ("age", "ward", "bmi", "sex")
    assert found.imported.fields["standardize"]


def test_skops_files_of_them_need_no_trust(tmp_path: Path):
    before = ColumnTransformer(usual().transformers, remainder="drop")
    estimator = fitted(make_pipeline(before, "passthrough"), linear_model.LogisticRegression())
    dump(estimator, tmp_path / "model.skops")
    hold(take(tmp_path / "model.skops", ModelKind.SKOPS, OWN))


def test_the_best_of_a_search(tmp_path: Path):
    search = GridSearchCV(
        make_pipeline(usual(), linear_model.LogisticRegression()), {"logisticregression__C": [1, 2]}, cv=2
    )
    require_same(search.fit(rows(), labels(rows(), search)), tmp_path)


def test_numbers_alone_by_name_and_in_their_order(tmp_path: Path):
    """Such an estimator takes tables alone, though it does to its columns what a scaler of all would."""
    frame = rows()[["age", "bmi"]]
    chosen = make_column_selector(dtype_include="number")
    for columns in (["age", "bmi"], chosen):
        before = ColumnTransformer([("n", StandardScaler(), columns)])
        estimator = make_pipeline(before, linear_model.Ridge()).fit(frame, rows()["sex"])
        found = taken(estimator, tmp_path)
        hold(found)
        assert found.columns == found.expected == ("age", "bmi")


def test_columns_by_number(tmp_path: Path):
    for columns in ([0], slice(0, 1), [True, False]):
        for remainder in ("passthrough", "drop"):
            before = ColumnTransformer([("n", StandardScaler(), columns)], remainder=remainder)
            fit = make_pipeline(before, tree.DecisionTreeRegressor(max_depth=3))
            hold(taken(fit.fit(rows()[["age", "bmi"]].to_numpy(), rows()["sex"]), tmp_path))


def test_a_column_in_two_transformers(tmp_path: Path):
    before = ColumnTransformer(
        [
            ("a", StandardScaler(), ["age", "bmi"]),
            ("b", preprocessing.MinMaxScaler(), ["bmi"]),
            ("c", OneHotEncoder(), ["ward"]),
        ]
    )
    for kind in ("logistic", "tree", "MLP"):
        require_same(fitted(clone(before), ESTIMATORS[kind]()), tmp_path)


def test_a_scaler_behind_the_columns(tmp_path: Path):
    for estimator in (linear_model.LogisticRegression(), tree.DecisionTreeClassifier(random_state=0)):
        scaled = make_pipeline(usual(), StandardScaler(with_mean=False), estimator)
        require_same(scaled.fit(rows(), labels(rows(), estimator)), tmp_path)


def test_an_encoder_of_all_columns(tmp_path: Path):
    frame = rows()[["ward", "sex"]]
    estimator = make_pipeline(OneHotEncoder(), tree.DecisionTreeClassifier()).fit(
        frame, labels(rows(), linear_model.LogisticRegression())
    )
    found = taken(estimator, tmp_path)
    hold(found)
    assert found.expected == ("ward", "sex")


def test_an_imputer_alone_has_nothing_to_do_and_it_is_said(tmp_path: Path):
    frame = rows()[["age", "bmi"]]
    frame.loc[3, "bmi"] = np.nan
    estimator = make_pipeline(SimpleImputer(), StandardScaler(), linear_model.Ridge()).fit(frame, rows()["sex"])
    found = taken(estimator, tmp_path)
    held = hold(found)
    assert any("SimpleImputer" in note for note in found.source.notes)
    assert any("missing" in note for note in held.notes)


def test_centroids_take_all_categories_or_none(tmp_path: Path):
    require_same(fitted(usual(sparse_output=False), NearestCentroid()), tmp_path)
    with pytest.raises(Unimportable, match="dropped"):
        taken(fitted(usual(drop="first", sparse_output=False), NearestCentroid()), tmp_path)


def test_a_missing_value_that_is_a_category_is_said(tmp_path: Path):
    frame = rows()
    frame["ward"] = frame["ward"].where(frame["ward"] != "a")
    found = taken(fitted(usual(), linear_model.LogisticRegression(), frame), tmp_path)
    hold(found)
    assert any("missing value as a category of ward" in note for note in found.source.notes)
    assert not any(name in ("ward=", "ward=nan", "ward=None") for name in found.columns)


def test_columns_are_matched_to_a_specification_in_its_order_and_with_its_words(tmp_path: Path):
    wards = [f"ward={one}" for one in reversed(WARDS)]
    columns = ("sex=1", "sex=2", "weight", *wards, "bmi", "age")
    estimator = fitted(usual(), ensemble.RandomForestClassifier(3, random_state=0))
    found = taken(estimator, tmp_path, ImportOptions(columns=columns))
    hold(found)
    assert found.columns == columns
    own = taken(estimator, tmp_path)
    fresh = rows(1)
    x = read(own, fresh, estimator, tmp_path).x
    where = {name: place for place, name in enumerate(own.columns)}
    moved = np.column_stack([x[:, where[one]] if one in where else np.full(len(x), 7.0) for one in columns])
    np.testing.assert_array_equal(outputs_of(found.imported.model, moved), outputs_of(own.imported.model, x))


def test_categories_of_the_job_that_the_model_has_never_seen_are_a_loud_warning(tmp_path: Path):
    columns = ("age", *(f"ward={one}" for one in (*WARDS, "new")), "bmi", "sex=1", "sex=2")
    for unknown in ("ignore", "error"):
        estimator = fitted(usual(handle_unknown=unknown), linear_model.LogisticRegression())
        found = taken(estimator, tmp_path, ImportOptions(columns=columns))
        assert any("NEVER SEEN: ward=new" in note for note in found.source.notes)
        x = np.array([[40, 0, 0, 0, 0, 1, 30, 1, 0.0]])
        table = Table(x, np.zeros(1), columns)
        if unknown == "ignore":
            assert hold(found, table).comparison is not None
        else:
            with pytest.raises(ImportDiffers):
                hold(found, table)


def test_other_words_of_the_job_are_a_loud_warning(tmp_path: Path):
    columns = ("age", *(f"ward={one}" for one in ("w", "x", "y", "z")), "bmi", "sex=1", "sex=2")
    found = taken(fitted(usual(), linear_model.LogisticRegression()), tmp_path, ImportOptions(columns=columns))
    assert any("ITS COLUMNS ARE NOT THE JOB'S" in note for note in found.source.notes)


def test_the_command_takes_columns_words_and_labels_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEML_HOME", str(tmp_path / "home"))
    estimator = fitted(usual(), linear_model.LogisticRegression())
    joblib.dump(estimator, "model.joblib")
    fresh = rows(1)
    fresh.assign(ill=labels(fresh, estimator))[["ill", *reversed(fresh.columns)]].to_csv("mine.csv", index=False)
    arguments = ("--trust-pickle", "--data", "mine.csv", "--label", "ill", "--json")
    told = CliRunner().invoke(root, ["model", "import", "model.joblib", *arguments])
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    assert answer["comparison"]["differing"] == 0
    assert not any("COLUMNS" in note for note in answer["notes"])
    fresh.assign(ill=0, ward="elsewhere").to_csv("mine.csv", index=False)
    told = CliRunner().invoke(root, ["model", "import", "model.joblib", *arguments])
    assert "UNKNOWN_CATEGORY" in told.output
    assert "elsewhere" not in told.output
