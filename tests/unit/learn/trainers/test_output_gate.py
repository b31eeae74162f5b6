"""Whatever a trainer leaves, only the declared tensors come out: one test for each other thing."""

from __future__ import annotations

import json
import os
import pickle
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from deml.scoring import Model, load_model, parse_architecture
from deml.scoring.safetensors import read_tensors, write_tensors
from deml_learn.sandbox.interface import Left
from deml_learn.sandbox.left import collected, entries
from deml_learn.trainers.contract import MODEL
from deml_learn.trainers.errors import NoModel, OutputRefused
from deml_learn.trainers.gate import let_out

ARCHITECTURE = parse_architecture(json.dumps({"family": "logistic", "inputs": 2, "outputs": 1}))
TENSORS = {"layers.0.weight": np.array([[1.5, -2]], np.float32), "layers.0.bias": np.array([0.5], np.float32)}
LIMIT = 1_000


def passed(folder: Path, initial: Model | None = None, metadata: Mapping[str, str] | None = None) -> bytes:
    """What the gate writes of a folder that a trainer has filled."""
    found = entries(b"".join(collected(str(folder), (MODEL,), 2**20)))
    assert found is not None
    return let_out([Left(*one) for one in found], ARCHITECTURE, initial, LIMIT, metadata or {})


def refused(folder: Path) -> str:
    with pytest.raises(OutputRefused) as caught:
        passed(folder)
    return str(caught.value)


def leave(folder: Path, tensors: Mapping[str, np.ndarray], metadata: dict[str, str] | None = None) -> None:
    (folder / MODEL).write_bytes(save(dict(tensors), metadata))


def test_the_declared_tensors_come_out(tmp_path: Path):
    leave(tmp_path, TENSORS)
    made = passed(tmp_path)
    assert {name: one.tolist() for name, one in read_tensors(made).items()} == {
        name: one.tolist() for name, one in TENSORS.items()
    }


def test_they_come_out_in_half_and_as_changes_too(tmp_path: Path):
    initial = load_model(ARCHITECTURE, write_tensors(TENSORS))
    changes = {
        "layers.0.weight:delta": np.array([[3, -1]], np.int8),
        "layers.0.weight:delta:scale": np.array(0.25, np.float32),
        "layers.0.bias": np.array([0.5], np.float16),
    }
    leave(tmp_path, changes)
    assert passed(tmp_path, initial) == write_tensors(changes)


def test_nothing_at_all(tmp_path: Path):
    with pytest.raises(NoModel):
        passed(tmp_path)


