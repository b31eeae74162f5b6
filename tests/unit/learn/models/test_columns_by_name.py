"""A model that knows its columns gets them by name, from data and from a specification, or the difference is loud."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from typer.testing import CliRunner, Result

from deml_cli.app import root
from deml_learn.models.errors import DoesNotFit
from deml_learn.models.holding import hold
from deml_learn.models.kinds import ModelKind
from deml_learn.models.reading import ImportOptions, take
from tests.support.cases import case
from tests.unit.learn.models.imports import outputs_of

pytestmark = pytest.mark.usefixtures("in_this_process")

NAMES = ["age", "bmi", "sbp"]
Run = Callable[..., Any]


@pytest.fixture
def deml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEML_HOME", str(tmp_path / "home"))

    def run(*arguments: object) -> Any:
        found: Result = CliRunner().invoke(root, [*map(str, arguments), "--json"])
        assert found.exit_code == 0, found.output
        return json.loads(found.stdout)

    return run


def table(name: str = "d-ok.csv") -> pandas.DataFrame:
    return pandas.read_csv(case(f"column-order/{name}"))


def estimators() -> dict[str, Any]:
    rows = table()
    made = {
        "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
        "forest": RandomForestClassifier(5, max_depth=4, random_state=0),
        "centroids": make_pipeline(StandardScaler(), NearestCentroid()),
    }
    return {name: one.fit(rows[NAMES], rows["label"]) for name, one in made.items()}


@pytest.mark.parametrize("file", ["d-xgb.json", "d-lgb.json", "logistic", "forest", "centroids"])
def test_columns_are_taken_by_name_in_whatever_order_the_data_has_them(file: str, deml: Run, tmp_path: Path):
    path = case(f"column-order/{file}") if "." in file else tmp_path / "model.joblib"
    if "." not in file:
        joblib.dump(estimators()[file], path)
    told = []
    for data in ("d-ok.csv", "d-order.csv"):
        arguments = ("--trust-pickle", "--data", case(f"column-order/{data}"), "--out", f"{data}.safetensors")
        told.append(deml("model", "import", path, *arguments))
    right, moved = ({one["metric"]: one["engine"] for one in found["comparison"]["scores"]} for found in told)
    assert right == moved
    assert right["accuracy"] > 700_000
    assert told[1]["features"] == NAMES
    assert not any("COLUMNS" in note for found in told for note in found["notes"])


def test_other_columns_are_a_loud_warning(deml: Run, tmp_path: Path):
    table().rename(columns={"bmi": "weight"}).to_csv(tmp_path / "other.csv", index=False)
    told = deml("model", "import", case("column-order/d-xgb.json"), "--data", "other.csv")
    assert any("THE COLUMNS ARE NOT THE MODEL'S" in note and "weight" in note for note in told["notes"])
    chosen = ("--feature", "sbp", "--feature", "bmi", "--feature", "age")
    told = deml("model", "import", case("column-order/d-xgb.json"), "--data", case("column-order/d-ok.csv"), *chosen)
    assert any("THE COLUMNS ARE NOT THE MODEL'S" in note for note in told["notes"])


def test_surplus_columns_are_left_out(deml: Run, tmp_path: Path):
    table().assign(name="somebody").to_csv(tmp_path / "more.csv", index=False)
    told = deml("model", "import", case("column-order/d-lgb.json"), "--data", "more.csv")
    assert told["comparison"]["rows"] == 300


@pytest.mark.parametrize("file", ["d-xgb.json", "d-lgb.json", "logistic", "forest"])
def test_a_model_is_brought_to_the_columns_of_a_specification(file: str, tmp_path: Path):
    path = case(f"column-order/{file}") if "." in file else tmp_path / "model.joblib"
    kinds = {"d-xgb.json": ModelKind.XGBOOST, "d-lgb.json": ModelKind.LIGHTGBM}
    if "." not in file:
        joblib.dump(estimators()[file], path)
    kind = kinds.get(file, ModelKind.PICKLE)
    own = take(path, kind, ImportOptions())
    moved = take(path, kind, ImportOptions(columns=("sbp", "name", "age", "bmi")))
    hold(moved)
    x = table()[NAMES].to_numpy()
    wide = np.column_stack([x[:, 2], np.full(len(x), 7.0), x[:, 0], x[:, 1]])
    np.testing.assert_allclose(outputs_of(moved.imported.model, wide), outputs_of(own.imported.model, x), atol=1e-5)
    assert moved.columns == ("sbp", "name", "age", "bmi")


def test_centroids_need_all_columns(tmp_path: Path):
    joblib.dump(estimators()["centroids"], tmp_path / "model.joblib")
    hold(take(tmp_path / "model.joblib", ModelKind.PICKLE, ImportOptions(columns=("sbp", "age", "bmi"))))
    with pytest.raises(DoesNotFit):
        take(tmp_path / "model.joblib", ModelKind.PICKLE, ImportOptions(columns=("sbp", "age", "bmi", "more")))


def test_columns_of_a_specification_that_a_model_does_not_know_are_a_loud_warning():
    taken = take(case("column-order/d-xgb.json"), ModelKind.XGBOOST, ImportOptions(columns=("sbp", "age", "weight")))
    assert any("ITS COLUMNS ARE NOT THE JOB'S" in note for note in taken.source.notes)


def test_a_job_is_made_of_chosen_columns_and_a_model_brought_to_it(deml: Run, tmp_path: Path):
    table("d-order.csv").assign(id=range(300)).to_csv(tmp_path / "mine.csv", index=False)
    said = ("--data", "mine.csv", "--label", "label", "--title", "Hearts", "--description", "", "--license", "MIT")
    fixed = (*said, "--metric", "accuracy", "--architecture", '{"family": "logistic", "inputs": 3, "outputs": 1}')
    deml("job", "new", "dropped.toml", *fixed, "--drop", "id")
    deml("job", "new", "chosen.toml", *fixed, "--feature", "bmi", "--feature", "age", "--feature", "sbp")
    names = [
        [one["name"] for one in json.loads((tmp_path / f"{name}.spec.json").read_text())["data"]["columns"]]
        for name in ("dropped", "chosen")
    ]
    assert names == [["sbp", "bmi", "age", "label"], ["bmi", "age", "sbp", "label"]]
    joblib.dump(estimators()["logistic"], tmp_path / "model.joblib")
    arguments = ("--trust-pickle", "--spec", "chosen.spec.json", "--data", "mine.csv")
    told = deml("model", "import", "model.joblib", *arguments)
    assert told["features"] == ["bmi", "age", "sbp"]
    assert told["comparison"]["scores"][0]["engine"] > 700_000
    wrong = CliRunner().invoke(root, ["job", "new", "x.toml", *said, "--drop", "nothing"])
    assert "NO_SUCH_COLUMN" in wrong.output
