"""Lilypad, by its own command-line client: ``lilypad run MODULE -i request=...``.

It pays and signs by a key of its own (WEB3_PRIVATE_KEY), uploads the files of the folder INPUTS_PATH, and comes back
when the result has been downloaded. As documented until July 2025, with a testnet; nothing here has run on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deml_sdk.compute.errors import BadModule, ProgramFailed
from deml_sdk.compute.programs import run_program

PROGRAM: Final = "lilypad"
INPUTS_PATH: Final = "INPUTS_PATH"
"""Environment variable that names the folder of input files (its pull request 573)."""

_MODULE: Final = re.compile(r"[A-Za-z0-9.-]+(?:/[A-Za-z0-9_.-]+){2}:[A-Za-z0-9_./-]+")
_FOLDER: Final = re.compile(r"^\s*open (\S+)\s*$", re.MULTILINE)
_CID: Final = re.compile(r"/ipfs/([A-Za-z0-9]+)")


@dataclass(frozen=True, slots=True)
class LilypadRun:
    """A job that is done: the folder with its result, and its CID where the client tells one."""

    folder: Path
    cid: str | None


def lilypad_command(module: str, request: str) -> tuple[str, ...]:
    """Make the command that runs a module, which is public once it is pushed.

    Raises
    ------
    BadModule
    """
    if not _MODULE.fullmatch(module):
        raise BadModule(module)
    return (PROGRAM, "run", module, "-i", f"request={request}")


def run_module(module: str, request: str, inputs: Path, environment: Mapping[str, str]) -> LilypadRun:
    """Run a module to its end.

    Raises
    ------
    BadModule, ProgramMissing, ProgramFailed
    """
    command = lilypad_command(module, request)
    said = run_program(command, {**environment, INPUTS_PATH: str(inputs.resolve())})
    folder, cid = _FOLDER.search(said), _CID.search(said)
    if folder is None:
        raise ProgramFailed(PROGRAM, 0, "it does not say where it has put the result.")
    return LilypadRun(Path(folder[1]), None if cid is None else cid[1])
