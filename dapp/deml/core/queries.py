"""Inspect: read-only questions, answered as of the last accepted input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from deml.base.limits import MAX_PAGE_CHARACTERS, MAX_PAGE_SIZE, PAGE_SIZE
from deml.base.states import Phase
from deml.base.types import Address, JobId
from deml.core import views
from deml.core.errors import BadQueryParameter, UnknownJob, UnknownQuery
from deml.core.job import Job
from deml.core.phases import phase_of
from deml.core.state import State
from deml.ledger import holdings

Answer = dict[str, Any]
Parameters = Mapping[str, str]

MAX_PATH_CHARACTERS: Final = 1_000
"""Longest query looked at."""

_PHASES: Final = tuple(one for one in Phase if one is not Phase.OVER)


def inspect(state: State, path: str) -> Answer:
    """Answer ``jobs``, ``jobs/N``, ``jobs/N/submissions``, ``accounts/0x..`` or ``stats``.

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
    parameters = dict(parse_qsl(query))
    answer = _route([one for one in route.split("/") if one], path)(state, parameters)
    return {"asOf": state.progress.as_of, **answer}


def _route(segments: Sequence[str], path: str) -> Callable[[State, Parameters], Answer]:
    match segments:
        case ["jobs"]:
            return _jobs
        case ["jobs", number]:
            return lambda state, _: {"job": views.job(_job(state, number), state.progress.as_of)}
        case ["jobs", number, "submissions"]:
            return lambda state, parameters: _submissions(state, _job(state, number), parameters)
        case ["accounts", account]:
            return lambda state, parameters: _account(state, account, parameters)
        case ["stats"]:
            return _stats
        case _:
            raise UnknownQuery(path)


def _jobs(state: State, parameters: Parameters) -> Answer:
    phase, sponsor = parameters.get("phase"), parameters.get("sponsor")
    if phase is not None and phase not in _PHASES:
        raise BadQueryParameter("phase", phase, "one of " + ", ".join(_PHASES))
    as_of = state.progress.as_of
    after, limit = _page(parameters)
    found: list[Answer] = []
    size = 0
    for job_id in sorted(state.jobs):
        job = state.jobs[job_id]
        if job_id <= after or (sponsor is not None and job.sponsor != sponsor.lower()):
            continue
        if phase is not None and phase_of(job, as_of) != phase:
            continue
        if len(found) == limit or size >= MAX_PAGE_CHARACTERS:
            return {"jobs": found, "next": found[-1]["jobId"]}
        found.append(views.job(job, as_of))
        size += len(str(found[-1]))
    return {"jobs": found, "next": None}


def _submissions(state: State, job: Job, parameters: Parameters) -> Answer:
    after, limit = _page(parameters)
    shown = job.clients[after : after + limit]
    more = after + limit < len(job.clients)
    uploads = [views.upload(key, buffer) for key, buffer in state.buffers.items() if key.job_id == job.id]
    scorings = [
        views.scoring(key, one, state.holdouts[job.id].rows)
        for key, one in state.scorings.items()
        if key.job_id == job.id
    ]
    return {
        "jobId": job.id,
        "submissions": [views.client(one, job) for one in shown],
        "uploads": uploads,
        "scorings": scorings,
        "next": after + limit if more else None,
    }


def _account(state: State, text: str, parameters: Parameters) -> Answer:
    account = Address(text.lower())
    if len(account) != 42 or not account.startswith("0x") or any(c not in "0123456789abcdef" for c in account[2:]):
        raise BadQueryParameter("account", text[:60], "20 bytes in hex, with 0x")
    after, limit = _page(parameters)
    held = list(holdings(state.balances, account))
    return {
        "address": account,
        "balances": [{"token": token, "amount": str(amount)} for token, amount in held[after : after + limit]],
        "next": after + limit if after + limit < len(held) else None,
        "jobs": {
            "sponsor": [job.id for job in state.jobs.values() if job.sponsor == account],
            "client": [job.id for job in state.jobs.values() if job.client(account) is not None],
        },
    }


def _stats(state: State, _parameters: Parameters) -> Answer:
    progress = state.progress
    return {
        "inputs": progress.accepted,
        "jobs": progress.jobs,
        "openJobs": sum(1 for job in state.jobs.values() if job.outcome is None),
        "reservedBytes": state.reserved_bytes(),
        "chainId": progress.chain_id,
        "app": progress.app,
    }


def _job(state: State, number: str) -> Job:
    """Find a job, as the last input about it left it."""
    job = state.jobs.get(JobId(_number("job", number)))
    if job is None:
        raise UnknownJob(JobId(int(number)))
    return job


def _page(parameters: Parameters) -> tuple[int, int]:
    after = _number("cursor", parameters.get("cursor", "0"))
    limit = _number("limit", parameters.get("limit", str(PAGE_SIZE)))
    if not 1 <= limit <= MAX_PAGE_SIZE:
        raise BadQueryParameter("limit", str(limit), f"between 1 and {MAX_PAGE_SIZE}")
    return after, limit


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise BadQueryParameter(name, text[:40], "a whole number")
    return int(text)
