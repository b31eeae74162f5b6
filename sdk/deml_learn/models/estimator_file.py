"""Estimators in skops, joblib and pickle files, which are opened in a process of their own (ADR 21)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.base.errors import DemlError, catalogue
from deml.scoring import Architecture
from deml.scoring.safetensors import read_tensors
from deml_learn.models.errors import LoaderFailed
from deml_learn.models.imported import Fields
from deml_learn.models.source import Source
from deml_learn.sandbox.errors import NoSandbox, SandboxLeaks
from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.python import interpreter, python_environment, python_mounts
from deml_learn.sandbox.seam import OUT, Confined, Ending, Limits, Mount
from deml_sdk.files.files import read_file

Array = NDArray[Any]

KIND: Final = "scikit-learn"
SECONDS: Final = 600
"""Longest that opening a file, or predicting, may take."""

PROGRAM: Final = "deml_learn.models.estimator_process"
REQUEST: Final = "request.json"
ANSWER: Final = "answer.json"
TENSORS: Final = "model.safetensors"
ROWS: Final = "rows.npy"
OUTPUTS: Final = "outputs.npy"
"""Files in the folders that the two processes share."""

MAX_ANSWER_BYTES: Final = 2**20


@dataclass(frozen=True, slots=True)
class Written:
    """A form that was written as tensors in the other process already."""

    architecture: Fields
    finished: Mapping[str, Array]

    def fields(self) -> Fields:
        """The architecture it was written in."""
        return self.architecture

    def tensors(self, _architecture: Architecture, _places: Sequence[int] = ()) -> Mapping[str, Array]:
        """The tensors."""
        return self.finished


def read_estimator(path: Path, wanted: Fields | None, trusted: Sequence[str]) -> Source:
    """Open a file in a process of its own, and convert what is in it.

    Parameters
    ----------
    wanted
        The architecture to write it in; its own if None.
    trusted
        Types that a skops file may hold beside those of scikit-learn. A file of another kind is loaded as it is: ask
        before.

    Raises
    ------
    UntrustedTypes, LibraryMissing, LoaderFailed, Unimportable, DoesNotFit, MalformedSource
    """
    request = {"name": str(path), "skops": path.suffix == ".skops", "architecture": wanted, "trusted": list(trusted)}
    with _ask(path, request) as (answer, out):
        tensors = {name: np.array(one) for name, one in read_tensors(read_file(out / TENSORS)).items()}

    def original(x: Array) -> Array:
        with _ask(path, request, x) as (_, out):
            return _outputs(out / OUTPUTS, path, len(x))

    return Source(
        KIND,
        Written(answer["architecture"], tensors),
        labels=tuple(answer["labels"]),
        notes=tuple(answer["notes"]),
        original=original,
        judge="scikit-learn itself",
    )


def _outputs(found: Path, path: Path, rows: int) -> Array:
    try:
        outputs = np.load(found, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise LoaderFailed(str(path), "its predictions cannot be read") from error
    if outputs.ndim != 2 or len(outputs) != rows or outputs.dtype != np.float64:
        raise LoaderFailed(str(path), "its predictions make no sense")
    return np.asarray(outputs)


@contextmanager
def _ask(path: Path, request: Mapping[str, Any], rows: Array | None = None) -> Iterator[tuple[dict[str, Any], Path]]:
    """Run the other process; give its answer, and the folder where it left its files.

    The answer comes from a process that may have run anything, so it is checked like a stranger's.
    """
    with tempfile.TemporaryDirectory(prefix="deml-") as name:
        asked, out = Path(name, "request"), Path(name, "out")
        asked.mkdir()
        out.mkdir()
        (asked / REQUEST).write_text(json.dumps(request))
        if rows is not None:
            np.save(asked / ROWS, rows, allow_pickle=False)
        problem = _run(path, asked, out)
        found = out / ANSWER
        if problem or not found.is_file() or found.stat().st_size > MAX_ANSWER_BYTES:
            raise LoaderFailed(str(path), problem or "it did not answer")
        try:
            answer = json.loads(found.read_text())
        except (ValueError, RecursionError) as error:
            raise LoaderFailed(str(path), "its answer is not JSON") from error
        yield _checked(answer, path), out


def _run(path: Path, asked: Path, out: Path) -> str:
    """Run the other process in the sandbox if there is one; tell what went wrong."""
    if not path.is_file():
        return "there is no such file"
    try:
        sandbox = find_sandbox()
    except (NoSandbox, SandboxLeaks):
        return _run_bare(path, asked, out)
    limits = Limits(cpu_seconds=SECONDS, wall_seconds=SECONDS)
    mounts = (*python_mounts(), Mount(asked, "/request"), Mount(path.absolute(), "/model"))
    argv = (interpreter(), "-m", PROGRAM, "/request", "/model", OUT)
    ended = sandbox.run(Confined(argv, out, mounts, limits, python_environment()), lambda _line: None)
    if ended.ending is not Ending.EXITED:
        return f"it ran {ended.ending.value}"
    return _last_line(ended.last_words) or f"exit code {ended.exit_code}" if ended.exit_code else ""


def _run_bare(path: Path, asked: Path, out: Path) -> str:
    """Run it as this user, but with none of the environment, which may hold secrets."""
    command = [sys.executable, "-I", "-m", PROGRAM, str(asked), str(path.absolute()), str(out)]
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(out), "TMPDIR": str(out)}
    try:
        done = subprocess.run(  # noqa: S603  # the command is ours
            command, cwd=out, env=environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"it took more than {SECONDS} seconds"
    words = done.stderr.decode(errors="replace")
    return _last_line(words) or f"exit code {done.returncode}" if done.returncode else ""


def is_confined() -> bool:
    """Whether files are opened in a sandbox on this machine."""
    try:
        find_sandbox()
    except (NoSandbox, SandboxLeaks):
        return False
    return True


def _checked(answer: Any, path: Path) -> dict[str, Any]:
    match answer:
        case {"architecture": dict(), "labels": [*labels], "notes": [*notes]} if all(
            isinstance(one, str) for one in (*labels, *notes)
        ):
            return dict(answer)
        case {"error": {"name": str(name), "values": dict(values)}}:
            raise _rebuilt(name, values, path)
        case _:
            raise LoaderFailed(str(path), "its answer makes no sense")


def _rebuilt(name: str, values: dict[str, Any], path: Path) -> DemlError:
    """Make an error again of its name and values."""
    kind = catalogue().get(name)
    if kind is None or sorted(values) != sorted(kind.__annotations__):
        return LoaderFailed(str(path), "its answer makes no sense")
    return kind(**{one: str(value) for one, value in values.items()})


def _last_line(words: str) -> str:
    lines = [line for line in words.splitlines() if line.strip()]
    return "".join(one for one in lines[-1] if one.isprintable())[:300].rstrip(".") if lines else ""
