"""Alerts, by Prometheus' own tool: well-formed, and each fires on what it is for and on nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[3] / "docker/compose/prometheus"

pytestmark = pytest.mark.operator


def promtool(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    binary = shutil.which("promtool")
    assert binary is not None
    return subprocess.run([binary, *words], cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize(
    "words",
    [("check", "rules", "rules.yml"), ("check", "config", "prometheus.yml"), ("test", "rules", "rules_test.yml")],
)
def test_promtool_finds_nothing(words: tuple[str, ...]):
    done = promtool(FOLDER, *words)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_reads_every_query_of_the_dashboard(tmp_path: Path):
    board = json.loads((FOLDER.parent / "grafana/market.json").read_text())
    queries = [one["expr"] for panel in board["panels"] for one in panel["targets"]]
    assert len(queries) >= len(board["panels"]) > 0

    def check(written: list[str]) -> int:
        recorded = [{"record": f"panel:{number}", "expr": one} for number, one in enumerate(written)]
        (tmp_path / "board.yml").write_text(yaml.safe_dump({"groups": [{"name": "board", "rules": recorded}]}))
        return promtool(tmp_path, "check", "rules", "board.yml").returncode

    assert check([one.replace("$__rate_interval", "5m").replace("$__interval", "1m") for one in queries]) == 0
    assert check([*queries, "sum by (deml_jobs"]) != 0


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('deml_claims{verdict="wrong"} > 0', 'deml_claims{verdict="wrong"} > 1'),
        ("deml_shortfall > 0", "deml_shortfall > 9"),
        ("expr: deml_inputs_behind > 0\n        for: 10m", "expr: deml_inputs_behind > 0"),
        ("deml_node_enabled < 1", "deml_node_enabled < 0"),
        ("> 0.9", "> 0.5"),
    ],
)
def test_the_tests_of_the_rules_would_find_a_slip(tmp_path: Path, right: str, wrong: str):
    for name in ("rules.yml", "rules_test.yml"):
        shutil.copy(FOLDER / name, tmp_path)
    text = (tmp_path / "rules.yml").read_text()
    assert right in text
    (tmp_path / "rules.yml").write_text(text.replace(right, wrong))
    assert promtool(tmp_path, "test", "rules", "rules_test.yml").returncode == 1
