"""Forests and gradient boosting, grown by scikit-learn within the bounds of an architecture.

Trees are grown anew: there is no way to improve those of an initial model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deml.scoring.families.trees import Trees
from deml.scoring.safetensors import write_tensors
from deml.scoring.task import Task
from deml_learn.models.scikit.estimators import tensors_of
from deml_learn.training.network import Array
from deml_sdk.extras import needed_to

with needed_to("train forests"):
    from sklearn.ensemble import (
        GradientBoostingClassifier,
        GradientBoostingRegressor,
        RandomForestClassifier,
    )


def grow(architecture: Trees, x: Array, y: Array, seed: int) -> bytes:
    """Grow a forest where probabilities are asked for, else by gradient boosting; write it as safetensors.

    Raises
    ------
    DoesNotFit
    """
    return write_tensors(tensors_of(_estimator(architecture, seed).fit(x, y), architecture))


def _estimator(architecture: Trees, seed: int) -> Any:
    bounds: Mapping[str, Any] = {
        "max_depth": architecture.depth,
        "max_leaf_nodes": max(2, (architecture.nodes + 1) // 2),
        "random_state": seed,
    }
    if architecture.probabilities:
        return RandomForestClassifier(architecture.trees, **bounds)
    if architecture.task is Task.REGRESSION:
        return GradientBoostingRegressor(n_estimators=architecture.trees, **bounds)
    each = architecture.outputs if architecture.outputs > 2 else 1
    return GradientBoostingClassifier(n_estimators=max(1, architecture.trees // each), **bounds)
