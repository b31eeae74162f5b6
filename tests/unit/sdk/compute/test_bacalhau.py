"""Bacalhau's API may answer anything: it becomes a job's number, a place, or a sentence that says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deml.base.errors import DemlError
from deml_sdk.compute.bacalhau import Bacalhau, PublishedAt
from deml_sdk.compute.errors import BadModule, NotAResult, NotDoneYet, ProgramFailed, ProgramMissing
from deml_sdk.compute.fetching import from_address
from deml_sdk.compute.lilypad import lilypad_command, run_module
from deml_sdk.compute.programs import run_program
from deml_sdk.errors import BadAnswer
from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.errors import PrivateAddress
from tests.support.fake_services import Services, serving

JOBS = "/api/v1/orchestrator/jobs"
LOOPBACK = EgressPolicy.parse("127.0.0.0/8")


@pytest.fixture
def services() -> Iterator[Services]:
    with serving() as made:
        yield made


def answering(services: Services, verb: str, path: str, document: object, status: int = 200) -> None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    services.pages[verb, path] = lambda _: (status, body)


def completed(services: Services, items: object) -> None:
    answering(services, "GET", f"{JOBS}/j-1", {"Job": {"State": {"StateType": "Completed"}}})
    answering(services, "GET", f"{JOBS}/j-1/results", {"Items": items})


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"JobID": ""}, 200),
        ({"JobID": "../../admin"}, 200),
        ({"JobID": 7}, 200),
        ({"JobID": "j" * 101}, 200),
        ([], 200),
        (b"<html>", 200),
        (b"", 200),
        (b"[" * 200_000, 200),
        ({"JobID": "j-1"}, 500),
        ({"Message": "no \x1b[31mnodes"}, 400),
    ],
)
def test_an_answer_that_is_no_number_is_not_taken_for_one(services: Services, document: object, status: int):
    answering(services, "PUT", JOBS, document, status)
    with closing(Bacalhau(services.url)) as network, pytest.raises(BadAnswer) as refused:
        network.submit({})
    assert "\x1b" not in str(refused.value)


def test_a_job_is_sent_whole_and_its_number_comes_back(services: Services):
    answering(services, "PUT", JOBS, {"JobID": "j-1b2c"})
    with closing(Bacalhau(services.url + "/")) as network:
        assert network.submit({"Name": "x"}) == "j-1b2c"
    ((_, _, body),) = services.requests
    assert json.loads(body) == {"Job": {"Name": "x"}}


@pytest.mark.parametrize("state", ["Pending", "Running", "Failed", "Stopped", None])
def test_a_job_that_is_not_completed_has_no_result(services: Services, state: str | None):
    answering(services, "GET", f"{JOBS}/j-1", {"Job": {"State": {"StateType": state}}})
    with closing(Bacalhau(services.url)) as network, pytest.raises(NotDoneYet, match=str(state)):
        network.results("j-1")


@pytest.mark.parametrize(
    ("items", "place"),
    [
        ([{"Type": "ipfs", "Params": {"CID": "bafy"}}], PublishedAt("bafy", None)),
        ([{"Type": "urlDownload", "Params": {"URL": "http://x/y"}}], PublishedAt(None, "http://x/y")),
        ([None, {"Type": "s3", "Params": {}}, {"Type": "ipfs", "Params": {"CID": "q"}}], PublishedAt("q", None)),
        ([], None),
        (None, None),
        ([{"Type": "ipfs", "Params": None}], None),
    ],
)
def test_where_a_result_is(services: Services, items: object, place: PublishedAt | None):
    completed(services, items)
    with closing(Bacalhau(services.url)) as network:
        if place is None:
            with pytest.raises(BadAnswer):
                network.results("j-1")
        else:
            assert network.results("j-1") == place


@pytest.mark.parametrize("number", ["", "../x", "j 1", "j-1?x", "ü"])
def test_a_number_that_leads_elsewhere_is_not_asked_for(services: Services, number: str):
    with closing(Bacalhau(services.url)) as network, pytest.raises(DemlError):
        network.results(number)
    assert services.requests == []


def test_a_network_cannot_have_one_s_own_services_asked(services: Services):
    """A node names the address of its result; one in a private network is asked only where the user allows that."""
    with pytest.raises(PrivateAddress):
        from_address(f"{services.url}/secret", EgressPolicy())
    assert services.requests == []
    with pytest.raises(NotAResult, match="404"):
        from_address(f"{services.url}/secret", LOOPBACK)


# Programs


def program(folder: Path, name: str, body: str) -> dict[str, str]:
    script = folder / name
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_a_program_that_is_missing_or_fails_is_told(tmp_path: Path):
    with pytest.raises(ProgramMissing, match="lilypad"):
        run_program(("lilypad", "run"), {"PATH": str(tmp_path)})
    with pytest.raises(ProgramFailed, match="exit code 7: no funds"):
        run_program(("lilypad",), program(tmp_path, "lilypad", "echo banner; echo 'more\nno funds' >&2; exit 7"))


def test_no_shell_reads_what_is_passed(tmp_path: Path):
    words = ("echoer", "$(touch gone)", "; exit 3", "`id`", "a b", "-n")
    said = run_program(words, program(tmp_path, "echoer", 'for one in "$@"; do printf "%s\\n" "$one"; done'))
    assert said.splitlines() == list(words[1:])


def test_lilypad_is_asked_to_run_a_module_on_the_folder_of_files(tmp_path: Path):
    inputs, downloads = tmp_path / "inputs", tmp_path / "downloads"
    inputs.mkdir()
    body = f'echo "$@" "$INPUTS_PATH" > {tmp_path}/asked; echo "    open {downloads}"; echo "https://ipfs.io/ipfs/Qm1"'
    done = run_module("github.com/o/r:v1", "abc", inputs, program(tmp_path, "lilypad", body))
    assert (done.folder, done.cid) == (downloads, "Qm1")
    assert (tmp_path / "asked").read_text() == f"run github.com/o/r:v1 -i request=abc {inputs}\n"
    with pytest.raises(ProgramFailed, match="where it has put"):
        run_module("github.com/o/r:v1", "abc", inputs, program(tmp_path, "lilypad", "echo done"))


@pytest.mark.parametrize("module", ["", "cowsay:v1", "github.com/o/r", "-h/o/r:", "github.com/o/r:v 1", "a/b/c:$(id)"])
def test_what_names_no_module_is_not_run(module: str):
    with pytest.raises(BadModule):
        lilypad_command(module, "abc")
