"""Typed outputs: what `core` emits and `wire` encodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deml.base.states import Ending
from deml.base.terms import Terms
from deml.base.types import Address, Amount, JobId, Score, Timestamp


@dataclass(frozen=True, slots=True)
class Transfer:
    """Send `amount` of `token` (or Ether) from the Application to `to`."""

    token: Address
    to: Address
    amount: Amount


@dataclass(frozen=True, slots=True)
class ForeignReturn:
    """Send ERC-721 or ERC-1155 tokens back to `to`."""

    token: Address
    to: Address
    ids: tuple[int, ...]
    amounts: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Report:
    """A JSON object for those who watch this input; not provable on chain."""

    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JobCreated:
    job_id: JobId
    sponsor: Address
    escrow: Amount
    terms: Terms


@dataclass(frozen=True, slots=True)
class ToppedUp:
    job_id: JobId
    escrow: Amount


@dataclass(frozen=True, slots=True)
class Accepted:
    job_id: JobId
    client: Address
    pay_to: Address


@dataclass(frozen=True, slots=True)
class PayToChanged:
    job_id: JobId
    client: Address
    pay_to: Address


@dataclass(frozen=True, slots=True)
class Committed:
    job_id: JobId
    client: Address
    commitment: bytes


@dataclass(frozen=True, slots=True)
class HoldoutRevealed:
    job_id: JobId
    data_cid: str
    baseline: Score
    rows: int


@dataclass(frozen=True, slots=True)
class Declared:
    job_id: JobId
    client: Address
    credited: Score
    min_pay: Amount


@dataclass(frozen=True, slots=True)
class Due:
    client: Address
    pay: Amount


@dataclass(frozen=True, slots=True)
class DuesFixed:
    job_id: JobId
    round: int
    round_until: Timestamp
    dues: tuple[Due, ...]
    waived: tuple[Address, ...]
    failed: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    job_id: JobId
    client: Address
    model_cid: str
    data_cid: str
    score: Score
    credited: Score


@dataclass(frozen=True, slots=True)
class ScoringProgress:
    job_id: JobId
    client: Address
    rows_done: int
    rows: int


@dataclass(frozen=True, slots=True)
class Refuted:
    job_id: JobId
    client: Address
    model_cid: str
    declared: Score
    computed: Score
    reason: str


@dataclass(frozen=True, slots=True)
class VerifiedModel:
    client: Address
    model_cid: str
    score: Score
    credited: Score


@dataclass(frozen=True, slots=True)
class Payout:
    client: Address
    pay_to: Address
    pay: Amount
    stake: Amount
    compensation: Amount

    @property
    def total(self) -> Amount:
        """All three: what its one voucher carries."""
        return Amount(self.pay + self.stake + self.compensation)


@dataclass(frozen=True, slots=True)
class Settled:
    job_id: JobId
    ending: Ending
    data_cid: str
    models: tuple[VerifiedModel, ...]
    payouts: tuple[Payout, ...]
    sponsor_refund: Amount
    burnt: Amount


@dataclass(frozen=True, slots=True)
class Aggregated:
    job_id: JobId
    model_cid: str
    models: int
    score: Score


Notice = (
    JobCreated
    | ToppedUp
    | Accepted
    | PayToChanged
    | Committed
    | HoldoutRevealed
    | Declared
    | DuesFixed
    | ScoringProgress
    | Scored
    | Refuted
    | Settled
    | Aggregated
)
VoucherOutput = Transfer | ForeignReturn
Output = Notice | VoucherOutput | Report
