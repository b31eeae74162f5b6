"""Estimators in skops, joblib and pickle files, which are opened in a process of their own (ADR 21)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.base.errors import DemlError, catalogue
from deml.scoring import Architecture
from deml.scoring.safetensors import read_tensors
from deml_cli.jobs.files import read_file
from deml_cli.models.errors import LoaderFailed
from deml_cli.models.imported import Fields
from deml_cli.models.source import Source

Array = NDArray[Any]

KIND: Final = "scikit-learn"
SECONDS: Final = 600
"""Longest that opening a file, or predicting, may take."""

REQUEST: Final = "request.json"
ANSWER: Final = "answer.json"
TENSORS: Final = "model.safetensors"
ROWS: Final = "rows.npy"
OUTPUTS: Final = "outputs.npy"
"""Files in the folder that the two processes share."""

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
    request = {"path": str(path.absolute()), "architecture": wanted, "trusted": list(trusted)}
    with tempfile.TemporaryDirectory(prefix="deml-") as name:
        folder = Path(name)
        answer = _ask(path, folder, request)
        tensors = {name: np.array(one) for name, one in read_tensors(read_file(folder / TENSORS)).items()}

    def original(x: Array) -> Array:
        with tempfile.TemporaryDirectory(prefix="deml-") as name:
            folder = Path(name)
            np.save(folder / ROWS, x, allow_pickle=False)
            _ask(path, folder, request)
            return _outputs(folder / OUTPUTS, path, len(x))

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


def _ask(path: Path, folder: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """Run the other process; it shares a folder with this one, and no secrets in its environment.

    Its answer is text from a process that may have run anything, so it is checked like a stranger's.
    """
    (folder / REQUEST).write_text(json.dumps(request))
    command = [sys.executable, "-I", "-m", "deml_cli.models.estimator_process", str(folder)]
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder)}
    try:
        done = subprocess.run(  # noqa: S603  # the command is ours
            command, cwd=folder, env=environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise LoaderFailed(str(path), f"it took more than {SECONDS} seconds") from error
    found = folder / ANSWER
    if done.returncode or not found.is_file() or found.stat().st_size > MAX_ANSWER_BYTES:
        raise LoaderFailed(str(path), _last_line(done.stderr) or f"exit code {done.returncode}")
    try:
        return _checked(json.loads(found.read_text()), path)
    except (ValueError, RecursionError) as error:
        raise LoaderFailed(str(path), "its answer is not JSON") from error


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


def _last_line(output: bytes) -> str:
    lines = [line for line in output.decode(errors="replace").splitlines() if line.strip()]
    return "".join(one for one in lines[-1] if one.isprintable())[:300].rstrip(".") if lines else ""
