"""A Cartesi Machine without one: processes, a rollup device or server, and a snapshot before every input.

Snapshots are modelled by replay: a rejection ends all processes, and new ones are led through the inputs accepted so
far, which must lead to the same again. So, as in the machine, the inputs after a rejection meet a dapp that has never
seen the rejected one, whatever state that left its processes in.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from errno import EBUSY
from functools import cache
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple, Protocol

from eth_utils.crypto import keccak

from deml.wire.outputs import open_envelope
from deml_devnet.node import guest
from deml_devnet.node.errors import DappGone
from deml_devnet.node.rollup_http import RollupServer
from deml_sdk.chain.contracts import EVM_ADVANCE
from deml_sdk.chain.outputs_tree import OutputsTree
from tests.support.bugs import WATCH

PEER = "DEML_FAKE_CMT_PEER"
"""Environment variable that names the socket to `fake_libcmt.c`."""

DEVICE = "DEML_TEST_DEVICE"
"""Environment variable that names a file which stands for ``/dev/cmio``; for programs, not for the dapp."""

BUFFER_BYTES = 2**21
"""What the device takes and gives at once."""

SECONDS = 60.0

Program = Callable[[Mapping[str, str]], None]
"""What runs in the machine, in a process of its own, with these additions to its environment."""

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.integration.rollup.programs"])
"""So that starting a machine is a fork, with everything imported."""


class Verdict(StrEnum):
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    EXCEPTION = "EXCEPTION"
    HALTED = "HALTED"


class Raw(NamedTuple):
    """A request of any type with any content, as no machine would deliver it."""

    kind: int
    content: bytes


Request = guest.AdvanceState | guest.InspectState | Raw


class Result(NamedTuple):
    """What a request led to; a request that is not accepted has no outputs, but keeps its reports."""

    verdict: Verdict
    outputs: tuple[bytes, ...] = ()
    reports: tuple[bytes, ...] = ()


class Halted(Exception):
    """The machine's processes have ended; with the first one's exit code."""

    @property
    def code(self) -> int:
        return int(self.args[0])


class Transport(Protocol):
    """What is between the machine's processes and its host."""

    def open(self) -> dict[str, str]:
        """Be ready for new processes, and say what they need in their environment."""
        ...

    def wait_until_ready(self, process: BaseProcess) -> None:
        """Wait until an input can be delivered, or raise `Halted`."""
        ...

    def exchange(self, request: Request, outputs_before: list[bytes], process: BaseProcess) -> Result:
        """Deliver an input, and take what comes of it, or raise `Halted`."""
        ...

    def close(self) -> None: ...


class Machine:
    """Runs `program` over `transport`, as a node would."""

    def __init__(self, program: Program, transport: Transport) -> None:
        self._program = program
        self._transport = transport
        self._folder = Path(tempfile.mkdtemp(prefix="deml-machine-"))
        self._accepted: list[tuple[Request, Result]] = []
        self._leaves: list[bytes] = []
        self._process: BaseProcess | None = None
        self.boots = 0

    def __enter__(self) -> Machine:
        try:
            self._boot()
        except Halted:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()
        self._transport.close()
        WATCH.read(self.log)
        shutil.rmtree(self._folder)

    @property
    def log(self) -> str:
        """What the machine's processes have written."""
        return (self._folder / "log").read_text(encoding="utf-8")

    def exchange(self, request: Request) -> Result:
        """Have an input or a query handled; after a rejection, everything is as before it."""
        assert self._process is not None, "the machine has halted"
        try:
            result = self._transport.exchange(request, self._leaves, self._process)
        except Halted:
            result = Result(Verdict.HALTED)
        match result.verdict:
            case Verdict.ACCEPTED if not isinstance(request, guest.InspectState):
                self._accepted.append((request, result))
                self._leaves += map(keccak, result.outputs)
            case Verdict.REJECTED:
                self._boot()
            case Verdict.EXCEPTION | Verdict.HALTED:
                self._kill()
            case _:
                pass
        return result

    def _boot(self) -> None:
        self._kill()
        self.boots += 1
        environment = self._transport.open()
        process = FORKS.Process(target=_inside, args=(self._program, environment, str(self._folder / "log")))
        process.start()
        self._process = process
        self._transport.wait_until_ready(process)
        leaves: list[bytes] = []
        for request, result in self._accepted:
            assert self._transport.exchange(request, leaves, process) == result
            leaves += map(keccak, result.outputs)

    def _kill(self) -> None:
        if self._process is None:
            return
        if self._process.pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join(SECONDS)
        self._process = None


def _inside(program: Program, environment: Mapping[str, str], log: str) -> None:
    os.setsid()
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(written, 1)
    os.dup2(written, 2)
    program(environment)


# Through libcmt


@cache
def fake_libcmt() -> str:
    """Path of the compiled stand-in."""
    made = Path(tempfile.mkdtemp(prefix="deml-libcmt-")) / "libcmt.so"
    source = Path(__file__).with_name("fake_libcmt.c")
    headers = Path(__file__).parents[2] / "support"
    command = ["cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", f"-I{headers}"]
    subprocess.run([*command, "-o", str(made), str(source)], check=True)
    return str(made)


_ACCEPT, _REJECT, _OUTPUT, _REPORT, _EXCEPTION = range(5)


