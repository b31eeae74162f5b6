"""`deml encode` writes the vectors' bytes; `deml decode` recognises every form of the wire."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deml.base.inputs import Codec, Submit
from deml.ipld import file_cid, read_file, unpack
from deml.wire.inputs import TABLE, decode_message
from deml_cli.commands.decode import decode_any
from deml_sdk.chain import contracts
from deml_sdk.plain import plain
from tests.unit.conftest import Run

VECTORS = Path(__file__).parents[2] / "vectors"


def cases(name: str) -> list[dict[str, Any]]:
    return list(json.loads((VECTORS / f"{name}.json").read_text())["cases"])


INPUTS, NOTICES, OUTPUTS, DEPOSITS = map(cases, ("inputs", "notices", "outputs", "deposits"))


def kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


SELECTORS = json.loads((VECTORS / "selectors.json").read_text())["inputs"]
TYPES = {one["name"]: one["signature"].partition("(")[2].removesuffix(")").split(",") for one in SELECTORS}
"""Solidity types of an input's arguments, as far as the first one that is a struct."""


def as_options(case: dict[str, Any], folder: Path) -> list[str] | None:
    """Command line of a vector; None where it holds a packed stream, which the command packs itself."""
    found: list[str] = []
    for (name, value), kind in zip(case["args"].items(), TYPES[case["function"]], strict=False):
        if kind == "bytes":
            (folder / name).write_bytes(bytes.fromhex(value[2:]))
            found += [f"--{kebab(name)}", str(folder / name)]
        elif isinstance(value, dict) and set(value) == {"codec", "data"}:
            if value != {"codec": "0", "data": "0x"}:
                return None
        elif isinstance(value, dict):
            return None
        else:
            found += [f"--{kebab(name)}", str(value)]
    return found


@pytest.mark.parametrize("case", INPUTS, ids=[case["name"] for case in INPUTS])
def test_vectors_are_encoded_to_the_same_bytes(deml: Run, tmp_path: Path, case: dict[str, Any]):
    options = as_options(case, tmp_path)
    if options is None:
        assert decode_any(bytes.fromhex(case["encoded"][2:])).kind == "input"
        return
    if int(case["args"].get("jobId", 1)) < 2**63:
        done = deml("encode", kebab(case["function"]), *options)
        assert done.stdout.strip() == case["encoded"], done.stderr


def test_a_slot_has_a_name_and_a_number(deml: Run, tmp_path: Path):
    (tmp_path / "chunk").write_bytes(b"x")
    said = [
        deml("encode", "upload", "--job-id", "7", "--slot", slot, "--seq", "0", "--chunk", str(tmp_path / "chunk"))
        for slot in ("holdout", "1", "3", "Holdout")
    ]
    assert said[0].stdout == said[1].stdout != ""
    assert [one.exit_code for one in said] == [0, 0, 1, 1]
    assert "--slot is not one of initial-model, holdout, weights" in said[2].stderr


def test_every_input_can_be_encoded(deml: Run):
    shown = deml("encode", "--help").stdout
    for one in TABLE.kinds:
        assert f"\n  {kebab(one.function.name)} " in shown


def test_terms_come_in_the_form_they_are_shown_in(deml: Run, tmp_path: Path):
    for case in INPUTS:
        if case["function"] == "createJob" and "unknown" not in case["name"]:
            message = decode_message(bytes.fromhex(case["encoded"][2:]))
            (tmp_path / "terms.json").write_text(json.dumps(plain(message)["terms"]))
            done = deml("encode", "create-job", "--terms", str(tmp_path / "terms.json"), "--json")
            assert json.loads(done.stdout)["calldata"] == case["encoded"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"title": 3}', "null"])
def test_terms_that_are_none_are_an_error_and_no_traceback(deml: Run, tmp_path: Path, text: str):
    (tmp_path / "terms.json").write_text(text)
    done = deml("encode", "create-job", "--terms", str(tmp_path / "terms.json"))
    assert done.exit_code == 1
    assert any(code in done.stderr for code in ("BAD_SETTING", "MALFORMED_JSON"))


def test_files_are_packed_for_submission(deml: Run, tmp_path: Path):
    content = bytes(5_000)
    (tmp_path / "model").write_bytes(content)
    cid = str(file_cid(content))
    options = ["--job-id", "7", "--model-cid", cid, "--data-cid", cid, "--salt", "0x" + "01" * 32]
    done = deml("encode", "submit", *options, "--weights", str(tmp_path / "model"))
    message = decode_message(bytes.fromhex(done.stdout.strip()[2:]))
    assert isinstance(message, Submit)
    assert message.weights.codec is Codec.ZLIB
    car = unpack(message.weights.codec, message.weights.data, 10_000)
    assert read_file(car, file_cid(content), 10_000) == content


