"""What can be due for a wallet in a job."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.types import Address, Amount, JobId, Score


@dataclass(frozen=True, slots=True)
class Reveal:
    """Sponsor: publish the holdout."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Client: compute at home what the committed model scores on the revealed holdout, and what of that is credited."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class DeclareScore:
    """Client: state what is credited, and the least pay for which the model will be published."""

    job_id: JobId
    credited: Score
    min_pay: Amount


@dataclass(frozen=True, slots=True)
class PublishModel:
    """Client: publish the weights, for at least `pay`."""

    job_id: JobId
    round: int
    pay: Amount


@dataclass(frozen=True, slots=True)
class Continue:
    """Anyone: let the scoring of what `owner` published go on from row `rows_done`."""

    job_id: JobId
    owner: Address
    rows_done: int


@dataclass(frozen=True, slots=True)
class SettleJob:
    """Anyone: bring the job up to date, or end it."""

    job_id: JobId
    reason: str


@dataclass(frozen=True, slots=True)
class MakeAverage:
    """Anyone: have the verified models averaged, of which so many are `added`, and the mean scored on `rows_done`."""

    job_id: JobId
    added: int
    rows_done: int


@dataclass(frozen=True, slots=True)
class ShareModel:
    """Client: add the delivered model, which the chain shows already, to the content store."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class ShareHoldout:
    """Sponsor: add the revealed holdout, which the chain shows already, to the content store."""

    job_id: JobId


Action = (
    Reveal | Evaluate | DeclareScore | PublishModel | Continue | SettleJob | MakeAverage | ShareModel | ShareHoldout
)
