"""What root runs as bubblewrap is a copy that nothing can change."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from deml_learn.sandbox.sealed import sealed_copy


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that this user may write to."""
    path = tmp_path / "program"
    path.write_bytes(Path("/bin/echo").read_bytes())
    path.chmod(0o755)
    return path


def test_the_copy_runs(program: Path):
    with sealed_copy(str(program)) as (path, fds):
        done = subprocess.run([path, "hello"], capture_output=True, pass_fds=fds, check=True)
    assert done.stdout == b"hello\n"


def test_the_copy_cannot_be_written_to(program: Path):
    with sealed_copy(str(program)) as (path, _):
        copy = os.open(path, os.O_RDWR)
        try:
            with pytest.raises(PermissionError):
                os.write(copy, b"planted")
            with pytest.raises(PermissionError):
                os.ftruncate(copy, 0)
        finally:
            os.close(copy)


def test_a_program_out_of_reach_is_run_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(os, "geteuid", lambda: 1_000)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with sealed_copy("/usr/bin/bwrap") as found:
        assert found == ("/usr/bin/bwrap", ())
