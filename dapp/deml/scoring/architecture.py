"""What every model family makes of its architecture JSON: the interface between families and everything that scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum, auto
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from deml.scoring.task import Task

Array = NDArray[np.float64]


class TensorKind(Enum):
    """How numbers are read: reals are widened to float64, integers stay integers."""

    REAL = auto()
    INTEGER = auto()


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Shape and kind of one tensor of a model."""

    shape: tuple[int, ...]
    kind: TensorKind = TensorKind.REAL


@dataclass(frozen=True, slots=True)
class Work:
    """What a computation takes, in operations whose price `deml.scoring.cost` knows.

    `products` counts multiply-adds in matrix products, `packed` the numbers that go into one and are laid out for it,
    `touched` the numbers that one elementwise operation reads or writes, each as often as that happens, `curves` the
    values of exp, log, tanh and their like, `calls` those of numpy that cost what they cost however little they do.
    """

    products: int = 0
    packed: int = 0
    touched: int = 0
    curves: int = 0
    calls: int = 0

    def __add__(self, other: Work) -> Work:
        """Do both."""
        return Work(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def __mul__(self, times: int) -> Work:
        """Do it so often."""
        return Work(*(getattr(self, one.name) * times for one in fields(self)))


class Prepared(Protocol):
    """Rows of features on which all is done that does not depend on a model."""

    def __len__(self) -> int:
        """Count the rows."""
        ...

    def __getitem__(self, part: slice) -> Any:
        """Take some of the rows."""
        ...


class Architecture(Protocol):
    """Shape of a model."""

    @property
    def task(self) -> Task:
        """What the outputs mean."""
        ...

    @property
    def inputs(self) -> int:
        """Columns of ``x``."""
        ...

    @property
    def features(self) -> TensorKind:
        """Kind of the numbers in ``x``."""
        ...

    @property
    def outputs(self) -> int:
        """Columns of what `forward` returns: logits or values."""
        ...

    @property
    def classes(self) -> int:
        """Number of classes: two for a single logit."""
        ...

    @property
    def parameters(self) -> int:
        """Numbers in the model's tensors."""
        ...

    @property
    def widest(self) -> int:
        """Most numbers of a row that stand in one array while outputs are computed from it; at least `classes`."""
        ...

    def tensor_specs(self) -> Mapping[str, TensorSpec]:
        """Tensors by name."""
        ...

    @property
    def compiling_bytes(self) -> int:
        """Most memory that `compile` takes, its result included, beside the tensors."""
        ...

    def prepared_bytes(self, rows: int) -> int:
        """Memory that `rows` prepared rows take."""
        ...

    def check(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        """Refuse values that have the right shape and make no sense."""
        ...

    def prepare(self, x: NDArray[Any]) -> Prepared:
        """Do, once for all models, what does not depend on them; `x` is rows by inputs, in the types of files."""
        ...

    def compile(self, tensors: Mapping[str, NDArray[Any]]) -> Any:
        """Do, once for all rows, what does not depend on them; `forward` takes the result."""
        ...

    def forward(self, compiled: Any, prepared: Any) -> Array:
        """Outputs for the rows of `prepared`, a block of them: rows by outputs.

        A row's result does not depend on the others.
        """
        ...

    @property
    def row_work(self) -> Work:
        """Count the operations of `forward` for a row among many."""
        ...

    @property
    def block_work(self) -> Work:
        """Count what a call of `forward` takes however few its rows."""
        ...

    @property
    def feature_work(self) -> Work:
        """Count what reading and preparing a feature of a holdout takes."""
        ...

    @property
    def model_work(self) -> Work:
        """Count what reading a model takes, checking it, and making it ready."""
        ...
