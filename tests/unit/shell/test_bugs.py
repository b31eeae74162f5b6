"""The one place that catches everything, and the watch that fails every test in which it had to."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from deml.base.errors import Bug
from deml.shell.bugs import attempt
from tests.support.bugs import WATCH, BugWatch

EXCEPTIONS = (ValueError, AssertionError, MemoryError, RecursionError, StopIteration)
OTHERS = (SystemExit, GeneratorExit, asyncio.CancelledError, type("Odd", (BaseException,), {}))
GROUP = BaseExceptionGroup("", [OSError()])


@pytest.mark.injects_bugs
@pytest.mark.parametrize(
    "error", [*(one() for one in (*EXCEPTIONS, *OTHERS)), GROUP], ids=lambda error: type(error).__name__
)
def test_an_exception_of_any_class_is_a_bug_by_its_name(error: BaseException):
    def work() -> None:
        raise error

    bug = attempt(work, "this test")
    assert isinstance(bug, Bug)
    assert bug.as_report()["values"] == {"cause": type(error).__name__}
    assert WATCH.take() == ["BUG over this test"]


def test_what_somebody_at_a_terminal_interrupts_is_no_bug():
    with pytest.raises(KeyboardInterrupt):
        attempt(lambda: exec("raise KeyboardInterrupt"), "this test")


def test_work_that_goes_well_returns_what_it_made():
    assert attempt(lambda: 7, "this test") == 7


@pytest.mark.injects_bugs
def test_a_traceback_too_long_to_be_true_is_a_bug_like_any_other():
    def deeper(depth: int) -> int:
        return deeper(depth + 1) + sys.getrecursionlimit()

    assert isinstance(attempt(lambda: deeper(0), "this test"), Bug)


def test_the_watch_reads_what_the_dapp_of_a_devnet_writes_once(tmp_path: Path):
    watch = BugWatch()
    log = tmp_path / "dapp.log"
    watch.follow(tmp_path)
    assert watch.take() == []
    log.write_text("INFO input 1: fine\nERROR BUG over input 2 from 0x12\n", encoding="utf-8")
    assert watch.take() == ["ERROR BUG over input 2 from 0x12"]
    with log.open("a", encoding="utf-8") as file:
        file.write("INFO input 3: fine\n")
    assert watch.take() == []
