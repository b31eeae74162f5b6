"""What every model family makes of its architecture JSON: the seam between families and everything that scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from deml.scoring.task import Task

Array = NDArray[np.float64]


class Kind(Enum):
    """How numbers are read: reals are widened to float64, integers stay integers."""

    REAL = auto()
    INTEGER = auto()


@dataclass(frozen=True, slots=True)
class Spec:
    """Shape and kind of one tensor of a model."""

    shape: tuple[int, ...]
    kind: Kind = Kind.REAL


@dataclass(frozen=True, slots=True)
class Work:
    """What computing the outputs takes, in operations whose price `deml.scoring.cost` knows.

    `products` counts multiply-adds in matrix products, `elements` the numbers that a few elementwise operations touch,
    `lookups` the numbers fetched by index, `curves` the values of exp, log, tanh and their like.
    """

    products: int = 0
    elements: int = 0
    lookups: int = 0
    curves: int = 0


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
    def features(self) -> Kind:
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

    def tensor_specs(self) -> Mapping[str, Spec]:
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

    def work(self, rows: int) -> Work:
        """Count the operations of `forward` for `rows` rows."""
        ...
