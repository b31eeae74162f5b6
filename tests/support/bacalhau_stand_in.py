"""A stand-in for a Bacalhau orchestrator and its only node, on loopback: as much of API v1 as a job of ours takes.

Written from Bacalhau's sources (``pkg/models`` and ``pkg/publicapi`` of v1), apart from the client: what
``Job.ValidateSubmission`` and the docker engine refuse is refused, inputs are had from IPFS by their CIDs, the
container is run by whoever makes the stand-in, and the folder of its results is published on IPFS, or put up as an
archive. Its node works when it is told to, so that no client waits for a computation with its connection open. It may
lie: `lie` is what it makes of an honest result.
"""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from deml.base.limits import MAX_FILE_BYTES
from deml.ipld import Cid, read_file
from deml.ipld.car import write_car
from tests.support.directories import directory_blocks
from tests.support.loopback import serving_on_loopback

API = "/api/v1/orchestrator/jobs"
Files = dict[str, bytes]
Run = Callable[[str, Path], Files]
"""Runs a container on an argument and a folder of inputs, and returns its outputs."""


class Invalid(Exception):
    """Why a job is refused."""


@dataclass
class Orchestrator:
    """Jobs by number; `kubo` is the RPC of an IPFS node, `publisher` "ipfs" or "local"."""

    kubo: str
    run: Run
    url: str = ""
    publisher: str = "ipfs"
    lie: Callable[[Files], Files] = lambda files: files
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    archives: dict[str, bytes] = field(default_factory=dict)

    def respond(self, verb: str, path: str, body: bytes) -> tuple[int, Any]:
        parts = path.removeprefix(API).strip("/").split("/")
        if verb == "PUT" and path == API:
            try:
                return 200, self._put(json.loads(body))
            except (Invalid, ValueError, KeyError, TypeError) as error:
                return 400, {"Status": 400, "Message": f"invalid job: {error}"}
        if verb == "GET" and path in self.archives:
            return 200, self.archives[path]
        if verb != "GET" or not path.startswith(API) or parts[0] not in self.jobs:
            return 404, {"Status": 404, "Message": "job not found"}
        if parts[1:] == ["results"]:
            return 200, {"NextToken": "", "Items": [self.results[parts[0]]] if parts[0] in self.results else []}
        state = "Completed" if parts[0] in self.results else "Running"
        return 200, {"Job": {**self.jobs[parts[0]], "State": {"StateType": state, "Message": ""}}}

    def _put(self, request: Mapping[str, Any]) -> dict[str, Any]:
        job = request["Job"]
        check(job)
        number = f"j-{len(self.jobs):08d}-0000-4000-8000-000000000000"
        self.jobs[number] = {**job, "ID": number}
        return {"JobID": number, "EvaluationID": "e-1", "Warnings": []}

    def work(self) -> None:
        """Do all jobs that are not done."""
        for number in [*self.jobs]:
            if number not in self.results:
                self.results[number] = self._result(number)

    def _result(self, number: str) -> dict[str, Any]:
        (task,) = self.jobs[number]["Tasks"]
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            for one in task["InputSources"]:
                target = folder / Path(one["Target"]).name
                target.write_bytes(self._get(one["Source"]["Params"]["CID"]))
            outputs = self.lie(self.run(task["Engine"]["Params"]["Parameters"][0], folder))
        if self.publisher == "ipfs":
            return {"Type": "ipfs", "Params": {"CID": str(self._add({"outputs": outputs, "exitCode": b"0"}))}}
        path = f"/{number}.tar.gz"
        self.archives[path] = packed({f"outputs/{name}": content for name, content in outputs.items()})
        return {"Type": "urlDownload", "Params": {"URL": f"{self.url}{path}"}}

    def _get(self, text: str) -> bytes:
        cid = Cid.parse(text)
        answer = requests.post(f"{self.kubo}/dag/export", params={"arg": text}, timeout=60)
        answer.raise_for_status()
        return read_file(answer.content, cid, MAX_FILE_BYTES)

    def _add(self, tree: Mapping[str, object]) -> Cid:
        root, blocks = directory_blocks(tree)
        car = write_car([root], blocks)
        requests.post(f"{self.kubo}/dag/import", files={"file": car}, timeout=60).raise_for_status()
        return root


def check(job: Mapping[str, Any]) -> None:
    """Refuse what Bacalhau's ``ValidateSubmission`` refuses, and what its docker engine does."""
    if job.get("ID") or not job["Name"].strip() or job["Type"] not in ("batch", "ops", "service", "daemon"):
        raise Invalid("name, type or ID")
    if len(job["Tasks"]) != 1:
        raise Invalid("exactly one task is expected")
    (task,) = job["Tasks"]
    engine, network = task["Engine"], task["Network"]
    if engine["Type"] != "docker" or not engine["Params"]["Image"]:
        raise Invalid("engine")
    if not all(isinstance(one, str) for name in ("Entrypoint", "Parameters") for one in engine["Params"][name]):
        raise Invalid("a command is a list of texts")
    if network["Type"] not in ("None", "Full", "HTTP"):
        raise Invalid("network")
    targets = [one["Target"] for one in task["InputSources"]]
    if len({*targets}) < len(targets) or not all(one["Source"]["Params"]["CID"] for one in task["InputSources"]):
        raise Invalid("input sources")
    if task["ResultPaths"] and not task["Publisher"]["Type"]:
        raise Invalid("publisher must be set if result paths are set")
    if not all(one["Name"] and one["Path"] for one in task["ResultPaths"]):
        raise Invalid("result paths")
    float(task["Resources"]["CPU"])
    if task["Timeouts"]["ExecutionTimeout"] < 0:
        raise Invalid("timeouts")


def packed(members: Mapping[str, bytes]) -> bytes:
    """A gzipped tar archive."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return made.getvalue()


@contextmanager
def bacalhau(kubo: str, run: Run) -> Iterator[Orchestrator]:
    """Run a stand-in on a port of its own."""
    orchestrator = Orchestrator(kubo, run)

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        status, document = orchestrator.respond(request.command, urlsplit(request.path).path, body)
        return status, document if isinstance(document, bytes) else json.dumps(document).encode()

    with serving_on_loopback(answer) as orchestrator.url:
        yield orchestrator
