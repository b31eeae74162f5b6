"""Bacalhau's orchestrator: its HTTP API v1, or its own command-line client.

https://github.com/bacalhau-project/bacalhau ``pkg/publicapi/endpoint/orchestrator/endpoint.go``: ``PUT /jobs``,
``GET /jobs/:id`` and ``GET /jobs/:id/results`` below ``/api/v1/orchestrator``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from deml_sdk.compute.errors import NotDoneYet, ProgramFailed
from deml_sdk.compute.fetching import Outputs, from_address, from_ipfs
from deml_sdk.compute.programs import run_program
from deml_sdk.errors import BadAnswer
from deml_sdk.ipfs.content import ContentStore
from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.text import printable, read_json
from deml_sdk.ipfs.web import Web
from deml_sdk.rpc import without_secrets

PROGRAM: Final = "bacalhau"

_API: Final = "/api/v1/orchestrator/jobs"
_MAX_ANSWER: Final = 2**24
_JOB_ID: Final = re.compile(r"[A-Za-z0-9-]{1,100}")
_COMPLETED: Final = "Completed"


@dataclass(frozen=True, slots=True)
class PublishedAt:
    """Where an execution's result is: a CID on IPFS, or an address of an archive; one of them is None."""

    cid: str | None
    url: str | None

    def fetch(self, content: ContentStore, egress: EgressPolicy) -> Outputs:
        """Fetch it.

        Raises
        ------
        NotAResult, BlockNotFound, ServiceUnreachable, PrivateAddress
        """
        from deml.ipld import Cid

        return from_ipfs(Cid.parse(self.cid), content) if self.cid else from_address(self.url or "", egress)


class Bacalhau:
    """An orchestrator that the user has; it may be anywhere.

    Parameters
    ----------
    url
        Its address, without ``/api/v1``.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._web = Web(self.name, EgressPolicy(anywhere=True))

    @property
    def name(self) -> str:
        """What to call it."""
        return f"the Bacalhau orchestrator {without_secrets(self._url)}"

    def submit(self, job: Mapping[str, Any]) -> str:
        """Submit a job, and return the number that it gets.

        Raises
        ------
        BadAnswer, ServiceUnreachable
        """
        answer = self._ask("PUT", "", json.dumps({"Job": job}).encode())
        return self._checked(answer.get("JobID"))

    def results(self, job_id: str) -> PublishedAt:
        """Where the result of a job is that has been completed.

        Raises
        ------
        NotDoneYet, BadAnswer, ServiceUnreachable
        """
        self._checked(job_id)
        job = self._ask("GET", f"/{job_id}").get("Job")
        state = job.get("State") if isinstance(job, dict) else None
        kind = str(state.get("StateType")) if isinstance(state, dict) else "unknown"
        if kind != _COMPLETED:
            raise NotDoneYet(job_id, printable(kind))
        items = self._ask("GET", f"/{job_id}/results").get("Items")
        for one in items if isinstance(items, list) else []:
            params = one.get("Params") if isinstance(one, dict) else None
            if isinstance(params, dict) and one.get("Type") == "ipfs":
                return PublishedAt(str(params.get("CID")), None)
            if isinstance(params, dict) and one.get("Type") == "urlDownload":
                return PublishedAt(None, str(params.get("URL")))
        raise self._bad("it lists no result on IPFS or at an address")

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    def _ask(self, verb: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if body else {})}
        with self._web.request(verb, f"{self._url}{_API}{path}", headers, body) as answer:
            content = answer.read(_MAX_ANSWER)
            status = answer.status
        try:
            document = read_json(content)
        except ValueError:
            raise self._bad(f"HTTP {status}, and no JSON") from None
        if status != HTTPStatus.OK or not isinstance(document, dict):
            message = document.get("Message") if isinstance(document, dict) else ""
            raise self._bad(f"HTTP {status} {printable(str(message or ''))}".strip())
        return document

    def _checked(self, job_id: object) -> str:
        if not isinstance(job_id, str) or not _JOB_ID.fullmatch(job_id):
            raise self._bad("a job's number is letters, digits and hyphens")
        return job_id

    def _bad(self, reason: str) -> BadAnswer:
        return BadAnswer("Bacalhau orchestrator", without_secrets(self._url), reason)


def submit_by_program(job: Path, environment: Mapping[str, str]) -> str:
    """Submit a job by ``bacalhau job run``, which knows its own orchestrator, and return its number.

    Raises
    ------
    ProgramMissing, ProgramFailed
    """
    said = run_program((PROGRAM, "job", "run", "--id-only", "--wait=false", str(job)), environment)
    found = said.strip().splitlines()[-1:] or [""]
    if not _JOB_ID.fullmatch(found[0]):
        raise ProgramFailed(PROGRAM, 0, f"it printed no job's number: {printable(found[0])}")
    return found[0]
