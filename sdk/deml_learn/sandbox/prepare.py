"""Installing what a script needs: in a sandbox that has the network, and nothing of the user's."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from deml_learn.sandbox.bubblewrap import Bubblewrap
from deml_learn.sandbox.interface import MIB, OUT, Confined, ExitReason, File, Limits, Mount, ProgramResult
from deml_learn.sandbox.python import interpreter, python_environment, python_mounts
from deml_sdk.errors import StorageUnavailable
from deml_sdk.files.room import lacks_room, needing_room

INDEX_SETTINGS: Final = (
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_CERT", "PIP_DEFAULT_TIMEOUT"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
)
"""Variables that tell pip where packages are and how to get there; it is told none of the user's others."""

_REQUIREMENTS: Final = "/requirements.txt"

_LIMITS: Final = Limits(
    memory_bytes=2_048 * MIB,
    cpu_seconds=1_800,
    wall_seconds=1_800,
    scratch_bytes=1_024 * MIB,
    file_bytes=2_048 * MIB,
    kept_bytes=8_192 * MIB,
)


def prepare(requirements: str, cache: Path, sandbox: Bubblewrap, index: Mapping[str, str]) -> Path | ProgramResult:
    """Install pinned packages into a folder, once for everybody who needs the same.

    Only wheels are taken: building a package runs its code with the network at hand. Only files are taken whose hashes
    are given, wherever they come from. Nothing is taken that is not named: what the packages need themselves must be
    pinned, too.

    Parameters
    ----------
    requirements
        What pip takes with ``--require-hashes``.
    sandbox
        One with a network.
    index
        Where packages are: variables of `INDEX_SETTINGS`; pip's own index if there are none.

    Returns
    -------
    Path
        The folder.
    ProgramResult
        How pip ended, if it did not end well.

    Raises
    ------
    StorageUnavailable
        If there is no room for them.
    """
    with needing_room(cache):
        found = _installed(requirements, cache, sandbox, index)
    if isinstance(found, ProgramResult) and lacks_room(found.last_words):
        raise StorageUnavailable(str(cache), "there is no room to install what the trainer needs")
    return found


def _installed(requirements: str, cache: Path, sandbox: Bubblewrap, index: Mapping[str, str]) -> Path | ProgramResult:
    running = f"{sys.implementation.cache_tag}-{os.uname().machine}"
    place = cache / sha256(f"{running}\n{requirements}".encode()).hexdigest()
    if place.exists():
        return place
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as name:
        made = Path(name, "packages")
        made.mkdir()
        argv = (
            *(interpreter(), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"),
            *("--no-cache-dir", "--only-binary", ":all:", "--no-deps", "--require-hashes"),
            *("--target", OUT, "--requirement", _REQUIREMENTS),
        )
        certificates = index.get("PIP_CERT")
        mounts = python_mounts()
        if certificates is not None:
            mounts = (*mounts, Mount(Path(certificates), certificates))
        environment = (*python_environment(), *index.items())
        files = (File(_REQUIREMENTS, requirements.encode()),)
        confined = Confined(argv, files, mounts, _LIMITS, environment, keep=made)
        outcome = sandbox.run(confined, lambda _line: None)
        if outcome.ending is not ExitReason.EXITED or outcome.exit_code:
            return outcome
        try:
            made.rename(place)
        except OSError:
            if not place.exists():  # else somebody was faster
                raise
    return place
