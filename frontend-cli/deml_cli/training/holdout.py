"""A sponsor's holdout: safetensors as it is, or made of a table."""

from __future__ import annotations

from pathlib import Path

from deml.scoring import Architecture
from deml_cli.jobs.files import read_file
from deml_cli.training.model_file import data_file
from deml_cli.training.reading import Reading
from deml_cli.training.tables import check_table, read_table


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
