"""The libcmt backend where its library refuses, what the parent process does, and which channel is chosen."""

from __future__ import annotations

import json
from collections.abc import Iterable
from errno import EIO, ENOBUFS, ENODATA
from pathlib import Path
from signal import SIGKILL

import pytest
from eth_abi.abi import encode

from deml.base.types import Address
from deml.shell.channel import DEFAULT_URL, choose
from deml.shell.cmt import Device, load
from deml.shell.errors import LibcmtFailed, LibcmtUnusable
from deml.wire.outputs import DelegateCallEmission, Emission, NoticeEmission, ReportEmission, VoucherEmission
from deml_devnet.node import guest
from tests.integration.rollup import programs
from tests.integration.rollup.machine import (
    BUFFER_BYTES,
    PEER,
    Halted,
    Http,
    Libcmt,
    Machine,
    Program,
    Raw,
    Result,
    Transport,
    Verdict,
    fake_libcmt,
)

ADDRESS = Address("0x" + "ab" * 20)
WORD = 32
FAR = 1_000
"""Offsets from here on point out of the request."""
SELECTOR = b"\x41\x5b\xf3\x63"
EMISSIONS: dict[str, Emission] = {
    "notice": NoticeEmission(b"n"),
    "voucher": VoucherEmission(ADDRESS, 1, b"v"),
    "delegate-call-voucher": DelegateCallEmission(ADDRESS, b"d"),
    "report": ReportEmission(b"r"),
}


def advance(index: int, payload: bytes = b"") -> guest.AdvanceState:
    return guest.AdvanceState(1, ADDRESS, ADDRESS, 2, 3, 2**256 - 1, index, payload)


def evm_advance(selector: bytes = SELECTOR, offset: int = 8 * WORD, **changes: int) -> Raw:
    """A request with a payload of nine bytes, put together by hand."""
    fields = {"chain_id": 1, "app": 2, "sender": 3, "block": 4, "timestamp": 5, "randao": 6, "index": 0}
    words = [value.to_bytes(WORD, "big") for value in {**fields, **changes}.values()]
    gap = bytes(max(0, offset - 8 * WORD) if offset < FAR else 0)
    tail = (9).to_bytes(WORD, "big") + b"\x07" * 9 + bytes(23)
    return Raw(0, selector + b"".join(words) + offset.to_bytes(WORD, "big") + gap + tail)


def play(folder: Path, requests: Iterable[guest.Request | Raw], answers: dict[bytes, Emission]) -> list[Result]:
    """What a player's machine makes of requests."""
    player = programs.Player(folder / "diary", {payload: (emission,) for payload, emission in answers.items()})
    with Machine(programs.Served(player), Libcmt()) as machine:
        return [machine.exchange(request) for request in requests]


@pytest.mark.parametrize("name", EMISSIONS)
def test_an_output_that_the_library_refuses_ends_the_process_with_a_named_error(name: str, tmp_path: Path):
    player = programs.Player(tmp_path / "diary", {b"go": (EMISSIONS[name],)})
    kind = "report" if name == "report" else "output"
    with Machine(programs.Served(player), Libcmt({kind: ENOBUFS})) as machine:
        assert machine.exchange(advance(0, b"go")).verdict is Verdict.HALTED
        assert f"cmt_rollup_emit_{name.replace('-', '_')} answered ENOBUFS" in machine.log


@pytest.mark.parametrize("error", [EIO, ENODATA])
def test_a_finish_that_fails_ends_the_process(error: int, tmp_path: Path):
    with Machine(programs.Served(programs.Player(tmp_path / "diary")), Libcmt({"finish": error})) as machine:
        assert machine.exchange(advance(0)).verdict is Verdict.HALTED
        assert "LibcmtFailed: cmt_rollup_finish answered" in machine.log


