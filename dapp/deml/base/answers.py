"""Typed answers to queries: what `core` says of the state, as of the last accepted input, and `wire` writes as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.inputs import Slot
from deml.base.outputs import Payout, ScoringProgress
from deml.base.states import Ending, Opening, Phase, Standing
from deml.base.terms import Terms
from deml.base.types import Address, Amount, JobId, Score, Timestamp


@dataclass(frozen=True, slots=True)
class Average:
    """The mean of a settled job's verified models, as far as it is made.

    `until` is the last second in which it can be made. Of `models`, so many are `added`; then the file's `model_cid` is
    known, and the first `rows_done` rows of the holdout are scored; the `score` comes last.
    """

    until: Timestamp
    models: int
    added: int = 0
    model_cid: str | None = None
    rows_done: int = 0
    score: Score | None = None


@dataclass(frozen=True, slots=True)
class JobView:
    """A job; what is not known yet, or does not apply, is None, null in JSON.

    `round` counts how often dues were computed, and `round_until` is the last second of the current round, or of the
    window for scoring alone that prolongs it. `participants` have accepted; of them some have `committed` and
    `declared`. `opening` is what has become of the opened holdout; `revealed` is whether it is confirmed.
    """

    job_id: JobId
    sponsor: Address
    phase: Phase
    ending: Ending | None
    round: int
    round_until: Timestamp | None
    escrow: Amount
    participants: int
    committed: int
    declared: int
    revealed: bool
    opening: Opening | None
    data_cid: str | None
    rows: int | None
    sponsor_refund: Amount | None
    burnt: Amount | None
    average: Average | None
    terms: Terms


@dataclass(frozen=True, slots=True)
class Participant:
    """A client in a job; what is not known yet, or does not apply, is None, null in JSON.

    `order` is its place among the commitments, `declared` the credited score that it declared, `score` what its model
    was found to score. `due` is its pay when dues were last fixed, `scored_by` the last second in which its model may
    be scored, while it is.
    """

    client: Address
    pay_to: Address
    stake: Amount
    standing: Standing
    commitment: bytes | None
    order: int | None
    declared: Score | None
    score: Score | None
    min_pay: Amount | None
    due: Amount | None
    model_cid: str | None
    scored_by: Timestamp | None
    payout: Payout | None


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """An unfinished upload of `size` bytes so far; `next_seq` is the number of the chunk to send next."""

    sender: Address
    slot: Slot
    next_seq: int
    size: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What the dapp owes an account, of one token; the zero address stands for Ether."""

    token: Address
    amount: Amount


@dataclass(frozen=True, slots=True)
class JobsOfAccount:
    """Numbers of the jobs that an account sponsors, and of those that it takes part in."""

    sponsor: tuple[JobId, ...]
    client: tuple[JobId, ...]


@dataclass(frozen=True, slots=True)
class JobsPage:
    """Answer to ``jobs``; `next` is the cursor of the next page."""

    as_of: Timestamp
    jobs: tuple[JobView, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class JobAnswer:
    """Answer to ``jobs/N``."""

    as_of: Timestamp
    job: JobView


@dataclass(frozen=True, slots=True)
class ClientsPage:
    """Answer to ``jobs/N/clients``: clients by page, as they accepted; uploads and scorings all at once."""

    as_of: Timestamp
    job_id: JobId
    clients: tuple[Participant, ...]
    uploads: tuple[UploadProgress, ...]
    scorings: tuple[ScoringProgress, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class CampaignRound:
    """A job of a campaign.

    Of its clients' models so many are `verified`; `best` is the highest score among these, in ppm, `average` that of
    their mean, and `paid` what clients have received for them.
    """

    job_id: JobId
    phase: Phase
    ending: Ending | None
    escrow: Amount
    participants: int
    verified: int
    best: Score | None
    average: Score | None
    paid: Amount


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """Answer to ``jobs/N/campaign``: the rounds that led to a job, itself first, each the one before its successor.

    `before` is the job that the last of these claims to continue: another sponsor's, one long ended and forgotten, or
    one that this page has no room for; None where the campaign began.
    """

    as_of: Timestamp
    job_id: JobId
    rounds: tuple[CampaignRound, ...]
    before: JobId | None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Answer to ``accounts/0x..``: its balances by page, its jobs all at once."""

    as_of: Timestamp
    account: Address
    balances: tuple[Balance, ...]
    jobs: JobsOfAccount
    next: int | None


@dataclass(frozen=True, slots=True)
class Stats:
    """Answer to ``stats``: inputs accepted, jobs ever created, jobs open now and the bytes that these reserve.

    A job counts as open as long as its models' average can be made.
    """

    as_of: Timestamp
    inputs: int
    jobs: int
    open_jobs: int
    reserved_bytes: int
    chain_id: int
    app: Address | None


QueryAnswer = JobsPage | JobAnswer | ClientsPage | CampaignPage | AccountPage | Stats
