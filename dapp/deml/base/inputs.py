"""Typed inputs: what `wire` decodes and `core` acts on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from deml.base.errors import DemlError
from deml.base.terms import Terms
from deml.base.types import Address, Amount, JobId, Score, Timestamp


class Codec(IntEnum):
    """How an upload stream is packed."""

    CAR = 0
    ZLIB = 1


class Slot(IntEnum):
    """Which of a sender's buffers an upload goes to."""

    INITIAL_MODEL = 0
    HOLDOUT = 1
    WEIGHTS = 2


@dataclass(frozen=True, slots=True)
class Stream:
    """A packed CAR; empty `data` stands for what the sender uploaded to the slot."""

    codec: Codec = Codec.CAR
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where an input comes from: all that the dapp knows of time and place."""

    chain_id: int
    app: Address
    sender: Address
    block_number: int
    timestamp: Timestamp
    index: int


@dataclass(frozen=True, slots=True)
class CreateJob:
    terms: Terms


@dataclass(frozen=True, slots=True)
class TopUp:
    job_id: JobId


@dataclass(frozen=True, slots=True)
class Accept:
    job_id: JobId
    pay_to: Address


@dataclass(frozen=True, slots=True)
class SetPayTo:
    job_id: JobId
    pay_to: Address


@dataclass(frozen=True, slots=True)
class Commit:
    job_id: JobId
    commitment: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    job_id: JobId
    slot: Slot
    seq: int
    chunk: bytes


@dataclass(frozen=True, slots=True)
class RevealHoldout:
    job_id: JobId
    data_cid: str
    salt: bytes
    holdout: Stream
    initial_model: Stream


@dataclass(frozen=True, slots=True)
class Declare:
    job_id: JobId
    credited: Score
    min_pay: Amount


@dataclass(frozen=True, slots=True)
class Submit:
    job_id: JobId
    model_cid: str
    data_cid: str
    salt: bytes
    weights: Stream


@dataclass(frozen=True, slots=True)
class ScoreSlices:
    job_id: JobId
    client: Address
    slices: int


@dataclass(frozen=True, slots=True)
class Settle:
    job_id: JobId


@dataclass(frozen=True, slots=True)
class Aggregate:
    job_id: JobId


@dataclass(frozen=True, slots=True)
class Cancel:
    job_id: JobId


@dataclass(frozen=True, slots=True)
class Withdraw:
    token: Address
    amount: Amount
    to: Address


@dataclass(frozen=True, slots=True)
class Deposit:
    """Tokens that a portal has already moved to the Application, and what they are for.

    `order` is what the execLayerData asks for; None for a plain deposit, or for data that could not be read, and then
    `problem` says why.
    """

    token: Address
    sender: Address
    amount: Amount
    order: CreateJob | TopUp | Accept | None = None
    problem: DemlError | None = None


@dataclass(frozen=True, slots=True)
class ForeignDeposit:
    """An ERC-721 or ERC-1155 deposit, which the dapp sends back: `ids` and `amounts` are parallel; ERC-721 has none."""

    token: Address
    sender: Address
    ids: tuple[int, ...]
    amounts: tuple[int, ...] | None


DirectInput = (
    Accept
    | SetPayTo
    | Commit
    | Upload
    | RevealHoldout
    | Declare
    | Submit
    | ScoreSlices
    | Settle
    | Aggregate
    | Cancel
    | Withdraw
)
DepositOrder = CreateJob | TopUp | Accept
Body = DirectInput | Deposit | ForeignDeposit
