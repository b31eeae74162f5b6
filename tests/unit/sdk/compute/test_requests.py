"""A request travels as one harmless word, means the same at its end, and anything else is refused in words."""

from __future__ import annotations

import json
import re
import stat
from base64 import urlsafe_b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml_sdk.compute.errors import (
    BadRequest,
    BadTranscript,
    InputDiffers,
    InputMissing,
    NotAmongDelivered,
    NothingDelivered,
    RequestTooLong,
)
from deml_sdk.compute.files import read_mounted, read_transcript, write_transcript
from deml_sdk.compute.prepare import read_prepared, to_score
from deml_sdk.compute.request import (
    MAX_CHARACTERS,
    ComputeUse,
    parse_request,
    read_argument,
    request_json,
    request_text,
)
from tests.support.computations import Published, to_train_on_rows
from tests.support.course import ANNA, CARO, Course
from tests.support.market_client import Net, WorldClient
from tests.support.world import World

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return Published(tmp_path_factory.mktemp("home"))


@given(TEXT, TEXT, st.floats(1e-9, 1e3), st.integers(0, 2**32 - 1))
def test_a_request_means_the_same_at_the_end_of_any_command_line(title: str, metric: str, rate: float, seed: int):
    request = to_train_on_rows(architecture=title, metric=metric, learning_rate=rate, seed=seed).request
    text = request_text(request)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
    assert read_argument(text) == request
    assert read_argument(text).digest == request.digest


def test_a_rendered_folder_is_read_back_as_it_was(published: Published, tmp_path: Path):
    for number, prepared in enumerate((published.to_score(), published.to_replay(), to_train_on_rows())):
        prepared.write(tmp_path / str(number))
        assert read_prepared(tmp_path / str(number)) == prepared


def test_every_file_of_a_score_is_named_by_the_cid_that_the_chain_has(published: Published):
    request = published.to_score().request
    job = published.client.job(published.course.id)
    assert request.use is ComputeUse.SCORE
    assert {one.name: one.cid for one in request.files if one.client is None} == {
        "initial.safetensors": job.terms.initial_model_cid,
        "holdout.safetensors": job.data_cid,
    }
    assert {one.client: one.cid for one in request.models} == {one.client: one.model_cid for one in job.clients}


def test_one_client_s_model_may_be_asked_for_alone(published: Published):
    job = published.client.job(published.course.id)
    assert [one.client for one in to_score(published.client, job, [ANNA]).request.models] == [ANNA]
    with pytest.raises(NotAmongDelivered):
        to_score(published.client, job, [CARO])


def test_before_anybody_has_published_there_is_nothing_to_score(tmp_path: Path):
    world = World()
    course = Course(world)
    course.to_declare(anna=70)
    client = WorldClient(Net(world, 0), ANNA, tmp_path)
    with pytest.raises(NothingDelivered):
        to_score(client, client.job(course.id))


def changed(document: dict, **changes: object) -> bytes:
    return json.dumps({**document, **changes}).encode()


@pytest.mark.parametrize("name", ["../../etc/passwd", "model-1000.safetensors", "MODEL-0.safetensors", "", "a/b"])
def test_a_file_whose_name_leads_elsewhere_is_refused(published: Published, name: str):
    document = json.loads(request_json(published.to_score().request))
    files = [{**document["files"][0], "name": name}, *document["files"][1:]]
    with pytest.raises(BadRequest):
        parse_request(changed(document, files=files), "it")


def test_requests_that_cannot_be_meant_are_refused(published: Published):
    document = json.loads(request_json(published.to_score().request))
    training = json.loads(request_json(to_train_on_rows().request))
    huge = [{**document["files"][0], "size": 2**26}, *document["files"][1:]]
    refused = (
        b"",
        b"[]",
        b"{" * 2_000,
        b'"\xff"',
        changed(document, version=2),
        changed(document, use="mine"),
        changed(document, use="replay"),
        changed(document, terms=None),
        changed(document, recipe=training["recipe"]),
        changed(document, files=document["files"][1:]),
        changed(document, files=[*document["files"], document["files"][0]]),
        changed(document, files=huge),
        changed(training, recipe={**training["recipe"], "learningRate": "nan"}),
        changed(training, recipe={**training["recipe"], "validation": "0.95"}),
        changed(training, recipe={**training["recipe"], "epochs": True}),
    )
    for content in refused:
        with pytest.raises(BadRequest):
            parse_request(content, "it")
        with pytest.raises(BadRequest):
            read_argument(urlsafe_b64encode(content).decode().rstrip("="))


@pytest.mark.parametrize("text", ["", "=", "a b", "ab\n", "{}", "$(id)", "é", "a" * (MAX_CHARACTERS + 1)])
def test_arguments_that_are_no_single_word_are_refused(text: str):
    with pytest.raises(BadRequest):
        read_argument(text)


def test_a_request_that_no_command_line_holds_is_refused_before_it_is_sent():
    with pytest.raises(RequestTooLong):
        request_text(to_train_on_rows(architecture="x" * MAX_CHARACTERS).request)


def test_inputs_that_are_not_those_of_the_request_are_refused(published: Published, tmp_path: Path):
    prepared = published.to_score()
    prepared.write(tmp_path)
    holdout = tmp_path / "inputs/holdout.safetensors"
    for other in (b"", holdout.read_bytes() + b" ", holdout.read_bytes()[:-1]):
        holdout.write_bytes(other)
        with pytest.raises(InputDiffers, match="holdout"):
            read_mounted(prepared.request, tmp_path / "inputs")
    holdout.unlink()
    with pytest.raises(InputMissing, match="holdout"):
        read_mounted(prepared.request, tmp_path / "inputs")


def test_a_container_s_user_can_read_the_files_whoever_it_is(published: Published, tmp_path: Path):
    published.to_score().write(tmp_path)
    for one in (tmp_path / "inputs", *(tmp_path / "inputs").iterdir()):
        assert stat.S_IMODE(one.stat().st_mode) & 0o444 == 0o444


@given(st.lists(st.binary(max_size=50), max_size=10))
def test_a_transcript_holds_its_inputs_in_order(inputs: list[bytes]):
    assert list(read_transcript(write_transcript(inputs))) == inputs


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=4), st.integers(1, 10**6))
def test_a_transcript_that_is_cut_off_is_refused(inputs: list[bytes], cut: int):
    whole = write_transcript(inputs)
    ends = {sum(len(one) + 4 for one in inputs[:count]) for count in range(len(inputs) + 1)}
    kept = cut % len(whole)
    if kept in ends:
        assert len(list(read_transcript(whole[:kept]))) < len(inputs)
        return
    with pytest.raises(BadTranscript):
        list(read_transcript(whole[:kept]))


def test_a_transcript_whose_input_is_said_to_be_endless_is_refused():
    with pytest.raises(BadTranscript):
        list(read_transcript(b"\xff\xff\xff\xff"))


def test_allow_lists_do_not_travel(published: Published):
    job = published.client.job(published.course.id)
    invited = replace(job, terms=replace(job.terms, allow_list=(ANNA,) * 512))
    assert to_score(published.client, invited).request == to_score(published.client, job).request
