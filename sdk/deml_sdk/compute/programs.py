"""Networks' own command-line clients, run with arguments that DeML makes, and no shell."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence

from deml_sdk.compute.errors import ProgramFailed, ProgramMissing
from deml_sdk.ipfs.text import printable


def run_program(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a program to its end, and return what it printed.

    Parameters
    ----------
    command
        The program's name, looked for on the environment's PATH, and its arguments; no shell reads them.
    environment
        What the program is told.

    Raises
    ------
    ProgramMissing, ProgramFailed
    """
    found = shutil.which(command[0], path=environment.get("PATH"))
    if found is None:
        raise ProgramMissing(command[0])
    done = subprocess.run(  # noqa: S603 - arguments, and no shell
        [found, *command[1:]], env=dict(environment), capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip() or "it said nothing.").splitlines()[-1]
        raise ProgramFailed(command[0], done.returncode, printable(words))
    return done.stdout
