"""From the CID of a script to a program that can run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from deml.ipld import Cid
from deml_learn.sandbox.bubblewrap import Bubblewrap
from deml_learn.sandbox.bwrap import find_bubblewrap
from deml_learn.sandbox.cgroups import find_groups
from deml_learn.sandbox.interface import MIB, Confined, ExitReason, File, Limits, ProgramResult, Sandbox
from deml_learn.sandbox.prepare import prepare
from deml_learn.sandbox.python import interpreter, python_environment, python_mounts
from deml_learn.trainers.errors import BadScript, NotInstalled
from deml_learn.trainers.kinds import SCRIPT, Program, script
from deml_learn.trainers.script import read_needs
from deml_sdk.errors import StorageUnavailable
from deml_sdk.files.files import write_lasting
from deml_sdk.ipfs.content import ContentStore
from deml_sdk.ipfs.lasting import get
from deml_sdk.jobspec.reading import MAX_SCRIPT_BYTES
from deml_sdk.outages import through_outages
from deml_sdk.progress import SILENT, Observer

_COMPILE: Final = "import sys; compile(open(sys.argv[1], 'rb').read(), 'trainer.py', 'exec', dont_inherit=True)"
_COMPILING: Final = Limits(memory_bytes=1_024 * MIB, cpu_seconds=30, wall_seconds=60, kept_bytes=MIB)


def fetched_script(
    store: ContentStore, cid: str, home: Path, index: Mapping[str, str], observer: Observer = SILENT
) -> Program:
    """Fetch a script, checked against its CID, and install what it needs; `index` says where from, as to `prepare`.

    Once the script has begun to come, no outage of its source ends this, nor a full disk.

    Raises
    ------
    BlockNotFound, BadScript, UnpinnedDependency, UnhashedDependency, NotInstalled, NoSandbox
    """
    found = Cid.parse(cid)
    path = home / "trainers" / f"{found.v1()}.py"
    write_lasting(path, get(store, found, MAX_SCRIPT_BYTES, observer), observer)
    return local_script(path, home, index, observer)


def local_script(path: Path, home: Path, index: Mapping[str, str], observer: Observer = SILENT) -> Program:
    """Check a script, and install what it needs; where there is no room for that, wait for some.

    Raises
    ------
    BadScript, UnpinnedDependency, UnhashedDependency, NotInstalled, NoSandbox
    """
    needs = read_needs(path.read_bytes())
    if not needs.dependencies:
        return script(path, None)
    network = Bubblewrap(find_bubblewrap(), find_groups(), network=True)
    install = partial(prepare, needs.requirements, home / "dependencies", network, index)
    made = through_outages(install, observer, of=(StorageUnavailable,))
    if isinstance(made, os.PathLike):
        return script(path, made)
    raise NotInstalled(_first_error(made))


def require_python(content: bytes, sandbox: Sandbox) -> None:
    """Refuse a script that cannot be compiled; compiled inside, for that takes a stranger's text through much code.

    Raises
    ------
    BadScript
    """
    argv = (interpreter(), "-I", "-S", "-c", _COMPILE, SCRIPT)
    confined = Confined(argv, (File(SCRIPT, content),), python_mounts(), _COMPILING, python_environment())
    outcome = sandbox.run(confined, lambda _line: None)
    if outcome.ending is not ExitReason.EXITED:
        raise BadScript(f"it cannot be compiled ({outcome.ending})")
    if outcome.exit_code:
        raise BadScript(f"it is not Python ({_first_error(outcome)})")


def _first_error(outcome: ProgramResult) -> str:
    """What is wrong, in one line: pip's last error, or its last words."""
    lines = [one for one in outcome.last_words.splitlines() if one.strip()]
    errors = [one.removeprefix("ERROR: ") for one in lines if one.startswith("ERROR: ")]
    return [str(outcome.ending), *lines[-1:], *errors][-1]
