"""Where no sandbox can start, that is said as such, with what helps on this very machine; never as a leak."""

from __future__ import annotations

from pathlib import Path

import pytest

from deml_learn.sandbox import refusals
from deml_learn.sandbox.errors import NoSandbox
from deml_learn.sandbox.interface import Confined, ExitReason, ProgramResult
from deml_learn.sandbox.refusals import no_control_groups, why_it_does_not_start
from deml_learn.sandbox.selftest import require_tight

WORDS = "bwrap: No permissions to create new namespace, likely because the kernel does not allow it.\nmore"


class DoesNotStart:
    name = "a sandbox"

    def run(self, confined: Confined, on_line: object) -> ProgramResult:
        return ProgramResult(ExitReason.EXITED, 1, WORDS)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any of the known settings, that is no container."""
    settings = tuple((tmp_path / one[0].name, *one[1:]) for one in refusals._SETTINGS)
    monkeypatch.setattr(refusals, "_SETTINGS", settings)
    monkeypatch.setattr(refusals, "_CONTAINERS", (tmp_path / "container",))
    return tmp_path


def test_a_sandbox_that_does_not_start_is_none(machine: Path):
    with pytest.raises(NoSandbox, match="No permissions to create new namespace"):
        require_tight(DoesNotStart())


@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [
        ("max_user_namespaces", "0", "sysctl -w user.max_user_namespaces="),
        ("unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
        ("apparmor_restrict_unprivileged_userns", "1", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
    ],
)
def test_the_setting_that_forbids_it_is_named(machine: Path, setting: str, value: str, remedy: str):
    (machine / setting).write_text(f"{value}\n")
    found = why_it_does_not_start(ProgramResult(ExitReason.EXITED, 1, WORDS))
    assert setting in str(found)
    assert remedy in found.advice()


def test_in_a_container_its_engine_is_named(machine: Path):
    (machine / "container").touch()
    for found in (why_it_does_not_start(ProgramResult(ExitReason.EXITED, 1, WORDS)), no_control_groups()):
        assert "container" in found.advice()
        assert "as root" not in found.advice().lower()


def test_root_is_not_told_to_become_root(machine: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(refusals.os, "geteuid", lambda: 0)
    assert "root" not in no_control_groups().advice()
    monkeypatch.setattr(refusals.os, "geteuid", lambda: 1_000)
    assert "systemd" in no_control_groups().advice()
