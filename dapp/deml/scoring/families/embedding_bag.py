"""`embedding_bag`: a text's tokens, each a vector; their sum or mean, then fully connected layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.activations import ACTIVATIONS
from deml.scoring.architecture import TensorKind, TensorSpec, Work
from deml.scoring.errors import ArchitectureOutOfBounds, TokenOutOfRange
from deml.scoring.exact import addends, clip, scale
from deml.scoring.families import dense
from deml.scoring.families.dense import MAX_CLASSES, MAX_HIDDEN, MAX_INPUTS, MAX_WIDTH, PARAMETER, Dense
from deml.scoring.families.fields import Fields
from deml.scoring.task import Task

Array = NDArray[np.float64]

MAX_DIMENSION: Final = 1_024
"""Most numbers of a token's vector."""

MAX_VOCABULARY: Final = 2**20
"""Most tokens."""

MAX_TABLE: Final = 2**21
"""Most numbers of all tokens' vectors."""

MAX_BAG: Final = 2**20
"""Most numbers of the vectors of one row's tokens, gathered before they are summed: 8 MiB."""

PADDING: Final = -1
"""Where a text has no token."""

TABLE: Final = "embedding.weight"


@dataclass(frozen=True, slots=True)
class CompiledBag:
    """Vectors of the tokens, rounded for exact sums, and zeros for padding; the layers after them."""

    table: Array
    head: dense.CompiledDense


@dataclass(frozen=True, slots=True)
class EmbeddingBag:
    """A bag of at most `length` tokens a row; padding counts for nothing, and a row of nothing else is zero."""

    vocabulary: int
    length: int
    mean: bool
    head: Dense

    @property
    def task(self) -> Task:
        """What the outputs mean."""
        return self.head.task

    @property
    def inputs(self) -> int:
        """Places for tokens in a row."""
        return self.length

    @property
    def outputs(self) -> int:
        """Number of outputs."""
        return self.head.outputs

    @property
    def classes(self) -> int:
        """Number of classes: two for a single logit."""
        return self.head.classes

    @property
    def features(self) -> TensorKind:
        """Features are tokens."""
        return TensorKind.INTEGER

    def tensor_specs(self) -> dict[str, TensorSpec]:
        """Tensors by name."""
        return {TABLE: TensorSpec((self.vocabulary, self.head.inputs)), **self.head.tensor_specs()}

    @property
    def parameters(self) -> int:
        """Numbers in the model's tensors."""
        return self.vocabulary * self.head.inputs + self.head.parameters

    @property
    def row_work(self) -> Work:
        """Count what is done for every token, every number of its vector and of the bag, then the layers."""
        tokens, numbers, bag = self.length, self.length * self.head.inputs, self.head.inputs
        touched = (10 if self.mean else 7) * tokens + -(-16 * numbers // 10) + (8 if self.mean else 6) * bag
        return Work(touched=touched) + self.head.row_work

    @property
    def block_work(self) -> Work:
        """Calls, and those of the layers."""
        return Work(calls=16) + self.head.block_work

    @property
    def feature_work(self) -> Work:
        """Look at a token, and copy it."""
        return Work(touched=2)

    @property
    def model_work(self) -> Work:
        """As weights; rounding columns costs a little more than rows."""
        return Work(touched=(PARAMETER + 2) * self.parameters)

    @property
    def widest(self) -> int:
        """The vectors of all tokens, or the widest layer after them."""
        return max(self.length * self.head.inputs, self.head.widest)

    def check(self, tensors: Mapping[str, Array]) -> None:
        """Take any numbers."""

    @property
    def compiling_bytes(self) -> int:
        """Vectors once more, rounded, with one for padding; the layers, scaled."""
        return 8 * (self.parameters + self.head.inputs)

    def prepared_bytes(self, rows: int) -> int:
        """Tokens in the type of the file, int32 at most."""
        return 4 * rows * self.length

    def prepare(self, x: NDArray[Any]) -> NDArray[Any]:
        """Leave tokens as they are, in the type that they have.

        Raises
        ------
        TokenOutOfRange
        """
        for token in (int(x.min()), int(x.max())):
            if not PADDING <= token < self.vocabulary:
                raise TokenOutOfRange(token, self.vocabulary)
        return x.copy()

    def compile(self, tensors: Mapping[str, Array]) -> CompiledBag:
        """Round the vectors, each column for sums of as many as a row has places, and scale the layers."""
        table = np.zeros((self.vocabulary + 1, self.head.inputs))
        table[:-1] = addends(tensors[TABLE], self.length, axis=0)
        return CompiledBag(table, self.head.compile(tensors))

    def forward(self, compiled: CompiledBag, prepared: NDArray[Any]) -> Array:
        """Outputs for the rows of `prepared`: rows by outputs."""
        bags = self._bag(compiled.table, prepared)
        return self.head.through(compiled.head, scale(bags, out=bags))

    def _bag(self, table: Array, tokens: NDArray[Any]) -> Array:
        """Sum the vectors of each row's tokens; padding, as a number from the end, finds the zeros there."""
        sums: Array = table.take(tokens.T, axis=0).sum(axis=0, dtype=np.float64)
        if self.mean:
            sums /= np.maximum((tokens != PADDING).sum(axis=1, dtype=np.int64), 1)[:, None]
        return clip(sums)


def parse(fields: Fields) -> EmbeddingBag:
    """Read ``task``, ``vocabulary``, ``length``, ``dimension``, ``mode`` and the fields of the layers as for `mlp`."""
    task = fields.task()
    vocabulary = fields.number("vocabulary", 1, MAX_VOCABULARY)
    length = fields.number("length", 1, MAX_INPUTS)
    dimension = fields.number("dimension", 1, MAX_DIMENSION)
    mean = fields.text("mode", "mean", "sum") == "mean"
    hidden = fields.numbers("hidden", MAX_HIDDEN, 1, MAX_WIDTH, least=0)
    outputs = fields.outputs(task, MAX_CLASSES)
    activation = fields.text("activation", *ACTIVATIONS, default="relu")
    for name, size, most in (
        ("vocabulary times dimension", vocabulary * dimension, MAX_TABLE),
        ("length times dimension", length * dimension, MAX_BAG),
    ):
        if size > most:
            raise ArchitectureOutOfBounds(name, size, 1, most)
    head = Dense(task, (dimension, *hidden, outputs), standardize=False, activation=activation)
    return EmbeddingBag(vocabulary, length, mean, head)