@pytest.mark.parametrize("excess", [0, 1])
def test_an_output_fits_two_mebibytes_or_is_refused(excess: int, tmp_path: Path):
    head = 4 + 2 * WORD  # of a notice
    largest = (BUFFER_BYTES - head) // WORD * WORD
    emission = NoticeEmission(bytes(largest + excess))
    (result,) = play(tmp_path, [advance(0, b"go")], {b"go": emission})
    assert result.verdict is (Verdict.HALTED if excess else Verdict.ACCEPTED)


@pytest.mark.parametrize("excess", [0, 1])
def test_a_report_fits_two_mebibytes_or_is_refused(excess: int, tmp_path: Path):
    (result,) = play(tmp_path, [advance(0, b"go")], {b"go": ReportEmission(bytes(BUFFER_BYTES + excess))})
    assert result.verdict is (Verdict.HALTED if excess else Verdict.ACCEPTED)


@pytest.mark.parametrize(
    "unreadable",
    [
        Raw(0, b""),
        Raw(0, SELECTOR + bytes(255)),
        Raw(7, b""),
        Raw(-1 % 2**32, b""),
        evm_advance(selector=b"\x41\x5b\xf3\x64"),
        evm_advance(chain_id=2**64),
        evm_advance(block=2**64),
        evm_advance(timestamp=2**200),
        evm_advance(index=2**255),
        evm_advance(app=2**160),
        evm_advance(sender=2**160),
        evm_advance(offset=2**64),
        evm_advance(offset=2**63),
        evm_advance(offset=FAR),
    ],
)
def test_a_request_that_cannot_be_read_is_rejected_and_the_next_one_served(unreadable: Raw, tmp_path: Path):
    malformed, after = play(tmp_path, [unreadable, guest.InspectState(b"next")], {})
    assert malformed.verdict is Verdict.REJECTED
    assert json.loads(malformed.reports[0])["code"] == "MALFORMED_REQUEST"
    assert after == Result(Verdict.ACCEPTED, (), (b"answer to next",))


@pytest.mark.parametrize("offset", [8 * WORD, 9 * WORD, 8 * WORD + 1])
def test_a_payload_is_found_wherever_its_offset_says(offset: int, tmp_path: Path):
    emission = NoticeEmission(b"found")
    (result,) = play(tmp_path, [evm_advance(offset=offset)], {b"\x07" * 9: emission})
    assert len(result.outputs) == 1


def test_numbers_of_64_bits_arrive_whole(tmp_path: Path):
    most = 2**64 - 1
    request = evm_advance(chain_id=most, block=most, timestamp=most, index=most)
    player = programs.Player(tmp_path / "diary")
    with Machine(programs.Served(player), Libcmt()) as machine:
        assert machine.exchange(request).verdict is Verdict.ACCEPTED
    ((meta, _),) = player.given
    assert meta is not None
    assert (meta.chain_id, meta.block_number, meta.timestamp, meta.index) == (most,) * 4


def test_a_payload_outlives_the_memory_that_it_came_in(tmp_path: Path):
    player = programs.Player(tmp_path / "diary")
    with Machine(programs.Served(player), Libcmt()) as machine:
        for index in range(3):
            machine.exchange(advance(index, bytes([index]) * 9))
    assert [payload for _, payload in player.given] == [bytes([index]) * 9 for index in range(3)]


def test_the_library_hashes_outputs_as_the_node_does(tmp_path: Path):
    """`Machine` compares the root after every acceptance; here, with trees of several shapes and long outputs."""
    answers = {b"%d" % size: NoticeEmission(b"\xa5" * size) for size in (0, 1, 64, 67, 68, 200, 4_000)}
    results = play(tmp_path, [advance(index, payload) for index, payload in enumerate(answers)], dict(answers))
    assert [len(result.outputs) for result in results] == [1] * len(answers)


