"""What the dapp's notices tell of an account over all jobs: its history, its earnings, its record as a sponsor.

Notices last; the answers to queries forget jobs that ended long ago. So these are computed from notices alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deml.base.outputs import (
    Accepted,
    Committed,
    Declared,
    DuesFixed,
    HoldoutRevealed,
    JobCreated,
    Notice,
    Payout,
    PayToChanged,
    Refuted,
    Scored,
    Settled,
    ToppedUp,
)
from deml.base.states import Ending
from deml.base.types import NOTHING, Address, Amount, JobId, Timestamp
from deml_sdk.node.records import Seen


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that an account did, or that befell it in a job: when, in which job, and the notice that says so."""

    time: Timestamp
    job_id: JobId
    title: str
    token: Address
    notice: Notice


@dataclass(frozen=True, slots=True)
class JobEarnings:
    """What one job was to an account that took part; amounts in the smallest unit of `token`.

    `stake_lost` was lost for a model that was declared and not delivered. `ending` is None while the job runs: then
    `stake` is at risk.
    """

    job_id: JobId
    title: str
    token: Address
    pay_to: Address
    stake: Amount
    ending: Ending | None
    pay: Amount = NOTHING
    compensation: Amount = NOTHING
    stake_lost: Amount = NOTHING

    @property
    def net(self) -> int:
        """What it gained; negative where it lost more than it was paid."""
        return self.pay + self.compensation - self.stake_lost


@dataclass(frozen=True, slots=True)
class SponsorRecord:
    """How a sponsor's jobs went; `paid` is what its clients earned, by token, in its smallest unit.

    `refuted` counts holdouts or baselines that proved false, `unrevealed` jobs that ended without a holdout (those of
    the refuted among them), `running` those that have not ended.
    """

    jobs: int = 0
    running: int = 0
    settled: int = 0
    revealed: int = 0
    unrevealed: int = 0
    refuted: int = 0
    cancelled: int = 0
    models_paid: int = 0
    paid: Mapping[Address, Amount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rank:
    """A client among all: jobs it took part in, models that were paid, deliveries it owed and failed, and its pay."""

    client: Address
    jobs: int
    models_paid: int
    failed: int
    earned: Mapping[Address, Amount]


def history(seen: Iterable[Seen], account: Address) -> Iterator[Entry]:
    """Yield what concerns an account, as sponsor or client, in order."""
    created: dict[JobId, JobCreated] = {}
    receivers: dict[tuple[JobId, Address], Address] = {}
    for one in seen:
        notice = one.notice
        if isinstance(notice, JobCreated):
            created[notice.job_id] = notice
        if isinstance(notice, Accepted | PayToChanged):
            receivers[notice.job_id, notice.client] = notice.pay_to
        opened = created.get(notice.job_id)
        if opened is not None and _concerns(notice, account, opened.sponsor):
            yield Entry(one.timestamp, notice.job_id, opened.terms.title, opened.terms.reward_token, notice)


def earnings(seen: Iterable[Seen], account: Address) -> list[JobEarnings]:
    """List what each job was to an account that took part in it, in the order of its jobs."""
    found: dict[JobId, JobEarnings] = {}
    created: dict[JobId, JobCreated] = {}
    for one in seen:
        match one.notice:
            case JobCreated(job_id) as opened:
                created[job_id] = opened
            case Accepted(job_id, client, pay_to) | PayToChanged(job_id, client, pay_to) if client == account:
                terms = created[job_id].terms
                found[job_id] = JobEarnings(job_id, terms.title, terms.reward_token, pay_to, terms.stake, None)
            case Settled(job_id) as settled if job_id in found:
                found[job_id] = _ended(found[job_id], settled, account)
    return list(found.values())


def sponsor_record(seen: Iterable[Seen], sponsor: Address, *, before: JobId | None = None) -> SponsorRecord:
    """Sum up the jobs of a sponsor; with `before`, only those that it opened before that one."""
    own: dict[JobId, Address] = {}
    endings: Counter[Ending] = Counter()
    paid: Counter[Address] = Counter()
    models = revealed = refuted = 0
    for notice in (one.notice for one in seen):
        if isinstance(notice, JobCreated) and notice.sponsor == sponsor and (before is None or notice.job_id < before):
            own[notice.job_id] = notice.terms.reward_token
        if notice.job_id not in own:
            continue
        match notice:
            case HoldoutRevealed():
                revealed += 1
            case Refuted(client=client) if client == sponsor:
                refuted += 1
            case Settled(job_id, ending):
                endings[ending] += 1
                models += sum(1 for one in notice.payouts if one.pay)
                paid[own[job_id]] += sum(one.pay for one in notice.payouts)
    return SponsorRecord(
        jobs=len(own),
        running=len(own) - endings.total(),
        settled=endings[Ending.SETTLED],
        revealed=revealed,
        unrevealed=endings[Ending.HOLDOUT_NOT_REVEALED],
        refuted=refuted,
        cancelled=endings[Ending.CANCELLED],
        models_paid=models,
        paid=_positive(paid),
    )


def leaderboard(seen: Iterable[Seen], token: Address | None = None) -> list[Rank]:
    """Rank all clients by paid models; with `token`, by what they earned of it before all else."""
    jobs: Counter[Address] = Counter()
    models: Counter[Address] = Counter()
    failed: Counter[Address] = Counter()
    earned: dict[Address, Counter[Address]] = {}
    created: dict[JobId, JobCreated] = {}
    for notice in (one.notice for one in seen):
        match notice:
            case JobCreated(job_id):
                created[job_id] = notice
            case Accepted(client=client):
                jobs[client] += 1
            case Settled(job_id):
                terms = created[job_id].terms
                for one in notice.payouts:
                    models[one.client] += one.pay > 0
                    failed[one.client] += one.stake < terms.stake
                    earned.setdefault(one.client, Counter())[terms.reward_token] += one.pay
    ranks = [Rank(one, jobs[one], models[one], failed[one], _positive(earned.get(one, Counter()))) for one in jobs]

    def key(rank: Rank) -> tuple[int, int, int, Address]:
        of_token = 0 if token is None else rank.earned.get(token, NOTHING)
        return -of_token, -rank.models_paid, rank.failed, rank.client

    return sorted(ranks, key=key)


def _positive(amounts: Mapping[Address, int]) -> dict[Address, Amount]:
    return {token: Amount(amount) for token, amount in amounts.items() if amount}


def _concerns(notice: Notice, account: Address, sponsor: Address) -> bool:
    match notice:
        case JobCreated() | ToppedUp() | HoldoutRevealed():
            return account == sponsor
        case Accepted() | PayToChanged() | Committed() | Declared() | Scored() | Refuted():
            return notice.client == account
        case DuesFixed(dues=dues, waived=waived, failed=failed):
            return account in {*(one.client for one in dues), *waived, *failed}
        case Settled(payouts=payouts):
            return account == sponsor or any(account in (one.client, one.pay_to) for one in payouts)
        case _:
            return False


def _ended(job: JobEarnings, settled: Settled, account: Address) -> JobEarnings:
    nothing = Payout(account, job.pay_to, NOTHING, NOTHING, NOTHING)
    mine = next((one for one in settled.payouts if one.client == account), nothing)
    return JobEarnings(
        job_id=job.job_id,
        title=job.title,
        token=job.token,
        pay_to=mine.pay_to,
        stake=job.stake,
        ending=settled.ending,
        pay=mine.pay,
        compensation=mine.compensation,
        stake_lost=Amount(job.stake - mine.stake),
    )
