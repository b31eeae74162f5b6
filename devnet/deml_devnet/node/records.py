"""What the node keeps: one class for each table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NOT_PROCESSED: Final = "NONE"
"""Status of an input that the dapp has not seen yet."""


class EpochStatus(StrEnum):
    """How far an epoch is, in the JSON-RPC's words."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    INPUTS_PROCESSED = "INPUTS_PROCESSED"
    CLAIM_COMPUTED = "CLAIM_COMPUTED"
    CLAIM_SUBMITTED = "CLAIM_SUBMITTED"
    CLAIM_ACCEPTED = "CLAIM_ACCEPTED"


@dataclass(frozen=True, slots=True)
class ChainInput:
    """An input as the chain has it. `raw` is the ABI call ``EvmAdvance``."""

    number: int
    epoch: int
    block_number: int
    block_hash: str
    transaction: str
    log_index: int
    sender: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class InputRecord(ChainInput):
    """An input, and what the dapp made of it; `outputs_root` is the tree's root after it, once processed."""

    status: str
    outputs_root: bytes | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """An output; `siblings` are joined, and there from when its epoch's claim is computed."""

    number: int
    input: int
    epoch: int
    raw: bytes
    hash: bytes
    siblings: bytes | None
    executed_in: str | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class ReportRecord:
    number: int
    input: int
    epoch: int
    raw: bytes
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """A range of blocks with inputs; `virtual` counts such epochs only. `root` is the claim."""

    number: int
    virtual: int
    first_block: int
    last_block: int
    status: str
    root: bytes | None
    claim_transaction: str | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that the chain has accepted for the outputs up to `last_block`."""

    last_block: int
    root: bytes
    transaction: str
    block_number: int


@dataclass(frozen=True, slots=True)
class Execution:
    """That an output has been executed on chain."""

    output: int
    transaction: str
    block_number: int
