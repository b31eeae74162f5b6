"""Several sources begin to send the same file; the first that shows its root is taken, the others are sent away."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Lock, Thread

from deml.base.errors import DemlError
from deml.ipld import Cid
from deml.ipld.errors import MissingBlock
from deml_sdk.ipfs.interface import Blocks, BlockSource, IpfsBlock


@dataclass(frozen=True, slots=True)
class Won:
    """The source that was first, and the blocks that it sends, the root first; the caller closes them."""

    source: BlockSource
    blocks: Blocks


@dataclass(frozen=True, slots=True)
class RaceResult:
    """Who won, if anybody, and what went wrong with those that came in before."""

    winner: Won | None
    faults: tuple[tuple[BlockSource, DemlError], ...]


def race(sources: Sequence[BlockSource], root: Cid, max_bytes: int) -> RaceResult:
    """Ask all sources at once."""
    finish = _Finish()
    runners = [_Runner(source, root, max_bytes, finish) for source in sources]
    for runner in runners:
        runner.start()
    faults = []
    for _ in runners:
        runner, blocks, fault = finish.arrivals.get()
        if fault is not None:
            faults.append((runner.source, fault))
        elif blocks is not None:
            for other in runners:
                if other is not runner:
                    other.cancel.set()
            return RaceResult(Won(runner.source, blocks), tuple(faults))
    return RaceResult(None, tuple(faults))


@dataclass
class _Finish:
    """Where runners come in: each once."""

    arrivals: SimpleQueue[_Arrival] = field(default_factory=SimpleQueue)
    _lock: Lock = field(default_factory=Lock)
    _taken: bool = False

    def first(self) -> bool:
        """Whether nobody has won yet; from now on somebody has."""
        with self._lock:
            first, self._taken = not self._taken, True
            return first


class _Runner(Thread):
    """Waits for the first block of one source; a daemon, so that a source that stalls does not hold the program up."""

    def __init__(self, source: BlockSource, root: Cid, max_bytes: int, finish: _Finish) -> None:
        super().__init__(name=f"race for {root}", daemon=True)
        self.source, self.cancel = source, Event()
        self._root, self._max_bytes, self._finish = root, max_bytes, finish

    def run(self) -> None:
        """Run."""
        arrival: _Arrival = (self, None, None)
        try:
            arrival = (self, self._begin(), None)
        except DemlError as fault:
            arrival = (self, None, fault)
        finally:
            self._finish.arrivals.put(arrival)

    def _begin(self) -> Blocks | None:
        """Wait for the first block; None where another source was faster."""
        blocks = self.source.stream(self._root, self._max_bytes, self.cancel)
        first = next(blocks, None)
        if first is None:
            raise MissingBlock(str(self._root))
        if self._finish.first():
            return _after(first, blocks)
        blocks.close()
        return None


_Arrival = tuple[_Runner, Blocks | None, DemlError | None]
"""Who came in, with the blocks of the winner, or with what went wrong."""


def _after(first: IpfsBlock, blocks: Blocks) -> Blocks:
    with closing(blocks):
        yield first
        yield from blocks
