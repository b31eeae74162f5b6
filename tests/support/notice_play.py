"""A chain with forks and a node that follows them, for the index of notices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from deml.base.outputs import Accepted
from deml.base.types import Address, JobId, Timestamp
from deml.wire import notices
from deml.wire.outputs import NoticeEmission, envelope
from deml_sdk.addresses import keccak256
from deml_sdk.chain import contracts
from deml_sdk.chain.transactions import Block
from deml_sdk.errors import ContractReverted, NoSuchRecord
from deml_sdk.node.notice_index import NoticeIndex
from deml_sdk.node.records import ACCEPTED, NOTICE_SELECTOR, StoredInput, StoredOutput
from deml_sdk.progress import Silent
from tests.support.course import ANNA

STRANGERS = envelope(NoticeEmission(b"no notice of ours"))


@dataclass
class Fork:
    """Blocks, and the inputs in each: what a job's notices are about, or None for a stranger's notice."""

    blocks: list[tuple[str, tuple[int | None, ...]]] = field(default_factory=lambda: [("0x00", ())])

    def inputs(self) -> Iterator[StoredInput]:
        numbers = count()
        for height, (block_hash, jobs) in enumerate(self.blocks):
            for job in jobs:
                number = next(numbers)
                raw = f"{number} {height} {block_hash} {job}".encode()
                yield StoredInput(number, 0, ACCEPTED, ANNA, b"", height, Timestamp(height * 12), raw)

    def outputs(self) -> list[StoredOutput]:
        jobs = [job for _, jobs in self.blocks for job in jobs]
        return [StoredOutput(index, index, 0, self._output(index, job), None, None) for index, job in enumerate(jobs)]

    def _output(self, index: int, job: int | None) -> bytes:
        if job is None:
            return STRANGERS
        client = Address(f"0x{index:040x}")
        return envelope(NoticeEmission(notices.encode(Accepted(JobId(job), client, client))))


class Chain:
    """What the index asks a chain for."""

    app, input_box, chain_id = Address("0x" + "a1" * 20), Address("0x" + "b2" * 20), 31337

    def __init__(self) -> None:
        self.fork, self.final = Fork(), 0

    def find_block(self, which: Any) -> Block | None:
        if which >= len(self.fork.blocks):
            return None
        return Block(which, Timestamp(which * 12), self.fork.blocks[which][0])

    def finalized_block(self) -> Block:
        found = self.find_block(self.final)
        assert found is not None
        return found

    def read(self, contract: str, address: Address, view: Any, *arguments: Any, block: str = "latest") -> tuple[bytes]:
        assert (view, address, arguments[0]) == (contracts.INPUT_HASH, self.input_box, self.app)
        known = [one for one in self.fork.inputs() if one.block_number <= int(block, 16)]
        if arguments[1] >= len(known):
            raise ContractReverted(contract, view.function.name, "Panic(50)")
        return (keccak256(known[arguments[1]].raw),)


class Node:
    """A node that may lag behind the chain, and be on another fork."""

    shown_url = "http://127.0.0.1:10011"

    def __init__(self) -> None:
        self.fork, self.asked, self.inputs_asked = Fork(), 0, 0

    def outputs(self, *, start: int = 0, output_type: str | None = None) -> Iterator[StoredOutput]:
        assert output_type == NOTICE_SELECTOR
        for one in self.fork.outputs()[start:]:
            self.asked += 1
            yield one

    def output(self, index: int) -> StoredOutput:
        found = self.fork.outputs()
        if index >= len(found):
            raise NoSuchRecord("output", index)
        return found[index]

    def inputs(self, start: int = 0) -> Iterator[StoredInput]:
        yield from list(self.fork.inputs())[start:]

    def input(self, index: int) -> StoredInput:
        self.inputs_asked += 1
        return next(one for one in self.fork.inputs() if one.index == index)


@dataclass
class NoticePlay:
    """A chain, a node on it, and programs that read with the same file."""

    path: Path | None
    chain: Chain = field(default_factory=Chain)
    node: Node = field(default_factory=Node)
    notes: list[str] = field(default_factory=list)
    _hashes: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.programs = [self.program(), self.program()]

    def program(self) -> NoticeIndex:
        observer = Silent()
        observer.note = self.notes.append  # type: ignore[method-assign]
        return NoticeIndex(self.node, self.chain, self.path, observer)  # type: ignore[arg-type]

    def mine(self, *jobs: int | None) -> None:
        self.chain.fork = Fork([*self.chain.fork.blocks, (f"0x{next(self._hashes):02x}", jobs)])

    def follow(self) -> None:
        self.node.fork = self.chain.fork

    def finalise(self, lag: int = 0) -> None:
        self.chain.final = max(self.chain.final, len(self.chain.fork.blocks) - 1 - lag)

    def reorg(self, depth: int) -> None:
        """Take back blocks that are not final."""
        kept = max(self.chain.final + 1, len(self.chain.fork.blocks) - depth)
        self.chain.fork = Fork(self.chain.fork.blocks[:kept])

    def read(self, program: int = 0, job: int | None = None) -> list[tuple[int, int, int, int]]:
        seen = self.programs[program].read(self.chain.finalized_block(), None if job is None else JobId(job))
        return [(one.output_index, one.notice.job_id, one.block, one.timestamp) for one in seen]

    def truth(self, job: int | None = None) -> list[tuple[int, int, int, int]]:
        """What the node would say without an index."""
        found = zip(self.node.fork.outputs(), self.node.fork.inputs(), strict=True)
        return [
            (output.index, output.notice.job_id, of.block_number, of.timestamp)
            for output, of in found
            if output.notice is not None and (job is None or output.notice.job_id == job)
        ]

    def node_contradicts(self) -> bool:
        """Whether the node has something final that is not on the chain."""
        final = self.chain.final
        mine, theirs = self.node.fork.blocks[: final + 1], self.chain.fork.blocks[: final + 1]
        return any(one != other and (one[1] or other[1]) for one, other in zip(mine, theirs, strict=False))
