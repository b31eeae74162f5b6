"""What it costs to start `deml`: CPU time against a Python that does nothing, and one that only imports Typer."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

BARE = "python -c pass"
PROGRAMS = {
    BARE: ("-c", "pass"),
    "python -c 'import typer'": ("-c", "import typer"),
    "deml --help": ("-m", "deml_cli", "--help"),
    "deml wallet --help": ("-m", "deml_cli", "wallet", "--help"),
    "deml cid FILE": ("-m", "deml_cli", "cid", __file__),
    "deml encode settle": ("-m", "deml_cli", "encode", "settle", "--job-id", "7"),
}


def cpu_seconds(arguments: tuple[str, ...]) -> float:
    """CPU time of one run: unlike wall time it depends little on what else the machine does."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(runs: int) -> dict[str, float]:
    """Median CPU time of each program; runs are interleaved, so that a slow spell of the machine meets all of them."""
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(runs):
        for name, arguments in PROGRAMS.items():
            taken[name].append(cpu_seconds(arguments))
    return {name: median(times) for name, times in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="how often each is started")
    parser.add_argument("--json", type=Path, help="file to write the numbers to")
    options = parser.parse_args()
    found = measure(options.runs)
    for name, seconds in found.items():
        print(f"{name:<26} {seconds * 1000:7.0f} ms CPU {seconds / found[BARE]:7.1f} x bare Python")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
