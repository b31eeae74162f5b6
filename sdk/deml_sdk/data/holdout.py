"""A sponsor's holdout: safetensors as it is, or made of a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture, Metric, load_holdout, load_model, score
from deml.scoring.safetensors import write_tensors
from deml.scoring.task import Task
from deml_sdk.data.reading import Reading
from deml_sdk.data.tables import check_table, read_table
from deml_sdk.files.files import read_file

Array = NDArray[np.float64]


def read_holdout(path: Path, architecture: Architecture, reading: Reading) -> bytes:
    """Read a holdout as safetensors; a table is converted in the order of its rows.

    Raises
    ------
    UnreadableFile, UnreadableTable, NoSuchColumn, BadCell, UnknownLabel, TooFewRows, WrongColumnCount, LabelNotAClass
    """
    if path.suffix == ".safetensors":
        return read_file(path)
    table = read_table(path, reading)
    check_table(path, table, architecture)
    return data_file(architecture, table.x, table.y)


def data_file(architecture: Architecture, x: Array, y: Array) -> bytes:
    """Write rows as a holdout in safetensors."""
    labels = y.astype(np.float32) if architecture.task is Task.REGRESSION else y.astype(np.int64)
    return write_tensors({"x": x.astype(np.float32), "y": labels})


def score_files(architecture: Architecture, metric: Metric, model: bytes, holdout: bytes, max_rows: int) -> int:
    """Score a model as the dapp does: the same code, the same integer.

    Raises
    ------
    DemlError
        What is wrong with the model or the holdout.
    """
    return score(load_model(architecture, model), load_holdout(architecture, metric, holdout, max_rows))
