"""What the page's Python is made of: files of known hashes, wherever they come from."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

from tests.support.loose_file import ROOT, loose_module

WEB = ROOT / "web"
CONTENT = b"what Pyodide released"


@pytest.fixture
def script(tmp_path, monkeypatch):
    module = loose_module("web/scripts/build_python.py")
    hashes = tmp_path / "pyodide.sha256"
    hashes.write_text(f"{hashlib.sha256(CONTENT).hexdigest()}  pyodide.mjs\n")
    monkeypatch.setattr(module, "TARGET", tmp_path / "public")
    monkeypatch.setattr(module, "HASHES", hashes)
    monkeypatch.setattr(module, "_package", lambda path, members: path.write_bytes(b"archive"))
    return module


def released(tmp_path: Path, content: bytes) -> Path:
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "pyodide.mjs").write_bytes(content)
    return folder


def test_the_official_release_and_the_carrier_give_the_same_bytes(script, tmp_path, monkeypatch):
    folder = released(tmp_path, CONTENT)
    monkeypatch.setattr(sys, "argv", ["build_python.py", "--pyodide", str(folder)])
    script.main()
    official = (script.TARGET / "pyodide.mjs").read_bytes()
    (script.TARGET / "pyodide.mjs").write_bytes(b"something else that lay there")
    monkeypatch.setattr(script, "_carried", lambda _: folder)
    monkeypatch.setattr(sys, "argv", ["build_python.py"])
    script.main()
    assert (script.TARGET / "pyodide.mjs").read_bytes() == official == CONTENT


@pytest.mark.parametrize("from_carrier", [False, True])
def test_a_file_of_another_hash_is_refused_and_not_used(script, tmp_path, monkeypatch, from_carrier):
    folder = released(tmp_path, CONTENT + b"!")
    monkeypatch.setattr(script, "_carried", lambda _: folder)
    monkeypatch.setattr(sys, "argv", ["build_python.py", *([] if from_carrier else ["--pyodide", str(folder)])])
    with pytest.raises(SystemExit, match=r"is not the file that pyodide\.sha256 names"):
        script.main()
    assert not (script.TARGET / "pyodide.mjs").exists()


def lock(*packages: str, info: str = "0.27.7", digest: str = "") -> bytes:
    """A lock file as a release has it: of packages by name, each a file of that name."""
    digest = digest or hashlib.sha256(CONTENT).hexdigest()
    named = {one: {"name": one, "file_name": f"{one}.whl", "sha256": digest} for one in packages}
    return json.dumps({"packages": named, "info": {"version": info}}).encode()


def put_together(script, tmp_path, monkeypatch, lock_file):
    """Build from a folder with one package and this lock file; returns the lock file that the page has."""
    ours = json.dumps(
        {"info": {"version": "0.27.7"}, "packages": json.loads(lock("numpy"))["packages"]}, sort_keys=True
    )
    named = {"numpy.whl": CONTENT, "pyodide-lock.json": ours.encode()}
    script.HASHES.write_text("".join(f"{hashlib.sha256(one).hexdigest()}  {name}\n" for name, one in named.items()))
    folder = released(tmp_path, CONTENT)
    (folder / "numpy.whl").write_bytes(CONTENT)
    (folder / "pyodide-lock.json").write_bytes(lock_file)
    monkeypatch.setattr(sys, "argv", ["build_python.py", "--pyodide", str(folder)])
    script.main()
    return (script.TARGET / "pyodide-lock.json").read_bytes()


def test_lock_files_that_differ_in_packages_that_are_not_loaded_give_the_same_bytes(script, tmp_path, monkeypatch):
    official = put_together(script, tmp_path, monkeypatch, lock("affine", "numpy", "pandas"))
    for one in (tmp_path / "release").iterdir():
        one.unlink()
    (tmp_path / "release").rmdir()
    (script.TARGET / "pyodide-lock.json").unlink()
    assert put_together(script, tmp_path, monkeypatch, lock("numpy", "provisa-client")) == official
    assert list(json.loads(official)["packages"]) == ["numpy"]


@pytest.mark.parametrize(
    ("lock_file", "named"),
    [
        (lock("numpy", digest="0" * 64), "names another numpy.whl"),
        (lock("numpy", info="0.28.0"), "is not the file"),
        (lock("pandas"), "is not the file"),
    ],
    ids=["another hash", "another version", "not there"],
)
def test_a_lock_file_that_says_something_else_of_what_is_loaded_is_refused(
    script, tmp_path, monkeypatch, lock_file, named
):
    with pytest.raises(SystemExit, match=named):
        put_together(script, tmp_path, monkeypatch, lock_file)
    assert not (script.TARGET / "pyodide-lock.json").exists()


def test_every_file_that_the_page_loads_of_pyodide_has_a_hash():
    named = {line.split()[1] for line in (WEB / "pyodide.sha256").read_text().splitlines()}
    frame = (WEB / "src" / "python" / "scriptFrame.ts").read_text()
    for name in ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip"):
        assert name in named
        assert name in frame
    for package in ("numpy", "scikit_learn", "scipy", "openblas", "joblib", "threadpoolctl"):
        assert any(one.startswith(f"{package}-") for one in named)
