"""From the CID of a script to a program that can run."""

from __future__ import annotations

import os
from collections.abc import Mapping
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
from deml_learn.trainers.script import MAX_SCRIPT_BYTES, read_needs
from deml_sdk.files.atomic import write_whole
from deml_sdk.ipfs.content import ContentStore

_COMPILE: Final = "import sys; compile(open(sys.argv[1], 'rb').read(), 'trainer.py', 'exec', dont_inherit=True)"
_COMPILING: Final = Limits(memory_bytes=1_024 * MIB, cpu_seconds=30, wall_seconds=60, kept_bytes=MIB)


def fetched_script(store: ContentStore, cid: str, home: Path, index: Mapping[str, str]) -> Program:
    """Fetch a script, checked against its CID, and install what it needs; `index` says where from, as to `prepare`.

    Raises
    ------
    BlockNotFound, BadScript, UnpinnedDependency, UnhashedDependency, NotInstalled, NoSandbox
    """
    found = Cid.parse(cid)
    content = store.fetch(found, MAX_SCRIPT_BYTES)
    path = home / "trainers" / f"{found.v1()}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    return local_script(path, home, index)


def local_script(path: Path, home: Path, index: Mapping[str, str]) -> Program:
    """Check a script, and install what it needs.

    Raises
    ------
    BadScript, UnpinnedDependency, UnhashedDependency, NotInstalled, NoSandbox
    """
    needs = read_needs(path.read_bytes())
    if not needs.dependencies:
        return script(path, None)
    network = Bubblewrap(find_bubblewrap(), find_groups(), network=True)
    made = prepare(needs.requirements, home / "dependencies", network, index)
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