def test_a_device_that_another_process_holds_is_a_named_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with Machine(programs.Served(programs.Player(tmp_path / "diary")), (transport := Libcmt())) as machine:
        monkeypatch.setenv(PEER, transport.path)
        assert machine.exchange(advance(0)).verdict is Verdict.ACCEPTED
        refused = transport.refuse_another(lambda: Device(load(fake_libcmt())))
    assert isinstance(refused, LibcmtFailed)
    assert (refused.function, refused.name) == ("cmt_rollup_init", "EBUSY")
    assert "rollup-init" in refused.advice()


def test_a_device_that_the_user_may_not_open_is_a_named_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(PEER, "/nowhere/cmio")
    with pytest.raises(LibcmtFailed) as caught:
        Device(load(fake_libcmt()))
    assert caught.value.name == "EACCES"
    assert "group" in caught.value.advice()


def test_a_library_without_the_calls_is_refused():
    with pytest.raises(LibcmtUnusable, match="cmt_rollup_init"):
        load("libc.so.6")


def test_a_library_that_is_not_there_is_refused():
    with pytest.raises(LibcmtUnusable):
        load("/nowhere/libcmt.so")


def test_device_and_library_together_make_libcmt_the_choice(tmp_path: Path):
    device = tmp_path / "cmio"
    chosen = choose({}, device=device, library=fake_libcmt())
    assert (chosen.name, chosen.library, chosen.in_machine) == (DEFAULT_URL, None, False)
    device.touch()
    chosen = choose({}, device=device, library=fake_libcmt())
    assert (chosen.name, chosen.in_machine) == (fake_libcmt(), True)
    assert chosen.library is not None


def test_a_device_without_a_library_means_http(tmp_path: Path):
    (tmp_path / "cmio").touch()
    chosen = choose({}, device=tmp_path / "cmio", library="/nowhere/libcmt.so")
    assert (chosen.name, chosen.library, chosen.in_machine) == (DEFAULT_URL, None, True)


def test_a_named_server_goes_before_the_device(tmp_path: Path):
    (tmp_path / "cmio").touch()
    url = "http://127.0.0.1:1"
    chosen = choose({"ROLLUP_HTTP_SERVER_URL": url}, device=tmp_path / "cmio", library=fake_libcmt())
    assert (chosen.name, chosen.library, chosen.in_machine) == (url, None, True)


def test_a_named_library_goes_before_everything_and_must_be_one():
    environment = {"DEML_LIBCMT": fake_libcmt(), "ROLLUP_HTTP_SERVER_URL": "http://127.0.0.1:1"}
    assert choose(environment).library is not None
    with pytest.raises(LibcmtUnusable):
        choose({"DEML_LIBCMT": "/nowhere/libcmt.so"})


@pytest.mark.parametrize("transport", [Libcmt, Http])
@pytest.mark.parametrize(
    ("program", "code"), [(programs.dapp_that_dies_at_start, 1), (programs.dapp_that_is_killed_at_start, 128 + SIGKILL)]
)
def test_a_dapp_that_dies_at_start_halts_the_machine_with_its_exit_code(
    transport: type[Transport], program: Program, code: int
):
    """Before the first input there is nothing to reject: an image that cannot start must not look as if it could."""
    machine = Machine(program, transport())
    with pytest.raises(Halted) as caught, machine:
        pass
    assert caught.value.code == code


def test_the_dapp_answers_queries_and_refuses_nonsense_through_the_library():
    with Machine(programs.dapp, Libcmt()) as machine:
        known, unknown = (machine.exchange(guest.InspectState(query)) for query in (b"stats", b"nonsense"))
    assert known.verdict is Verdict.ACCEPTED
    assert unknown.verdict is Verdict.REJECTED
    assert json.loads(unknown.reports[0])["code"] == "UNKNOWN_QUERY"


def test_in_the_machine_only_what_went_wrong_is_logged():
    with Machine(programs.dapp, Libcmt()) as machine:
        machine.exchange(guest.InspectState(b"stats"))
        machine.exchange(advance(0, encode(["uint256"], [1])))
        lines = machine.log.splitlines()
    assert len(lines) == machine.boots
    assert all(line.startswith("INFO ready") for line in lines)
