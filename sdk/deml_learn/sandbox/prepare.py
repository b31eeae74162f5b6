"""Installing what a script needs: in a sandbox that has the network, and nothing of the user's."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from deml_learn.sandbox.bubblewrap import Bubblewrap
from deml_learn.sandbox.python import interpreter, python_environment, python_mounts
from deml_learn.sandbox.seam import MIB, OUT, Confined, Ending, Limits, Mount, Outcome

_LIMITS: Final = Limits(
    memory_bytes=2_048 * MIB,
    cpu_seconds=1_800,
    wall_seconds=1_800,
    scratch_bytes=1_024 * MIB,
    file_bytes=2_048 * MIB,
    kept_bytes=8_192 * MIB,
)


def prepare(
    dependencies: Sequence[str], cache: Path, sandbox: Bubblewrap, wheels: Path | None = None
) -> Path | Outcome:
    """Install pinned packages into a folder, once for everybody who needs the same.

    Only wheels are taken: building a package runs its code with the network at hand. Nothing is taken that is not
    named: what the packages need themselves must be pinned, too.

    Parameters
    ----------
    sandbox
        One with a network.
    wheels
        Folder to take wheels from, in place of the package index.

    Returns
    -------
    Path
        The folder.
    Outcome
        How pip ended, if it did not end well.
    """
    running = f"{sys.implementation.cache_tag}-{os.uname().machine}"
    place = cache / sha256("\n".join([running, *dependencies]).encode()).hexdigest()
    if place.exists():
        return place
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as name:
        made = Path(name, "packages")
        made.mkdir()
        source = () if wheels is None else ("--no-index", "--find-links", "/wheels")
        argv = (
            *(interpreter(), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"),
            *("--no-cache-dir", "--only-binary", ":all:", "--no-deps", "--target", OUT, *source, *dependencies),
        )
        mounts = (*python_mounts(), *(() if wheels is None else (Mount(wheels, "/wheels"),)))
        confined = Confined(argv, made, mounts, _LIMITS, python_environment())
        outcome = sandbox.run(confined, lambda _line: None)
        if outcome.ending is not Ending.EXITED or outcome.exit_code:
            return outcome
        try:
            made.rename(place)
        except OSError:
            if not place.exists():  # else somebody was faster
                raise
    return place
