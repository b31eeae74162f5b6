"""A job and its clients, as frozen values: a change makes a new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from deml.base.answers import Average
from deml.base.outputs import Payout
from deml.base.states import Ending, Opening, Standing
from deml.base.terms import Terms
from deml.base.types import EPOCH, NOTHING, Address, Amount, JobId, Score, Timestamp
from deml.scoring.reservation import BYTES_PER_CLIENT, MemoryNeeds, terms_bytes


@dataclass(frozen=True, slots=True)
class ClientState:
    """One participant of one job.

    `order` is its place in the order of commitments, `declared` the credited score that it declared, `score` what its
    model was found to score. `due` is the pay it was due when dues were last computed, `first_due`
    when they were first computed. `model_cid` is what it submitted, and `scored_by` the last second in which that
    may be scored. `mismatches` counts how often in this round it sent other bytes than it committed to.
    """

    address: Address
    pay_to: Address
    stake: Amount
    standing: Standing = Standing.ACCEPTED
    commitment: bytes | None = None
    order: int = 0
    declared: Score | None = None
    score: Score | None = None
    min_pay: Amount = NOTHING
    due: Amount = NOTHING
    first_due: Amount = NOTHING
    model_cid: str = ""
    scored_by: Timestamp = EPOCH
    mismatches: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """The opened holdout: its canonical CID, its number of rows, and whether the baseline proved true on it."""

    data_cid: str
    rows: int
    opening: Opening


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """How a job ended, and who received what."""

    ending: Ending
    payouts: tuple[Payout, ...]
    sponsor_refund: Amount
    burnt: Amount


@dataclass(frozen=True, slots=True)
class JobState:
    """One job.

    `needs` is the memory that it can come to need, `commits` counts commitments ever made. `round` counts how often
    dues were computed, and `round_until` is the last second in which those due may submit, or, where all of them have,
    be scored. `mismatches` counts how often the sponsor sent other bytes than it committed to. `average` is there from
    the settlement of a job whose terms ask for one.
    """

    id: JobId
    sponsor: Address
    terms: Terms
    escrow: Amount
    needs: MemoryNeeds
    clients: tuple[ClientState, ...] = ()
    commits: int = 0
    opened: Opened | None = None
    round: int = 0
    round_until: Timestamp = EPOCH
    outcome: JobOutcome | None = None
    mismatches: int = 0
    average: Average | None = None

    @property
    def reserved_bytes(self) -> int:
        """Memory that is set aside for the job; once it is settled, for the models that are to be averaged."""
        return self.needs.of(self.average.models if self.average else len(self.clients))

    @property
    def record_bytes(self) -> int:
        """What its record takes once it has ended, estimated."""
        return terms_bytes(self.terms) + BYTES_PER_CLIENT * len(self.clients)

    def client(self, address: Address) -> ClientState | None:
        """Find the participant with this account."""
        return next((one for one in self.clients if one.address == address), None)

    def with_client(self, changed: ClientState) -> JobState:
        """Replace the participant that has the account of `changed`."""
        return self.with_clients((changed,))

    def with_clients(self, changed: tuple[ClientState, ...]) -> JobState:
        """Replace each participant that has the account of one in `changed`."""
        by_address = {one.address: one for one in changed}
        return replace(self, clients=tuple(by_address.get(one.address, one) for one in self.clients))

    def standing(self, *standings: Standing) -> tuple[ClientState, ...]:
        """List the participants with one of these standings, in commit order."""
        return tuple(one for one in self.in_commit_order() if one.standing in standings)

    def in_commit_order(self) -> Iterator[ClientState]:
        """Yield all participants, those without a commitment first."""
        yield from sorted(self.clients, key=lambda one: one.order)

    @property
    def committed(self) -> bool:
        """Whether anybody has committed to a model."""
        return any(one.commitment is not None for one in self.clients)

    @property
    def revealed(self) -> Opened | None:
        """The holdout, once its baseline is confirmed."""
        return self.opened if self.opened and self.opened.opening is Opening.CONFIRMED else None
