"""From the CID of a script to a program that can run."""

from __future__ import annotations

import os
from pathlib import Path

from deml.ipld import Cid
from deml_learn.sandbox.bubblewrap import Bubblewrap, find_bubblewrap
from deml_learn.sandbox.cgroups import find_groups
from deml_learn.sandbox.prepare import prepare
from deml_learn.trainers.errors import NotInstalled
from deml_learn.trainers.kinds import Program, script
from deml_learn.trainers.script import MAX_SCRIPT_BYTES, read_needs
from deml_sdk.files.atomic import write_whole
from deml_sdk.ipfs.content import ContentStore


def fetched_script(store: ContentStore, cid: str, home: Path) -> Program:
    """Fetch a script, checked against its CID, and install what it needs.

    Raises
    ------
    BlockNotFound, BadScript, UnpinnedDependency, NotInstalled, NoSandbox
    """
    found = Cid.parse(cid)
    content = store.fetch(found, MAX_SCRIPT_BYTES)
    path = home / "trainers" / f"{found.v1()}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    return local_script(path, home)


def local_script(path: Path, home: Path, wheels: Path | None = None) -> Program:
    """Check a script, and install what it needs.

    Parameters
    ----------
    wheels
        Folder to take packages from, in place of the package index.

    Raises
    ------
    BadScript, UnpinnedDependency, NotInstalled, NoSandbox
    """
    needs = read_needs(path.read_bytes())
    if not needs.dependencies:
        return script(path, None)
    network = Bubblewrap(find_bubblewrap(), find_groups(), network=wheels is None)
    made = prepare(needs.dependencies, home / "dependencies", network, wheels)
    if isinstance(made, os.PathLike):
        return script(path, made)
    words = made.last_words.splitlines()[-1:] or [str(made.ending)]
    raise NotInstalled(words[0])
