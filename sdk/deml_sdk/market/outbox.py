"""Transactions on their way: a few at a time, not after their deadline, and not forgotten before they are known."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeVar

from deml.base.types import Timestamp
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.transactions import Call, InstanceAccount, Receipt, Sender
from deml_sdk.errors import CallFailed, TransactionPending, TransactionReverted
from deml_sdk.market.errors import NoInputAdded, WindowClosed
from deml_sdk.market.pending import Pending
from deml_sdk.node.client import NodeClient
from deml_sdk.node.records import InputResult
from deml_sdk.outages import through_outages
from deml_sdk.progress import SILENT, Observer

IN_FLIGHT: Final = 4
"""How many transactions of an upload are sent before the first must be in a block: nodes keep 16 or more of an account,
and each block of an upload has room for several."""


T = TypeVar("T")


class Persist(Protocol):
    """Makes an attempt, and perhaps another."""

    def __call__(self, attempt: Callable[[], T], /) -> T:
        """Return what the attempt returns."""


class Outbox:
    """Sends for one account.

    Until something is sent, an outage is a failure: nothing has happened. From then on it is waited for.

    Parameters
    ----------
    chain, node
        Where transactions go, and who runs the inputs they add.
    pending
        Memory of what was sent and not yet heard of.
    observer
        Told what is waited for.
    """

    def __init__(self, chain: Chain, node: NodeClient, pending: Pending, observer: Observer = SILENT) -> None:
        self._chain, self._node, self._pending, self._observer = chain, node, pending, observer

    def send(
        self,
        sender: Sender,
        calls: Sequence[Call],
        job_id: int | None,
        until: Timestamp | None = None,
        *,
        begun: bool = False,
    ) -> list[Receipt]:
        """Send transactions in order; return when all are in blocks.

        Parameters
        ----------
        begun
            Wait for an outage before the first one, too.

        Raises
        ------
        WindowClosed
            If the latest block is past `until` before the last one is sent.
        ContractReverted, TransactionReverted, TransactionPending, TooMuchGas
        Unavailable
            If nothing has been sent yet.
        """
        receipts: list[Receipt] = []
        in_flight: deque[tuple[str, Call]] = deque()

        def arrive() -> None:
            tx_hash, sent = in_flight.popleft()
            receipts.append(self._arrival(tx_hash))
            if not sent.adds_input:
                self._pending.settled(tx_hash)
            advance(1)

        with self._observer.progress("sending", len(calls)) as advance:
            for count, call in enumerate(calls):
                persist = self._wait if count or begun else _once
                if until is not None and persist(self._chain.latest_block).timestamp >= until:
                    raise WindowClosed(until, count, len(calls))
                in_flight.append((self._submit(sender, call, job_id, until, persist), call))
                while len(in_flight) == IN_FLIGHT or (in_flight and call.function == "approve"):
                    arrive()
            while in_flight:
                arrive()
        return receipts

    def result(self, receipt: Receipt) -> InputResult:
        """Wait until the node has run the input that a transaction added, through outages too.

        Raises
        ------
        DappRefused, InputNotProcessed
        NoInputAdded
            If the transaction added none.
        """
        index = receipt.input_index
        if index is None:
            raise NoInputAdded(receipt.tx_hash)
        with self._observer.waiting(f"waiting for the node to process input {index}"):
            found = self._wait(lambda: self._node.wait_for_input(index))
        self._pending.settled(receipt.tx_hash)
        return found.require_accepted()

    def awaiting(self, job_id: int | None) -> bool:
        """Tell whether the outcome of something sent about a job is not known yet, by this program or one before.

        None stands for what is about no job that is there already.

        What no block has included is sent again, while there is time: a node that restarts forgets it.
        """
        return any(not self._is_settled(tx_hash) for tx_hash in self._pending.of(job_id))

    def _submit(self, sender: Sender, call: Call, job_id: int | None, until: Timestamp | None, persist: Persist) -> str:
        """Send one transaction, which is remembered before; only one that the sender signs can be sent again."""
        if isinstance(sender, InstanceAccount):
            with self._pending.nameless(job_id) as name:
                tx_hash = self._chain.submit(sender, call)
                name(tx_hash)
            return tx_hash
        signed = persist(lambda: self._chain.sign(sender, call))
        persist(lambda: self._pending.add(signed.tx_hash, job_id, signed.raw, until))
        try:
            through_outages(lambda: self._chain.broadcast(signed), self._observer, final=(CallFailed,))
        except CallFailed:
            self._pending.settled(signed.tx_hash)
            raise
        return signed.tx_hash

    def _arrival(self, tx_hash: str) -> Receipt:
        """Wait for a transaction's block; after an outage send it again, for the chain may have forgotten it."""
        tried = False

        def attempt() -> Receipt:
            nonlocal tried
            if tried:
                self._repeat(tx_hash)
            tried = True
            return self._chain.wait_for(tx_hash)

        return self._wait(attempt)

    def _repeat(self, tx_hash: str) -> bool:
        """Send a transaction again that is in no block; tell whether it may still get into one."""
        kept = self._pending.signed(tx_hash)
        if kept is None:
            return True
        signed, until = kept
        if until is not None and self._chain.latest_block().timestamp >= until:
            return self._chain.knows(tx_hash)
        try:
            self._chain.broadcast(signed)
        except CallFailed:
            return False
        return True

    def _wait(self, attempt: Callable[[], T]) -> T:
        return through_outages(attempt, self._observer)

    def _is_settled(self, tx_hash: str) -> bool:
        try:
            receipt = self._chain.wait_for(tx_hash, seconds=0)
        except TransactionPending:
            if self._repeat(tx_hash):
                return False
            self._pending.settled(tx_hash)
            return True
        except TransactionReverted:
            self._pending.settled(tx_hash)
            return True
        if receipt.input_index is not None and self._node.processed_inputs() <= receipt.input_index:
            return False
        self._pending.settled(tx_hash)
        return True


def _once(attempt: Callable[[], T]) -> T:
    return attempt()
