"""Points that stand for classes, brought into the family `centroids`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture
from deml.scoring.families.centroids import POINTS, Centroids
from deml_learn.models.errors import DoesNotFit
from deml_learn.models.form import require_same
from deml_learn.models.imported import ModelFields, float32
from deml_learn.models.layers import Affine

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Points:
    """One point a class."""

    points: Array
    standardizer: Affine | None = None

    def on_inputs(self, places: Sequence[int], inputs: int) -> Points:
        """Take feature k from the input `places[k]`: of as many as there are, for all of them count in a distance.

        Raises
        ------
        DoesNotFit
        """
        require_same("the number of features", len(places), inputs)
        order = np.argsort(places)
        affine = None if self.standardizer is None else self.standardizer.on_inputs(places, inputs)
        return replace(self, points=self.points[:, order], standardizer=affine)

    def fields(self) -> ModelFields:
        """Its own architecture."""
        classes, inputs = self.points.shape
        fields = {"family": "centroids", "inputs": inputs, "outputs": classes, "per_class": 1}
        return fields | ({"standardize": True} if self.standardizer is not None else {})

    def tensors(self, architecture: Architecture, places: Sequence[int] = ()) -> dict[str, Array]:
        """Tensors in an architecture of the same classes; where it has more points a class, each is repeated.

        Raises
        ------
        DoesNotFit
        """
        if not isinstance(architecture, Centroids):
            raise DoesNotFit("the model", "made of centroids", "another family")
        require_same("the number of inputs", self.points.shape[1], architecture.inputs)
        require_same("the number of classes", len(self.points), architecture.outputs)
        require_same("that features are standardised", self.standardizer is not None, architecture.standardize)
        order = np.argsort(places) if places else np.arange(len(self.points), dtype=np.int64)
        tensors = {POINTS: float32(np.repeat(self.points[order], architecture.per_class, axis=0))}
        return tensors | (self.standardizer.tensors() if self.standardizer is not None else {})
