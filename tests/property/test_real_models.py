"""Models that scikit-learn trains on real data: engine and reference agree on every bit."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np

from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.safetensors import read_tensors, write_tensors
from deml.scoring.task import Task
from tests.support import reference_metrics
from tests.support.families import forward
from tests.support.real_models import CLASSES, CLASSIFIERS, REGRESSORS, VALUES, real_cases

ROWS = 8


def exact(array: np.ndarray) -> Any:
    """Nested lists of fractions, or of whole numbers."""
    if array.ndim:
        return [exact(part) for part in array]
    return int(array) if array.dtype.kind in "iu" else Fraction(float(array))


def test_engine_and_reference_agree_on_real_data():
    cases = list(real_cases())
    assert len(cases) == 2 * (len(CLASSES) * len(CLASSIFIERS) + len(VALUES) * len(REGRESSORS))
    for case in cases:
        architecture = parse_architecture(case["architecture"])
        model = load_model(architecture, bytes.fromhex(case["model"]))
        data = {name: part[:ROWS] for name, part in read_tensors(bytes.fromhex(case["holdout"])).items()}
        holdout = load_holdout(architecture, parse_metric(case["metric"], architecture), write_tensors(data), ROWS)
        tensors = {name: exact(tensor) for name, tensor in model.tensors.items()}
        outputs = [forward(json.loads(case["architecture"]), tensors, row) for row in exact(data["x"])]
        assert exact(architecture.forward(model.compiled, holdout.prepared)) == outputs, case["name"]
        targets = exact(data["y"]) if architecture.task is Task.REGRESSION else data["y"].tolist()
        assert score(model, holdout) == reference_metrics.score(case["metric"], outputs, targets), case["name"]
