"""The dapp as a machine that never loses its state: whatever becomes of the process, it is as after the last input.

There are no snapshots in host mode. A new process is brought back by replaying all inputs, and every output it makes is
compared with what was stored when the input was first processed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Final

from eth_utils.crypto import keccak

from deml_devnet.node.dapp import Dapp
from deml_devnet.node.errors import DappGone, DappKeepsDying, DappTimedOut, ReplayDiverged
from deml_devnet.node.guest import AdvanceState, Guest, InspectState, Result, Verdict, bug_report

_log = logging.getLogger("deml.node")

ATTEMPTS: Final = 3
"""How often a process is started in a row before the node gives up, and an input tried before it is blamed."""

NOT_REPLAYED: Final = (Verdict.BUG, Verdict.EXCEPTION, Verdict.TIME_LIMIT_EXCEEDED)
"""Verdicts of inputs that left no trace, and that a replay leaves out: what a bug does, it may not do again."""

History = Callable[[], Iterator[tuple[AdvanceState, Verdict, list[bytes]]]]
"""Inputs processed so far, in order, with their verdicts and the hashes of their outputs."""


class Machine:
    """The dapp, brought back to where it was whenever its process ends.

    Parameters
    ----------
    advance_seconds, inspect_seconds
        How long it may take for one request.
    """

    def __init__(self, dapp: Dapp, history: History, advance_seconds: float, inspect_seconds: float) -> None:
        self._dapp = dapp
        self._history = history
        self._advance_seconds = advance_seconds
        self._inspect_seconds = inspect_seconds
        self._guest: Guest | None = None

    @property
    def ready(self) -> bool:
        """Whether it has the state of all inputs processed so far."""
        return self._guest is not None and self._guest.gone is None

    def restore(self) -> Guest:
        """See to it that it is ready, and return the process that is.

        Raises
        ------
        ReplayDiverged, DappKeepsDying
        """
        if self._guest is not None and self._guest.gone is None:
            return self._guest
        self._guest = None
        reason = ""
        for _ in range(ATTEMPTS):
            try:
                guest = self._dapp.start()
                self._replay(guest)
            except (DappGone, DappTimedOut) as error:
                reason = str(error)
                _log.warning("%s Starting it again.", error)
            else:
                self._guest = guest
                return guest
        raise DappKeepsDying(ATTEMPTS, reason, self._dapp.last_words())

    def forget(self) -> None:
        """Throw the state away, because the history is another one now."""
        self._guest = None
        self._dapp.stop("its inputs were taken back by a re-org")

    def advance(self, request: AdvanceState) -> Result:
        """Process an input. If the process ends over it, it is tried again; if always, the input is rejected.

        Raises
        ------
        ReplayDiverged, DappKeepsDying
        """
        reason = ""
        for _ in range(ATTEMPTS):
            guest = self.restore()
            try:
                return guest.exchange(request, self._advance_seconds)
            except DappTimedOut as error:
                _log.error("input %d: %s", request.input_index, error)
                guest.abandon("an input took too long")
                return Result(Verdict.TIME_LIMIT_EXCEEDED)
            except DappGone as error:
                reason = error.reason
                _log.warning("input %d: %s", request.input_index, error)
        _log.error("input %d met a bug: it is rejected, for the dapp died over it (%s)", request.input_index, reason)
        return Result(Verdict.BUG, reports=(bug_report(f"its process died: {reason}"),))

    def inspect(self, payload: bytes) -> Result:
        """Answer a query; from any thread.

        Raises
        ------
        DappGone, DappTimedOut, DappBusy
        """
        guest = self._guest
        if guest is None:
            raise DappGone("it is being brought back to its state")
        try:
            return guest.exchange(InspectState(payload), self._inspect_seconds, turn_seconds=self._inspect_seconds)
        except DappTimedOut:
            guest.abandon("an inspect took too long")
            raise

    def _replay(self, guest: Guest) -> None:
        count = 0
        for request, verdict, hashes in self._history():
            if verdict in NOT_REPLAYED:
                _log.info("input %d is not replayed: it ended as %s", request.input_index, verdict)
                continue
            try:
                result = guest.exchange(request, self._advance_seconds)
            except DappGone as error:
                raise DappGone(f"{error.reason}, over the replay of input {request.input_index}") from None
            _compare(request.input_index, result, verdict, hashes)
            count += 1
        if count:
            _log.info("replayed %d inputs; every output is the same", count)


def _compare(number: int, result: Result, verdict: Verdict, hashes: list[bytes]) -> None:
    if result.verdict is not verdict:
        raise ReplayDiverged(number, f"it is {result.verdict} and was {verdict}")
    if len(result.outputs) != len(hashes):
        raise ReplayDiverged(number, f"it has {len(result.outputs)} outputs and had {len(hashes)}")
    for position, (output, expected) in enumerate(zip(result.outputs, hashes, strict=True)):
        if keccak(output) != expected:
            raise ReplayDiverged(
                number, f"its output {position} hashes to {keccak(output).hex()}, not {expected.hex()}"
            )
