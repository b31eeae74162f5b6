"""`centroids`: the class of the nearest of a few points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.architecture import Kind, Spec, Work
from deml.scoring.exact import clip, product, scale
from deml.scoring.families import standardizer
from deml.scoring.families.dense import BLOCK_ELEMENTS, MAX_CLASSES, MAX_INPUTS, MAX_WIDTH
from deml.scoring.families.fields import Fields
from deml.scoring.families.standardizer import Standardizer
from deml.scoring.task import Task

Array = NDArray[np.float64]

POINTS: Final = "centroids.points"


@dataclass(frozen=True, slots=True)
class Compiled:
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
    def features(self) -> Kind:
        """Features are reals."""
        return Kind.REAL

    @property
    def points(self) -> int:
        """Points of all classes."""
        return self.outputs * self.per_class

    def tensor_specs(self) -> dict[str, Spec]:
        """Tensors by name: the points of the first class come first."""
        features = standardizer.tensor_specs(self.inputs) if self.standardize else {}
        return features | {POINTS: Spec((self.points, self.inputs))}

    @property
    def parameters(self) -> int:
        """Numbers in the model's tensors."""
        return (self.points + 2 * self.standardize) * self.inputs

    def work(self, rows: int) -> Work:
        """Count multiply-adds, and features and distances."""
        return Work(products=rows * self.points * self.inputs, elements=rows * (self.inputs + self.points))

    def check(self, tensors: Mapping[str, Array]) -> None:
        """Refuse scales that are not above zero.

        Raises
        ------
        BadStandardizer
        """
        if self.standardize:
            standardizer.check(tensors)

    def prepare(self, x: Array) -> Array:
        """Scale rows, unless the model standardises them first."""
        return x if self.standardize else scale(x)

    def compile(self, tensors: Mapping[str, Array]) -> Compiled:
        """Scale the points and square them: a square sums as many terms as a product, and so is exact."""
        points = scale(tensors[POINTS])
        squares = np.sum(points * points, axis=1)
        return Compiled(points, squares, standardizer.of(tensors) if self.standardize else None)

    def forward(self, compiled: Compiled, prepared: Array) -> Array:
        """Logits for the rows of `prepared`: rows by classes."""
        step = max(1, BLOCK_ELEMENTS // max(self.inputs, self.points))
        blocks = (prepared[start : start + step] for start in range(0, len(prepared), step))
        return np.concatenate([self._nearness(compiled, block) for block in blocks])

    def _nearness(self, compiled: Compiled, block: Array) -> Array:
        x = compiled.standardizer(block) if compiled.standardizer else block
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
