"""`deml bench`: what it runs, and what it says where it cannot."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deml_cli.app import root
from deml_cli.commands import bench as bench_commands

PROGRAM = """
import json, sys
from pathlib import Path
arguments = sys.argv[1:]
if "--json" in arguments:
    Path(arguments[-1]).write_text(json.dumps([Path(sys.argv[0]).name, *arguments[:-1]]))
elif "fail" in arguments[0]:
    sys.exit(7)
else:
    Path(arguments[0]).write_text("drawn")
"""
PROGRAMS = ("bench_scoring.py", "bench_machine.py", "bench_ezkl.py", "figure.py")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Benchmarks that only record how they were called."""
    made = tmp_path / "benchmarks"
    (made / "results").mkdir(parents=True)
    for name in PROGRAMS:
        (made / name).write_text(PROGRAM)
    monkeypatch.setattr(bench_commands, "BENCHMARKS", made)
    return made


def bench(*arguments: str) -> Result:
    return CliRunner().invoke(root, ["bench", *arguments])


def test_it_measures_scoring_alone_unless_asked_for_more(checkout: Path):
    done = bench("--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"scoring": ["bench_scoring.py", "--json"]}


def test_it_measures_and_draws_all_that_it_is_asked_for(checkout: Path, tmp_path: Path):
    done = bench("--json", "--machine", "--ezkl", "--plot", str(tmp_path / "figure"))
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {
        "ezkl": ["bench_ezkl.py", "--run", "--json"],
        "machine": ["bench_machine.py", "--json"],
        "scoring": ["bench_scoring.py", "--json"],
    }
    assert (tmp_path / "figure").read_text() == "drawn"


def test_a_program_that_fails_is_named(checkout: Path):
    done = bench("--plot", "fail")
    assert done.exit_code == 1
    assert "figure.py ended with status 7" in done.stderr
    assert "deml[bench]" in done.stderr


def test_outside_a_checkout_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bench_commands, "BENCHMARKS", tmp_path / "benchmarks")
    done = bench()
    assert done.exit_code == 1
    assert "not a checkout" in done.stderr
    assert "Traceback" not in done.output


def test_the_figure_is_drawn_from_the_recorded_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "path", [str(bench_commands.BENCHMARKS), *sys.path])
    import figure

    figure.draw(tmp_path / "figure.svg")
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
    drawn = ElementTree.parse(tmp_path / "figure.svg").getroot()
    assert drawn.tag.endswith("svg")
    figure.draw(tmp_path / "again")
    assert (tmp_path / "again.svg").read_bytes() == (tmp_path / "figure.svg").read_bytes()
