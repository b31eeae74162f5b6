"""`deml train` on a job file: what is asked for is done, and a budget that would not be spent ends it at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deml.scoring.safetensors import read_tensors
from deml_sdk.files.model_texts import read_texts
from tests.support.unconfined import UNCONFINED


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
