"""Kinds of trainers: what each runs inside the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deml_learn.sandbox.interface import Mount
from deml_learn.sandbox.python import interpreter, python_environment, python_mounts
from deml_learn.trainers.contract import FOLDERS

BUILTIN: Final = "deml_learn.trainers.builtin"
"""Module of our own trainer."""

SCRIPT: Final = "/trainer.py"
DEPENDENCIES: Final = "/dependencies"


@dataclass(frozen=True, slots=True)
class Program:
    """A command, what it may read beside the job and the rows, and its environment.

    `ours` says that it is our own code, whose word on privacy is believed.
    """

    name: str
    argv: tuple[str, ...]
    mounts: tuple[Mount, ...] = ()
    environment: tuple[tuple[str, str], ...] = FOLDERS
    ours: bool = False


def builtin() -> Program:
    """Make the built-in trainer."""
    argv = (interpreter(), "-m", BUILTIN)
    return Program("the built-in trainer", argv, python_mounts(), (*FOLDERS, *python_environment()), ours=True)


def script(path: Path, dependencies: Path | None) -> Program:
    """Make a trainer of one Python file, and the folder that its dependencies are installed in.

    It sees the standard library and what it has pinned, and none of the packages that happen to be installed here.
    """
    mounts = [*python_mounts(), Mount(path, SCRIPT)]
    environment = dict(python_environment())
    del environment["PYTHONPATH"]
    if dependencies is not None:
        mounts.append(Mount(dependencies, DEPENDENCIES))
        environment["PYTHONPATH"] = DEPENDENCIES
    return Program("the script", (interpreter(), "-S", SCRIPT), tuple(mounts), (*FOLDERS, *environment.items()))
