"""What a model's outputs mean."""

from __future__ import annotations

from enum import StrEnum


class Task(StrEnum):
    """Classes are told apart by one logit (two classes) or one each; values are predicted by one output."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"
