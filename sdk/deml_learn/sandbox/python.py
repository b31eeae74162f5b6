"""The Python that runs this, as a confined program sees it: the same paths, read-only."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import deml.base
import deml_learn
import deml_sdk
from deml_learn.sandbox.seam import Mount

_PACKAGES: Final = (Path(deml.base.__path__[0]).parent, Path(deml_sdk.__path__[0]), Path(deml_learn.__path__[0]))


def interpreter() -> str:
    """Path of the interpreter, here and inside."""
    return sys.executable


def python_mounts() -> tuple[Mount, ...]:
    """Interpreter, installed packages and our own, at the paths that they have here."""
    places = {Path(sys.prefix), Path(sys.base_prefix).resolve(), *_PACKAGES}
    outside = (one for one in places if not one.is_relative_to("/usr"))
    return tuple(Mount(one, str(one)) for one in sorted(outside))


def python_environment() -> tuple[tuple[str, str], ...]:
    """What the interpreter is told: where our packages are, and to compute alike however many cores there are."""
    folders = dict.fromkeys(str(one.parent) for one in _PACKAGES)
    return (
        ("PYTHONPATH", ":".join(folders)),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("PYTHONHASHSEED", "0"),
        ("OMP_NUM_THREADS", "1"),
        ("OPENBLAS_NUM_THREADS", "1"),
    )
