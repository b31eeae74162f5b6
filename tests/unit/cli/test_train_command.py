"""`deml train` on a job file: what is asked for is done, and a budget that would not be spent ends it at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from deml.scoring import parse_architecture
from deml.scoring.safetensors import read_tensors
from deml_learn.training.model_file import fresh_trainable
from deml_sdk.files.model_texts import read_texts

LOGISTIC = {"family": "logistic", "inputs": 2, "outputs": 1, "standardize": True}
TREES = {"family": "trees", "task": "classification", "inputs": 2, "outputs": 2, "trees": 3, "nodes": 7, "depth": 2}
UNCONFINED = ("--without-sandbox", "--confirm", "I trust this trainer")
"""The sandbox has tests of its own; here any machine must do."""

IMPROVE = ("--terms", "logistic.toml", "--start", "start.safetensors")


@pytest.fixture
def folder(deml, tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    x = random.normal(size=(120, 2))
    lines = [f"{a},{b},{int(a + b > 0)}" for a, b in x]
    (tmp_path / "mine.csv").write_text("\n".join(["a,b,y", *lines]))
    for name, fields in (("logistic", LOGISTIC), ("trees", TREES)):
        options = ("--data", "mine.csv", "--label", "y", "--title", "T", "--architecture", json.dumps(fields))
        assert deml("job", "new", f"{name}.toml", *options).exit_code == 0
    (tmp_path / "start.safetensors").write_bytes(fresh_trainable(parse_architecture(json.dumps(LOGISTIC)), x, 0).file())
    return tmp_path


def test_a_model_is_written_and_what_leaves_is_told(deml, folder: Path):
    done = deml("train", "--terms", "logistic.toml", "--data", "mine.csv", "--epochs", 3, "--json", *UNCONFINED)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["rows"], told["validationRows"], told["privacy"]) == (96, 24, None)
    assert told["leaves"]["metadata"] == {}
    assert set(read_tensors((folder / "model.safetensors").read_bytes())) == {
        one["name"] for one in told["leaves"]["tensors"]
    }


def test_a_budget_is_spent_and_stands_in_the_file(deml, folder: Path):
    command = ("train", "--terms", "logistic.toml", "--data", "mine.csv", "--start", "start.safetensors")
    done = deml(*command, "--epsilon", 3, "--delta", 1e-4, "--sampling-rate", 0.5, "--json", *UNCONFINED)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert 2.9 < told["privacy"]["epsilon"] <= 3
    assert told["rows"] + told["validationRows"] == 120
    assert told["leaves"]["metadata"] == read_texts((folder / "model.safetensors").read_bytes())
    assert told["leaves"]["metadata"]["deml.privacy.epsilon"] == "3"


def test_an_audit_knows_which_rows_a_model_was_trained_on(deml, folder: Path):
    """Though with a budget they were left out by chance: this machine remembers, for these rows and this file."""
    command = ("train", "--terms", "logistic.toml", "--data", "mine.csv", "--start", "start.safetensors")
    done = deml(*command, "--epsilon", 3, "--delta", 1e-4, "--validation", 0.4, "--json", *UNCONFINED)
    told = json.loads(done.stdout)
    audit = ("privacy", "audit", "logistic.spec.json", "model.safetensors", "--data", "mine.csv")
    found = json.loads(deml(*audit, "--json").stdout)
    assert (found["members"], found["others"]) == (told["rows"], told["validationRows"])
    lines = (folder / "mine.csv").read_text().splitlines()
    (folder / "mine.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]))
    assert "OTHER_ROWS" in deml(*audit).output
    (record,) = (folder / "home" / "trainings").iterdir()
    assert record.stat().st_mode & 0o077 == 0
    record.unlink()
    assert "UNKNOWN_SPLIT" in deml(*audit).output


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--terms", "trees.toml", "--epsilon", 1), "NO_PRIVATE_TRAINING"),
        (("--terms", "trees.toml", "--epsilon", 1, "--start", "start.safetensors"), "NO_PRIVATE_TRAINING"),
        (("--terms", "logistic.toml", "--epsilon", 1), "NO_PRIVATE_TRAINING"),
        (("--terms", "logistic.toml", "--epsilon", "inf", "--start", "start.safetensors"), "NO_PRIVATE_TRAINING"),
        (("--terms", "logistic.toml", "--epsilon", 0, "--start", "start.safetensors"), "BAD_PRIVACY"),
        (
            ("--terms", "logistic.toml", "--epsilon", 1, "--batch", 8, "--start", "start.safetensors"),
            "BATCH_WITH_BUDGET",
        ),
        (("--terms", "logistic.toml", "--without-sandbox"), "NOT_CONFIRMED"),
    ],
    ids=["trees", "trees with a start", "no start", "infinite", "zero", "a number of rows", "no sandbox, no words"],
)
def test_what_is_refused_leaves_no_file(deml, folder: Path, options: tuple[object, ...], code: str):
    done = deml("train", *options, "--data", "mine.csv")
    assert done.exit_code == 1
    assert code in done.output
    assert not (folder / "model.safetensors").exists()
