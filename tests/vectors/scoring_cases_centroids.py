"""Models and holdouts of ``scoring-centroids.json``."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.vectors.scoring_cases import (
    FOR_CLASSES,
    FOR_TWO_CLASSES,
    HUGE,
    STANDARDIZED,
    TINY,
    Case,
    column,
    floats,
    reals,
)

THREE = {"family": "centroids", "inputs": 4, "outputs": 3, "per_class": 1}
TWO = THREE | {"outputs": 2, "per_class": 3}
LINE = TWO | {"inputs": 1, "per_class": 1}


def full(name: str, fields: Mapping[str, Any], metric: str, dtype: Any = np.float32, **changed: Any) -> Case:
    drawn = random.Random(f"{name} points")
    inputs = fields["inputs"]
    model = {"centroids.points": reals(drawn, (fields["outputs"] * fields["per_class"], inputs), dtype)}
    if "standardize" in fields:
        model["standardize.mean"] = reals(drawn, (inputs,), dtype)
        model["standardize.scale"] = reals(drawn, (inputs,), dtype, least=2**20)
    return Case(name, fields, metric, dtype=dtype, model=model | changed.pop("model", {}), **changed)


BY_METRIC = [
    full(f"centroids: {fields['outputs']} classes, {metric}, {np.dtype(dtype).name}", fields | more, metric, dtype)
    for fields, metrics in ((THREE, FOR_CLASSES), (TWO, FOR_TWO_CLASSES))
    for metric in metrics
    for more, dtype in (({}, np.float32), (STANDARDIZED, np.float16))
]

EDGES = [
    full(
        "centroids: in the middle, the first class",
        LINE,
        "accuracy",
        model={"centroids.points": column(-1, 3)},
        holdout={"x": column(1, 1 + 2.0**-20, 1 - 2.0**-20), "y": np.array([0, 1, 0])},
    ),
    full(
        "centroids: a point that all classes share",
        THREE,
        "log_loss",
        model={"centroids.points": np.ones((3, 4), np.float32)},
    ),
    full("centroids: at the origin", THREE, "log_loss", model={"centroids.points": np.zeros((3, 4), np.float32)}),
    full(
        "centroids: huge points", THREE, "log_loss", model={"centroids.points": HUGE * np.eye(3, 4, dtype=np.float32)}
    ),
    full(
        "centroids: tiny points", THREE, "log_loss", model={"centroids.points": TINY * np.eye(3, 4, dtype=np.float32)}
    ),
    full("centroids: one row", THREE, "brier", rows=1),
]

REFUSALS = [
    full(
        "centroids: a point that is no number",
        LINE,
        "accuracy",
        model={"centroids.points": column(0, np.nan)},
        refusal="NOT_FINITE",
    ),
    full("centroids: a point too few", LINE, "accuracy", model={"centroids.points": column(0)}, refusal="WRONG_SHAPE"),
    full(
        "centroids: a class too few",
        THREE | {"outputs": 1},
        "accuracy",
        holdout={"y": np.zeros(12, np.int64)},
        refusal="ARCHITECTURE_OUT_OF_BOUNDS",
    ),
    full(
        "centroids: a scale of zero",
        LINE | STANDARDIZED,
        "accuracy",
        model={"standardize.scale": floats(0)},
        refusal="BAD_STANDARDIZER",
    ),
]

CASES = [*BY_METRIC, *EDGES, *REFUSALS]
