"""Containers: every wall is in the command, and an engine counts only where it answers. No real engine runs here."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from deml_learn.sandbox.containers import Containers, find_engine
from deml_learn.sandbox.errors import NoSandbox
from deml_learn.sandbox.seam import MIB, Confined, Ending, Limits, Mount

IMAGE = "example.org/trainer@sha256:" + "0" * 64
LIMITS = Limits(memory_bytes=512 * MIB, processes=7, cpu_seconds=30, file_bytes=MIB, scratch_bytes=2 * MIB)


def confined(tmp_path: Path) -> Confined:
    job = tmp_path / "job"
    job.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    return Confined((), out, (Mount(job, "/job"),), LIMITS, (("DEML_JOB", "/job"),), IMAGE)


def command(tmp_path: Path) -> tuple[str, ...]:
    return Containers("/usr/bin/docker").command(confined(tmp_path), "deml-1")


@pytest.mark.parametrize(
    "wall",
    [
        ("--network", "none"),
        ("--read-only",),
        ("--cap-drop", "ALL"),
        ("--security-opt", "no-new-privileges"),
        ("--pids-limit", "7"),
        ("--memory", str(512 * MIB)),
        ("--memory-swap", str(512 * MIB)),
        ("--ulimit", "cpu=30"),
        ("--ulimit", f"fsize={MIB}"),
        ("--rm",),
    ],
    ids=" ".join,
)
def test_every_wall_stands(tmp_path: Path, wall: tuple[str, ...]):
    words = command(tmp_path)
    assert any(words[place : place + len(wall)] == wall for place in range(len(words)))


def test_only_the_mounts_are_there_and_only_out_can_be_written(tmp_path: Path):
    words = command(tmp_path)
    volumes = [after for before, after in pairwise(words) if before == "--volume"]
    assert volumes == [f"{tmp_path}/job:/job:ro", f"{tmp_path}/out:/out:rw"]


def test_the_image_comes_last_by_its_digest(tmp_path: Path):
    assert command(tmp_path)[-1] == IMAGE


def test_a_program_of_this_machine_is_no_image(tmp_path: Path):
    with pytest.raises(NoSandbox):
        Containers("docker").command(Confined(("true",), tmp_path), "deml-1")


def engine(folder: Path, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "docker"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_client_without_an_engine_counts_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    engine(tmp_path / "bin", 'echo "Cannot connect to the Docker daemon" >&2; exit 1')
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(NoSandbox, match="neither podman nor docker answers"):
        find_engine()


def test_an_engine_that_answers_runs_the_image_and_removes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A stand-in for docker: it writes down what it is asked for."""
    asked = tmp_path / "asked"
    engine(tmp_path / "bin", f'echo "$1" >> {asked}; [ "$1" != run ] || echo \'{{"event": "log", "text": "hello"}}\'')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    lines: list[bytes] = []
    outcome = find_engine().run(confined(tmp_path), lines.append)
    assert (outcome.ending, outcome.exit_code) == (Ending.EXITED, 0)
    assert lines == [b'{"event": "log", "text": "hello"}']
    assert asked.read_text().split()[:2] == ["info", "run"]
    assert "rm" in asked.read_text().split()


def test_an_image_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    engine(tmp_path / "bin", '[ "$1" != run ] || { echo "no such image" >&2; exit 125; }')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    outcome = find_engine().run(confined(tmp_path), lambda _: None)
    assert (outcome.exit_code, outcome.last_words) == (125, "no such image")