def test_a_symlink_to_a_secret(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_bytes(save(TENSORS))
    out = tmp_path / "out"
    out.mkdir()
    (out / MODEL).symlink_to(secret)
    assert "a link" in refused(out)


def test_a_hard_link_to_a_secret(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_bytes(save(TENSORS))
    out = tmp_path / "out"
    out.mkdir()
    os.link(secret, out / MODEL)
    assert "a second name" in refused(out)


def test_a_device(tmp_path: Path):
    if os.getuid() == 0:
        os.mknod(tmp_path / MODEL, 0o600 | 0o020000, os.makedev(1, 5))
    else:
        (tmp_path / MODEL).symlink_to("/dev/zero")
    refused(tmp_path)


def test_a_pipe_that_nobody_writes_to(tmp_path: Path):
    os.mkfifo(tmp_path / MODEL)
    assert "a pipe" in refused(tmp_path)


def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(MODEL)
        refused(tmp_path)


def test_a_folder(tmp_path: Path):
    (tmp_path / MODEL).mkdir()
    refused(tmp_path)


def test_a_file_of_1_gb(tmp_path: Path):
    with (tmp_path / MODEL).open("wb") as file:
        file.truncate(2**30)
    assert "more than 1,000 bytes" in refused(tmp_path)


def test_a_pickle(tmp_path: Path):
    (tmp_path / MODEL).write_bytes(pickle.dumps(TENSORS))
    refused(tmp_path)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none(tmp_path: Path, number: float):
    leave(tmp_path, TENSORS | {"layers.0.bias": np.array([number], np.float32)})
    assert "not a finite number" in refused(tmp_path)


def test_a_tensor_more(tmp_path: Path):
    leave(tmp_path, TENSORS | {"rows": np.arange(4, dtype=np.float32)})
    assert "'rows'" in refused(tmp_path)


def test_a_tensor_less(tmp_path: Path):
    leave(tmp_path, {"layers.0.bias": TENSORS["layers.0.bias"]})
    assert "layers.0.weight" in refused(tmp_path)


def test_another_shape(tmp_path: Path):
    leave(tmp_path, TENSORS | {"layers.0.bias": np.zeros(3, np.float32)})
    assert "shape [3]" in refused(tmp_path)


def test_another_type(tmp_path: Path):
    leave(tmp_path, TENSORS | {"layers.0.bias": np.zeros(1, np.float64)})
    assert "F64" in refused(tmp_path)


def test_a_change_to_a_model_that_there_is_not(tmp_path: Path):
    leave(tmp_path, {"layers.0.weight": TENSORS["layers.0.weight"], "layers.0.bias:delta": np.zeros(1, np.float32)})
    refused(tmp_path)


@pytest.mark.parametrize("name", ["rows.csv", ".hidden", "model.safetensors.bak", "\x1b[2J", "a\nb"])
def test_another_file_beside_it(tmp_path: Path, name: str):
    leave(tmp_path, TENSORS)
    (tmp_path / name).write_text("secret")
    assert "\x1b" not in refused(tmp_path)
    assert "it is not the model" in refused(tmp_path)


def test_texts_in_the_header(tmp_path: Path):
    leave(tmp_path, TENSORS, {"rows": "1,2,3"})
    assert b"1,2,3" not in passed(tmp_path)


def test_spaces_order_and_spelling_in_the_header(tmp_path: Path):
    """What a stranger could hide bits in besides the numbers: two files of the same tensors come out as one."""
    first = save(TENSORS)
    start = 8 + int.from_bytes(first[:8], "little")
    header = dict(reversed(json.loads(first[8:start]).items()))
    text = json.dumps(header, indent=3).replace("layers", "\\u006cayers").encode()
    text += b" " * (-len(text) % 8)
    second = len(text).to_bytes(8, "little") + text + first[start:]
    made = []
    for file in (first, second):
        (tmp_path / MODEL).write_bytes(file)
        made.append(passed(tmp_path))
    assert first != second
    assert made[0] == made[1]


def test_what_we_say_ourselves_is_in_the_file(tmp_path: Path):
    leave(tmp_path, TENSORS)
    assert b"deml.privacy.epsilon" in passed(tmp_path, metadata={"deml.privacy.epsilon": "2"})


def test_a_folder_that_was_locked(tmp_path: Path):
    leave(tmp_path, TENSORS)
    tmp_path.chmod(0)
    assert passed(tmp_path)


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"[]x",
        b"[\n",
        b"[" * 100_000 + b"\n",
        b"[[1]]\n",
        b"{}\n",
        b'[["model.safetensors", "file", 1, 5, 6]]\nshort',
        b'[["model.safetensors", "file", 1, -5, -5]]\n',
        b'[["model.safetensors", "file", 1, 5, 2]]\nlonger',
        b'[["' + b"n" * 2**19 + b'", "file", 1, 5, null]]\n',
        b"\xff\n",
    ],
    ids=range(11),
)
def test_a_description_that_makes_no_sense_describes_nothing(told: bytes):
    """It comes from inside, where somebody may have written it in the launcher's place."""
    assert entries(told) is None


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode() + b"\n"))
def test_no_description_meets_a_failure_without_a_name(told: bytes):
    found = entries(told)
    assert found is None or all(len(one) == 5 for one in found)


@given(st.lists(st.tuples(st.text("ab\n\x1b\udc80", min_size=1, max_size=9), st.binary(max_size=20)), max_size=5))
def test_what_is_described_is_read_back(files: list[tuple[str, bytes]]):
    with tempfile.TemporaryDirectory() as name:
        expected = {}
        for file, content in files:
            Path(name, file).write_bytes(content)
            expected[file] = content
        found = entries(b"".join(collected(name, tuple(expected), 2**20)))
    assert found is not None
    assert {one[0]: one[4] for one in found} == expected
