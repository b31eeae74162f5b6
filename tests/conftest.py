"""Hypothesis: no test fails for being slow, and CI looks at the same examples every time; a longer run at others.

Tests marked ``sandbox`` need a sandbox. Where none is to be had they are left out, and the report says so in red; in CI
they run all the same, and fail.

A bug that the dapp meets rejects an input, and the dapp goes on; here it fails the test, unless that is marked
``injects_bugs``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from deml_learn.sandbox.errors import NoSandbox
from deml_learn.sandbox.find import find_sandbox
from deml_sdk.recursion import recursion_limit_kept
from tests.support.bugs import WATCH, install
from tests.support.scale import SCALE

with recursion_limit_kept():
    import eth_account  # noqa: F401 - first here, for it takes away the guard that tests of nested JSON rely on

settings.register_profile("deml", deadline=None, derandomize=SCALE == 1, print_blob=True)
settings.load_profile("deml")

install()


@pytest.fixture(autouse=True)
def no_bugs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which the dapp met a bug that the test did not inject."""
    WATCH.take()
    yield
    met = WATCH.take()
    if met and request.node.get_closest_marker("injects_bugs") is None:
        pytest.fail("the dapp met a bug:\n" + "\n".join(met))


LEFT_OUT = pytest.StashKey[str]()
"""Why tests of the sandbox were left out, if they were."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if item.get_closest_marker("sandbox")]
    if not left_out or os.environ.get("CI"):
        return
    try:
        find_sandbox()
    except NoSandbox as error:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("sandbox")]
        config.stash[LEFT_OUT] = f"{error} {error.advice()}"
        if hasattr(config, "workeroutput"):
            config.workeroutput["left_out"] = config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear from a worker of pytest-xdist what it left out."""
    reason = getattr(node, "workeroutput", {}).get("left_out")
    if reason:
        node.config.stash[LEFT_OUT] = reason


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    reason = config.stash.get(LEFT_OUT, None)
    if reason is None:
        return
    terminalreporter.section("THE SANDBOX WAS NOT TESTED", red=True, bold=True)
    terminalreporter.line(f"Nothing that confines strangers' trainers has been tried. {reason}", red=True, bold=True)
