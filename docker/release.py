"""Build what is released, twice, in unlike circumstances, and compare every byte: ``make release``.

Two copies of the committed tree, in folders of different names, with other file times and another umask, are built
into a wheel, a source distribution, npm's ``@deml/abi`` and ``@deml/replay``, and the page. Times within the files are
the commit's.

Usage: python docker/release.py [--without-page] [--out DIR]
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]

MACHINE: Final = ("dapp/deml", "docker/packages.txt", "docker/requirements.txt", "Dockerfile", "cartesi.toml")
"""What of this repository goes into the machine, and so into its hash."""

CIRCUMSTANCES: Final = (("one", 0o022, 1_000_000_000), ("a-folder-of-another-name", 0o077, 1_700_000_000))
"""Name of the folder, umask, and time of all files, of the two builds."""


class Differs(Exception):
    """Two builds of the same commit are not the same."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument(
        "--without-page", action="store_true", help="leave out page and replay, which need npm's packages"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where to write what is released")
    chosen = parser.parse_args()
    epoch = _git("log", "-1", "--format=%ct").strip()
    with tempfile.TemporaryDirectory(prefix="deml-release-") as folder:
        builds = [
            build(Path(folder) / name, umask, when, epoch, page=not chosen.without_page)
            for name, umask, when in CIRCUMSTANCES
        ]
        sums = compare(*builds)
        shutil.rmtree(chosen.out, ignore_errors=True)
        chosen.out.mkdir(parents=True)
        for name, path in builds[0].items():
            shutil.copy(path, chosen.out / name)
    lines = [f"{digest}  {name}\n" for name, digest in sums.items()]
    (chosen.out / "SHA256SUMS").write_text("".join(lines))
    sys.stdout.write("".join(lines))
    sys.stdout.write(f"{machine_sources()}  sources of the machine\n")


def compare(*both: Mapping[str, Path]) -> dict[str, str]:
    """Sums of what two builds made, if they made the same."""
    sums = [{name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in one.items()} for one in both]
    if sums[0] != sums[1]:
        names = sorted(name for name in {*sums[0], *sums[1]} if sums[0].get(name) != sums[1].get(name))
        raise Differs(f"the two builds differ in {', '.join(names)}")
    return dict(sorted(sums[0].items()))


def machine_sources() -> str:
    """One sha256 over all files of ours that go into the machine, by path."""
    lines = [f"{hashlib.sha256((ROOT / one).read_bytes()).hexdigest()}  {one}\n" for one in _committed(*MACHINE)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def build(folder: Path, umask: int, when: int, epoch: str, *, page: bool) -> dict[str, Path]:
    """Build everything in a copy of the tree; return what was made, by name."""
    before = os.umask(umask)
    try:
        _copy(folder, when)
        made = folder / "dist"
        environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch, "TZ": "UTC" if umask == 0o022 else "Asia/Tokyo"}
        _run([sys.executable, "-m", "hatchling", "build", "-d", str(made)], folder, environment)
        _pack(folder / "web/abi", made, environment)
        if page:
            _page(folder, made, environment, int(epoch))
    finally:
        os.umask(before)
    return {one.name: one for one in sorted(made.iterdir())}


def _copy(folder: Path, when: int) -> None:
    for name in _committed():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_symlink():
            target.symlink_to((ROOT / name).readlink())
            continue
        target.write_bytes((ROOT / name).read_bytes())
        target.chmod(
            0o755 if os.access(ROOT / name, os.X_OK) else 0o644
        )  # As git has it, whatever a checkout made of it.
        os.utime(target, (when, when))


def _page(folder: Path, made: Path, environment: Mapping[str, str], epoch: int) -> None:
    (folder / "web/node_modules").symlink_to(ROOT / "web/node_modules")
    _run([sys.executable, "web/scripts/build_python.py"], folder, environment)
    _run(["npx", "vite", "build", "--config", "replay/vite.config.ts"], folder / "web", environment)
    _pack(folder / "web/replay", made, environment)
    _run(["npx", "vite", "build"], folder / "web", environment)
    dist = folder / "web/dist"
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(one for one in dist.rglob("*") if one.is_file()):
            entry = tarfile.TarInfo(f"deml-page/{path.relative_to(dist)}")
            entry.size, entry.mtime, entry.mode = path.stat().st_size, epoch, 0o644
            archive.addfile(entry, io.BytesIO(path.read_bytes()))
    (made / "deml-page.tar.gz").write_bytes(gzip.compress(plain.getvalue(), mtime=epoch))


def _pack(package: Path, made: Path, environment: Mapping[str, str]) -> None:
    for path in (package / "dist").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)  # npm writes modes down, and git has none of what is built.
    _run(["npm", "pack", "--silent", "--pack-destination", str(made)], package, environment, umask=0o022)


def _committed(*paths: str) -> Iterator[str]:
    """Files of the commit in order, but for those that were changed since: they stop the release."""
    if changed := _git("status", "--porcelain", "--untracked-files=no").strip():
        raise SystemExit(f"commit first, for a release is what anybody can check out:\n{changed}")
    yield from _git("ls-files", "-z", *paths).rstrip("\0").split("\0")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str], umask: int = -1) -> None:
    done = subprocess.run(command, cwd=folder, env=dict(environment), umask=umask, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
