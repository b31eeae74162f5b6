"""Neighbouring data to train on in a tab, and what the models tell: python privacy.py neighbours | bound < JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from deml.scoring.safetensors import read_tensors
from tests.support.privacy_measure import FAMILIES, lower_bound


def neighbours() -> dict[str, object]:
    """Terms, initial model in hex, and the rows without and with one more."""
    family = FAMILIES["linear"]
    task = family.task
    terms = {"architecture": task.architecture_text, "metric": task.metric.name, "maxModelBytes": 100_000}
    tables = [family.table(one_more=one_more) for one_more in (False, True)]
    rows = [{"x": one.x.ravel().tolist(), "y": one.y.tolist()} for one in tables]
    return {"terms": terms, "initial": task.initial.hex(), "tables": rows}


def numbers(file: str) -> np.ndarray:
    """All numbers of a model."""
    return np.concatenate([one.ravel() for _, one in sorted(read_tensors(bytes.fromhex(file)).items())])


def bound(asked: dict[str, object]) -> float:
    """The least epsilon that explains models trained without and with one more row, in hex."""
    found = [np.array([numbers(one) for one in side]) for side in asked["models"]]
    return lower_bound(*found, asked["delta"], asked["confidence"])


if __name__ == "__main__":
    print(json.dumps(neighbours() if sys.argv[1] == "neighbours" else bound(json.load(sys.stdin))))
