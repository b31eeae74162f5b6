"""JSON and nothing else on stdout; questions only where somebody can answer; colours only where they are wanted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from deml.base.outputs import Due, DuesFixed
from deml.base.terms import MarketRule, UnknownRule
from deml.base.types import Address, Amount, JobId, Score, Timestamp
from deml_cli.errors import Declined, NobodyToAsk
from deml_cli.render import Proposal, Render
from deml_sdk.chain.transactions import Gas
from deml_sdk.plain import plain

PLAN = Proposal(
    "commit to a model for job 7",
    {"commitment": "0x12"},
    ("a commitment: a hash that says nothing",),
    Gas(100_000, 10**9),
    ("The window closes in a minute.",),
)


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_with_json_stdout_is_one_document(capsys: pytest.CaptureFixture[str]):
    render = Render(json_mode=True, yes=True)
    render.say("for people")
    render.facts({"a": 1}, "title")
    render.table("t", ("x",), [(1,)])
    render.confirm(PLAN)
    render.emit({"done": True})
    said = capsys.readouterr()
    assert json.loads(said.out) == {"done": True}
    assert "for people" in said.err


def test_without_json_nothing_is_emitted(capsys: pytest.CaptureFixture[str]):
    render = Render(json_mode=False, yes=True)
    render.emit({"done": True})
    render.emit_line({"done": True})
    render.say("for people")
    assert capsys.readouterr().out == "for people\n"


def test_a_plan_shows_what_is_sent_what_it_costs_and_what_becomes_public(capsys: pytest.CaptureFixture[str]):
    Render(json_mode=False, yes=True).confirm(PLAN)
    said = capsys.readouterr().err
    for words in (
        "This will commit to a model for job 7.",
        "0x12",
        "100,000 units, now 0.0001 ETH",
        "public: a commitment",
        "Warning: The window closes",
    ):
        assert words in said


def test_without_a_terminal_nothing_is_agreed_to(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", StringIO("y\n"))
    with pytest.raises(NobodyToAsk):
        Render(json_mode=False, yes=False).confirm(PLAN)


@pytest.mark.parametrize("answer", ["", "n", "no", "yep", "N"])
def test_only_yes_is_yes(monkeypatch: pytest.MonkeyPatch, answer: str):
    monkeypatch.setattr(sys, "stdin", Terminal(answer + "\n"))
    with pytest.raises(Declined):
        Render(json_mode=False, yes=False).confirm(PLAN)


@pytest.mark.parametrize("answer", ["y", "Y", "yes", " YES "])
def test_yes_goes_ahead(monkeypatch: pytest.MonkeyPatch, answer: str):
    monkeypatch.setattr(sys, "stdin", Terminal(answer + "\n"))
    Render(json_mode=False, yes=False).confirm(PLAN)


def test_progress_counts_without_a_terminal_too(capsys: pytest.CaptureFixture[str]):
    with Render(json_mode=True, yes=False).progress("Uploading", 3) as advance:
        advance(3)
    assert capsys.readouterr().out == ""


def test_waiting_without_a_terminal_is_a_line(capsys: pytest.CaptureFixture[str]):
    with Render(json_mode=False, yes=False).waiting("Waiting for input 3") as change:
        change("still")
    assert capsys.readouterr().err == "Waiting for input 3 ...\n"


def colours(tmp_path: Path, **environment: str) -> bool:
    """Whether the program writes escape sequences to a pseudo-terminal."""
    import pty

    leader, follower = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "TERM")}
    done = subprocess.run(
        [sys.executable, "-m", "deml_cli", "decode", "0xzz"],
        stderr=follower,
        stdout=subprocess.PIPE,
        env={**clean, "TERM": "xterm-256color", "DEML_HOME": str(tmp_path), **environment},
        check=False,
    )
    os.close(follower)
    shown = os.read(leader, 10_000)
    os.close(leader)
    assert done.returncode == 1
    assert b"BAD_HEX" in shown
    return b"\x1b[1;31m" in shown or b"\x1b[31m" in shown


def test_colours_on_a_terminal_unless_no_color(tmp_path: Path):
    assert colours(tmp_path)
    assert not colours(tmp_path, NO_COLOR="1")


def test_json_has_the_dapps_own_form():
    notice = DuesFixed(JobId(7), 1, Timestamp(99), (Due(Address("0xaa"), Amount(2**100)),), (), (Address("0xbb"),))
    assert plain(notice) == {
        "jobId": 7,
        "round": 1,
        "roundUntil": 99,
        "dues": [{"client": "0xaa", "pay": str(2**100)}],
        "waived": [],
        "failed": ["0xbb"],
    }
    assert plain(MarketRule(Score(9), 1)) == {"kind": "market", "target": 9, "grid": 1}
    assert plain(UnknownRule("new", b"\x01")) == {"kind": "new", "params": "0x01"}
    assert plain({"a": b"\xff", "b": Path("/x"), "c": (True, None)}) == {"a": "0xff", "b": "/x", "c": [True, None]}


def test_json_refuses_what_it_does_not_know():
    with pytest.raises(TypeError, match="set"):
        plain({"a": {1}})
