"""Count the riscv64 instructions of the dapp's work: a stand-in for the Cartesi Machine's mcycles.

The machine counts one mcycle an instruction. Here the image's own packages run on QEMU's emulated riscv64 computer,
whose clock advances by one nanosecond an instruction. What was measured in a real machine is printed beside the
count, so that everyone sees how far it can be trusted: to about 1 %.

    python benchmarks/bench_machine.py [program.py ...] [--json FILE]

A program reports with ``counting.report`` (benchmarks/machine/counting.py); without one, all of benchmarks/machine run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import emulator

PROGRAMS = Path(__file__).resolve().parent / "machine"
HEADERS = Path(__file__).resolve().parents[1] / "tests" / "support"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="*", type=Path, metavar="program.py")
    parser.add_argument("--json", type=Path, metavar="FILE", help="Write the counts here, too.")
    arguments = parser.parse_args()
    lacking = emulator.missing()
    if lacking:
        print(f"NOT MEASURED. It needs: apt-get install {' '.join(lacking)}")
        return
    if os.geteuid() != 0:
        print("NOT MEASURED. It needs root, to make a userland of another processor.")
        return
    programs = arguments.programs or sorted(PROGRAMS.glob("count_*.py"))
    files = {path.name: path.read_bytes() for path in (*programs, PROGRAMS / "counting.py")}
    files["libcmt.so"] = canned_libcmt()
    print("riscv64 instructions, in millions; targets and the machine's measured mcycles likewise")
    counts = []
    for line in emulator.run([path.name for path in programs], files):
        if line.startswith("{"):
            counts.append(json.loads(line))
            print(row(counts[-1]), flush=True)
        else:
            print(line)
    if arguments.json:
        arguments.json.write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")


def canned_libcmt() -> bytes:
    """The library that `count_inputs.py` loads."""
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "libcmt.so"
        command = ["riscv64-linux-gnu-gcc", "-O2", "-shared", "-fPIC", f"-I{HEADERS}", "-o", str(made)]
        subprocess.run([*command, str(PROGRAMS / "canned_libcmt.c")], check=True)
        return made.read_bytes()


def row(one: dict[str, Any]) -> str:
    """One count, as a line for people."""
    notes = []
    if one["machine"] is not None:
        notes.append(f"machine {one['machine']:g}")
    if one["target"] is not None:
        notes.append(f"target {one['target']:g}: {'met' if one['counted'] <= one['target'] else 'MISSED'}")
    return f"{one['counted']:10.3f}  {one['name']:<50} {', '.join(notes)}".rstrip()


if __name__ == "__main__":
    main()
