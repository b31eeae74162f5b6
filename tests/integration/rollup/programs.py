"""What the tests run inside a `Machine`."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NoReturn

from deml.__main__ import start
from deml.base.inputs import Cancel, Metadata
from deml.base.types import JobId
from deml.core.transition import HANDLERS
from deml.scoring.warm_up import warm_up as warm_up_scoring
from deml.shell import service
from deml.shell.application import Application, RequestResult, rejection
from deml.shell.channel import choose
from deml.shell.deployment import CARTESI_2_2
from deml.shell.errors import QueryNotText
from deml.shell.libcmt import LibcmtBackend
from deml.shell.loop import serve
from deml.shell.memory import OTHERS, limit_memory
from deml.wire.inputs import encode
from deml.wire.outputs import Emission, ReportEmission
from deml.wire.warm_up import warm_up as warm_up_wire
from tests.integration.rollup import faults
from tests.integration.rollup.machine import DEVICE
from tests.support.deployment import DEPLOYMENT

GROWTH = 48 * 2**20
"""Bytes by which the dapp may grow in the tests, where the real machine would have its RAM as the limit."""

warm_up_wire()  # Once for all machines, which are forks of the process that has imported this.
warm_up_scoring()


def dapp(environment: Mapping[str, str]) -> None:
    """The dapp as the image starts it, but for the faults that it can meet."""
    os.environ.update({"DEML_DEPLOYMENT": json.dumps(asdict(DEPLOYMENT)), **environment})
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr, force=True)
    service.limit_memory = lambda _total: limit_memory(a_little_more(), to_come=0)  # type: ignore[attr-defined]
    device = os.environ.get(DEVICE)
    with faults.installed():
        sys.exit(start(choose(os.environ, device=Path(device or "/nowhere"))))


def dapp_that_dies_at_start(environment: Mapping[str, str]) -> None:
    """The dapp in an image that is not as it should be."""
    dapp({**environment, "DEML_DEPLOYMENT": "{}"})


def dapp_that_is_killed_at_start(environment: Mapping[str, str]) -> None:
    """The dapp in a machine without room for it."""
    service.prepare = faults.oom_killer  # type: ignore[attr-defined]
    dapp(environment)


def a_little_more() -> int:
    """Bytes of RAM whose limit is `GROWTH` above what this process has of address space."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE") + GROWTH + OTHERS


class Player(Application):
    """Answers each input as its payload's entry in `answers` says, and remembers in `diary` what it was given."""

    def __init__(self, diary: Path, answers: dict[bytes, tuple[Emission, ...]] | None = None) -> None:
        super().__init__(CARTESI_2_2)
        self._diary = diary
        self._answers = answers or {}

    @property
    def given(self) -> list[tuple[Metadata | None, bytes]]:
        """Inputs and queries, in order."""
        lines = self._diary.read_text(encoding="ascii").splitlines()
        return [(meta and Metadata(*meta), bytes.fromhex(payload)) for meta, payload in map(json.loads, lines)]

    def advance(self, meta: Metadata, payload: bytes) -> RequestResult:
        self._note(meta, payload)
        if payload == b"reject":
            return rejection("input", QueryNotText(6))
        return RequestResult("input", self._answers.get(payload, ()))

    def inspect(self, payload: bytes) -> RequestResult:
        self._note(None, payload)
        if payload == b"reject":
            return rejection("query", QueryNotText(6))
        return RequestResult("query", (ReportEmission(b"answer to " + payload),))

    def _note(self, meta: Metadata | None, payload: bytes) -> None:
        fields = meta and [getattr(meta, name) for name in Metadata.__slots__]
        with self._diary.open("a", encoding="ascii") as file:
            file.write(json.dumps([fields, payload.hex()]) + "\n")


class Buggy(Player):
    """A player that meets a bug where an input says so, in the midst of the dapp."""

    def advance(self, meta: Metadata, payload: bytes) -> RequestResult:
        if payload != b"bug":
            return super().advance(meta, payload)
        handlers = dict(HANDLERS)
        HANDLERS[Cancel] = _divide_by_zero
        try:
            return Application.advance(self, meta, encode(Cancel(JobId(1))))
        finally:
            HANDLERS.update(handlers)


def _divide_by_zero(*_: object) -> NoReturn:
    raise ZeroDivisionError("a bug")


@dataclass(frozen=True)
class Served:
    """A program that serves an application of the tests' own through libcmt."""

    application: Application
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, environment: Mapping[str, str]) -> None:
        os.environ.update(environment)
        library = choose(os.environ).library
        assert library is not None
        serve(LibcmtBackend(library), self.application, lambda: 0.0)
