"""Models and holdouts of ``scoring-embedding_bag.json``."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from tests.vectors.scoring_cases import FOR_CLASSES, FOR_VALUES, HUGE, Case, floats, reals

MEAN = {
    "family": "embedding_bag",
    "task": "classification",
    "vocabulary": 9,
    "length": 5,
    "dimension": 4,
    "mode": "mean",
    "hidden": [3],
    "outputs": 3,
}
SUM = MEAN | {"mode": "sum", "hidden": []}
VALUE = MEAN | {"task": "regression", "outputs": 1, "activation": "tanh"}


def full(
    name: str, fields: Mapping[str, Any], metric: str, dtype: Any = np.float32, rows: int = 8, **changed: Any
) -> Case:
    """Tokens in int32 beside float32, in int16 beside float16."""
    drawn = random.Random(f"{name} tokens")
    widths = [fields["dimension"], *fields["hidden"], fields["outputs"]]
    model = {"embedding.weight": reals(drawn, (fields["vocabulary"], fields["dimension"]), dtype)}
    for index, (fan_in, fan_out) in enumerate(pairwise(widths)):
        model[f"layers.{index}.weight"] = reals(drawn, (fan_out, fan_in), dtype)
        model[f"layers.{index}.bias"] = reals(drawn, (fan_out,), dtype)
    tokens = [drawn.randrange(-1, fields["vocabulary"]) for _ in range(rows * fields["length"])]
    x = np.array(tokens, np.int32 if dtype is np.float32 else np.int16).reshape(rows, fields["length"])
    classes = [drawn.randrange(max(2, fields["outputs"])) for _ in range(rows)]
    y = reals(drawn, (rows,), dtype) if metric in FOR_VALUES else np.array(classes, np.int64)
    holdout = {"x": x, "y": y} | changed.pop("holdout", {})
    return Case(name, fields, metric, model=model | changed.pop("model", {}), holdout=holdout, **changed)


BY_METRIC = [
    full(f"embedding bag: {fields['mode']}, {metric}, {np.dtype(dtype).name}", fields, metric, dtype)
    for fields, metrics in ((MEAN, FOR_CLASSES), (SUM, FOR_CLASSES), (VALUE, FOR_VALUES))
    for metric in metrics
    for dtype in (np.float32, np.float16)
]

EDGES = [
    full(
        "embedding bag: padding alone",
        MEAN,
        "log_loss",
        rows=2,
        holdout={"x": np.array([[-1] * 5, [-1, 3, -1, 3, 8]], np.int8)},
    ),
    full("embedding bag: a sum of padding alone", SUM, "log_loss", rows=1, holdout={"x": np.full((1, 5), -1, np.int8)}),
    full(
        "embedding bag: the same tokens in another order",
        SUM,
        "log_loss",
        rows=2,
        holdout={"x": np.array([[1, 2, 3, 4, 1], [4, 3, 2, 1, 1]], np.int32)},
    ),
    full("embedding bag: one logit", MEAN | {"outputs": 1}, "roc_auc", rows=4, holdout={"y": np.array([0, 1, 0, 1])}),
    full(
        "embedding bag: vectors clipped to 2^100",
        SUM,
        "log_loss",
        model={"embedding.weight": np.full((9, 4), HUGE, np.float32)},
    ),
    full("embedding bag: one place", MEAN | {"length": 1, "vocabulary": 1}, "accuracy"),
]

REFUSALS = [
    full(
        "embedding bag: a token too large",
        MEAN,
        "accuracy",
        rows=1,
        holdout={"x": np.array([[0, 9, 1, 2, 3]], np.int32)},
        refusal="TOKEN_OUT_OF_RANGE",
    ),
    full(
        "embedding bag: a token below -1",
        MEAN,
        "accuracy",
        rows=1,
        holdout={"x": np.array([[0, -2, 1, 2, 3]], np.int32)},
        refusal="TOKEN_OUT_OF_RANGE",
    ),
    full(
        "embedding bag: tokens as reals",
        MEAN,
        "accuracy",
        rows=1,
        holdout={"x": np.zeros((1, 5), np.float32)},
        refusal="UNSUPPORTED_DTYPE",
    ),
    full(
        "embedding bag: a place too few",
        MEAN,
        "accuracy",
        rows=1,
        holdout={"x": np.zeros((1, 4), np.int32)},
        refusal="WRONG_SHAPE",
    ),
    full(
        "embedding bag: a vector that is no number",
        SUM,
        "accuracy",
        model={"embedding.weight": np.full((9, 4), np.nan, np.float32)},
        refusal="NOT_FINITE",
    ),
    full(
        "embedding bag: no rows",
        SUM,
        "accuracy",
        rows=0,
        holdout={"y": floats().astype(np.int64)},
        refusal="EMPTY_HOLDOUT",
    ),
]

CASES = [*BY_METRIC, *EDGES, *REFUSALS]
