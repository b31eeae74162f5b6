"""Programs that run in a process of their own: on files that may run code, and with libraries that may crash.

In the sandbox where there is one, else as this user, but with none of the environment, which may hold secrets (ADR 21).
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.errors import LoaderFailed
from deml_learn.sandbox.errors import NoSandbox, SandboxLeaks
from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.interface import OUT, Confined, ExitReason, File, Limits, Mount
from deml_learn.sandbox.python import interpreter, python_environment, python_mounts
from deml_learn.sandbox.unconfined import Unconfined

Array = NDArray[Any]

SECONDS: Final = 600
"""Longest that opening a file, or predicting, may take."""

REQUEST: Final = "request.json"
ANSWER: Final = "answer.json"
ROWS: Final = "rows.npy"
OUTPUTS: Final = "outputs.npz"
TENSORS: Final = "model.safetensors"
LEFT: Final = (ANSWER, OUTPUTS, TENSORS)
"""Files in the folders that the two processes share; what is taken from the other one."""

_ASKED, _MODEL = "/request", "/model"
"""Where it finds the folder with the request, and the model's file."""

MAX_ANSWER_BYTES: Final = 2**20

_ERROR: Final = re.compile(r"[A-Za-z_][\w.]{0,80}(?=:|$)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program is given.

    Parameters
    ----------
    program
        Module that is run as ``python -m PROGRAM REQUEST MODEL OUT``.
    model
        The model's file, or what is in it.
    name
        What errors call the file.
    request
        Goes as JSON.
    rows
        Features to predict on, perhaps private: what the program says when it fails may quote them, so that then only
        the kind of failure is passed on.
    """

    program: str
    model: Path | bytes
    name: str
    request: Mapping[str, Any]
    rows: Array | None = None


@contextmanager
def ask(asked: Asked) -> Iterator[tuple[Any, Path]]:
    """Run a program; give its answer, and the folder where it left its files.

    The process may have run anything: check what comes from it like a stranger's.

    Raises
    ------
    LoaderFailed
    """
    with tempfile.TemporaryDirectory(prefix="deml-") as name:
        folder, out = Path(name, "request"), Path(name, "out")
        folder.mkdir()
        out.mkdir()
        (folder / REQUEST).write_text(json.dumps(asked.request))
        if asked.rows is not None:
            np.save(folder / ROWS, asked.rows, allow_pickle=False)
        model = asked.model
        if isinstance(model, bytes):
            model = Path(name, "model")
            model.write_bytes(asked.model if isinstance(asked.model, bytes) else b"")
        problem = _run(asked, model, folder, out)
        found = out / ANSWER
        if problem or not found.is_file() or found.stat().st_size > MAX_ANSWER_BYTES:
            raise LoaderFailed(asked.name, problem or "it did not answer")
        try:
            answer = json.loads(found.read_text())
        except (ValueError, RecursionError) as error:
            raise LoaderFailed(asked.name, "its answer is not JSON") from error
        yield answer, out


def read_outputs(out: Path, asked: Asked, count: int) -> list[Array]:
    """Read what a program predicted: so many outputs, a row each for every row that it was asked about.

    Raises
    ------
    LoaderFailed
    """
    rows = 0 if asked.rows is None else len(asked.rows)
    try:
        with np.load(out / OUTPUTS, allow_pickle=False) as file:
            found = [np.asarray(file[str(place)]) for place in range(count)]
    except (OSError, ValueError, KeyError) as error:
        raise LoaderFailed(asked.name, "its predictions cannot be read") from error
    if any(one.ndim != 2 or len(one) != rows or one.dtype != np.float64 for one in found):
        raise LoaderFailed(asked.name, "its predictions make no sense")
    return found


def is_confined() -> bool:
    """Whether programs run in a sandbox on this machine."""
    try:
        find_sandbox()
    except (NoSandbox, SandboxLeaks):
        return False
    return True


def _run(asked: Asked, model: Path, folder: Path, out: Path) -> str:
    """Run the program in the sandbox if there is one, else without this process's environment; tell what went wrong."""
    if not model.is_file():
        return "there is no such file"
    sandbox = find_sandbox() if is_confined() else Unconfined(bare=True)
    confined = Confined(
        (interpreter(), "-m", asked.program, _ASKED, _MODEL, OUT),
        tuple(File(f"{_ASKED}/{one.name}", one.read_bytes()) for one in sorted(folder.iterdir())),
        (*python_mounts(), Mount(model.absolute(), _MODEL)),
        Limits(cpu_seconds=SECONDS, wall_seconds=SECONDS),
        python_environment(),
        LEFT,
    )
    ended = sandbox.run(confined, lambda _line: None)
    if ended.ending is not ExitReason.EXITED:
        return f"it ran {ended.ending.value}"
    for one in ended.left:
        if one.name in LEFT and one.content is not None:
            (out / one.name).write_bytes(one.content)
    return _reason(asked, ended.last_words, ended.exit_code)


def _reason(asked: Asked, words: str, exit_code: int) -> str:
    """Why a program failed; empty if it did not."""
    if not exit_code:
        return ""
    last = _last_line(words)
    if asked.rows is not None:
        kind = _ERROR.match(last)
        last = f"{kind[0]} on these rows" if kind and kind[0].endswith(("Error", "Exception")) else ""
    return last or f"exit code {exit_code}"


def _last_line(words: str) -> str:
    lines = [line for line in words.splitlines() if line.strip()]
    return "".join(one for one in lines[-1] if one.isprintable())[:300].rstrip(".") if lines else ""
