"""The model, the rows, and how the model travels."""

from pathlib import Path

import numpy as np
from flwr.app import Array, ArrayRecord
from sklearn.linear_model import LogisticRegression

CLASSES, PIXELS = 10, 64


def fresh() -> LogisticRegression:
    model = LogisticRegression(warm_start=True, max_iter=2)
    model.classes_ = np.arange(CLASSES)
    model.coef_ = np.zeros((CLASSES, PIXELS))
    model.intercept_ = np.zeros(CLASSES)
    return model


def to_arrays(model: LogisticRegression) -> ArrayRecord:
    return ArrayRecord({"coef": Array(model.coef_), "intercept": Array(model.intercept_)})


def from_arrays(arrays: ArrayRecord) -> LogisticRegression:
    model = fresh()
    model.coef_, model.intercept_ = arrays["coef"].numpy(), arrays["intercept"].numpy()
    return model


def rows(path: str) -> tuple[np.ndarray, np.ndarray]:
    with np.load(Path(path)) as found:
        return found["x"], found["y"]
