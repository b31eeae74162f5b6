"""`make` on a machine that lacks something says all of it at once, and how to get it, before anything is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("make", "sh", "echo", "sed", "env")


def program(folder: Path, name: str, body: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A path with `make` and a shell, and nothing else."""
    for name in NEEDED:
        found = shutil.which(name)
        if found:
            (tmp_path / name).symlink_to(found)
    return tmp_path


def asked(machine: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *(words or ("prerequisites",))],
        cwd=ROOT,
        env={**os.environ, "PATH": str(machine), "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
    )


def test_all_that_is_missing_is_told_at_once(machine: Path):
    done = asked(machine)
    assert done.returncode != 0
    for words in (
        "Python 3.11 or newer; python3 is missing",
        "venv module",
        "Node 20 or newer; node is missing",
        "npm",
    ):
        assert words in done.stdout
    assert done.stdout.count("apt-get install") == 4


def test_what_is_too_old_is_told_with_its_version(machine: Path):
    program(machine, "python3", 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac')
    program(machine, "node", 'case "$1" in --version) echo v18.1.0;; *) exit 1;; esac')
    program(machine, "npm", "echo 9")
    done = asked(machine)
    assert done.returncode != 0
    assert "python3 is Python 3.9.2" in done.stdout
    assert "node is v18.1.0" in done.stdout
    assert "npm, which" not in done.stdout


def test_where_all_is_there_nothing_is_said(machine: Path):
    for name in ("python3", "node", "npm"):
        program(machine, name, "exit 0")
    done = asked(machine)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("target", ["setup", "web", "web-build", "demo", "lint-web", "release"])
def test_every_target_asks_before_it_installs(machine: Path, target: str):
    done = asked(machine, target)
    assert done.returncode != 0
    assert "Node 20 or newer; node is missing" in done.stdout
    assert "install" not in done.stderr
    assert "not found" not in done.stderr
