"""The dapp's loop, whole, against a scripted server: what goes in, what comes out, what survives."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import pytest

from deml.base.inputs import Settle, TopUp, Withdraw
from deml.base.limits import MAX_PAYLOAD_BYTES
from deml.base.types import ETHER, Address, Amount, JobId
from deml.core import Fork
from deml.shell.application import Application
from deml.shell.deployment import CARTESI_2_2
from deml.shell.errors import OutputLost, ServerRefused
from deml.shell.http import HttpBackend
from deml.shell.loop import MAX_LOGGED_CHARACTERS, serve
from deml.wire import outputs
from deml.wire.inputs import encode
from tests.integration.rollup.faults import block_of, installed
from tests.integration.rollup.scripted_server import (
    IDLE,
    OVER,
    SENDER,
    HangUp,
    Reply,
    ScriptedServer,
    advance,
    inspect,
    reports,
)
from tests.support.bugs import WATCH

TOKEN = Address("0x" + "70" * 20)
OWNER = Address(SENDER)
JUNK = [b"", b"\x00", b"\xff" * 4, b"deml", bytes(range(256)), b"\x8d\xf8\x28\x00" + b"\xff" * 31]


def token_deposit(index: int, amount: int, data: bytes = b"", **changes: Any) -> Reply:
    payload = bytes.fromhex(TOKEN[2:] + OWNER[2:]) + amount.to_bytes(32, "big") + data
    return advance(index, payload, sender=CARTESI_2_2.erc20_portal, **changes)


def withdrawal(amount: int, token: Address = TOKEN) -> bytes:
    return encode(Withdraw(token, Amount(amount), OWNER))


def run(
    script: Iterable[Reply | HangUp],
    *,
    ends_with: type[Exception] = ServerRefused,
    application: Application | None = None,
    faults: dict[str, Reply | HangUp] | None = None,
) -> ScriptedServer:
    """Run the dapp until the script is over, or until what `ends_with` names."""
    application = application or Application(CARTESI_2_2)
    with ScriptedServer(script, faults=faults or {}) as server, pytest.raises(ends_with) as caught:
        serve(HttpBackend(server.url, lambda seconds: None), application, lambda: 0.0)
    if isinstance(caught.value, ServerRefused):
        assert caught.value.status == OVER
    return server


def test_an_accepted_input_posts_its_outputs_before_its_verdict():
    server = run([token_deposit(0, 500), advance(1, withdrawal(200))])
    assert server.verdicts == ["accept", "accept"]
    assert [path for path, _ in server.posts][-3:] == ["finish", "delegate-call-voucher", "finish"]
    (voucher,) = server.sent("delegate-call-voucher")
    assert voucher["destination"] == CARTESI_2_2.safe_transfer
    assert voucher["payload"].endswith(OWNER[2:].rjust(64, "0") + f"{200:064x}")


def test_ether_leaves_by_a_voucher_with_a_value():
    ether_deposit = advance(0, bytes.fromhex(OWNER[2:]) + (9).to_bytes(32, "big"), sender=CARTESI_2_2.ether_portal)
    server = run([ether_deposit, advance(1, withdrawal(9, ETHER))])
    assert server.sent("voucher") == [{"destination": OWNER, "value": f"0x{9:064x}", "payload": "0x"}]


def test_a_rejected_input_posts_a_report_and_nothing_else():
    server = run([token_deposit(0, 500), advance(1, withdrawal(501)), advance(2, withdrawal(500))])
    assert server.verdicts == ["accept", "reject", "accept"]
    *_, problem = reports(server)
    assert problem["code"] == "INSUFFICIENT_BALANCE"
    assert problem["values"]["amount"] == "501"
    assert set(problem) == {"code", "message", "values"}
    assert len(server.sent("delegate-call-voucher")) == 1


@pytest.mark.parametrize("payload", JUNK, ids=[junk[:6].hex() or "empty" for junk in JUNK])
def test_garbage_is_rejected_and_the_next_input_served(payload: bytes):
    server = run([token_deposit(0, 5), advance(1, payload), advance(2, withdrawal(5))])
    assert server.verdicts == ["accept", "reject", "accept"]


@pytest.mark.parametrize("data", JUNK, ids=[junk[:6].hex() or "empty" for junk in JUNK])
def test_a_deposit_with_garbage_is_accepted_and_credited(data: bytes):
    server = run([token_deposit(0, 5, data), advance(1, withdrawal(5))])
    assert server.verdicts == ["accept", "accept"]


def test_the_largest_payload_is_read_and_a_larger_one_refused():
    largest = encode(Settle(JobId(1))).ljust(MAX_PAYLOAD_BYTES, b"\0")
    server = run([advance(0, largest), advance(1, largest + b"\0"), advance(2, bytes(4_000_000))])
    assert server.verdicts == ["reject"] * 3
    assert [one["code"] for one in reports(server)] == ["UNKNOWN_JOB", "OVERSIZED_PAYLOAD", "OVERSIZED_PAYLOAD"]


def test_an_unreadable_request_is_rejected_and_the_next_one_served():
    server = run([Reply(200, b"<html>"), token_deposit(0, 5), advance(1, withdrawal(5))])
    assert server.verdicts == ["reject", "accept", "accept"]
    assert reports(server)[0]["code"] == "MALFORMED_REQUEST"


def test_inspects_between_advances_see_what_was_accepted_and_change_nothing():
    question = inspect(f"accounts/{OWNER}".encode())
    script = [question, token_deposit(0, 5), question, advance(1, withdrawal(6)), question, advance(2, withdrawal(5))]
    server = run([*script, question])
    answers = [one for one in reports(server) if "asOf" in one]
    assert [str(TOKEN) in json.dumps(one) for one in answers] == [False, True, True, False]
    assert answers[1] == answers[2]
    assert server.verdicts == ["accept", "accept", "accept", "reject", "accept", "accept", "accept"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (b"\xff\xfe", "QUERY_NOT_TEXT"),
        (b"", "UNKNOWN_QUERY"),
        (b"jobs/x", "BAD_QUERY_PARAMETER"),
        (b"jobs/7", "UNKNOWN_JOB"),
    ],
)
def test_an_inspect_that_has_no_answer_is_rejected_with_a_report(query: bytes, code: str):
    server = run([inspect(query)])
    assert server.verdicts == ["reject"]
    assert [one["code"] for one in reports(server)] == [code]


def test_storms_of_202_between_inputs_change_nothing():
    server = run([*[IDLE] * 20, token_deposit(0, 5), *[IDLE] * 20, advance(1, withdrawal(5)), *[IDLE] * 20])
    assert len(server.sent("delegate-call-voucher")) == 1
    assert server.verdicts == ["accept"] * 62


def test_a_server_that_dies_between_inputs_is_followed():
    server = run([token_deposit(0, 5), HangUp(), HangUp(), advance(1, withdrawal(5))])
    assert len(server.sent("delegate-call-voucher")) == 1


def test_a_voucher_whose_arrival_is_unknown_ends_the_process():
    script = [token_deposit(0, 5), advance(1, withdrawal(5))]
    server = run(script, ends_with=OutputLost, faults={"delegate-call-voucher": HangUp()})
    assert len(server.sent("delegate-call-voucher")) == 1
    assert server.verdicts == ["accept"]


@pytest.mark.injects_bugs
def test_a_bug_rejects_the_input_and_the_next_ones_find_the_state_as_it_was(caplog: pytest.LogCaptureFixture):
    faulty = advance(1, withdrawal(5), block_number=block_of("plain"))
    with installed():
        server = run([token_deposit(0, 5), faulty, advance(2, withdrawal(5))])
    assert server.verdicts == ["accept", "reject", "accept"]
    assert [one["code"] for one in reports(server) if "code" in one] == ["BUG"]
    assert len(server.sent("delegate-call-voucher")) == 1
    assert "BUG over input 1 from" in caplog.text
    assert "ZeroDivisionError: a bug" in caplog.text


@pytest.mark.injects_bugs
def test_a_deposit_whose_order_meets_a_bug_is_credited_whole():
    order = encode(TopUp(JobId(1)))
    faulty = token_deposit(0, 5, order, block_number=block_of("wrong_type"))
    with installed():
        server = run([faulty, advance(1, withdrawal(5))])
    assert server.verdicts == ["accept", "accept"]
    (report,) = reports(server)
    assert (report["credited"]["amount"], report["reason"]["code"]) == ("5", "BUG")


@pytest.mark.injects_bugs
def test_a_bug_in_the_encoding_of_outputs_leaves_the_state_as_it_was(monkeypatch: pytest.MonkeyPatch):
    broken = iter([True])

    def encode_output(*arguments: Any) -> Any:
        if next(broken, False):
            raise OverflowError("a bug")
        return outputs.encode(*arguments)

    script = [token_deposit(0, 5), advance(1, withdrawal(5)), advance(2, withdrawal(5))]
    application = Application(CARTESI_2_2)
    deposited = script.pop(0)
    run([deposited], application=application)
    monkeypatch.setattr("deml.shell.application.encode", encode_output)
    server = run(script, application=application)
    assert server.verdicts == ["reject", "accept"]
    assert len(server.sent("delegate-call-voucher")) == 1


@pytest.mark.injects_bugs
def test_a_deposit_that_cannot_even_be_credited_is_rejected(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("deml.shell.application.transition", lambda *_: 1 // 0)
    server = run([token_deposit(0, 5)])
    assert server.verdicts == ["reject"]
    assert [one["code"] for one in reports(server)] == ["BUG"]


def test_a_failure_while_the_state_changes_ends_the_process(monkeypatch: pytest.MonkeyPatch):
    """Half a change must not be lived with: in the machine the parent rejects, in host mode the node restores."""

    def merge(_fork: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Fork, "merge", merge)
    server = run([token_deposit(0, 5)], ends_with=MemoryError)
    assert server.verdicts == []


def test_each_request_makes_one_readable_line(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, logger="deml")
    run([token_deposit(0, 5), advance(1, withdrawal(6)), inspect(b"stats"), inspect(b"a\nb\x1b[31m" + b"x" * 900)])
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 4
    assert lines[0].startswith(f"input 0 from {CARTESI_2_2.erc20_portal}: Deposit accepted, ")
    assert lines[0].endswith(", 0 ms")
    assert "input 1" in lines[1]
    assert "rejected, INSUFFICIENT_BALANCE: " in lines[1]
    assert lines[2].startswith("inspect: stats accepted, 1 outputs")
    assert "\n" not in lines[3]
    assert "\x1b" not in lines[3]
    assert len(lines[3]) < 3 * MAX_LOGGED_CHARACTERS


def dapp_process(url: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(
        [sys.executable, "-m", "deml"],
        env={**os.environ, "ROLLUP_HTTP_SERVER_URL": url, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    WATCH.read(ended.stderr)
    return ended


def test_the_process_serves_and_exits_with_an_error_when_it_cannot_go_on():
    with ScriptedServer([token_deposit(0, 5), advance(1, withdrawal(5)), HangUp(), advance(0)]) as server:
        ended = dapp_process(server.url)
    assert ended.returncode == 1
    assert len(server.sent("delegate-call-voucher")) == 1
    assert "INPUTS_OUT_OF_ORDER" in ended.stderr
    assert "input 1 from" in ended.stderr


def test_the_process_takes_its_deployment_from_the_environment():
    own = {name: getattr(CARTESI_2_2, name) for name in CARTESI_2_2.__slots__}
    own["safe_transfer"] = "0x" + "5A" * 20
    with ScriptedServer([token_deposit(0, 5), advance(1, withdrawal(5))]) as server:
        dapp_process(server.url, DEML_DEPLOYMENT=json.dumps(own))
    assert server.sent("delegate-call-voucher")[0]["destination"] == "0x" + "5a" * 20


def test_the_process_refuses_a_broken_deployment():
    ended = dapp_process("http://127.0.0.1:1", DEML_DEPLOYMENT="{}")
    assert ended.returncode == 1
    assert "BAD_DEPLOYMENT" in ended.stderr
    assert "Traceback" not in ended.stderr


IMPORTED = """
import os, pkgutil, sys
import deml, deml.__main__ as dapp
modules = lambda: [one.name for one in pkgutil.walk_packages(deml.__path__, "deml.")]
def ready():
    print([name for name in modules() if name not in sys.modules])
    os._exit(0)
print([name for name in ("numpy", "eth_abi", "requests", "deml.core") if name in sys.modules])
sys.stdout.flush()
dapp.supervise(lambda ready_in_parent: dapp.serve(dapp.choose({}), ready), print)
"""


def test_all_of_the_dapp_is_imported_before_the_first_input_and_none_of_it_by_the_parent():
    ended = subprocess.run(
        [sys.executable, "-u", "-c", IMPORTED], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.splitlines() == ["[]", "[]"]
