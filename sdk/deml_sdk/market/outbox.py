"""Transactions on their way: a few at a time, not after their deadline, and not forgotten before they are known."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from deml.base.types import Timestamp
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.transactions import Call, Receipt, Sender
from deml_sdk.errors import TransactionPending, TransactionReverted
from deml_sdk.market.errors import NoInputAdded, WindowClosed
from deml_sdk.market.pending import Pending
from deml_sdk.node.client import NodeClient
from deml_sdk.node.records import InputResult
from deml_sdk.progress import SILENT, Observer

IN_FLIGHT: Final = 4
"""How many transactions of an upload are sent before the first must be in a block: nodes keep 16 or more of an account,
and each block of an upload has room for several."""


class Outbox:
    """Sends for one wallet.

    Parameters
    ----------
    chain, node
        Where transactions go, and who runs the inputs they add.
    pending
        Memory of what was sent and not yet heard of.
    """

    def __init__(self, chain: Chain, node: NodeClient, pending: Pending, observer: Observer = SILENT) -> None:
        self._chain, self._node, self._pending, self._observer = chain, node, pending, observer

    def send(
        self, wallet: Sender, calls: Sequence[Call], job_id: int | None, until: Timestamp | None = None
    ) -> list[Receipt]:
        """Send transactions in order; return when all are in blocks.

        Raises
        ------
        WindowClosed
            If the latest block is past `until` before the last one is sent.
        ContractReverted, TransactionReverted, TransactionPending, TooMuchGas
        """
        receipts: list[Receipt] = []
        in_flight: deque[tuple[str, Call]] = deque()

        def arrive() -> None:
            tx_hash, sent = in_flight.popleft()
            receipts.append(self._chain.wait_for(tx_hash))
            if not sent.adds_input:
                self._pending.settled(tx_hash)
            advance(1)

        with self._observer.progress("sending", len(calls)) as advance:
            for count, call in enumerate(calls):
                if until is not None and self._chain.latest_block().timestamp >= until:
                    raise WindowClosed(until, count, len(calls))
                tx_hash = self._chain.submit(wallet, call)
                self._pending.add(tx_hash, job_id)
                in_flight.append((tx_hash, call))
                while len(in_flight) == IN_FLIGHT or (in_flight and call.function == "approve"):
                    arrive()
            while in_flight:
                arrive()
        return receipts

    def result(self, receipt: Receipt) -> InputResult:
        """Wait until the node has run the input that a transaction added.

        Raises
        ------
        DappRefused, InputNotProcessed
        NoInputAdded
            If the transaction added none.
        """
        if receipt.input_index is None:
            raise NoInputAdded(receipt.tx_hash)
        with self._observer.waiting(f"waiting until the node has run input {receipt.input_index}"):
            found = self._node.wait_for_input(receipt.input_index)
        self._pending.settled(receipt.tx_hash)
        return found.require_accepted()

    def awaiting(self, job_id: int) -> bool:
        """Tell whether the outcome of something sent about a job is not known yet, by this program or one before."""
        return any(not self._is_settled(tx_hash) for tx_hash in self._pending.of(job_id))

    def _is_settled(self, tx_hash: str) -> bool:
        try:
            receipt = self._chain.wait_for(tx_hash, seconds=0)
        except TransactionPending:
            return False
        except TransactionReverted:
            self._pending.settled(tx_hash)
            return True
        if receipt.input_index is not None and self._node.processed_inputs() <= receipt.input_index:
            return False
        self._pending.settled(tx_hash)
        return True
