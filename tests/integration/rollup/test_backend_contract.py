"""What every rollup backend must do, held against every server there is for it.

A backend for another transport joins by a function like `scripted`, `devnet` and `libcmt` below.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from deml.base.inputs import Metadata
from deml.base.types import Address, Timestamp
from deml.shell.application import Application
from deml.shell.backend import Backend
from deml.shell.errors import ServerRefused
from deml.shell.http import HttpBackend
from deml.shell.loop import serve
from deml.wire.outputs import (
    DelegateCallEmission,
    NoticeEmission,
    Provable,
    ReportEmission,
    VoucherEmission,
    envelope,
)
from deml_devnet.node.guest import AdvanceState, GuestRequest, InspectState, Result, Verdict
from deml_devnet.node.rollup_http import RollupServer
from tests.integration.rollup.machine import Libcmt, Machine
from tests.integration.rollup.programs import Buggy, Player, Served
from tests.integration.rollup.scripted_server import Reply, ScriptedServer

SECONDS = 30.0
ALICE = Address("0x" + "a1" * 20)

Run = Callable[[Application, Iterable[GuestRequest]], list[Result]]
"""Has an application handle requests through the backend, until the last or until it breaks."""


def advance(index: int, payload: bytes = b"") -> AdvanceState:
    return AdvanceState(31337, "0x" + "A9" * 20, "0x" + "A1" * 20, 12, 1_700_000_000, 5, index, payload)


def scripted(application: Application, requests: Iterable[GuestRequest]) -> list[Result]:
    """Over HTTP, against the script player of these tests."""
    script = [Reply(200, json.dumps(request.as_json()).encode()) for request in requests]
    with ScriptedServer(script) as server:
        _serve_to_the_end(HttpBackend(server.url, _no_wait), application)
    return list(_results(iter(server.posts[1:])))


def devnet(application: Application, requests: Iterable[GuestRequest]) -> list[Result]:
    """Over HTTP, against the devnet node's server."""
    with RollupServer() as server:
        url, guest = server.open()
        thread = Thread(target=_serve_to_the_end, args=(HttpBackend(url, _no_wait), application))
        thread.start()
        results: list[Result] = []
        for request in requests:
            results.append(guest.exchange(request, SECONDS))
        server.close(guest, "the test is over")
        thread.join(SECONDS)
        assert not thread.is_alive()
    return results


def libcmt(application: Application, requests: Iterable[GuestRequest]) -> list[Result]:
    """Through the C library's calls, against the tests' stand-in for it, in a machine that rejections take back."""
    with Machine(Served(application), Libcmt()) as machine:
        results = [machine.exchange(request) for request in requests]
    return [Result(Verdict(one.verdict), one.outputs, one.reports) for one in results]


def _serve_to_the_end(backend: Backend, application: Application) -> None:
    with pytest.raises(ServerRefused):
        serve(backend, application, lambda: 0.0)


def _no_wait(seconds: float) -> None:
    pass


def _results(posts: Iterator[tuple[str, dict[str, str]]]) -> Iterator[Result]:
    outputs: list[bytes] = []
    reports: list[bytes] = []
    for path, body in posts:
        payload = bytes.fromhex(body.get("payload", "0x")[2:])
        match path:
            case "finish":
                accepted = body["status"] == "accept"
                verdict = Verdict.ACCEPTED if accepted else Verdict.REJECTED
                yield Result(verdict, tuple(outputs) if accepted else (), tuple(reports))
                outputs, reports = [], []
            case "report":
                reports.append(payload)
            case _:
                outputs.append(envelope(_emission(path, body, payload)))


def _emission(path: str, body: dict[str, str], payload: bytes) -> Provable:
    match path:
        case "notice":
            return NoticeEmission(payload)
        case "voucher":
            return VoucherEmission(Address(body["destination"]), int(body["value"], 16), payload)
        case _:
            return DelegateCallEmission(Address(body["destination"]), payload)


@pytest.fixture(params=[scripted, devnet, libcmt], ids=["scripted", "devnet", "libcmt"])
def run(request: pytest.FixtureRequest) -> Run:
    return request.param


