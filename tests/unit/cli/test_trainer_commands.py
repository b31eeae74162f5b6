"""The template works, what is published is checked first, and a script says what it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deml_cli.commands.trainer import app
from deml_learn.trainers.contract import PrintedLine, PrivacySpent, TrainerProgress, parse_event


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEML_HOME", str(tmp_path / "home"))


def test_the_template_works_and_does_the_same_twice(tmp_path: Path):
    folder = tmp_path / "mine"
    assert CliRunner().invoke(app, ["init", str(folder)]).exit_code == 0
    done = subprocess.run([sys.executable, str(folder / "check_trainer.py")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "does the same thing twice" in done.stdout


def test_files_that_are_there_are_not_replaced(tmp_path: Path):
    (tmp_path / "trainer.py").write_text("mine")
    assert CliRunner().invoke(app, ["init", str(tmp_path)]).exit_code == 1
    assert (tmp_path / "trainer.py").read_text() == "mine"


@pytest.mark.sandbox
def test_a_script_that_is_no_python_is_not_published(tmp_path: Path):
    (tmp_path / "t.py").write_text("this is no Python")
    asked = CliRunner().invoke(app, ["publish", str(tmp_path / "t.py"), "--yes"])
    assert asked.exit_code == 1
    assert "BAD_SCRIPT" in asked.output


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (b'{"event": "progress", "epoch": 1, "of": 2, "loss": 0.5}', TrainerProgress(1, 2, 0.5)),
        (b'{"event": "progress", "epoch": 1, "of": 2, "score": 7}', TrainerProgress(1, 2, None, 7)),
        (b'{"event": "log", "text": "hello"}', PrintedLine("hello")),
        (
            b'{"event": "privacy", "epsilon": 1, "delta": 0.1, "noise": 2, "accountant": "a"}',
            PrivacySpent(1, 0.1, 2, "a"),
        ),
        (b"plain words", PrintedLine("plain words")),
    ],
)
def test_events_are_read(line: bytes, event: object):
    assert parse_event(line) == event


@pytest.mark.parametrize(
    "line",
    [
        b'{"event": "progress", "epoch": 3, "of": 2}',
        b'{"event": "progress", "epoch": true, "of": 2}',
        b'{"event": "progress", "epoch": 1, "of": 2, "loss": NaN}',
        b'{"event": "progress", "epoch": 1, "of": 2, "loss": 1e999}',
        b'{"event": "progress", "epoch": 1, "of": 2, "score": 1.5}',
        b'{"event": "privacy", "epsilon": "1", "delta": 0.1, "noise": 2, "accountant": "a"}',
        b'{"event": "privacy", "epsilon": 1, "delta": 0.1, "noise": 2, "accountant": 1}',
        b'{"event": "privacy", "epsilon": 1, "delta": 0.1, "accountant": "a"}',
        b'["event"]',
        b"[" * 100_000,
        b"\xff\xfe",
        b"9" * 10_000,
    ],
)
def test_what_is_no_event_is_something_said(line: bytes):
    assert isinstance(parse_event(line), PrintedLine)