@pytest.mark.parametrize(
    "arguments",
    [
        ("commit", "--job-id", "7", "--commitment", "0x01"),
        ("withdraw", "--amount", "1.5", "--to", "0x" + "11" * 20),
        ("accept", "--job-id", "7", "--pay-to", "client1"),
    ],
)
def test_values_that_do_not_fit_are_refused(deml: Run, arguments: tuple[str, ...]):
    assert deml("encode", *arguments).exit_code == 1


@pytest.mark.parametrize("case", INPUTS, ids=[case["name"] for case in INPUTS])
def test_inputs_are_recognised(case: dict[str, Any]):
    found = decode_any(bytes.fromhex(case["encoded"][2:]))
    assert (found.kind, found.name) == ("input", case["function"])
    assert json.dumps(plain(found))


@pytest.mark.parametrize("case", NOTICES, ids=[case["name"] for case in NOTICES])
def test_notices_are_recognised(case: dict[str, Any]):
    found = decode_any(bytes.fromhex(case["encoded"][2:]))
    assert (found.kind, found.name) == ("notice", case["function"])


@pytest.mark.parametrize("case", OUTPUTS, ids=[case["name"] for case in OUTPUTS])
def test_outputs_are_recognised_with_what_is_in_them(case: dict[str, Any]):
    found = decode_any(bytes.fromhex(case["encoded"][2:]))
    assert found.kind == "output"
    if case["function"] == "Notice":
        assert found.inner is not None
        assert found.inner.name == case["notice"].partition(",")[0]


def test_deposits_with_an_order_are_recognised(deml: Run):
    ours = [case for case in DEPOSITS if case["portal"] == "ERC20Portal" and case.get("order")]
    assert ours
    for case in ours:
        found = decode_any(bytes.fromhex(case["encoded"][2:]))
        assert found.kind == "deposit"
        assert found.inner is not None
        assert found.inner.kind == "input"


def test_a_whole_transaction_and_a_whole_input_are_opened(deml: Run):
    payload = bytes.fromhex(next(case for case in INPUTS if case["name"] == "settle")["encoded"][2:])
    app = "0x" + "a1" * 20
    sent = json.loads(deml("decode", contracts.ADD_INPUT.encode((app, payload)).hex(), "--json").stdout)
    assert (sent["name"], sent["values"]["app"], sent["inner"]["name"]) == ("addInput", app, "settle")
    from deml_cli.commands.decode import _ADVANCE

    advance = _ADVANCE.encode((31337, app, app, 5, 6, 7, 8, payload))
    seen = json.loads(deml("decode", "-", "--json", input="0x" + advance.hex() + "\n").stdout)
    assert seen["values"] == {"chainId": 31337, "app": app, "sender": app, "block": 5, "timestamp": 6, "index": 8}
    assert seen["inner"]["name"] == "settle"


def test_a_strangers_notice_is_shown_as_bytes():
    from deml.wire.outputs import NoticeEmission, envelope

    found = decode_any(envelope(NoticeEmission(b"hello")))
    assert found.inner is not None
    assert found.inner.values == {"bytes": b"hello"}


@pytest.mark.parametrize("data", ["", "0x", "0x00", "0x12345678", "0x" + "00" * 200])
def test_what_is_nothing_of_ours_is_said_to_be(deml: Run, data: str):
    done = deml("decode", data)
    assert done.exit_code == 1
    assert "UNKNOWN_SELECTOR" in done.stderr


def test_known_selectors_with_broken_arguments_are_malformed(deml: Run):
    done = deml("decode", "0x8df82800")
    assert done.exit_code == 1
    assert "MALFORMED_MESSAGE" in done.stderr


def test_cid_and_car_of_a_file(deml: Run, tmp_path: Path):
    (tmp_path / "hello").write_bytes(b"hello world")
    cid = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
    assert deml("cid", str(tmp_path / "hello")).stdout.strip() == cid
    done = json.loads(deml("car", str(tmp_path / "hello"), "--json").stdout)
    assert done["root"] == cid
    assert read_file((tmp_path / "hello.car").read_bytes(), file_cid(b"hello world"), 100) == b"hello world"
    assert deml("cid", str(tmp_path / "missing")).exit_code == 1
    assert "UNREADABLE_FILE" in deml("car", str(tmp_path)).stderr
