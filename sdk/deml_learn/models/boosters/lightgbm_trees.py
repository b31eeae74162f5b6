"""What LightGBM's two kinds of files have in common: trees, what they add up to, and what that means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.families.dense import MAX_CLASSES, MAX_INPUTS
from deml_learn.models.errors import MalformedSource, Unimportable
from deml_learn.models.exits import ONE_VS_REST, Exit, Says
from deml_learn.models.forest import Forest, Tree, grow
from deml_learn.models.judges import by_library
from deml_learn.models.source import Features, Original, Source, SourceOutputs
from deml_learn.models.walk import Nodes, leaf_values

Array = NDArray[Any]

KIND: Final = "LightGBM"

REGRESSIONS: Final = ("regression", "regression_l1", "huber", "fair", "quantile", "mape")
OBJECTIVES: Final = (*REGRESSIONS, "binary", "multiclass", "multiclassova")

ZERO: Final = np.float32(1e-35)
"""What is no farther from zero than this is zero to LightGBM."""

JUDGE: Final = "its trees, followed as LightGBM follows them"


@dataclass(frozen=True, slots=True)
class Objective:
    """What a model predicts, and what raw scores are multiplied by before a sigmoid."""

    name: str
    slope: float

    @classmethod
    def of(cls, text: str) -> Objective:
        """Read the line of a file that tells the objective, and options of it.

        Raises
        ------
        Unimportable, MalformedSource
        """
        name, *options = text.split() or [""]
        if not name:
            raise Unimportable(KIND, "its own objective", "what its outputs mean is not in the file")
        if name not in OBJECTIVES:
            raise Unimportable(KIND, f"the objective '{name}'", "it does not end in a value, a logit or a softmax")
        if "sqrt" in options:
            raise Unimportable(KIND, "reg_sqrt", "it predicts the square of what its trees sum up to")
        slope = next((one for one in options if one.startswith("sigmoid:")), "sigmoid:1")
        try:
            return cls(name, float(slope.removeprefix("sigmoid:")))
        except ValueError as error:
            raise MalformedSource(KIND, f"'{slope}' should be a number") from error

    @property
    def is_value(self) -> bool:
        """Whether a value is predicted, and no class."""
        return self.name in REGRESSIONS

    @property
    def raw(self) -> Exit:
        """What the trees add up to."""
        return Exit("raw score", Says.VALUES if self.is_value else Says.SCORES)

    @property
    def predicted(self) -> Exit:
        """What LightGBM makes of that."""
        says = {"binary": Says.POSITIVE, "multiclass": Says.SHARES, "multiclassova": Says.EACH}
        return Exit("prediction", says.get(self.name, Says.VALUES))


@dataclass(frozen=True, slots=True)
class BoosterShape:
    """How many features there are, how many trees a round, and whether the rounds are averaged.

    Raises
    ------
    MalformedSource
    """

    inputs: int
    outputs: int
    averaged: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.inputs <= MAX_INPUTS or not 1 <= self.outputs <= MAX_CLASSES:
            raise MalformedSource(KIND, f"it has {self.inputs} features and {self.outputs} outputs")


def source_of(
    objective: Objective, shape: BoosterShape, found: Sequence[Nodes], names: tuple[str, ...], file: bytes | None = None
) -> Source:
    """Make a model of its trees, of which each round has one for every output.

    Parameters
    ----------
    file
        The file, if LightGBM itself reads such: it is asked where it is installed, else the trees are followed here.

    Raises
    ------
    Unimportable, MalformedSource
    """
    if not found:
        raise Unimportable(KIND, "its trees", "it has none")
    found = [replace(one, threshold=_past_zero(one.threshold)) for one in found]
    scale = objective.slope * (shape.outputs / len(found) if shape.averaged else 1.0)
    trees = [_tree(one, place % shape.outputs, shape.outputs, scale) for place, one in enumerate(found)]

    def followed(x: Array) -> SourceOutputs:
        said = np.zeros((len(x), shape.outputs))
        for place, one in enumerate(found):
            said[:, place % shape.outputs] += leaf_values(one, x, np.less_equal)
        return SourceOutputs([scale * said], JUDGE, takes_missing=True)

    exits: tuple[Exit, ...] = (objective.raw,)
    original: Original = followed
    if file is not None and find_spec("lightgbm") is not None:
        exits, original = (objective.predicted,), _asked(file)
    return Source(
        KIND,
        Forest(
            "regression" if objective.is_value else "classification",
            shape.inputs,
            trees,
            np.zeros(shape.outputs),
            compares=np.float64,
        ),
        exits=exits,
        notes=(ONE_VS_REST,) if objective.name == "multiclassova" else (),
        original=original,
        features=Features(names),
    )


def names_of(names: Sequence[str], inputs: int) -> tuple[str, ...]:
    """Names of the features; none where it was trained without, and they are numbered."""
    known = len(names) == inputs == len({*names}) and any(name != f"Column_{place}" for place, name in enumerate(names))
    return tuple(names) if known else ()


def _asked(file: bytes) -> Original:
    return by_library(file, "LightGBM file", {"library": "lightgbm"}, 1)


def _past_zero(threshold: Array) -> Array:
    """Thresholds that send numbers next to zero where zero goes."""
    below = float(np.nextafter(-ZERO, np.float32(-np.inf)))
    beside = np.where(threshold < 0, below, float(ZERO))
    return np.where(np.abs(threshold) <= ZERO, beside, threshold)


def _tree(nodes: Nodes, outlet: int, outputs: int, scale: float) -> Tree:
    value = np.zeros((len(nodes.value), outputs))
    value[:, outlet] = scale * nodes.value
    return grow(nodes.feature, nodes.threshold, nodes.left, nodes.right, value, kind=KIND)
