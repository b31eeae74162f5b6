"""`deml bench`: measure, in a checkout, what the engine costs, and draw it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.errors import BenchmarkFailed, NoCheckout

BENCHMARKS: Final = Path(__file__).resolve().parents[3] / "benchmarks"

STANDARD_ERROR: Final = 2
"""File descriptor for what the programs print, where standard output is for JSON."""

app = group("Measure the engine's cost.")


@command(app, "bench", examples=("deml bench", "deml bench --plot deml", "deml bench --machine --ezkl --plot deml"))
def bench(
    session: Session,
    plot: Annotated[
        Path | None, typer.Option(metavar="FIGURE", help="Plot everything to FIGURE.png and FIGURE.svg.")
    ] = None,
    machine: Annotated[
        bool, typer.Option("--machine", help="Also count riscv64 instructions again (root, Debian; a few minutes).")
    ] = False,
    ezkl: Annotated[
        bool, typer.Option("--ezkl", help="Also have EZKL prove the same evaluations again (15 minutes, 2 GB).")
    ] = False,
) -> None:
    """Compare the engine with numpy, scikit-learn and generated Python, and count what it costs in the machine.

    Runs the programs of benchmarks/, and so needs a checkout, with the extra "bench" installed. The figure shows the
    latest measurements: counts and proofs are kept in benchmarks/results between runs.
    """
    if not BENCHMARKS.is_dir():
        raise NoCheckout("benchmarks", str(BENCHMARKS))
    results = BENCHMARKS / "results"
    _run(session, "bench_scoring.py", "--json", str(results / "scoring.json"))
    if machine:
        _run(session, "bench_machine.py", "--json", str(results / "machine.json"))
    if ezkl:
        _run(session, "bench_ezkl.py", "--run", "--json", str(results / "ezkl.json"))
    if plot:
        _run(session, "figure.py", str(plot))
    session.render.emit({path.stem: json.loads(path.read_text("utf-8")) for path in sorted(results.glob("*.json"))})


def _run(session: Session, program: str, *arguments: str) -> None:
    output = STANDARD_ERROR if session.render.json_mode else None
    command_line = [sys.executable, str(BENCHMARKS / program), *arguments]
    ended = subprocess.run(command_line, stdout=output, check=False)  # noqa: S603 - our own programs
    if ended.returncode:
        raise BenchmarkFailed(program, ended.returncode)
