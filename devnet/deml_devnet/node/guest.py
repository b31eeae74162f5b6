"""What passes between a node and one dapp process, whatever carries it.

The node calls `Guest.exchange` with one request at a time; the dapp asks for it with `finish`, emits outputs, and ends
it with its next `finish`. A `Guest` serves one process: when that is gone, so is all state it held, and a new process
gets a new `Guest`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Condition, Lock
from typing import Any

from deml.base.errors import Bug
from deml.base.reports import encode_json
from deml_devnet.node.errors import DappBusy, DappGone, DappTimedOut


@dataclass(frozen=True, slots=True)
class AdvanceState:
    """An input; `first_output` is how many outputs all earlier inputs have made together."""

    chain_id: int
    app_contract: str
    msg_sender: str
    block_number: int
    block_timestamp: int
    prev_randao: int
    input_index: int
    payload: bytes
    first_output: int = 0

    def as_json(self) -> dict[str, Any]:
        """The body that answers ``/finish``."""
        metadata = {
            "chain_id": self.chain_id,
            "app_contract": self.app_contract,
            "msg_sender": self.msg_sender,
            "block_number": self.block_number,
            "block_timestamp": self.block_timestamp,
            "prev_randao": f"0x{self.prev_randao:064x}",
            "input_index": self.input_index,
        }
        data = {"metadata": metadata, "payload": "0x" + self.payload.hex()}
        return {"request_type": "advance_state", "data": data}


@dataclass(frozen=True, slots=True)
class InspectState:
    """A query; it may answer with reports and change nothing."""

    payload: bytes

    def as_json(self) -> dict[str, Any]:
        """The body that answers ``/finish``."""
        return {"request_type": "inspect_state", "data": {"payload": "0x" + self.payload.hex()}}


GuestRequest = AdvanceState | InspectState


class Verdict(StrEnum):
    """How an input ended, in the JSON-RPC's words; but see `status`."""

    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    BUG = "BUG"
    """Rejected, because the dapp met a bug: it said so itself, or its process died over the input."""
    EXCEPTION = "EXCEPTION"
    TIME_LIMIT_EXCEEDED = "TIME_LIMIT_EXCEEDED"

    @property
    def status(self) -> str:
        """The word that the JSON-RPC has for it: in the machine, a bug rejects like anything else."""
        return str(Verdict.REJECTED if self is Verdict.BUG else self)


@dataclass(frozen=True, slots=True)
class Result:
    """What a request led to. A request that is not accepted has no outputs, but keeps its reports."""

    verdict: Verdict
    outputs: tuple[bytes, ...] = ()
    reports: tuple[bytes, ...] = ()
    exception: bytes = b""


def bug_report(cause: str) -> bytes:
    """Write what the dapp's parent process in the machine reports when the dapp dies; here the node is the parent."""
    return encode_json(Bug(cause).as_report())


def tells_of_a_bug(report: bytes) -> bool:
    """Whether a report is one of a bug."""
    try:
        body = json.loads(report)
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("code") == Bug.code()


class NoCurrentRequest(Exception):
    """The dapp emitted something while no request was its to answer."""


class Guest:
    """The meeting point of the node and one dapp process; safe to use from several threads."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._changed = Condition()
        self._waiting: GuestRequest | None = None
        self._current: GuestRequest | None = None
        self._result: Result | None = None
        self._outputs: list[bytes] = []
        self._reports: list[bytes] = []
        self._gone: str | None = None
        self._asked = False

    # The node's side

    def exchange(self, request: GuestRequest, seconds: float, turn_seconds: float | None = None) -> Result:
        """Have the dapp handle `request` and return what came of it; one at a time, others wait their turn.

        Parameters
        ----------
        seconds
            How long the dapp may take.
        turn_seconds
            How long to wait for a turn; None for as long as it takes.

        Raises
        ------
        DappGone
            If the process ended before it gave a verdict.
        DappTimedOut
            If it gave none in time; the process must then be ended.
        DappBusy
            If the turn did not come.
        """
        if not self._turn.acquire(timeout=-1 if turn_seconds is None else turn_seconds):
            raise DappBusy(turn_seconds or 0.0)
        try:
            return self._exchange(request, seconds)
        finally:
            self._turn.release()

    def _exchange(self, request: GuestRequest, seconds: float) -> Result:
        with self._changed:
            self._waiting, self._result = request, None
            self._changed.notify_all()
            if not self._wait_for(lambda: self._result is not None, seconds):
                raise DappTimedOut(seconds)
            if self._result is None:
                raise DappGone(self._gone or "")
            return self._result

    def wait_until_ready(self, seconds: float) -> None:
        """Wait for the dapp's first ``/finish``.

        Raises
        ------
        DappGone, DappTimedOut
        """
        with self._changed:
            if not self._wait_for(lambda: self._asked, seconds):
                raise DappTimedOut(seconds)
            if not self._asked:
                raise DappGone(self._gone or "")

    def abandon(self, reason: str) -> None:
        """Say that the process is gone."""
        with self._changed:
            self._gone = self._gone or reason
            self._changed.notify_all()

    @property
    def gone(self) -> str | None:
        """Why the process is no longer there; None while it is."""
        return self._gone

    # The dapp's side

    def finish(self, accept: bool, seconds: float) -> GuestRequest | None:
        """End the current request, if any, and wait for the next; None if there was none for so many seconds.

        Raises
        ------
        NoCurrentRequest
            If this process has been given up.
        """
        with self._changed:
            self._asked = True
            if self._current is not None:
                self._conclude(Verdict.ACCEPTED if accept else Verdict.REJECTED)
            self._changed.notify_all()
            self._wait_for(lambda: self._waiting is not None, seconds)
            if self._gone is not None:
                raise NoCurrentRequest(self._gone)
            self._current, self._waiting = self._waiting, None
            return self._current

    def emit(self, output: bytes) -> int:
        """Take an output of the current request and return its number over all inputs."""
        with self._changed:
            request = self._require_current()
            self._outputs.append(output)
            first = request.first_output if isinstance(request, AdvanceState) else 0
            return first + len(self._outputs) - 1

    def report(self, payload: bytes) -> None:
        """Take a report on the current request."""
        with self._changed:
            self._require_current()
            self._reports.append(payload)

    def throw(self, payload: bytes) -> None:
        """End the current request with an exception; the dapp cannot go on after it."""
        with self._changed:
            self._require_current()
            self._conclude(Verdict.EXCEPTION, payload)
            self._gone = "it threw an exception"
            self._changed.notify_all()

    def _require_current(self) -> GuestRequest:
        if self._gone is not None or self._current is None:
            raise NoCurrentRequest(self._gone or "no request is being handled")
        return self._current

    def _conclude(self, verdict: Verdict, exception: bytes = b"") -> None:
        if verdict is Verdict.REJECTED and any(map(tells_of_a_bug, self._reports)):
            verdict = Verdict.BUG
        kept = tuple(self._outputs) if verdict is Verdict.ACCEPTED and isinstance(self._current, AdvanceState) else ()
        self._result = Result(verdict, kept, tuple(self._reports), exception)
        self._outputs, self._reports, self._current = [], [], None

    def _wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait for `condition` or the process's end; False if neither came in time."""
        deadline = time.monotonic() + seconds
        while not condition() and self._gone is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._changed.wait(left)
        return True
