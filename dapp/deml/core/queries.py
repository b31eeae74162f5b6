"""Inspect: read-only questions, answered as of the last accepted input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from deml.base.answers import (
    AccountPage,
    Balance,
    CampaignPage,
    CampaignRound,
    ClientsPage,
    JobAnswer,
    JobsOfAccount,
    JobsPage,
    JobView,
    QueryAnswer,
    Stats,
)
from deml.base.limits import MAX_PAGE_CHARACTERS, MAX_PAGE_SIZE, PAGE_SIZE
from deml.base.states import Phase
from deml.base.terms import Terms
from deml.base.types import Address, JobId
from deml.core import views
from deml.core.errors import BadQueryParameter, UnknownJob, UnknownQuery
from deml.core.job import JobState
from deml.core.phases import phase_of
from deml.core.state import State
from deml.ledger import holdings

QueryParameters = Mapping[str, str]

MAX_PATH_CHARACTERS: Final = 1_000
"""Longest query looked at."""

JOB_CHARACTERS: Final = 1_750
"""Of a job in an answer, beside its title, architecture and allow-list: names, numbers and four CIDs."""

ACCOUNT_CHARACTERS: Final = 45
"""Of an account in a list: 42, two quotes and a comma."""

_PHASES: Final = tuple(one for one in Phase if one is not Phase.OVER)


def inspect(state: State, path: str) -> QueryAnswer:
    """Answer ``jobs``, ``jobs/N``, ``jobs/N/clients``, ``jobs/N/campaign``, ``accounts/0x..`` or ``stats``.

    Parameters
    ----------
    state
        Left as it is.
    path
        The query, with parameters after a ``?``; lists take ``limit`` and ``cursor``, and may break off before the
        limit where their items are large.

    Raises
    ------
    UnknownQuery, UnknownJob, BadQueryParameter
    """
    if len(path) > MAX_PATH_CHARACTERS:
        raise UnknownQuery(path[:40] + "..")
    route, _, query = path.partition("?")
    parameters = dict(parse_qsl(query)) if query else {}
    return _route([one for one in route.split("/") if one], path)(state, parameters)


def _route(segments: Sequence[str], path: str) -> Callable[[State, QueryParameters], QueryAnswer]:
    match segments:
        case ["jobs"]:
            return _jobs
        case ["jobs", number]:
            return lambda state, _: _job(state, number)
        case ["jobs", number, "clients"]:
            return lambda state, parameters: _clients(state, number, parameters)
        case ["jobs", number, "campaign"]:
            return lambda state, parameters: _campaign(state, number, parameters)
        case ["accounts", account]:
            return lambda state, parameters: _account(state, account, parameters)
        case ["stats"]:
            return _stats
        case _:
            raise UnknownQuery(path)


def _jobs(state: State, parameters: QueryParameters) -> QueryAnswer:
    phase, sponsor = parameters.get("phase"), parameters.get("sponsor")
    if phase is not None and phase not in _PHASES:
        raise BadQueryParameter("phase", phase, "one of " + ", ".join(_PHASES))
    as_of = state.progress.as_of
    after, limit = _page(parameters)
    found: list[JobView] = []
    size = 0
    for job_id in sorted(state.jobs):
        job = state.jobs[job_id]
        if job_id <= after or (sponsor is not None and job.sponsor != _lower(sponsor)):
            continue
        if phase is not None and phase_of(job, as_of) != phase:
            continue
        if len(found) == limit or size >= MAX_PAGE_CHARACTERS:
            return JobsPage(as_of, tuple(found), found[-1].job_id)
        found.append(views.job(job, as_of))
        size += _characters(job.terms)
    return JobsPage(as_of, tuple(found), None)


def _job(state: State, number: str) -> JobAnswer:
    as_of = state.progress.as_of
    return JobAnswer(as_of, views.job(_known(state, number), as_of))


def _clients(state: State, number: str, parameters: QueryParameters) -> ClientsPage:
    job = _known(state, number)
    after, limit = _page(parameters)
    shown = job.clients[after : after + limit]
    scorings = [(key, one) for key, one in state.scorings.items() if key.job_id == job.id]
    return ClientsPage(
        as_of=state.progress.as_of,
        job_id=job.id,
        clients=tuple(views.client(one, job) for one in shown),
        uploads=tuple(views.upload(key, buffer) for key, buffer in state.buffers.items() if key.job_id == job.id),
        scorings=tuple(views.scoring(key, one, state.holdouts[job.id].rows) for key, one in scorings),
        next=after + limit if after + limit < len(job.clients) else None,
    )


def _campaign(state: State, number: str, parameters: QueryParameters) -> CampaignPage:
    """Follow what each job says it continues; the numbers fall, for a job can only name one that there was."""
    last = _known(state, number)
    _, limit = _page(parameters)
    as_of = state.progress.as_of
    rounds: list[CampaignRound] = []
    job: JobState | None = last
    before = last.id
    while job is not None and job.sponsor == last.sponsor and len(rounds) < limit:
        rounds.append(views.campaign_round(job, as_of))
        before = job.terms.previous_job
        job = state.jobs.get(before)
    return CampaignPage(as_of, last.id, tuple(rounds), before or None)


def _account(state: State, text: str, parameters: QueryParameters) -> AccountPage:
    account = Address(text.lower())
    if len(account) != 42 or not account.startswith("0x") or any(c not in "0123456789abcdef" for c in account[2:]):
        raise BadQueryParameter("account", text[:60], "20 bytes in hex, with 0x")
    after, limit = _page(parameters)
    held = list(holdings(state.balances, account))
    jobs = state.jobs.values()
    return AccountPage(
        as_of=state.progress.as_of,
        account=account,
        balances=tuple(Balance(token, amount) for token, amount in held[after : after + limit]),
        jobs=JobsOfAccount(
            sponsor=tuple(job.id for job in jobs if job.sponsor == account),
            client=tuple(job.id for job in jobs if job.client(account) is not None),
        ),
        next=after + limit if after + limit < len(held) else None,
    )


def _stats(state: State, _parameters: QueryParameters) -> Stats:
    progress = state.progress
    return Stats(
        as_of=progress.as_of,
        inputs=progress.accepted,
        jobs=progress.jobs,
        open_jobs=progress.open_jobs,
        reserved_bytes=progress.reserved_bytes,
        chain_id=progress.chain_id,
        app=progress.app or None,
    )


def _known(state: State, number: str) -> JobState:
    """Find a job, as the last input about it left it."""
    job = state.jobs.get(JobId(_number("job", number)))
    if job is None:
        raise UnknownJob(JobId(int(number)))
    return job


def _page(parameters: QueryParameters) -> tuple[int, int]:
    after = _number("cursor", parameters.get("cursor", "0"))
    limit = _number("limit", parameters.get("limit", str(PAGE_SIZE)))
    if not 1 <= limit <= MAX_PAGE_SIZE:
        raise BadQueryParameter("limit", str(limit), f"between 1 and {MAX_PAGE_SIZE}")
    return after, limit


def _lower(text: str) -> str:
    """Write ASCII letters small; what other letters become is up to an interpreter's tables."""
    return text.lower() if text.isascii() else text


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise BadQueryParameter(name, text[:40], "a whole number")
    return int(text)


def _characters(terms: Terms) -> int:
    """Length of a job in JSON, about."""
    return JOB_CHARACTERS + len(terms.title) + len(terms.architecture) + ACCOUNT_CHARACTERS * len(terms.allow_list)
