"""Bacalhau's own client of its API reads the jobs that we render, loses nothing, and can talk to our stand-in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bacalhau_apiclient as theirs
import pytest

from deml_sdk.compute.bacalhau import Bacalhau, PublishedAt
from deml_sdk.compute.prepare import PreparedComputation
from deml_sdk.compute.rendering import bacalhau_job
from tests.support.bacalhau_stand_in import bacalhau
from tests.support.computations import Published, to_train_on_rows

IMAGE = "registry.example/deml-compute:0.1.0@sha256:" + "ab" * 32
NATIVE = {"str": str, "int": int, "float": (int, float), "bool": bool, "object": object}


@pytest.fixture(scope="module")
def computations(tmp_path_factory: pytest.TempPathFactory) -> list[PreparedComputation]:
    published = Published(tmp_path_factory.mktemp("home"))
    return [published.to_score(), published.to_replay(), to_train_on_rows()]


@contextmanager
def client_of_theirs(url: str = "") -> Iterator[theirs.ApiClient]:
    configuration = theirs.Configuration()
    configuration.host = url
    client = theirs.ApiClient(configuration)
    try:
        yield client
    finally:
        client.rest_client.pool_manager.clear()


def read_by_them(document: Mapping[str, Any], kind: str) -> Any:
    """What their client makes of a document, as of an answer of their server."""
    with client_of_theirs() as client:
        return client.deserialize(SimpleNamespace(data=json.dumps(document)), kind)


def written_by_them(model: Any) -> Any:
    with client_of_theirs() as client:
        return client.sanitize_for_serialization(model)


def misfits(value: Any, kind: str, at: str = "") -> list[str]:
    """Where a document is not of a type of theirs: a name that it has not, or a value of another kind."""
    if inner := re.fullmatch(r"list\[(.*)\]", kind):
        if not isinstance(value, list):
            return [at]
        return [found for number, one in enumerate(value) for found in misfits(one, inner[1], f"{at}[{number}]")]
    if inner := re.fullmatch(r"dict\(str, (.*)\)", kind):
        if not isinstance(value, dict):
            return [at]
        return [found for name, one in value.items() for found in misfits(one, inner[1], f"{at}.{name}")]
    if kind in NATIVE:
        return [] if isinstance(value, NATIVE[kind]) else [at]
    model = getattr(theirs, kind)
    names = {theirs_name: name for name, theirs_name in model.attribute_map.items()}
    if not names:
        # An enumeration, of which they say no values: Bacalhau's pkg/models/network.go does.
        return [] if value in ("None", "Full", "HTTP") else [at]
    if not isinstance(value, dict):
        return [at]
    return [
        found
        for name, one in value.items()
        for found in (
            misfits(one, model.swagger_types[names[name]], f"{at}.{name}") if name in names else [f"{at}.{name}"]
        )
    ]


def test_their_models_have_every_name_and_kind_of_our_jobs_and_lose_nothing(computations: list[PreparedComputation]):
    for prepared in computations:
        request = {"Job": bacalhau_job(prepared, IMAGE)}
        assert misfits(request, "ApiPutJobRequest") == []
        assert written_by_them(read_by_them(request, "ApiPutJobRequest")) == request


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (("Tasks", 0), "Resource", {}),
        (("Tasks", 0, "Timeouts"), "ExecutionTimeout", "3600"),
        (("Tasks", 0, "Network"), "Type", "none at all"),
        (("Tasks", 0, "InputSources", 0), "Source", "ipfs"),
        (("Tasks", 0), "ResultPaths", {"Name": "outputs"}),
        ((), "Count", "1"),
    ],
)
def test_a_slip_in_a_job_would_be_found(
    computations: list[PreparedComputation], path: tuple[str | int, ...], name: str, value: object
):
    job = deepcopy(bacalhau_job(computations[0], IMAGE))
    place: Any = job
    for step in path:
        place = place[step]
    place[name] = value
    (found,) = misfits({"Job": job}, "ApiPutJobRequest")
    assert found.endswith(f".{name}")


def test_their_client_and_ours_get_the_same_from_our_stand_in(computations: list[PreparedComputation], tmp_path: Path):
    job = bacalhau_job(computations[0], IMAGE)
    job["Tasks"][0]["InputSources"] = []
    with bacalhau(str(tmp_path), lambda *_: {"result.json": b"{}"}) as stand_in:
        stand_in.publisher = "local"
        with client_of_theirs(stand_in.url) as client, closing(Bacalhau(stand_in.url)) as ours:
            api = theirs.OrchestratorApi(client)
            put = api.orchestratorput_job(theirs.ApiPutJobRequest(job=read_by_them(job, "Job")))
            assert api.orchestratorget_job(put.job_id).job.state.state_type == "Running"
            stand_in.work()
            assert api.orchestratorget_job(put.job_id).job.state.state_type == "Completed"
            (result,) = api.orchestratorjob_results(put.job_id).items
            assert (result.type, result.params) == ("urlDownload", {"URL": f"{stand_in.url}/{put.job_id}.tar.gz"})
            assert ours.results(put.job_id) == PublishedAt(None, result.params["URL"])
            assert ours.submit(job) != put.job_id
        first, second = stand_in.jobs.values()
        assert {**first, "ID": ""} == {**second, "ID": ""}, "both have sent the same job"
