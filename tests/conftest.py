"""Hypothesis: no test fails for being slow, and CI looks at the same examples every time; a longer run at others.

Tests marked ``sandbox`` need a sandbox, those marked ``operator`` programs that operators of markets run, those marked
``golang`` Go. Where these are not to be had they are left out, and the report says so in red; in CI they run all the
same, and fail.

A bug that the dapp meets rejects an input, and the dapp goes on; here it fails the test, unless that is marked
``injects_bugs``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from deml_learn.sandbox.errors import NoSandbox
from deml_learn.sandbox.find import find_sandbox
from deml_sdk.recursion import recursion_limit_kept
from tests.support.budgets import SETTING, Budgets
from tests.support.bugs import WATCH, install
from tests.support.scale import SCALE

with recursion_limit_kept():
    import eth_account  # noqa: F401 - first here, for it takes away the guard that tests of nested JSON rely on

settings.register_profile(
    "deml", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=SCALE == 1, print_blob=True
)
settings.load_profile("deml")

install()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(SETTING, "what the tests of each folder may take, in seconds of all workers", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Budgets(config))


@pytest.fixture(autouse=True)
def no_bugs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which the dapp met a bug that the test did not inject."""
    WATCH.take()
    yield
    met = WATCH.take()
    if met and request.node.get_closest_marker("injects_bugs") is None:
        pytest.fail("the dapp met a bug:\n" + "\n".join(met))


LEFT_OUT = pytest.StashKey[dict[str, str]]()
"""Why tests were left out, by their mark."""

TITLES = {
    "sandbox": "THE SANDBOX WAS NOT TESTED. Nothing that confines strangers' trainers has been tried.",
    "operator": "WHAT OPERATORS RUN WAS NOT TESTED. No alert has been fired.",
    "golang": "LILYPAD'S TEMPLATE WAS NOT FILLED BY GO'S ENGINE. What its users pass may break out of it.",
}

PROGRAMS = {"operator": ("prometheus", "promtool", "nginx"), "golang": ("go",)}
"""What operators run, and tests besides, as Debian packages it; what has the template engine of Lilypad."""


def _missing(mark: str) -> str | None:
    """Why tests with a mark cannot run here; None where they can."""
    if mark in PROGRAMS:
        absent = [one for one in PROGRAMS[mark] if shutil.which(one) is None]
        return f"Not installed: {', '.join(absent)}." if absent else None
    try:
        find_sandbox()
    except NoSandbox as error:
        return f"{error} {error.advice()}"
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out: dict[str, str] = {}
    for mark in TITLES:
        marked = [item for item in items if item.get_closest_marker(mark)]
        reason = _missing(mark) if marked and not os.environ.get("CI") else None
        if reason is not None:
            config.hook.pytest_deselected(items=marked)
            items[:] = [item for item in items if not item.get_closest_marker(mark)]
            left_out[mark] = reason
    config.stash[LEFT_OUT] = left_out
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = left_out


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear from a worker of pytest-xdist what it left out."""
    node.config.stash.setdefault(LEFT_OUT, {}).update(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for mark, reason in config.stash.get(LEFT_OUT, {}).items():
        terminalreporter.section(TITLES[mark].partition(".")[0], red=True, bold=True)
        terminalreporter.line(f"{TITLES[mark].partition('. ')[2]} {reason}", red=True, bold=True)
