"""`deml model`: what people type, and what scripts read."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import skops.io
import xgboost
from safetensors.numpy import save
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from typer.testing import CliRunner, Result

from deml_cli.app import root

Run = Callable[..., Result]


@pytest.fixture
def deml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEML_HOME", str(tmp_path / "home"))
    return lambda *arguments: CliRunner().invoke(root, ["model", *map(str, arguments)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Breast cancer with its diagnoses in words."""
    found = load_breast_cancer()
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*found.feature_names, "diagnosis"])
        for features, target in zip(found.data, found.target, strict=True):
            writer.writerow([*features, found.target_names[target]])
    return path


def forest() -> Any:
    found = load_breast_cancer()
    estimator = make_pipeline(StandardScaler(), RandomForestClassifier(5, max_depth=4, random_state=0))
    return estimator.fit(found.data, found.target_names[found.target])


def read(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_from_skops_to_a_comparison_an_inspection_and_onnx(deml: Run, data: Path, tmp_path: Path):
    skops.io.dump(forest(), tmp_path / "forest.skops")
    told = read(deml("import", "forest.skops", "--data", data, "--label", "diagnosis", "--json"))
    assert told["classes"] == ["benign", "malignant"]
    assert told["comparison"]["rows"] == 569
    assert told["comparison"]["differing"] == 0
    assert told["comparison"]["largest"] < 1e-6
    assert {one["metric"] for one in told["comparison"]["scores"]} >= {"accuracy", "roc_auc", "log_loss"}
    assert all(abs(one["original"] - one["engine"]) <= 2 for one in told["comparison"]["scores"])
    assert json.loads((tmp_path / "model.architecture.json").read_text()) == told["architecture"]

    shown = read(deml("inspect", "model.safetensors", "--rows", "2000", "--json"))
    assert shown["layers"] == [f"5 trees of at most {told['architecture']['nodes']} nodes, 4 splits deep"]
    assert [one["encoding"].split(",")[0] for one in shown["encodings"]] == ["F32", "F16", "BF16", "I16", "I8"]
    assert shown["cost"]["rows"] == 2000
    assert shown["cost"]["scoring"] > 0

    assert deml("export", "model.safetensors", "--as", "onnx").exit_code == 0
    again = read(deml("import", "model.onnx", "--out", "again.safetensors", "--json"))
    assert again["architecture"] == told["architecture"]
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "model.safetensors").read_bytes()


@pytest.mark.usefixtures("in_this_process")
def test_words_for_people(deml: Run, data: Path, tmp_path: Path):
    found = load_breast_cancer()
    xgboost.XGBClassifier(n_estimators=3, n_jobs=1).fit(found.data, found.target).save_model(tmp_path / "x.json")
    classes = ["--class", "malignant=0", "--class", "benign=1"]
    told = deml("import", "x.json", "--data", data, "--label", "diagnosis", *classes, "--out", "x.safetensors")
    assert told.exit_code == 0
    assert "give the same prediction in 569 (100.00 %)" in " ".join(told.output.split())
    assert "Largest difference of a probability" in told.output
    assert "balanced_accuracy" in told.output


@pytest.mark.usefixtures("in_this_process")
def test_a_model_is_fitted_into_a_jobs_architecture(deml: Run, tmp_path: Path):
    found = load_breast_cancer()
    xgboost.XGBClassifier(n_estimators=3, max_depth=2, n_jobs=1).fit(found.data, found.target).save_model(
        tmp_path / "x.json"
    )
    wanted = {
        "family": "trees",
        "task": "classification",
        "inputs": 30,
        "outputs": 2,
        "trees": 4,
        "nodes": 9,
        "depth": 3,
    }
    (tmp_path / "job.architecture").write_text(json.dumps(wanted))
    told = read(deml("import", "x.json", "--architecture", "job.architecture", "--out", "fit.safetensors", "--json"))
    assert told["architecture"] == wanted
    refused = deml("import", "x.json", "--architecture", json.dumps(wanted | {"trees": 2}), "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["error"]["code"] == "DOES_NOT_FIT"


def test_a_pickle_needs_trust_and_yes_is_not_enough(deml: Run, tmp_path: Path):
    joblib.dump(forest(), tmp_path / "forest.joblib")
    refused = deml("import", "forest.joblib", "--yes", "--json")
    assert refused.exit_code == 6
    assert json.loads(refused.stdout)["error"]["code"] == "PICKLE_NOT_TRUSTED"
    assert not (tmp_path / "model.safetensors").exists()
    told = deml("import", "forest.joblib", "--trust-pickle")
    assert told.exit_code == 0
    assert "runs whatever code it holds" in told.output


@pytest.mark.usefixtures("in_this_process")
def test_a_state_dict_is_compared_with_its_layers_in_float32(deml: Run, data: Path, tmp_path: Path):
    weight = np.random.default_rng(1).normal(size=(1, 30)).astype(np.float32)
    (tmp_path / "net.safetensors").write_bytes(save({"0.weight": weight, "0.bias": np.zeros(1, np.float32)}))
    arguments = ["--task", "classification", "--class", "malignant=0", "--class", "benign=1", "--label", "diagnosis"]
    told = read(deml("import", "net.safetensors", "--data", data, *arguments, "--out", "o.safetensors", "--json"))
    assert told["comparison"]["differing"] <= 1


def test_tensors_alone_can_be_inspected_and_not_exported(deml: Run, tmp_path: Path):
    (tmp_path / "some.safetensors").write_bytes(save({"a": np.zeros((2, 3), np.float32)}))
    shown = read(deml("inspect", "some.safetensors", "--json"))
    assert shown["tensors"] == [{"name": "a", "dtype": "F32", "shape": [2, 3], "numbers": 6, "bytes": 24}]
    assert deml("export", "some.safetensors").exit_code == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("model.bin", b"", "UNKNOWN_SOURCE"),
        ("model.pt", b"", "PICKLE_REFUSED"),
        ("model.json", b"{", "MALFORMED_SOURCE"),
        ("model.json", b"{}", "UNKNOWN_SOURCE"),
        ("model.onnx", b"junk", "MALFORMED_SOURCE"),
        ("net.safetensors", b"junk", "MALFORMED_SAFETENSORS"),
    ],
)
def test_files_that_are_no_models(deml: Run, name: str, content: bytes, code: str, tmp_path: Path):
    (tmp_path / name).write_bytes(content)
    refused = deml("import", name, "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["error"]["code"] == code


def test_the_file_to_import_is_not_written_over(deml: Run, tmp_path: Path):
    content = save({"0.weight": np.ones((3, 4), np.float32)})
    (tmp_path / "model.safetensors").write_bytes(content)
    refused = deml("import", "model.safetensors")
    assert refused.exit_code == 1
    assert "--out" in refused.output
    assert (tmp_path / "model.safetensors").read_bytes() == content


def test_a_missing_library_is_named(deml: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "model.onnx").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "onnx", None)
    refused = deml("import", "model.onnx")
    assert refused.exit_code == 1
    assert "pip install 'deml[import]'" in refused.output
