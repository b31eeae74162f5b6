"""The image's entry point, in the sandbox and without a network: the same bytes as here; and the image's files."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.interface import Sandbox
from deml_sdk.compute.prepare import PreparedComputation
from deml_sdk.compute.rendering import COMMAND
from deml_sdk.compute.request import request_text
from deml_sdk.compute.verify import verify_result
from tests.support.computations import Published, honest, to_train_on_rows
from tests.support.container import run_image

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docker/compute"
DOCKERFILE = (FOLDER / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return find_sandbox()


@pytest.fixture(scope="module")
def computations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PreparedComputation]:
    published = Published(tmp_path_factory.mktemp("home"))
    return {
        "score": published.to_score(),
        "replay": published.to_replay(),
        "train": to_train_on_rows(),
        "forest": to_train_on_rows("trees"),
    }


@pytest.mark.sandbox
@pytest.mark.parametrize("use", ["score", "replay", "train", "forest"])
def test_a_container_without_a_network_finds_the_same_bytes_as_this_machine(
    sandbox: Sandbox, computations: dict[str, PreparedComputation], tmp_path: Path, use: str
):
    prepared = computations[use]
    here = honest(prepared, tmp_path)
    ended = run_image(sandbox, request_text(prepared.request), tmp_path / "inputs")
    assert (ended.exit_code, ended.words) == (0, "")
    assert {name: ended.files[name] for name in here} == here
    assert {*ended.names} == {*here, "log.txt"}
    assert verify_result(prepared, ended.files, "it").lies == ()


@pytest.mark.sandbox
def test_inputs_that_a_network_exchanged_end_it_with_a_sentence(
    sandbox: Sandbox, computations: dict[str, PreparedComputation], tmp_path: Path
):
    prepared = computations["score"]
    honest(prepared, tmp_path)
    (tmp_path / "inputs/holdout.safetensors").write_bytes(b"a kinder one")
    ended = run_image(sandbox, request_text(prepared.request), tmp_path / "inputs")
    assert ended.exit_code == 1
    assert "holdout.safetensors" in ended.words
    assert "Traceback" not in ended.words


def run(argument: str | None, inputs: Path, outputs: Path) -> subprocess.CompletedProcess[str]:
    words = [] if argument is None else [argument]
    environment = {
        **os.environ,
        "DEML_INPUTS": str(inputs),
        "DEML_OUTPUTS": str(outputs),
        "PYTHONPATH": ":".join(sys.path),
    }
    command = [sys.executable, *COMMAND[1:], *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("argument", [None, "", "no request", "{{ .request }}", "e30"])
def test_what_is_no_request_is_refused_in_words(tmp_path: Path, argument: str | None):
    done = run(argument, tmp_path, tmp_path)
    assert done.returncode == (2 if argument is None else 1)
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "result.json").exists()


def test_whoever_starts_it_it_writes_to_a_folder_of_that_user_and_has_no_rights_of_root_when_it_reads(
    computations: dict[str, PreparedComputation],
):
    """As Bacalhau starts it: the folder of outputs is the starting user's, mode 0755; and that is root."""
    prepared = computations["score"]
    with TemporaryDirectory() as place:  # Not `tmp_path`, which lies in a folder that nobody else may enter.
        folder, outputs = Path(place), Path(place, "outputs")
        folder.chmod(0o755)
        honest(prepared, folder)
        outputs.mkdir(mode=0o755)
        inputs = folder / "inputs"
        done = run(request_text(prepared.request), inputs, outputs)
        assert done.returncode == 0, done.stderr
        (inputs / "holdout.safetensors").chmod(0)
        done = run(request_text(prepared.request), inputs, outputs)
    assert done.returncode == 1
    assert "Permission denied" in done.stderr


# The image


def test_the_dockerfile_is_pinned_as_the_machine_s_is():
    (debian,) = re.findall(r"^ARG DEBIAN=(\S+)$", (ROOT / "Dockerfile").read_text(), re.M)
    assert f"ARG DEBIAN={debian}\n" in DOCKERFILE
    assert "@sha256:" in debian
    assert "--platform" not in re.sub(r"^#.*$", "", DOCKERFILE, flags=re.M)
    assert "--require-hashes" in DOCKERFILE
    assert re.findall(r'^ENTRYPOINT \["(.*)"\]$', DOCKERFILE, re.M)[0].split('", "') == [*COMMAND]


def test_what_the_dockerfile_copies_is_there_and_gets_past_its_ignore_file():
    kept = [line[1:] for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"]
    copied = [one for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M) for one in line.split()[:-1]]
    assert copied
    for one in copied:
        assert (ROOT / one).exists(), one
        assert any(one == each or one.startswith(f"{each}/") for each in kept), one


def test_every_package_of_the_image_is_locked_and_none_that_is_not_is_passed_over():
    entries = runpy.run_path(str(FOLDER / "locked.py"))["entries"]
    lock, names = (ROOT / "requirements.lock").read_text(), (FOLDER / "packages.txt").read_text()
    wanted = {line for line in names.splitlines() if line and line[0] != "#"}
    made = entries(names, lock)
    assert {*re.findall(r"^([a-z0-9._-]+)==", made, re.M)} == wanted
    assert all("--hash=sha256:" in one for one in re.split(r"^(?=\S)", made, flags=re.M) if one)
    with pytest.raises(SystemExit, match="not-locked"):
        entries(names + "not-locked\n", lock)


def test_a_request_changed_on_its_way_is_another_request(computations: dict[str, PreparedComputation], tmp_path: Path):
    prepared = computations["train"]
    result = honest(prepared, tmp_path)
    recipe = prepared.request.recipe
    assert recipe is not None
    asked = replace(prepared, request=replace(prepared.request, recipe=replace(recipe, epochs=recipe.epochs + 1)))
    assert "request" in {one.field for one in verify_result(asked, result, "it").lies}
