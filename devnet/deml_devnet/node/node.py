"""The node's own thread: read the chain, run the dapp, claim; over and over."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from threading import Event
from typing import Final

from eth_utils.crypto import keccak

from deml_devnet.chain.local import LocalChain
from deml_devnet.node.chain_reader import ChainReader
from deml_devnet.node.config import NodeConfig
from deml_devnet.node.dapp import Dapp
from deml_devnet.node.epochs import Epochs
from deml_devnet.node.evm_advance import read_input
from deml_devnet.node.guest import AdvanceState, Verdict
from deml_devnet.node.machine import Machine
from deml_devnet.node.records import InputRecord
from deml_devnet.node.rollup_http import RollupServer
from deml_devnet.node.store import NodeStore
from deml_sdk.chain.outputs_tree import OutputsTree
from deml_sdk.errors import Refused, Unavailable

_log = logging.getLogger("deml.node")

MAX_BLOCK: Final = 2**62

_RETRY_SECONDS: Final = 1.0
"""How long to wait before asking a chain again that did not answer."""


class Node:
    """Brings inputs to the dapp and its outputs to the chain.

    The parts it is made of only know the database: whatever a kill interrupts, the next start goes on from there.
    """

    def __init__(self, config: NodeConfig, server: RollupServer) -> None:
        self._config = config
        self._chain = LocalChain(config.rpc_url)
        self._store = NodeStore(config.database)
        self._dapp = Dapp(config, server)
        self.machine = Machine(self._dapp, self._history, config.advance_seconds, config.inspect_seconds)
        self._reader = ChainReader(config, self._chain, self._store, self._take_back)
        self._epochs = Epochs(config, self._chain, self._store)
        self._tree: OutputsTree | None = None
        self._up_to_date = False

    @property
    def ready(self) -> bool:
        """Whether it has once caught up with the chain, and the dapp can be asked."""
        return self._up_to_date and self.machine.ready

    def run(self, stop: Event) -> None:
        """Work until `stop` is set.

        Raises
        ------
        DemlError
            If it cannot go on; a chain that is away for a while is waited for.
        """
        try:
            while not stop.is_set():
                try:
                    self.step(stop)
                except (Unavailable, Refused) as error:
                    _log.warning("%s Trying again.", error)
                    stop.wait(_RETRY_SECONDS)
                else:
                    stop.wait(self._config.poll_seconds)
        finally:
            self._dapp.stop("the node stopped")
            self._store.close()
            self._chain.close()

    def step(self, stop: Event) -> None:
        """Do whatever there is to do now."""
        self._reader.sync()
        self.machine.restore()
        while not stop.is_set() and (waiting := self._store.next_input()) is not None:
            self._process(waiting)
        if self._reader.head is not None:
            self._epochs.move_on(self._reader.head.number)
            self._up_to_date = True

    def _process(self, record: InputRecord) -> None:
        tree = self._outputs_tree()
        result = self.machine.advance(read_input(record.raw, len(tree)))
        self._tree = None  # Until the step below is kept: the tree must never be ahead of the database.
        tree.extend([keccak(output) for output in result.outputs])
        with self._store.step():
            self._store.complete_input(record.number, result, tree.root)
        self._tree = tree
        sizes = len(result.outputs), len(result.reports)
        _log.info("input %d: %s, %d outputs, %d reports", record.number, result.verdict, *sizes)

    def _outputs_tree(self) -> OutputsTree:
        if self._tree is None:
            self._tree = OutputsTree(self._store.output_hashes_until(MAX_BLOCK))
        return self._tree

    def _take_back(self) -> None:
        self.machine.forget()
        self._tree = None

    def _history(self) -> Iterator[tuple[AdvanceState, Verdict, list[bytes]]]:
        outputs = 0
        for record in self._store.processed():
            hashes = self._store.output_hashes_of(record.number)
            yield read_input(record.raw, outputs), Verdict(record.status), hashes
            outputs += len(hashes)
