"""Where a machine has no sandbox, the demo's own trainer runs without one, loudly; a sandbox that leaks is none."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from deml_devnet.demo import run
from deml_learn.sandbox.errors import NoSandbox, SandboxLeaks
from deml_learn.sandbox.unconfined import Unconfined


def failing(error: Exception):
    def find() -> None:
        raise error

    return find


def test_without_a_sandbox_it_goes_on_and_says_so_in_one_loud_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run, "find_sandbox", failing(NoSandbox("bubblewrap needs Linux", "Train on Linux")))
    said = StringIO()
    found = run._sandbox(Console(file=said, width=1_000, force_terminal=True, color_system="standard"))
    assert isinstance(found, Unconfined)
    (line,) = said.getvalue().splitlines()
    assert "NO SANDBOX" in line
    assert "bubblewrap needs Linux" in line
    assert "Train on Linux" in line
    assert "\x1b[" in line, "loud"


def test_a_sandbox_that_leaks_ends_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run, "find_sandbox", failing(SandboxLeaks("bubblewrap", "opened a socket")))
    with pytest.raises(SandboxLeaks):
        run._sandbox(Console(file=StringIO()))
