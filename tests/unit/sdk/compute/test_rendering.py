"""Jobs as networks read them; the module's template filled by Go's own engine, whatever its user passes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deml.base.limits import MAX_PARTICIPANTS
from deml_cli.commands.compute import IMAGE
from deml_learn.compute import program
from deml_sdk.compute.errors import BadImage
from deml_sdk.compute.rendering import (
    ACTION,
    COMMAND,
    EXAMPLE_IMAGE,
    bacalhau_job,
    checked_image,
    filled_module,
    module_template,
    pinned,
)
from deml_sdk.compute.request import read_argument, request_text
from tests.support.computations import Published, to_train_on_rows

ROOT = Path(__file__).parents[4]
TEMPLATE = ROOT / "docker/compute/lilypad_module.json.tmpl"
FILLER = ROOT / "tests/support/lilypad_template.go"

HOSTILE = (
    "abc",
    "",
    'a"b',
    "it's",
    "back`tick",
    'back\\slash \\" \\u0022',
    "line\nbreak\r\n\ttab\x00\x01\x1f\x7f",
    '"], "Image": "evil/image", "X": ["',
    '"}}}, "job": {"Spec": {"Network": {"Type": "Full"}}}, "y": {"z": "',
    '{{ .request }} {{ template "x" }} {{/* */}} {{ end }} {{',
    "}} %s %!d(string=x) $HOME $(id) ${x}",
    "</script><!-- & < > = + -->",
    "\u2028\u2029 \u202e \ufeff \U0001f438 ünïcödé 漢字",
    "request=x,request=y",
    "x" * 100_000,
)


def by_go(template: str, inputs: list[dict[str, str]]) -> list[dict[str, str]]:
    """What Lilypad's own code makes of a template, for each map of inputs: a text, and why it cannot be used."""
    asked = json.dumps({"template": template, "inputs": inputs})
    done = subprocess.run(
        ["go", "run", str(FILLER)], input=asked, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return Published(tmp_path_factory.mktemp("home"))


def entrypoint(module: dict[str, Any]) -> list[str]:
    return module["job"]["Spec"]["Docker"]["Entrypoint"]


def test_the_template_in_the_repository_is_what_the_sdk_writes():
    made = module_template(EXAMPLE_IMAGE)
    assert TEMPLATE.read_text() == made, "run 'deml compute render JOB --network lilypad --module docker/compute'"
    assert made.count("{{") == ACTION.count("{{")
    assert IMAGE == EXAMPLE_IMAGE


@pytest.mark.golang
def test_whatever_a_user_passes_stays_one_argument_in_go_s_own_engine():
    template = module_template(EXAMPLE_IMAGE)
    for value, made in zip(HOSTILE, by_go(template, [{"request": one} for one in HOSTILE]), strict=True):
        assert made["error"] == "", value
        module = json.loads(made["text"])
        assert entrypoint(module) == [*COMMAND, value]
        assert module == filled_module(template, value), "the one stand-in for the engine differs from it"
        assert module["job"]["Spec"]["Network"] == {"Type": "None"}


@pytest.mark.golang
def test_inputs_that_the_module_does_not_know_change_nothing():
    template = module_template(EXAMPLE_IMAGE)
    none, other = by_go(template, [{}, {"Image": "evil/image", "request2": "x"}])
    assert none == other
    assert json.loads(none["text"]) == filled_module(template, "")


@pytest.mark.golang
def test_the_builtin_js_that_other_modules_use_would_break_at_an_apostrophe():
    """Why the template has its input bare: Lilypad has encoded it, and `js` makes of that what is no JSON, or other."""
    template = module_template(EXAMPLE_IMAGE).replace(ACTION, '"{{ js .request }}"')
    plain, apostrophe = by_go(template, [{"request": "abc"}, {"request": "it's"}])
    assert entrypoint(json.loads(plain["text"]))[-1] == '"abc"'
    assert "invalid character" in apostrophe["error"]


@pytest.mark.golang
def test_a_request_comes_out_of_the_module_as_it_went_in(published: Published):
    asked = [one.request for one in (published.to_score(), published.to_replay(), to_train_on_rows())]
    made = by_go(module_template(EXAMPLE_IMAGE), [{"request": request_text(one)} for one in asked])
    assert [read_argument(entrypoint(json.loads(one["text"]))[-1]) for one in made] == asked


def test_a_module_takes_the_files_of_every_request_and_no_others(published: Published):
    module = filled_module(module_template(EXAMPLE_IMAGE), "x")
    names = module["inputFiles"]["optional"]
    assert len(names) == len({*names}) == MAX_PARTICIPANTS + 4
    for prepared in (published.to_score(), published.to_replay(), to_train_on_rows()):
        assert {one.name for one in prepared.request.files} <= {*names}


def test_a_bacalhau_job_mounts_every_file_by_its_cid_and_has_no_network(published: Published):
    image = "registry.example:5000/team/deml-compute:0.1.0@sha256:" + "ab" * 32
    prepared = published.to_score()
    job = bacalhau_job(prepared, image)
    (task,) = job["Tasks"]
    assert (job["Type"], job["Count"], task["Network"]) == ("batch", 1, {"Type": "None"})
    assert task["Engine"]["Type"] == "docker"
    assert task["Engine"]["Params"]["Image"] == image
    assert task["Engine"]["Params"]["Entrypoint"] == [*COMMAND]
    (argument,) = task["Engine"]["Params"]["Parameters"]
    assert read_argument(argument) == prepared.request
    assert {one["Target"]: one["Source"]["Params"]["CID"] for one in task["InputSources"]} == {
        f"/inputs/{one.name}": one.cid for one in prepared.request.files
    }
    assert task["ResultPaths"] == [{"Name": "outputs", "Path": "/outputs"}]


def test_the_command_is_the_program_that_is_tested():
    assert f"{program.__package__}.program" == COMMAND[-1]


@pytest.mark.parametrize(
    "image",
    [
        "",
        "UPPER/case",
        "a b",
        'x"',
        "x{{.request}}",
        "x@sha256:12",
        "-x",
        "x:",
        "x/",
        "http://x/y",
        "x\n",
        "ü",
        "x" * 600,
    ],
)
def test_what_names_no_image_gets_into_no_job(published: Published, image: str):
    with pytest.raises(BadImage):
        module_template(image)
    with pytest.raises(BadImage):
        bacalhau_job(published.to_score(), image)


def test_an_image_is_pinned_by_its_digest_alone():
    for image in ("deml", "a.b/c-d/e_f:1.2.3", "localhost:5000/x", "x@sha256:" + "0" * 64):
        assert checked_image(image) == image
        assert pinned(image) is ("@" in image)
