"""Jobs and their participants as the dapp's answers to queries describe them (``docs/inspect.md``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from deml.base.answers import (
    AccountPage,
    ClientsPage,
    JobAnswer,
    JobsOfAccount,
    JobsPage,
    JobView,
    Participant,
    Stats,
    UploadProgress,
)
from deml.base.inputs import Slot
from deml.base.limits import MAX_PAGE_SIZE
from deml.base.outputs import ScoringProgress
from deml.base.types import Address, Amount, Timestamp
from deml.wire import answers
from deml.wire.notices import SCORING

AskDapp = Callable[[str], Mapping[str, Any]]
"""Ask the dapp a query such as ``jobs/7``; raises `DemlError` where it answers with an error."""

P = TypeVar("P", JobsPage, ClientsPage, AccountPage)


@dataclass(frozen=True, slots=True)
class Job(JobView):
    """A job as of `as_of`, the time of the last input that the dapp accepted; `fetch_jobs` leaves the lists empty."""

    as_of: Timestamp
    clients: tuple[Participant, ...] = ()
    uploads: tuple[UploadProgress, ...] = ()
    scorings: tuple[ScoringProgress, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing can happen to the job any more."""
        return self.ending is not None

    def client(self, address: Address) -> Participant | None:
        """Find a participant by account."""
        return next((one for one in self.clients if one.client == address), None)

    def upload(self, sender: Address, slot: Slot) -> UploadProgress | None:
        """Find an unfinished upload."""
        return next((one for one in self.uploads if (one.sender, one.slot) == (sender, slot)), None)

    def scoring(self, client: Address) -> ScoringProgress | None:
        """Find how far the scoring of a model has come, if it is going on; the sponsor's is the initial one."""
        return next((one for one in self.scorings if one.client == client), None)

    def in_commit_order(self) -> list[Participant]:
        """List those who committed, first come first."""
        committed = [one for one in self.clients if one.order is not None]
        return sorted(committed, key=lambda one: one.order or 0)


def ranked(job: Job) -> list[Participant]:
    """List clients by score, best first; until a model is verified, by what it declared. Equals come as they committed.

    The raw score says which model is best, the credited one what is paid (ADR 32).
    """

    def key(one: Participant) -> tuple[bool, int, bool, int]:
        known = one.declared if one.score is None else one.score
        return known is None, -(known or 0), one.order is None, one.order or 0

    return sorted(job.clients, key=key)


def fetch_job(inspect: AskDapp, job_id: int) -> Job:
    """Read one job with all its participants and unfinished uploads.

    Raises
    ------
    MalformedJson
        If the answer is not the dapp's.
    """
    answer = answers.read(JobAnswer, inspect(f"jobs/{job_id}"), f"jobs/{job_id}")
    clients: list[Participant] = []
    uploads: tuple[UploadProgress, ...] = ()
    scorings: tuple[ScoringProgress, ...] = ()
    for page in _pages(inspect, ClientsPage, f"jobs/{job_id}/clients?"):
        clients.extend(page.clients)
        uploads, scorings = page.uploads, page.scorings
    return _job(answer.job, answer.as_of, tuple(clients), uploads, scorings)


def job_json(job: Job) -> dict[str, Any]:
    """Write a job under the names that the dapp's answers have."""
    return {
        "asOf": job.as_of,
        **answers.JOB.write(job),
        "clients": [answers.CLIENT.write(one) for one in job.clients],
        "uploads": [answers.UPLOAD.write(one) for one in job.uploads],
        "scorings": [SCORING.form.write(one) for one in job.scorings],
    }


def fetch_jobs(inspect: AskDapp, sponsor: str | None = None) -> list[Job]:
    """Read all jobs that the dapp remembers, without their participants.

    Raises
    ------
    MalformedJson
        If an answer is not the dapp's.
    """
    wanted = f"jobs?sponsor={sponsor}&" if sponsor else "jobs?"
    return [_job(one, page.as_of) for page in _pages(inspect, JobsPage, wanted) for one in page.jobs]


def fetch_stats(inspect: AskDapp) -> Stats:
    """How much the Application holds.

    Raises
    ------
    MalformedJson
        If the answer is not the dapp's.
    """
    return answers.read(Stats, inspect("stats"), "stats")


def jobs_of(inspect: AskDapp, account: Address) -> JobsOfAccount:
    """Numbers of the jobs that an account sponsors, and of those it takes part in.

    Raises
    ------
    MalformedJson
        If the answer is not the dapp's.
    """
    query = f"accounts/{account}"
    return answers.read(AccountPage, inspect(query), query).jobs


def balances_of(inspect: AskDapp, account: Address) -> dict[Address, Amount]:
    """What the dapp owes an account, by token, however many there are.

    Raises
    ------
    MalformedJson
        If an answer is not the dapp's.
    """
    pages = _pages(inspect, AccountPage, f"accounts/{account}?")
    return {one.token: one.amount for page in pages for one in page.balances}


def _pages(inspect: AskDapp, kind: type[P], query: str) -> Iterator[P]:
    cursor = 0
    while True:
        page = answers.read(kind, inspect(f"{query}limit={MAX_PAGE_SIZE}&cursor={cursor}"), query.rstrip("?&"))
        yield page
        if page.next is None:
            return
        cursor = page.next


def _job(
    view: JobView,
    as_of: Timestamp,
    clients: tuple[Participant, ...] = (),
    uploads: tuple[UploadProgress, ...] = (),
    scorings: tuple[ScoringProgress, ...] = (),
) -> Job:
    values = {one.name: getattr(view, one.name) for one in fields(JobView)}
    return Job(**values, as_of=as_of, clients=clients, uploads=uploads, scorings=scorings)
