"""Alerts, by Prometheus' own tool: well-formed, and each fires on what it is for and on nothing else."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

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
