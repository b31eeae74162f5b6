"""From the chain into the database: new inputs, accepted claims, executed outputs, and what a re-org takes back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from typing import Final

from deml.base.types import Address, word_of
from deml_devnet.chain import abi
from deml_devnet.chain.local import LocalChain
from deml_devnet.node.config import NodeConfig
from deml_devnet.node.errors import ForeignChain, InputsMissing
from deml_devnet.node.evm_advance import read_input
from deml_devnet.node.records import ChainInput, Claim, Execution
from deml_devnet.node.store import NodeStore
from deml_sdk.chain.contracts import CLAIM_ACCEPTED, INPUT_ADDED_TOPIC, OUTPUT_EXECUTED
from deml_sdk.chain.logs import Log, read_logs
from deml_sdk.chain.transactions import Block

_log = logging.getLogger("deml.node")

_EVENTS: Final = (INPUT_ADDED_TOPIC, CLAIM_ACCEPTED, OUTPUT_EXECUTED)

MAX_BLOCKS: Final = 1_000
"""Blocks that are read in one step of the database."""


class ChainReader:
    """Follows the chain up to a block tag; what it has read is in the database, block hashes included.

    Parameters
    ----------
    taken_back
        Called when inputs that were already processed are not on the chain any more, before they are forgotten.
    """

    def __init__(self, config: NodeConfig, chain: LocalChain, store: NodeStore, taken_back: Callable[[], None]) -> None:
        self._config = config
        self._chain = chain
        self._store = store
        self._taken_back = taken_back
        self._last: Block | None = None

    @property
    def head(self) -> Block | None:
        """Last block that was read."""
        return self._last

    def sync(self) -> None:
        """Read on, after taking back whatever a re-org has removed.

        Raises
        ------
        ForeignChain, InputsMissing
        Unavailable
        """
        head = self._chain.block(self._config.block_tag)
        if self._last is not None and head.hash == self._last.hash:
            return
        start = self._common_block() + 1
        while start <= head.number:
            end = min(start + MAX_BLOCKS - 1, head.number)
            if not self._read(start, end):
                return
            start = end + 1
        self._last = head

    def _common_block(self) -> int:
        """Latest block read that is still on the chain; what later ones led to is taken back."""
        common = self._config.first_block - 1
        with closing(self._store.known_blocks()) as known:
            newest = next(known, None)
            if newest is not None and self._is_on_chain(*newest):
                return newest[0]
            common = next((number for number, block_hash in known if self._is_on_chain(number, block_hash)), common)
        if not self._chain.code(Address(self._config.app)):
            raise ForeignChain(self._config.app, self._chain.url)
        if newest is not None:
            self._roll_back(common)
        return common

    def _is_on_chain(self, number: int, block_hash: str) -> bool:
        found = self._chain.find_block(number)
        return found is not None and found.hash == block_hash

    def _roll_back(self, block: int) -> None:
        with self._store.step():
            lost = self._store.roll_back(block)
            if lost:
                self._taken_back()
        _log.warning("re-org: blocks after %d are others now; %d processed inputs taken back", block, lost)

    def _read(self, first: int, last: int) -> bool:
        """Read a range of blocks; False if the chain changed meanwhile, and nothing was kept."""
        config = self._config
        before = self._chain.find_block(last)
        emitters = [Address(one) for one in (config.input_box, config.app, config.authority)]
        logs = list(read_logs(self._chain, emitters, _EVENTS, first, last))
        after = self._chain.find_block(last)
        if before is None or after is None or before.hash != after.hash:
            return False
        with self._store.step():
            for log in logs:
                self._keep(log)
            self._store.add_block(after.number, after.hash)
            self._store.forget_old_blocks(after.number)
        return True

    def _keep(self, log: Log) -> None:
        about = len(log.topics) > 1 and log.topics[1] == "0x" + word_of(Address(self._config.app)).hex()
        if log.address == self._config.input_box and log.topics[0] == INPUT_ADDED_TOPIC and about:
            self._keep_input(log)
        elif log.address == self._config.authority and log.topics[0] == CLAIM_ACCEPTED and about:
            last_block, root = abi.read(["uint256", "bytes32"], log.data)
            self._store.add_claim(Claim(last_block, root, log.transaction, log.block))
        elif log.address == self._config.app and log.topics[0] == OUTPUT_EXECUTED:
            number, _ = abi.read(["uint64", "bytes"], log.data)
            self._store.add_execution(Execution(number, log.transaction, log.block))

    def _keep_input(self, log: Log) -> None:
        (raw,) = abi.read(["bytes"], log.data)
        number, expected = int(log.topics[2], 16), self._store.input_count()
        if number != expected:
            raise InputsMissing(expected, number, log.block)
        found = ChainInput(
            number=number,
            epoch=log.block // self._config.epoch_length,
            block_number=log.block,
            block_hash=log.block_hash,
            transaction=log.transaction,
            log_index=log.index,
            sender=read_input(raw).msg_sender,
            raw=raw,
        )
        self._store.add_input(found, self._config.epoch_length)
        self._store.add_block(log.block, log.block_hash)
