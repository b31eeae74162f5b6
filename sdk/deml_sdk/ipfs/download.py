"""From sources to a complete file: a race for the whole of it, then block by block what is still missing.

Whatever a source does, each good block is kept the moment it is there. One that sends a CAR of no use, for whatever
reason, may still give blocks, after the others: each is checked against its CID. One that lies about a block it was
asked for, stalls or cannot be reached is not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from deml.base.errors import DemlError
from deml.ipld import Cid
from deml_sdk.errors import BlockNotFound, ServiceUnreachable
from deml_sdk.ipfs.dag import FileDag
from deml_sdk.ipfs.errors import FileNotFound, GatewayBusy, NotHadForNow, PrivateAddress, Stalled, UnwantedBlock
from deml_sdk.ipfs.interface import BlockSource
from deml_sdk.ipfs.race import Won, race

Keep = Callable[[Cid, bytes], None]
"""Is given each block as soon as it is known to be good and part of the file."""

_AT_ONCE = 8
"""Blocks asked for at the same time: a compromise between round trips and politeness."""

_GONE = (Stalled, ServiceUnreachable, PrivateAddress)
"""What is wrong with a source itself, not with the CAR it sends: asking it for blocks would only take longer."""

_PASSING = (GatewayBusy, ServiceUnreachable)
"""A source that may have the file, and give it later."""


class Download:
    """One file on its way.

    Parameters
    ----------
    tree
        What of it is here already, and what is wanted.
    sources
        Whom to ask.
    keep
        Where blocks go.
    """

    def __init__(self, tree: FileDag, sources: Sequence[BlockSource], keep: Keep) -> None:
        self._tree, self._keep = tree, keep
        self._sources = list(sources)
        self._alone = len(sources) == 1
        self._faults: list[DemlError] = []

    def run(self) -> None:
        """Fetch what is wanted until nothing is.

        Raises
        ------
        FileNotFound, NotHadForNow
            If no source is left; where there was but one, what was wrong with it.
        DemlError
            What is wrong with the file, whatever its source.
        """
        if not self._tree.here:
            self._stream()
        self._collect()

    def _stream(self) -> None:
        outcome = race(self._sources, self._tree.root, self._tree.max_bytes)
        for source, fault in outcome.faults:
            self._blame(source, fault)
        if outcome.winner is not None:
            with closing(outcome.winner.blocks):
                self._drain(outcome.winner)

    def _drain(self, winner: Won) -> None:
        blocks = winner.blocks
        while True:
            try:
                found = next(blocks, None)
            except DemlError as fault:
                self._blame(winner.source, fault)
                return
            if found is None:
                self._put_last(winner.source)
                return
            try:
                self._take(*found)
            except UnwantedBlock as fault:
                self._blame(winner.source, fault)
                return

    def _collect(self) -> None:
        """Ask for the missing blocks, each at one source after the other until one has it."""
        lacking: dict[Cid, list[BlockSource]] = {}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while batch := self._tree.wanted[:_AT_ONCE]:
                asked = [(cid, self._choose(cid, place, lacking)) for place, cid in enumerate(batch)]
                answers = [(cid, source, pool.submit(source.block, cid)) for cid, source in asked]
                for cid, source, answer in answers:
                    try:
                        block = answer.result()
                    except BlockNotFound as fault:
                        lacking.setdefault(cid, []).append(source)
                        self._faults.append(fault)
                    except DemlError as fault:
                        self._exclude(source, fault)
                    else:
                        self._take(cid, block)

    def _choose(self, cid: Cid, place: int, lacking: dict[Cid, list[BlockSource]]) -> BlockSource:
        able = [source for source in self._sources if source not in lacking.get(cid, ())]
        if able:
            return able[place % len(able)]
        distinct = dict.fromkeys(str(fault) for fault in self._faults)
        if len(distinct) == 1 or (self._alone and len({type(fault) for fault in self._faults}) == 1):
            raise self._faults[0]
        passing = any(isinstance(fault, _PASSING) for fault in self._faults)
        raise (NotHadForNow if passing else FileNotFound)(str(self._tree.root), " ".join(distinct))

    def _take(self, cid: Cid, block: bytes) -> None:
        if self._tree.take(cid, block):
            self._keep(cid, block)

    def _blame(self, source: BlockSource, fault: DemlError) -> None:
        """Note what was wrong with the CAR that a source sent."""
        if isinstance(fault, _GONE):
            self._exclude(source, fault)
            return
        self._put_last(source)
        if not isinstance(fault, BlockNotFound):
            self._faults.append(fault)

    def _exclude(self, source: BlockSource, fault: DemlError) -> None:
        self._faults.append(fault)
        if source in self._sources:
            self._sources.remove(source)

    def _put_last(self, source: BlockSource) -> None:
        self._sources.remove(source)
        self._sources.append(source)
