"""What a confined program leaves is measured and removed, whatever shape it has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deml_learn.sandbox import private
from deml_learn.sandbox.kept import MAX_DEPTH, empty, holds_more_than
from deml_learn.sandbox.private import private_folder

KIB = 1_024


@contextmanager
def within(folder: Path) -> Iterator[None]:
    here = os.open(".", os.O_RDONLY)
    os.chdir(folder)
    try:
        yield
    finally:
        os.fchdir(here)
        os.close(here)


def nested(folder: Path, depth: int, name: str = "d") -> None:
    with within(folder):
        for _ in range(depth):
            os.mkdir(name)
            os.chdir(name)
        Path("file").write_bytes(b"x")


def test_files_count_as_what_they_take_on_disk(tmp_path: Path):
    (tmp_path / "one").write_bytes(b"x" * 64 * KIB)
    assert holds_more_than(tmp_path, 63 * KIB)
    assert not holds_more_than(tmp_path, 128 * KIB)


def test_holes_take_no_room(tmp_path: Path):
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**30)
    assert not holds_more_than(tmp_path, 64 * KIB)


def test_empty_files_and_folders_count(tmp_path: Path):
    for number in range(20):
        (tmp_path / f"file{number}").touch()
        (tmp_path / f"folder{number}").mkdir()
    assert holds_more_than(tmp_path, 100 * KIB)
    assert not holds_more_than(tmp_path, 200 * KIB)


@pytest.mark.parametrize(("depth", "too_much"), [(MAX_DEPTH - 1, False), (MAX_DEPTH, True), (3_000, True)])
def test_folders_within_folders_are_bounded(depth: int, too_much: bool):
    with private_folder(KIB) as folder:
        nested(folder, depth)
        assert holds_more_than(folder, 2**30) is too_much
        empty(folder)
        assert list(folder.iterdir()) == []


def test_paths_too_long_to_open_are_too_much_and_go_away(tmp_path: Path):
    nested(tmp_path, 40, "d" * 250)
    assert holds_more_than(tmp_path, 2**30)
    empty(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_links_are_neither_followed_nor_emptied(tmp_path: Path):
    outside, folder = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    folder.mkdir()
    (outside / "precious").write_bytes(b"x" * 64 * KIB)
    (folder / "link").symlink_to(outside)
    (folder / "inner").mkdir()
    (folder / "inner" / "link").symlink_to(outside)
    assert not holds_more_than(folder, 32 * KIB)
    empty(folder)
    assert list(folder.iterdir()) == []
    assert (outside / "precious").exists()


def test_locked_folders_go_away(tmp_path: Path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "file").touch()
    inner.chmod(0)
    inner.parent.chmod(0)
    empty(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_private_folder_is_ours_alone_and_gone_afterwards():
    with private_folder(KIB) as folder:
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "file").touch()
    assert not folder.exists()


def test_a_private_folder_is_elsewhere_where_memory_has_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(private, "_MEMORY", tmp_path / "missing")
    with private_folder(KIB) as folder:
        assert folder.exists()
    monkeypatch.setattr(private, "_MEMORY", tmp_path)
    with private_folder(2**70) as folder:
        assert not folder.is_relative_to(tmp_path)
    with private_folder(KIB) as folder:
        assert folder.is_relative_to(tmp_path)


def test_being_told_to_end_removes_a_private_folder():
    made: list[Path] = []

    def end() -> None:
        with private_folder(KIB) as folder:
            made.append(folder)
            (folder / "rows").touch()
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()

    with pytest.raises(SystemExit):
        end()
    assert not made[0].exists()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_what_a_sudden_end_leaves_is_removed_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = f"""
import os
from pathlib import Path
from deml_learn.sandbox import private
private._MEMORY = Path({str(tmp_path)!r})
with private.private_folder(1) as folder:
    (folder / "rows").touch()
    os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    (left,) = tmp_path.iterdir()
    monkeypatch.setattr(private, "_MEMORY", tmp_path)
    with private_folder(KIB):
        assert left.exists()
    monkeypatch.setattr(private, "_SECONDS_TO_LOCK", -1)
    with private_folder(KIB) as mine:
        assert not left.exists()
        with private_folder(KIB):
            assert mine.exists()
