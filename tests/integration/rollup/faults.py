"""Everything that can go wrong while an input is handled, set off by the number of the block that it comes in.

The dapp looks at no block's number, so the same input comes with a fault or without.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np

from deml.base.errors import Bug
from deml.base.inputs import Body, Deposit, Metadata
from deml.core.state import State
from deml.core.transition import HANDLERS
from deml.shell import application

SOUND_BLOCK = 7
"""A block whose inputs meet no fault."""

_FIRST_BLOCK = 1_000

QUERY = "fault/"
"""A query that begins like this meets the fault that it goes on to name."""


def plain() -> NoReturn:
    raise ZeroDivisionError("a bug")


def exit_by_exception() -> NoReturn:
    sys.exit(0)


def endless_recursion() -> Any:
    return endless_recursion()


def all_memory() -> list[object]:
    """Takes what there is, a little at a time, until there is no more."""
    taken: list[object] = []
    while True:
        taken.append(np.empty(2**22, np.uint8))


def wrong_type() -> Any:
    """What a library in C makes of an argument that it did not expect."""
    return memoryview(3)  # type: ignore[arg-type]


def segmentation_fault() -> None:
    faulthandler._sigsegv()  # type: ignore[attr-defined]


def stack_overflow() -> None:
    faulthandler._stack_overflow()  # type: ignore[attr-defined]


def sudden_exit() -> None:
    os._exit(0)


def oom_killer() -> None:
    """What the kernel does to a process that takes more memory than there is."""
    os.kill(os.getpid(), signal.SIGKILL)


EXCEPTIONS: dict[str, Callable[[], object]] = {
    one.__name__: one for one in (plain, wrong_type, exit_by_exception, endless_recursion, all_memory)
}
"""What Python still is there after: the dapp itself rejects the input."""

DEATHS: dict[str, Callable[[], object]] = {
    one.__name__: one for one in (segmentation_fault, stack_overflow, sudden_exit, oom_killer)
}
"""What ends the process."""

FAULTS = {**EXCEPTIONS, **DEATHS}


def block_of(fault: str) -> int:
    """Number of the block that sets `fault` off."""
    return _FIRST_BLOCK + list(FAULTS).index(fault)


@contextmanager
def installed() -> Iterator[None]:
    """Let inputs meet their faults in their handlers, and queries where they are answered."""
    handlers, inspect = dict(HANDLERS), application.inspect

    def faulty(handler: Callable[..., Any]) -> Callable[..., Any]:
        def handle(state: State, meta: Metadata, body: Body) -> Any:
            repeated = isinstance(body, Deposit) and isinstance(body.problem, Bug)
            try:
                return handler(state, meta, body)
            finally:
                if meta.block_number >= _FIRST_BLOCK and not repeated:
                    list(FAULTS.values())[meta.block_number - _FIRST_BLOCK]()

        return handle

    def answer(state: State, path: str) -> Any:
        if path.startswith(QUERY):
            FAULTS[path.removeprefix(QUERY)]()
        return inspect(state, path)

    HANDLERS.update({kind: faulty(handler) for kind, handler in handlers.items()})
    application.inspect = answer  # type: ignore[attr-defined]
    try:
        yield
    finally:
        HANDLERS.update(handlers)
        application.inspect = inspect  # type: ignore[attr-defined]
