from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from deml.scoring import parse_architecture
from deml_learn.training.model_file import fresh_trainable
from tests.unit.conftest import Run

LOGISTIC = {"family": "logistic", "inputs": 2, "outputs": 1, "standardize": True}
TREES = {"family": "trees", "task": "classification", "inputs": 2, "outputs": 2, "trees": 3, "nodes": 7, "depth": 2}


@pytest.fixture
def folder(deml: Run, tmp_path: Path) -> Path:
    """Rows, job files of two families for them, and a model to begin with."""
    random = np.random.default_rng(0)
    x = random.normal(size=(120, 2))
    lines = [f"{a},{b},{int(a + b > 0)}" for a, b in x]
    (tmp_path / "mine.csv").write_text("\n".join(["a,b,y", *lines]))
    for name, fields in (("logistic", LOGISTIC), ("trees", TREES)):
        options = ("--data", "mine.csv", "--label", "y", "--title", "T", "--architecture", json.dumps(fields))
        assert deml("job", "new", f"{name}.toml", *options).exit_code == 0
    (tmp_path / "start.safetensors").write_bytes(fresh_trainable(parse_architecture(json.dumps(LOGISTIC)), x, 0).file())
    return tmp_path
