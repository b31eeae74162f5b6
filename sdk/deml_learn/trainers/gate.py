"""The output gate: the only way out of a trainer's folder, for the declared tensors and nothing else.

What passes is written anew from the checked tensors, so that no padding, order or metadata of the trainer's choosing
goes along.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deml.base.errors import DemlError
from deml.scoring import Architecture, Model, load_model
from deml.scoring.safetensors import read_tensors, write_tensors
from deml_learn.trainers.contract import MODEL
from deml_learn.trainers.errors import NoModel, OutputRefused
from deml_sdk.visible import visible

_PIECE: Final = 2**20


def let_out(
    folder: Path,
    architecture: Architecture,
    initial: Model | None,
    max_bytes: int,
    metadata: Mapping[str, str],
) -> bytes:
    """Check all that a trainer has left, and write the model.

    Parameters
    ----------
    max_bytes
        Largest file that the job takes.
    metadata
        What we ourselves say in the file.

    Raises
    ------
    NoModel, OutputRefused
    """
    _require_nothing_else(folder)
    content = _content(folder, max_bytes)
    try:
        load_model(architecture, content, initial)
    except DemlError as error:
        raise OutputRefused("a model", str(error).rstrip(".")) from error
    return write_tensors(read_tensors(content), metadata)


def _require_nothing_else(folder: Path) -> None:
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        if entry.name != MODEL:
            raise OutputRefused(f"'{visible(entry.name)}'", "it is not the model")


def _content(folder: Path, max_bytes: int) -> bytes:
    """Read the model's file itself: no link's target, no device, no pipe, and no more than the job takes."""
    try:
        fd = os.open(folder / MODEL, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NoModel() from None
    except OSError as error:
        raise OutputRefused(f"'{MODEL}'", "it is a link, or cannot be opened") from error
    content = bytearray()
    try:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            raise OutputRefused(f"'{MODEL}'", "it is a folder, a device or a pipe, and not a file")
        if found.st_nlink != 1:
            raise OutputRefused(f"'{MODEL}'", "it has a second name elsewhere")
        while len(content) <= max_bytes and (piece := os.read(fd, min(_PIECE, max_bytes + 1 - len(content)))):
            content += piece
    finally:
        os.close(fd)
    if len(content) > max_bytes:
        raise OutputRefused(f"'{MODEL}'", f"it has more than {max_bytes:,} bytes, the most that the job takes")
    return bytes(content)
