"""The dapp's notices, by job. Those that are final are read from the node once and kept; a re-org takes none of them.

A notice is final when its input is in a finalised block. That the node means the same block as the chain is checked:
the InputBox keeps a hash of every input, which covers its block's number, time and randomness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from hashlib import sha256
from itertools import islice, takewhile
from pathlib import Path
from typing import Final, Protocol, Self, TypeVar

from deml.base.types import Timestamp
from deml_sdk.addresses import keccak256
from deml_sdk.chain import contracts
from deml_sdk.chain.application import ApplicationReader
from deml_sdk.chain.transactions import Block
from deml_sdk.errors import ContractReverted, NoSuchRecord
from deml_sdk.node.errors import NodeOnOtherFork
from deml_sdk.node.notice_store import Damaged, FileStore, Kept, MemoryStore, NoticeStore, Unusable
from deml_sdk.node.records import NOTICE_SELECTOR, Seen, StoredInput, StoredOutput, notice_in
from deml_sdk.progress import SILENT, Observer

PAGE: Final = 100
"""Notices that are looked at, and kept, together."""

_FEW: Final = 8
_DENSE: Final = 3
"""More than `_FEW` inputs, among which up to `_DENSE` times as many lie, are read by the page. Others are read one by
one: uploads lie between them, and are large."""

T = TypeVar("T")


class NoticeSource(Protocol):
    """What the index asks a node for."""

    @property
    def shown_url(self) -> str:
        """Its address, for errors."""

    def outputs(self, *, start: int = 0, output_type: str | None = None) -> Iterator[StoredOutput]:
        """Yield outputs in order, from number `start` of those of a type."""

    def output(self, index: int) -> StoredOutput:
        """Look an output up; raises `NoSuchRecord`."""

    def inputs(self, start: int = 0) -> Iterator[StoredInput]:
        """Yield inputs in order, from number `start`."""

    def input(self, index: int) -> StoredInput:
        """Look an input up."""


class NoticeIndex:
    """All notices so far, or those of a job.

    Parameters
    ----------
    node
        Where they come from.
    chain
        Where the inputs are; tells what is final.
    path
        File to keep them in; None to keep them only as long as the program runs.
    observer
        Told while many are read, and if the file cannot be used.
    """

    def __init__(
        self, node: NoticeSource, chain: ApplicationReader, path: Path | None = None, observer: Observer = SILENT
    ) -> None:
        self._node, self._chain, self._observer = node, chain, observer
        self._store: NoticeStore = MemoryStore() if path is None else FileStore(path)
        self._checked = False

    @classmethod
    def of(
        cls, home: Path, node_url: str, node: NoticeSource, chain: ApplicationReader, observer: Observer = SILENT
    ) -> Self:
        """Open the index of one Application on one chain, as one node tells it, in the folder ``index`` of `home`."""
        teller = sha256(node_url.encode()).hexdigest()[:12]
        return cls(node, chain, home / "index" / f"{chain.chain_id}-{chain.app}-{teller}.sqlite", observer)

    def read(self, finalised: Block, job_id: int | None = None) -> list[Seen]:
        """Return every notice in order, or those about one job.

        Only what is new since the last time is asked for, and what was not final then.

        Parameters
        ----------
        finalised
            Newest block that no re-org can undo.

        Raises
        ------
        NodeOnOtherFork
            If the node's inputs are not those of the chain.
        """
        return self._with_store(lambda store: self._read(store, finalised, job_id))

    def _with_store(self, act: Callable[[NoticeStore], T]) -> T:
        """Do something with what is kept; start anew where it is damaged, and in memory where it cannot be used."""
        try:
            return act(self._store)
        except Damaged:
            self._observer.note("The file of notices was damaged; they are read again.")
        except Unusable as error:
            self._to_memory(error)
            return act(self._store)
        try:
            self._store.clear()
            return act(self._store)
        except (Damaged, Unusable) as error:
            self._to_memory(error)
            return act(self._store)

    def _to_memory(self, error: Exception) -> None:
        reason = error.__cause__ or "it is damaged"
        self._observer.note(f"The file of notices cannot be used ({reason}); they are kept in memory only.")
        self._store = MemoryStore()

    def _read(self, store: NoticeStore, finalised: Block, job_id: int | None) -> list[Seen]:
        if not self._checked:
            store.check()
        if not (self._on_this_chain(store) and (self._checked or self._said_by_this_node(store))):
            store.clear()
        self._checked = True
        while (recent := self._catch_up(store, finalised)) is None:
            continue  # Another program has kept some meanwhile: on from there.
        kept = [one for row in store.notices(job_id) if (one := _seen(row)) is not None]
        known = {one.output_index for one in kept}
        wanted = (one for one in recent if job_id is None or one.notice.job_id == job_id)
        return [*kept, *(one for one in wanted if one.output_index not in known)]

    def _on_this_chain(self, store: NoticeStore) -> bool:
        """Whether the chain is still the one the notices came from: a devnet that is reset keeps its addresses."""
        mark = store.mark()
        if mark.passed == 0:
            return True
        block = self._chain.find_block(mark.block)
        return block is not None and block.hash == mark.block_hash

    def _said_by_this_node(self, store: NoticeStore) -> bool:
        """Whether the node still says what it said last: a changed dapp says something else of the same inputs."""
        last = store.last()
        try:
            return last is None or self._node.output(last.output_index).raw == last.raw
        except NoSuchRecord:
            return True  # A node that reads the chain again, and has not come as far yet.

    def _catch_up(self, store: NoticeStore, finalised: Block) -> list[Seen] | None:
        """Keep what has become final; return what has not, or None if another program was faster."""
        mark = store.mark()
        recent: list[Seen] = []
        ended = False
        outputs = self._node.outputs(start=mark.passed, output_type=NOTICE_SELECTOR)
        page = list(islice(outputs, PAGE))
        with self._observer.waiting("reading notices") if len(page) == PAGE else nullcontext():
            while page:
                pairs = self._with_inputs(page)
                final = [] if ended else list(takewhile(lambda one: one[1].block_number <= finalised.number, pairs))
                ended = len(final) < len(pairs)
                if final:
                    self._require_on_chain(final[-1][1], finalised)
                    found = [row for output, of in final if (row := _kept(output, of)) is not None]
                    after = mark.after(found, mark.passed + len(final), finalised.number, finalised.hash)
                    if not store.append(mark, found, after):
                        return None
                    mark = after
                recent += (one for output, of in pairs[len(final) :] if (one := _recent(output, of)) is not None)
                page = list(islice(outputs, PAGE))
        return recent

    def _with_inputs(self, outputs: list[StoredOutput]) -> list[tuple[StoredOutput, StoredInput]]:
        """Find the input of each output."""
        wanted = sorted({one.input_index for one in outputs})
        first, span = wanted[0], wanted[-1] - wanted[0] + 1
        if len(wanted) > _FEW and span <= _DENSE * len(wanted):
            inputs = {one.index: one for one in islice(self._node.inputs(start=first), span)}
        else:
            inputs = {index: self._node.input(index) for index in wanted}
        try:
            return [(one, inputs[one.input_index]) for one in outputs]
        except KeyError as error:
            raise NoSuchRecord("input", error.args[0]) from None

    def _require_on_chain(self, of: StoredInput, finalised: Block) -> None:
        """Make sure that the node's input is the chain's: its hash covers the block, and so all that came before it."""
        try:
            (kept,) = self._chain.read(
                *("InputBox", self._chain.input_box, contracts.INPUT_HASH, self._chain.app, of.index),
                block=hex(finalised.number),
            )
        except ContractReverted:
            kept = None  # The InputBox has no such input.
        if kept != keccak256(of.raw):
            raise NodeOnOtherFork(self._node.shown_url, of.index)


def _kept(output: StoredOutput, of: StoredInput) -> Kept | None:
    notice = output.notice
    return None if notice is None else Kept(output.index, notice.job_id, of.block_number, of.timestamp, output.raw)


def _seen(row: Kept) -> Seen | None:
    notice = notice_in(row.raw)
    return None if notice is None else Seen(notice, row.output_index, row.block, Timestamp(row.timestamp))


def _recent(output: StoredOutput, of: StoredInput) -> Seen | None:
    notice = output.notice
    return None if notice is None else Seen(notice, output.index, of.block_number, of.timestamp)
