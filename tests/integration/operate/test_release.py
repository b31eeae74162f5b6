"""A release is two equal builds: where they differ, it says in what."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.support.loose_file import loose_module


@pytest.fixture(scope="module")
def release() -> ModuleType:
    return loose_module("docker/release.py")


def built(folder: Path, **files: bytes) -> dict[str, Path]:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in files}


def test_equal_builds_are_summed(release: ModuleType, tmp_path: Path):
    first, second = built(tmp_path / "1", wheel=b"a", page=b"b"), built(tmp_path / "2", wheel=b"a", page=b"b")
    sums = release.compare(first, second)
    assert list(sums) == ["page", "wheel"]
    assert sums["wheel"].startswith("ca978112")


@pytest.mark.parametrize("other", [{"wheel": b"x", "page": b"b"}, {"page": b"b"}, {"wheel": b"", "page": b"b"}])
def test_builds_that_differ_are_no_release(release: ModuleType, tmp_path: Path, other: dict[str, bytes]):
    first, second = built(tmp_path / "1", wheel=b"a", page=b"b"), built(tmp_path / "2", **other)
    with pytest.raises(release.Differs, match="wheel"):
        release.compare(first, second)
