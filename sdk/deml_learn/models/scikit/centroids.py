"""Nearest centroids."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from deml_learn.models.centroids import Points
from deml_learn.models.errors import Unimportable

KIND: Final = "scikit-learn"
DISTANCES: Final = "Its outputs are distances, not log-odds: log_loss and brier do not mean what they say."


def nearest(estimator: Any) -> Points:
    """Convert NearestCentroid.

    Raises
    ------
    Unimportable
        If its distance is not the Euclidean one, or some classes are preferred.
    """
    if estimator.metric != "euclidean":
        raise Unimportable(KIND, f"metric='{estimator.metric}'", "distances are Euclidean here")
    even = 1 / len(estimator.classes_)
    if not np.allclose(getattr(estimator, "class_prior_", even), even):
        raise Unimportable(KIND, "priors", "no class is preferred here; use priors='uniform'")
    return Points(estimator.centroids_)


def distance_notes(_estimator: Any) -> tuple[str, ...]:
    """What to know of a classifier without probabilities."""
    return (DISTANCES,)
