"""Hashes of what a script pins, as the package index has them, written into the script: ``deml trainer lock``."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from deml_learn.trainers.errors import NotInstalled
from deml_learn.trainers.script import read_needs, read_pins, script_blocks

MACHINES: Final = ("x86_64", "aarch64")
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
"""Where scripts run: Linux on either processor, by the Pythons that DeML supports."""

_LIBRARIES: Final = (
    "manylinux1",
    "manylinux2010",
    "manylinux2014",
    *(f"manylinux_2_{minor}" for minor in range(5, 40)),
)
_SECONDS: Final = 300
_TABLE: Final = "# [tool.deml.hashes]"


def locked(content: bytes, index: Mapping[str, str], advance: Callable[[], None]) -> bytes:
    """Write the hashes of a script's dependencies into its metadata, in place of those that stand there.

    Parameters
    ----------
    index
        Where packages are, as `prepare` is told it.
    advance
        Called `rounds` times, as the index is asked for each kind of machine and Python.

    Raises
    ------
    BadScript, UnpinnedDependency
    NotInstalled
        If the index has no wheel of a dependency for any of them.
    """
    dependencies, _ = read_pins(content)
    found: dict[str, set[str]] = {one: set() for one in dependencies}
    words = "the index was not asked"
    for machine, python in product(MACHINES, PYTHONS):
        for one in dependencies:
            hashes, words = _asked(one, machine, python, index)
            found[one] |= hashes
        advance()
    for hashes in found.values():
        if not hashes:
            raise NotInstalled(words)
    made = _written(content.decode().replace("\r\n", "\n").split("\n"), found) if dependencies else content
    read_needs(made)
    return made


def rounds() -> int:
    """How often `locked` tells that it has come further."""
    return len(MACHINES) * len(PYTHONS)


def _asked(dependency: str, machine: str, python: str, index: Mapping[str, str]) -> tuple[set[str], str]:
    """Let pip say which wheel it would install there, told what it is told when clients install; nothing is."""
    platforms = (word for one in _LIBRARIES for word in ("--platform", f"{one}_{machine}"))
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 - pip, and a dependency that was read strictly
            [
                *(sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-input", "--no-deps"),
                *("--disable-pip-version-check", "--only-binary", ":all:", "--ignore-installed", "--target", folder),
                *("--report", "-", "--python-version", python, *platforms, dependency),
            ],
            env={"PATH": os.defpath, "PIP_CONFIG_FILE": os.devnull, **index},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    if done.returncode:
        return set(), (done.stderr.strip().splitlines() or ["pip said nothing"])[-1].removeprefix("ERROR: ")
    entries = json.loads(done.stdout)["install"]
    return {f"sha256:{one['download_info']['archive_info']['hashes']['sha256']}" for one in entries}, ""


def _written(lines: Sequence[str], found: dict[str, set[str]]) -> bytes:
    ((opened, closed),) = script_blocks(lines)
    kept = list(_without_table(lines[opened:closed]))
    made = [*lines[:opened], *kept, _TABLE]
    for dependency, hashes in found.items():
        made += [f'# "{dependency}" = [', *(f'#     "{one}",' for one in sorted(hashes)), "# ]"]
    return "\n".join([*made, *lines[closed:]]).encode()


def _without_table(lines: Sequence[str]) -> Iterator[str]:
    """Leave the table of hashes out, up to the next table."""
    inside = False
    for line in lines:
        if re.match(r"# \[", line):
            inside = line == _TABLE
        if not inside:
            yield line
