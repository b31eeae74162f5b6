"""`centroids`: the class of the nearest of a few points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.architecture import TensorKind, TensorSpec, Work
from deml.scoring.exact import clip, product, scale
from deml.scoring.families import standardizer
from deml.scoring.families.dense import MAX_CLASSES, MAX_INPUTS, MAX_WIDTH, PARAMETER
from deml.scoring.families.fields import Fields
from deml.scoring.families.standardizer import Standardizer
from deml.scoring.task import Task

Array = NDArray[np.float64]

POINTS: Final = "centroids.points"


@dataclass(frozen=True, slots=True)
class CompiledCentroids:
    """Points, scaled; their squared lengths; what standardises the features, if anything does."""

    points: Array
    squares: Array
    standardizer: Standardizer | None


@dataclass(frozen=True, slots=True)
class Centroids:
    """A few points a class; a class's logit is the largest of 2 x . p - |p|^2 over its points p.

    That is minus the squared distance from x, but for |x|^2, which is the same for all classes.
    """

    inputs: int
    outputs: int
    per_class: int
    standardize: bool

    @property
    def task(self) -> Task:
        """Points stand for classes."""
        return Task.CLASSIFICATION

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.outputs

    @property
    def features(self) -> TensorKind:
        """Features are reals."""
        return TensorKind.REAL

    @property
    def widest(self) -> int:
        """Features, or distances from all points."""
        return max(self.inputs, self.points)

    @property
    def points(self) -> int:
        """Points of all classes."""
        return self.outputs * self.per_class

    def tensor_specs(self) -> dict[str, TensorSpec]:
        """Tensors by name: the points of the first class come first."""
        features = standardizer.tensor_specs(self.inputs) if self.standardize else {}
        return features | {POINTS: TensorSpec((self.points, self.inputs))}

    @property
    def parameters(self) -> int:
        """Numbers in the model's tensors."""
        return (self.points + 2 * self.standardize) * self.inputs

    @property
    def row_work(self) -> Work:
        """Count multiply-adds, distances, and features to standardise."""
        touched = 6 * self.points + self.outputs + 6
        if self.standardize:
            touched += standardizer.TOUCHED * self.inputs
        return Work(self.points * self.inputs, self.inputs, touched)

    @property
    def block_work(self) -> Work:
        """Lay out the points, and call."""
        return Work(packed=self.parameters, calls=20)

    @property
    def feature_work(self) -> Work:
        """Widen and scale, or leave."""
        return standardizer.feature_work(standardize=self.standardize)

    @property
    def model_work(self) -> Work:
        """As weights, and their squares."""
        return Work(touched=(PARAMETER + 1) * self.parameters)

    def check(self, tensors: Mapping[str, Array]) -> None:
        """Refuse scales that are not above zero.

        Raises
        ------
        BadStandardizer
        """
        if self.standardize:
            standardizer.check(tensors)

    @property
    def compiling_bytes(self) -> int:
        """Points once more, scaled."""
        return 8 * self.parameters

    def prepared_bytes(self, rows: int) -> int:
        """Float64 where rows are scaled, else float32."""
        return (4 if self.standardize else 8) * rows * self.inputs

    def prepare(self, x: NDArray[Any]) -> NDArray[Any]:
        """Scale rows, unless the model standardises them first."""
        return standardizer.prepare(x, standardize=self.standardize)

    def compile(self, tensors: Mapping[str, Array]) -> CompiledCentroids:
        """Scale the points and square them: a square sums as many terms as a product, and so is exact."""
        points = scale(tensors[POINTS])
        squares = np.einsum("pi,pi->p", points, points)
        return CompiledCentroids(points, squares, standardizer.of(tensors) if self.standardize else None)

    def forward(self, compiled: CompiledCentroids, prepared: NDArray[Any]) -> Array:
        """Logits for the rows of `prepared`: rows by classes."""
        x = compiled.standardizer(prepared) if compiled.standardizer else prepared
        z = product(compiled.points, x)
        z *= 2.0
        z -= compiled.squares[:, None]
        nearest: Array = clip(z).reshape(self.outputs, self.per_class, -1).max(axis=1)
        return nearest.T


def parse(fields: Fields) -> Centroids:
    """Read ``inputs``, ``outputs``, ``per_class`` and ``standardize``."""
    inputs, outputs = fields.number("inputs", 1, MAX_INPUTS), fields.number("outputs", 2, MAX_CLASSES)
    per_class = fields.number("per_class", 1, MAX_WIDTH // outputs)
    return Centroids(inputs, outputs, per_class, fields.flag("standardize"))