def test_an_advance_arrives_whole(run: Run, tmp_path: Path):
    player = Player(tmp_path / "diary")
    assert run(player, [advance(3, b"\x00\xff")]) == [Result(Verdict.ACCEPTED)]
    app = Address("0x" + "a9" * 20)
    assert player.given == [(Metadata(31337, app, ALICE, 12, Timestamp(1_700_000_000), 3), b"\x00\xff")]


@pytest.mark.parametrize("size", [0, 1, 65_216, 2_000_000])
def test_payloads_of_any_size_arrive(run: Run, size: int, tmp_path: Path):
    player = Player(tmp_path / "diary")
    run(player, [advance(0, bytes(size)), InspectState(b"\x01" * size)])
    assert [payload for _, payload in player.given] == [bytes(size), b"\x01" * size]


def test_outputs_of_every_kind_arrive_in_order(run: Run, tmp_path: Path):
    emissions = (
        NoticeEmission(b"first"),
        VoucherEmission(ALICE, 2**256 - 1, b"second"),
        DelegateCallEmission(ALICE, b""),
        VoucherEmission(ALICE, 0, b""),
        NoticeEmission(b""),
    )
    player = Player(tmp_path / "diary", {b"go": (*emissions, ReportEmission(b"said"), ReportEmission(b""))})
    (result,) = run(player, [advance(0, b"go")])
    assert result == Result(Verdict.ACCEPTED, tuple(envelope(one) for one in emissions), (b"said", b""))


def test_large_outputs_arrive(run: Run, tmp_path: Path):
    emissions = (NoticeEmission(bytes(500_000)), ReportEmission(b"\x07" * 2_000_000))
    (result,) = run(Player(tmp_path / "diary", {b"go": emissions}), [advance(0, b"go")])
    assert result.outputs == (envelope(emissions[0]),)
    assert result.reports == (emissions[1].payload,)


def test_a_rejected_input_keeps_its_report(run: Run, tmp_path: Path):
    accepted, rejected, after = run(Player(tmp_path / "diary"), [advance(0), advance(1, b"reject"), advance(2)])
    assert (accepted.verdict, rejected.verdict, after.verdict) == (
        Verdict.ACCEPTED,
        Verdict.REJECTED,
        Verdict.ACCEPTED,
    )
    assert [json.loads(report)["code"] for report in rejected.reports] == ["QUERY_NOT_TEXT"]
    assert rejected.outputs == ()


def test_inspects_between_advances_are_answered_with_reports(run: Run, tmp_path: Path):
    requests = [
        InspectState(b"a"),
        advance(0),
        InspectState(b"reject"),
        InspectState(b"b"),
        advance(1, b"reject"),
        InspectState(b"c"),
    ]
    results = run(Player(tmp_path / "diary"), requests)
    verdicts = [result.verdict is Verdict.ACCEPTED for result in results]
    assert verdicts == [True, True, False, True, False, True]
    assert [results[number].reports for number in (0, 3, 5)] == [
        (b"answer to a",),
        (b"answer to b",),
        (b"answer to c",),
    ]


@pytest.mark.injects_bugs
def test_a_bug_rejects_the_request_and_the_next_ones_are_served(run: Run, tmp_path: Path):
    results = run(Buggy(tmp_path / "diary"), [advance(0), advance(1, b"bug"), InspectState(b"a"), advance(2)])
    statuses = [result.verdict.status for result in results]
    assert statuses == ["ACCEPTED", "REJECTED", "ACCEPTED", "ACCEPTED"]
    (report,) = results[1].reports
    assert json.loads(report)["code"] == "BUG"
    assert json.loads(report)["values"] == {"cause": "ZeroDivisionError"}


def test_a_long_session_keeps_its_order(run: Run, tmp_path: Path):
    player = Player(tmp_path / "diary", {b"%d" % index: (NoticeEmission(b"%d" % index),) for index in range(50)})
    results = run(player, [advance(index, b"%d" % index) for index in range(50)])
    assert [result.outputs for result in results] == [(envelope(NoticeEmission(b"%d" % n)),) for n in range(50)]


def test_a_process_that_was_given_up_takes_no_request_of_its_successor():
    with RollupServer() as server:
        url, guest = server.open()
        server.close(guest, "replaced")
        with pytest.raises(ServerRefused) as caught:
            HttpBackend(url, lambda seconds: None).finish(True)
    assert caught.value.status == 410
