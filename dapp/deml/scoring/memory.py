"""What scoring takes in memory, at most, in bytes: what stays of a holdout, and what one input needs beside that.

Every array that grows with rows, features or parameters is counted here; whatever else is computed is computed in
blocks (`deml.scoring.blocks`). A test measures peaks against these sums for extreme architectures of every family
(``tests/property/test_memory_is_reserved.py``), and runs them where there is no more address space than that.
"""

from __future__ import annotations

from typing import Final

from deml.scoring.architecture import Architecture, TensorKind
from deml.scoring.averaging import mean_bytes
from deml.scoring.blocks import BLOCK_NUMBERS

BYTES_PER_NUMBER: Final = 8
"""A parameter of a loaded model, or a row's evidence, in float64."""

TARGET_BYTES: Final = 4
"""A row's target, in float32; labels take two."""

LEAST_BYTES: Final = {TensorKind.REAL: 2, TensorKind.INTEGER: 1}
"""A feature in a file takes at least this: float16, or int8."""

BLOCK_ARRAYS: Final = 16
"""Most arrays of the size of a block, in float64, that are there at once while outputs and evidence are computed."""

CONCLUDING_BYTES: Final = 64
"""Of a row, while a score is concluded from all of them: the evidence twice, and some six arrays of a metric."""

DISTINCT_BYTES: Final = 130
"""Of a row, beside its own bytes, while equal rows are sought: an object of bytes, and a place in a growing set."""

OBJECTS: Final = 16 * 2**20
"""Python's objects while files are read: a header of 64 KiB makes some 1,300 tensors, a CAR of 32 MiB 4,352 blocks."""


def most_rows(architecture: Architecture, max_rows: int, holdout_bytes: int) -> int:
    """Count the rows that a holdout can have: each takes bytes of its file, one of them for its label."""
    return min(max_rows, holdout_bytes // (LEAST_BYTES[architecture.features] * architecture.inputs + 1))


def holdout_bytes(architecture: Architecture, max_rows: int, file_bytes: int) -> int:
    """Most that stays of a holdout while its job is open: the file as it was uploaded, or what it is made into."""
    rows = most_rows(architecture, max_rows, file_bytes)
    return max(file_bytes, architecture.prepared_bytes(rows) + TARGET_BYTES * rows)


def model_bytes(architecture: Architecture) -> int:
    """Most that a loaded model takes."""
    return BYTES_PER_NUMBER * architecture.parameters


def working_bytes(architecture: Architecture, max_rows: int, file_bytes: int, holdout_file_bytes: int) -> int:
    """Most that one input needs, beside what its job holds already, to read a model or a holdout and to score.

    Unpacking, three times the bytes of a file are there at once: its stream, its CAR, itself. While a model is scored,
    it is there as it is loaded and as it is made ready, beside both files of a reveal; before, all distinct rows were.

    Parameters
    ----------
    file_bytes, holdout_file_bytes
        Largest files of a model and a holdout.
    """
    rows = most_rows(architecture, max_rows, holdout_file_bytes)
    unpacking = max(3 * holdout_file_bytes, holdout_file_bytes + 3 * file_bytes)
    block = BYTES_PER_NUMBER * max(BLOCK_NUMBERS, architecture.widest)
    computing = architecture.compiling_bytes + BLOCK_ARRAYS * block + CONCLUDING_BYTES * rows
    scoring = holdout_file_bytes + file_bytes + model_bytes(architecture) + computing
    counting = holdout_file_bytes + DISTINCT_BYTES * rows
    return holdout_file_bytes + file_bytes + max(unpacking, scoring, counting) + OBJECTS


def averaging_bytes(architecture: Architecture, max_rows: int, file_bytes: int, holdout_file_bytes: int) -> int:
    """Most that one input needs, beside what its job holds already, to add up models, write their mean and score it.

    While models are added, the sums are there as they become and once more, beside a model; while the mean is written,
    one tensor of it in float64, and its bytes three times. It is scored as any model, with sums and bytes beside it.

    Parameters
    ----------
    file_bytes, holdout_file_bytes
        Largest files of a model and a holdout.
    """
    sums, mean = model_bytes(architecture), mean_bytes(architecture)
    scoring = working_bytes(architecture, max_rows, file_bytes, holdout_file_bytes) + sums + mean
    return max(scoring, OBJECTS + 2 * sums + max(sums, 3 * mean))