class Libcmt:
    """The device's end of `fake_libcmt.c`; one process at a time may have it open.

    Calls of the kinds in `faults` ("finish", "output", "report") answer with that error.
    """

    def __init__(self, faults: Mapping[str, int] | None = None) -> None:
        self._faults = faults or {}
        self._folder = tempfile.mkdtemp(prefix="deml-cmio-")
        self.path = f"{self._folder}/cmio"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen()
        self._opened: socket.socket | None = None

    def open(self) -> dict[str, str]:
        self._shut()
        return {PEER: self.path, "DEML_LIBCMT": fake_libcmt()}

    def wait_until_ready(self, process: BaseProcess) -> None:
        kind, _ = self._frame(process)
        assert kind == _ACCEPT

    def exchange(self, request: Request, outputs_before: list[bytes], process: BaseProcess) -> Result:
        """A finish has been read and is not answered yet, and likewise when this returns after an acceptance."""
        self._answer("finish", as_device_content(request))
        outputs: list[bytes] = []
        reports: list[bytes] = []
        while True:
            kind, body = self._frame(process)
            match kind:
                case 2:
                    open_envelope(body)
                    outputs.append(body)
                    self._answer("output")
                case 3:
                    reports.append(body)
                    self._answer("report")
                case 0:
                    kept = () if isinstance(request, guest.InspectState) else tuple(outputs)
                    if not isinstance(request, guest.InspectState):
                        assert body == OutputsTree([*outputs_before, *map(keccak, outputs)]).root
                    return Result(Verdict.ACCEPTED, kept, tuple(reports))
                case 1:
                    self._answer("finish")
                    return Result(Verdict.REJECTED, (), tuple(reports))
                case _:
                    return Result(Verdict.EXCEPTION, (), (*reports, body))

    def refuse_another(self, opening: Callable[[], object]) -> BaseException | None:
        """Let somebody else try to open the device while a process has it; return what came of it."""
        with ThreadPoolExecutor(1) as pool:
            tried = pool.submit(opening)
            wait([self._listener], SECONDS)
            self._admit()
            return tried.exception(SECONDS)

    def close(self) -> None:
        self._shut()
        self._listener.close()
        shutil.rmtree(self._folder)

    def _frame(self, process: BaseProcess) -> tuple[int, bytes]:
        """The next call, from whichever process has the device by then."""
        while True:
            waiting: list[Any] = [self._listener, process.sentinel]
            ready = wait([*waiting, *([self._opened] if self._opened else [])], SECONDS)
            assert ready, "the machine's processes do nothing"
            if self._opened in ready:
                head = self._receive(8)
                if head is not None:
                    kind, length = struct.unpack("=II", head)
                    body = self._receive(length)
                    assert body is not None, "a process died within a call"
                    return kind, body
                self._shut()
            elif self._listener in ready:
                self._admit()
            else:
                process.join(SECONDS)
                raise Halted(process.exitcode)

    def _admit(self) -> None:
        newcomer, _ = self._listener.accept()
        newcomer.sendall(struct.pack("=i", -EBUSY if self._opened else 0))
        if self._opened:
            newcomer.close()
        else:
            self._opened = newcomer

    def _answer(self, name: str, content: bytes = b"") -> None:
        assert self._opened is not None
        error = self._faults.get(name, 0)
        with suppress(BrokenPipeError):  # A process that has died since is noticed by the next call that does not come.
            self._opened.sendall(struct.pack("=i", -error) + (b"" if error else content))

    def _receive(self, length: int) -> bytes | None:
        assert self._opened is not None
        parts = bytearray()
        while len(parts) < length:
            try:
                part = self._opened.recv(length - len(parts))
            except ConnectionResetError:
                part = b""
            if not part:
                return None
            parts += part
        return bytes(parts)

    def _shut(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None


def as_device_content(request: Request) -> bytes:
    """A request as the device gives it: its type, its length, and its content."""
    match request:
        case guest.AdvanceState():
            fields = (request.chain_id, request.app_contract, request.msg_sender, request.block_number)
            more = (request.block_timestamp, request.prev_randao, request.input_index, request.payload)
            kind, content = 0, EVM_ADVANCE.encode((*fields, *more))
        case guest.InspectState(payload):
            kind, content = 1, payload
        case Raw(kind, content):
            pass
    assert len(content) <= BUFFER_BYTES, "the node does not send what the device cannot hold"
    return struct.pack("=II", kind, len(content)) + content


# Through the guest tools' server


class Http:
    """The guest tools' server, played by the devnet's; a file stands for the device that it holds."""

    def __init__(self) -> None:
        self._server = RollupServer()
        self._server.start()
        handle, self._device = tempfile.mkstemp(prefix="deml-cmio-")
        os.close(handle)
        self._guest: guest.Guest | None = None

    def open(self) -> dict[str, str]:
        if self._guest is not None:
            self._server.close(self._guest, "the machine was taken back")
        url, self._guest = self._server.open()
        return {"ROLLUP_HTTP_SERVER_URL": url, DEVICE: self._device}

    def wait_until_ready(self, process: BaseProcess) -> None:
        assert self._guest is not None
        Thread(target=_watch, args=(process, self._guest), daemon=True).start()
        try:
            self._guest.wait_until_ready(SECONDS)
        except DappGone as error:
            process.join(SECONDS)
            raise Halted(process.exitcode) from error

    def exchange(self, request: Request, outputs_before: list[bytes], process: BaseProcess) -> Result:
        assert self._guest is not None
        assert not isinstance(request, Raw)
        try:
            result = self._guest.exchange(request, SECONDS)
        except DappGone as error:
            process.join(SECONDS)
            raise Halted(process.exitcode) from error
        more = (result.exception,) if result.exception else ()
        return Result(Verdict(result.verdict.status), result.outputs, (*result.reports, *more))

    def close(self) -> None:
        self._server.stop()
        os.unlink(self._device)


def _watch(process: BaseProcess, served: guest.Guest) -> None:
    wait([process.sentinel])
    served.abandon("its processes have ended")
