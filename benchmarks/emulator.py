"""A riscv64 computer on QEMU that runs programs on the image's own packages, under Debian's kernel.

All that it needs is in its initial RAM disk: the userland of docker/userland.sh, packed once, and behind it the
files of a run.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "debootstrap": "debootstrap",
    "qemu-riscv64-static": "qemu-user-static",
    "update-binfmts": "binfmt-support",
    "qemu-system-riscv64": "qemu-system-misc opensbi",
    "riscv64-linux-gnu-gcc": "gcc-riscv64-linux-gnu libc6-dev-riscv64-cross",
}
"""Debian packages, by a program that each brings."""

UNUSED = ("var", "tmp", "boot", "proc", "sys", "dev", "usr/share", "usr/include", "usr/lib/apt", "opt/deml/dapp")
"""What of the userland no program reads."""

COMPUTER = ("qemu-system-riscv64", "-M", "virt", "-m", "2G", "-nographic", "-no-reboot")
ONE_NANOSECOND_AN_INSTRUCTION = ("-icount", "shift=0,sleep=off")
FETCH_KERNEL = """
cd /tmp
apt-get update -qq
apt-get download -qq "$(apt-cache depends linux-image-riscv64 | sed -n 's/.*Depends: //p')"
"""
KERNEL_OPTIONS = "console=ttyS0 rdinit=/init quiet"
INIT = """#!/bin/sh
mount -t proc proc /proc
mount -t devtmpfs dev /dev
ifconfig lo up 2> /dev/null || busybox ifconfig lo up
export MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=134217728
export NO_COLOR=1 PYTHONHASHSEED=0 PYTHONPATH=/opt/deml/dapp:/opt/deml/packages:/programs
cd /programs
echo {begin}
for program in {programs}; do python3 "$program" || echo "FAILED: $program"; done
echo {end}
echo o > /proc/sysrq-trigger
sleep 100
"""
BEGIN, END = "-- programs begin", "-- programs end"

Entry = tuple[str, int, bytes]
"""Path, mode and content of a file; the content of a link is where it points."""


def missing() -> list[str]:
    """Debian packages that are not installed and needed."""
    return [package for program, package in PACKAGES.items() if shutil.which(program) is None]


def run(programs: list[str], files: dict[str, bytes]) -> Iterator[str]:
    """Run `programs`, one after the other, and yield the lines that they print.

    Parameters
    ----------
    programs
        Names of Python files in `files`.
    files
        What lies beside the programs; the dapp can be imported too.
    """
    command = [str(ROOT / "docker" / "userland.sh"), "riscv64", sys.executable]
    userland = Path(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch) / "initrd.cpio"
        shutil.copyfile(_packed(userland), archive)
        with archive.open("ab") as file:
            _write_archive(file, _own(programs, files))
        system = ["-kernel", str(_kernel(userland)), "-initrd", str(archive), "-append", KERNEL_OPTIONS]
        computer = [*COMPUTER, *ONE_NANOSECOND_AN_INSTRUCTION, *system]
        with subprocess.Popen(computer, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as running:
            yield from _between(running.stdout or ())


def _between(lines: Iterable[str]) -> Iterator[str]:
    begun = False
    for line in lines:
        text = line.rstrip()
        if text == END:
            begun = False
        if begun:
            yield text
        begun = begun or text == BEGIN


def _packed(userland: Path) -> Path:
    made = userland.with_suffix(".cpio")
    if not made.exists():
        partial = made.with_suffix(".partial")
        with partial.open("wb") as file:
            _write_archive(file, _tree(userland))
        partial.replace(made)
    return made


def _kernel(userland: Path) -> Path:
    """Debian's riscv64 kernel, fetched once by the userland's own apt."""
    place = userland.with_suffix(".kernel")
    if not place.exists():
        subprocess.run(["chroot", str(userland), "sh", "-ec", FETCH_KERNEL], check=True, stdout=subprocess.DEVNULL)
        (package,) = (userland / "tmp").glob("linux-image-*.deb")
        with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
            subprocess.run(["dpkg-deb", "-x", str(package), scratch], check=True)
            (Path(scratch) / "boot").rename(place)
        package.unlink()
    (image,) = place.glob("vmlinux-*")
    return image


def _tree(root: Path) -> Iterator[Entry]:
    for directory, names, files in os.walk(root):
        place = Path(directory)
        inside = place.relative_to(root)
        names[:] = sorted(one for one in names if str(inside / one) not in UNUSED and one != "tests")
        if place != root:
            yield str(inside), place.stat().st_mode, b""
        for path in sorted(place / one for one in (*files, *names)):
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                yield str(path.relative_to(root)), mode, os.readlink(path).encode()
            elif stat.S_ISREG(mode):
                yield str(path.relative_to(root)), mode, path.read_bytes()


def _own(programs: list[str], files: dict[str, bytes]) -> Iterator[Entry]:
    for name in ("dev", "proc", "sys", "tmp", "programs", "opt/deml/dapp", "opt/deml/dapp/deml"):
        yield name, stat.S_IFDIR | 0o755, b""
    for path in sorted((ROOT / "dapp" / "deml").rglob("*")):
        inside = f"opt/deml/{path.relative_to(ROOT)}"
        if path.is_dir() and path.name != "__pycache__":
            yield inside, stat.S_IFDIR | 0o755, b""
        elif path.suffix == ".py":
            yield inside, stat.S_IFREG | 0o644, path.read_bytes()
    for name, content in files.items():
        yield f"programs/{name}", stat.S_IFREG | 0o644, content
    init = INIT.format(programs=" ".join(programs), begin=BEGIN, end=END)
    yield "init", stat.S_IFREG | 0o755, init.encode()


def _write_archive(file: BinaryIO, entries: Iterable[Entry]) -> None:
    """Write entries in the kernel's format for initial RAM disks: cpio with "newc" headers."""
    for number, (path, mode, content) in enumerate((*entries, ("TRAILER!!!", 0, b"")), 1):
        name = path.encode() + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
        head = b"070701" + b"".join(b"%08x" % value for value in fields) + name
        file.write(head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4))
