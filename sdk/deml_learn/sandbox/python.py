"""The Python that runs this, as a confined program sees it: the same paths, read-only, without its user's settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import deml.base
import deml_learn
import deml_sdk
from deml_learn.sandbox.interface import Mount

_PACKAGES: Final = (Path(deml.base.__path__[0]).parent, Path(deml_sdk.__path__[0]), Path(deml_learn.__path__[0]))

_PARTS: Final = ("bin", "lib", "lib64", "pyvenv.cfg")
"""What of an installation is needed to run. Beside it lie settings of pip and conda, access tokens among them."""

_SYSTEM: Final = Path("/usr")
"""What every program inside sees of this machine anyway."""

_SETTINGS: Final = ("pip.conf", ".condarc")


def interpreter() -> str:
    """Path of the interpreter, here and inside."""
    return sys.executable


def python_mounts() -> tuple[Mount, ...]:
    """Interpreter, installed packages and our own, at the paths that they have here."""
    found = {part: Mount(part, str(part)) for prefix in _prefixes() for part in _parts(prefix)}
    found |= {one: Mount(one, str(one)) for one in _PACKAGES}
    found |= {link: Mount(link.resolve(), str(link)) for link in _links(Path(interpreter()))}
    return tuple(one for place, one in sorted(found.items()) if not _is_within(place, found))


def settings_files() -> tuple[Path, ...]:
    """Settings of the user's among what every program sees."""
    inside = (one for one in _prefixes() if one.is_relative_to(_SYSTEM))
    return tuple(place for prefix in inside for name in _SETTINGS if (place := prefix / name).is_file())


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


def _prefixes() -> tuple[Path, ...]:
    return tuple({Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix).resolve()})


def _parts(prefix: Path) -> Iterator[Path]:
    for name in _PARTS:
        if (prefix / name).exists():
            yield prefix / name


def _links(path: Path) -> Iterator[Path]:
    """Links on the way from the interpreter's path to its file: each must be there inside."""
    while path.is_symlink():
        path = Path(os.path.normpath(path.parent / os.readlink(path)))
        yield path


def _is_within(place: Path, others: dict[Path, Mount]) -> bool:
    return place.is_relative_to(_SYSTEM) or any(one in others for one in place.parents)
