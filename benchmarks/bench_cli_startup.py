"""What it costs to start `deml`, and to import the SDK: CPU time against a Python that does nothing.

With ``--before FOLDER``, a checkout of another commit, the same is measured there in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
PACKAGES = ("dapp", "sdk", "frontend-cli", "devnet")

BARE = "python -c pass"
COMMANDS = {
    "deml --help": ("-m", "deml_cli", "--help"),
    "deml wallet --help": ("-m", "deml_cli", "wallet", "--help"),
    "deml cid FILE": ("-m", "deml_cli", "cid", __file__),
    "deml encode settle": ("-m", "deml_cli", "encode", "settle", "--job-id", "7"),
}
PROGRAMS = {
    BARE: ("-c", "pass"),
    "python -c 'import typer'": ("-c", "import typer"),
    **COMMANDS,
    "import deml_sdk": ("-c", "import deml_sdk"),
    "from deml_sdk import Client": ("-c", "from deml_sdk import Client"),
    "a client of a chain": ("-c", "from deml_sdk.chain.connection import connect; connect('http://127.0.0.1:9')"),
}
BEFORE = {
    **COMMANDS,
    "a client of a chain": ("-c", "from deml_cli.chain import Chain; Chain('http://127.0.0.1:9', '0x', '0x')"),
}
"""What there was to start before the SDK left the command line (commit 1adfd91)."""


def cpu_seconds(arguments: tuple[str, ...], checkout: Path) -> float:
    """CPU time of one run: unlike wall time it depends little on what else the machine does."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(checkout / one) for one in PACKAGES)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=checkout, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(runs: int, before: Path | None) -> dict[str, float]:
    """Median CPU time of each program; runs are interleaved, so that a slow spell of the machine meets all of them."""
    programs = {name: (arguments, ROOT) for name, arguments in PROGRAMS.items()}
    if before is not None:
        programs |= {f"{name}, before": (arguments, before) for name, arguments in BEFORE.items()}
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(runs):
        for name, (arguments, checkout) in programs.items():
            taken[name].append(cpu_seconds(arguments, checkout))
    return {name: median(times) for name, times in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="how often each is started")
    parser.add_argument("--before", type=Path, help="checkout of another commit to compare with")
    parser.add_argument("--json", type=Path, help="file to write the numbers to")
    options = parser.parse_args()
    found = measure(options.runs, options.before and options.before.absolute())
    for name, seconds in found.items():
        ratio = f"{seconds / found[BARE]:7.1f} x bare Python"
        earlier = found.get(f"{name}, before")
        print(
            f"{name:<28} {seconds * 1000:7.0f} ms CPU {ratio}"
            + (f" {seconds / earlier:6.2f} x before" if earlier else "")
        )
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
