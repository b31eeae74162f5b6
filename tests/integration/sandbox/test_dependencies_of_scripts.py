"""What a script pins is installed by hash from an index, in a sandbox that has the network; or it is named."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from deml.scoring import parse_architecture, parse_metric
from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.interface import Limits, Sandbox
from deml_learn.trainers import lock
from deml_learn.trainers.errors import BadScript, NotInstalled, UnhashedDependency
from deml_learn.trainers.kinds import Program
from deml_learn.trainers.run import Trained, TrainingOrder, run_trainer
from deml_learn.trainers.scripts import local_script, require_python
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.model_file import fresh_trainable
from deml_learn.training.split import Split
from tests.support.confinement import as_before
from tests.support.package_index import Wheels, digest, installed_wheel, package_index, small_wheel

pytestmark = pytest.mark.sandbox

ARCHITECTURE = json.dumps({"family": "logistic", "inputs": 4, "outputs": 1})
LIMITS = Limits(wall_seconds=120, cpu_seconds=120)
TEMPLATE = Path(lock.__file__).with_name("template") / "trainer.py"
FACTORS = small_wheel("factors", "1.2.0", "FACTOR = 3\n")
USER = """
import os, shutil, factors
assert factors.FACTOR == 3
shutil.copy(os.environ["DEML_JOB"] + "/initial.safetensors", os.environ["DEML_OUT"] + "/model.safetensors")
"""


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return find_sandbox()


@pytest.fixture(autouse=True)
def machine_as_before(sandbox: Sandbox) -> Iterator[None]:
    with as_before():
        yield


@dataclass
class Index:
    """An index on loopback: what it has, and what pip is told of it."""

    wheels: Wheels
    settings: dict[str, str]


@pytest.fixture
def index() -> Iterator[Index]:
    wheels = dict(FACTORS)
    with package_index(wheels) as address:
        yield Index(wheels, {"PIP_INDEX_URL": address})


def script(folder: Path, body: str, pins: dict[str, list[str]]) -> Path:
    lines = ["# /// script", f"# dependencies = {json.dumps(list(pins))}", "# [tool.deml.hashes]"]
    lines += [f'# "{one}" = {json.dumps(hashes)}' for one, hashes in pins.items() if hashes]
    path = folder / "trainer.py"
    path.write_text("\n".join([*lines, "# ///", body]))
    return path


def train(sandbox: Sandbox, program: Program) -> Trained:
    random = np.random.default_rng(0)
    x = random.normal(size=(100, 4))
    y = (x[:, 0] > 0).astype(float)
    parsed = parse_architecture(ARCHITECTURE)
    how = Hyperparameters(epochs=40, learning_rate=0.5)
    start = fresh_trainable(parsed, x, 0).file()
    order = TrainingOrder(
        ARCHITECTURE, parse_metric("accuracy", parsed), Split(x[:80], y[:80], x[80:], y[80:]), how, start
    )
    return run_trainer(program, order, parsed, sandbox, LIMITS, lambda _event: None)


def test_a_dependency_is_installed_by_its_hash_and_used_without_a_network(
    sandbox: Sandbox, index: Index, tmp_path: Path
):
    path = script(tmp_path, USER, {"factors==1.2.0": [digest(FACTORS)]})
    program = local_script(path, tmp_path / "home", index.settings)
    assert train(sandbox, program).file
    index.wheels.clear()
    assert local_script(path, tmp_path / "home", index.settings).mounts == program.mounts, "installed once"


def test_other_bytes_under_the_same_name_are_not_installed(index: Index, tmp_path: Path):
    """Who controls the index, or the way to it, cannot choose what runs on the rows."""
    index.wheels.update(small_wheel("factors", "1.2.0", "FACTOR = 3\nimport os\n"))
    path = script(tmp_path, USER, {"factors==1.2.0": [digest(FACTORS)]})
    with pytest.raises(NotInstalled, match="DO NOT MATCH THE HASHES"):
        local_script(path, tmp_path / "home", index.settings)
    assert not any((tmp_path / "home" / "dependencies").iterdir())


def test_a_dependency_that_is_not_to_be_had_is_named(index: Index, tmp_path: Path):
    path = script(tmp_path, USER, {"factors==9.9": [digest(FACTORS)]})
    with pytest.raises(NotInstalled, match=r"factors==9\.9"):
        local_script(path, tmp_path / "home", index.settings)
    assert not any((tmp_path / "home" / "dependencies").iterdir())


def test_a_dependency_without_hashes_is_named(tmp_path: Path):
    with pytest.raises(UnhashedDependency, match=r"factors==1\.2\.0"):
        local_script(script(tmp_path, USER, {"factors==1.2.0": []}), tmp_path / "home", {})


def test_the_template_is_locked_installed_and_trains(
    sandbox: Sandbox, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The whole way of `deml trainer init`, with the numpy of this environment in the index."""
    index.wheels.update(installed_wheel("numpy"))
    monkeypatch.setattr(lock, "PYTHONS", (f"{sys.version_info[0]}.{sys.version_info[1]}",))
    content = TEMPLATE.read_bytes().replace(b"numpy==2.4.6", f"numpy=={np.__version__}".encode())
    path = tmp_path / "trainer.py"
    path.write_bytes(lock.locked(content, index.settings, lambda: None))
    require_python(path.read_bytes(), sandbox)
    made = train(sandbox, local_script(path, tmp_path / "home", index.settings))
    assert made.before is not None
    assert made.after is not None
    assert made.after > max(made.before, 850_000)


@pytest.mark.parametrize("text", ["this is no Python", "(" * 100_000, "x = '\0'", "\ud800"], ids=repr)
def test_what_is_no_python_is_found_out_inside(sandbox: Sandbox, text: str):
    with pytest.raises(BadScript, match="not Python"):
        require_python(text[:200_000].encode("utf-8", "surrogatepass"), sandbox)


def test_installing_reaches_the_network_by_the_internet_protocol_alone():
    """Where packages are installed, other families of sockets are denied as everywhere."""
    from deml_learn.sandbox.bubblewrap import Bubblewrap
    from deml_learn.sandbox.bwrap import find_bubblewrap
    from deml_learn.sandbox.cgroups import find_groups
    from tests.support.confinement import run

    program = """
import socket
for name in ("AF_UNIX", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_INET", "AF_INET6"):
    try:
        socket.socket(getattr(socket, name), socket.SOCK_DGRAM).close()
        print(name)
    except PermissionError:
        pass
"""
    lines: list[bytes] = []
    run(Bubblewrap(find_bubblewrap(), find_groups(), network=True), program, on_line=lines.append)
    assert lines == [b"AF_INET", b"AF_INET6"]


def test_the_check_of_the_template_passes_as_its_author_runs_it(tmp_path: Path):
    for name in ("trainer.py", "check_trainer.py"):
        (tmp_path / name).write_bytes((TEMPLATE.parent / name).read_bytes())
    done = subprocess.run([sys.executable, str(tmp_path / "check_trainer.py")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
