"""One contract for all that keeps files: a Kubo node and a pinning service; then what each has of its own.

The node is played by the devnet's block store, the service by ``tests/support/pinning_stand_in.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deml.ipld import file_cid
from deml_sdk.errors import BadAnswer, ServiceUnreachable
from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.errors import NotPinned, PinFailed, PinningRefused, PinPending, TokenInTheClear
from deml_sdk.ipfs.kubo import Kubo
from deml_sdk.ipfs.pinning import wait_until_pinned
from deml_sdk.ipfs.pinning_service import PinningService
from deml_sdk.ipfs.pins import Pin, Pinner, PinState
from tests.support.ipfs_peers import HASTY, LOOPBACK, serving_peer
from tests.support.pinning_stand_in import Service, serving_pins

FIRST, SECOND = b"hello world", b"another file"


@pytest.fixture
def service() -> Iterator[Service]:
    with serving_pins() as found:
        yield found


def client(service: Service, token: str = "secret-token", **options: object) -> PinningService:
    return PinningService(service.url, lambda: token, LOOPBACK, **options)


@contextmanager
def node_with_files(folder: Path) -> Iterator[Kubo]:
    with serving_peer(folder) as peer:
        node = Kubo(peer.rpc)
        for content in (FIRST, SECOND):
            node.add(content)
            node.unpin(file_cid(content))
        yield node
        node.close()


@pytest.fixture(params=["node", "service"])
def pinner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pinner]:
    if request.param == "node":
        with node_with_files(tmp_path / "peer") as node:
            yield node
    else:
        with serving_pins() as found:
            yield client(found)


def pin(pinner: Pinner, content: bytes, name: str = "") -> Pin:
    reports: list[Pin] = []
    asked = pinner.pin(file_cid(content), name, reports.append)
    return wait_until_pinned(pinner, asked, 600, reports.append, sleep=lambda _: None)


def test_a_file_is_pinned_listed_and_let_go(pinner: Pinner):
    done = pin(pinner, FIRST, "greeting")
    assert (done.state, done.cid, done.name) == (PinState.PINNED, str(file_cid(FIRST)), "greeting")
    pin(pinner, SECOND)
    assert {one.cid for one in pinner.pins()} == {str(file_cid(FIRST)), str(file_cid(SECOND))}
    assert [one.name for one in pinner.pins(file_cid(FIRST))] == ["greeting"]
    assert pinner.unpin(file_cid(FIRST)) == 1
    assert list(pinner.pins(file_cid(FIRST))) == []
    assert [one.cid for one in pinner.pins()] == [str(file_cid(SECOND))]


def test_what_is_not_pinned_cannot_be_let_go(pinner: Pinner):
    with pytest.raises(NotPinned, match=str(file_cid(FIRST))):
        pinner.unpin(file_cid(FIRST))


def test_a_pin_that_is_gone_is_noticed(pinner: Pinner):
    done = pin(pinner, FIRST)
    pinner.unpin(file_cid(FIRST))
    with pytest.raises(NotPinned):
        pinner.look(done)


def test_nothing_pinned_is_an_empty_list(pinner: Pinner):
    assert list(pinner.pins()) == []


def test_it_says_what_answers(pinner: Pinner):
    assert pinner.name in pinner.check()


# The service


def test_progress_is_reported_and_pauses_grow(service: Service):
    service.course = ("queued", "queued", "queued", "pinning", "pinned")
    pauses: list[float] = []
    reports: list[Pin] = []
    at = client(service)
    wait_until_pinned(at, at.pin(file_cid(FIRST), "", reports.append), 600, reports.append, pauses.append)
    assert [one.state for one in reports] == ["queued", "queued", "queued", "pinning", "pinned"]
    assert pauses == sorted(pauses)
    assert len(pauses) == 4


def test_a_pin_that_fails_says_why(service: Service):
    service.course = ("failed",)
    at = client(service)
    with pytest.raises(PinFailed, match="no space left"):
        wait_until_pinned(at, at.pin(file_cid(FIRST), "", print), 600, print, sleep=lambda _: None)


def test_a_pin_that_takes_too_long_goes_on_at_the_service(service: Service):
    service.course = ("queued",)
    at = client(service)
    with pytest.raises(PinPending, match="still queued"):
        wait_until_pinned(at, at.pin(file_cid(FIRST), "", print), 60, print, sleep=lambda _: None)
    assert [one.state for one in at.pins()] == [PinState.QUEUED]


def test_all_states_are_listed_and_all_pages_read(service: Service):
    service.most = 7
    for number in range(40):
        service.insert(str(file_cid(b"%d" % number)), ("queued", "pinning", "pinned", "failed")[number % 4])
    found = list(client(service).pins())
    assert [one.id for one in found] == [f"id/{number}" for number in reversed(range(40))]
    assert {one.state for one in found} == set(PinState)
    assert len(service.asked) == 6


def test_a_file_pinned_twice_is_let_go_twice(service: Service):
    for _ in range(2):
        service.insert(str(file_cid(FIRST)))
    assert client(service).unpin(file_cid(FIRST)) == 2
    assert service.pins == {}


def test_our_node_is_named_as_origin_and_meets_the_delegates(service: Service):
    met: list[str] = []
    at = client(service, origins=lambda _nearby: ["/ip4/1.1.1.1/tcp/4001/p2p/12D3"], connect=met.append)
    at.pin(file_cid(FIRST), "x" * 300, print)
    assert service.pins["id/0"]["pin"]["origins"] == ["/ip4/1.1.1.1/tcp/4001/p2p/12D3"]
    assert len(service.pins["id/0"]["pin"]["name"]) == 255
    assert met == ["/dnsaddr/pins.example.org"]


def test_a_wrong_token_is_refused_by_name_and_not_repeated(service: Service):
    with pytest.raises(PinningRefused, match="UNAUTHORIZED") as caught:
        list(client(service, token="wrong-token").pins())
    assert "wrong-token" not in str(caught.value) + caught.value.advice()


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (409, b'{"error": {"reason": "INSUFFICIENT_FUNDS", "details": "Pay first"}}', "INSUFFICIENT_FUNDS"),
        (450, b'{"error": {"reason": "BLOCKED", "details": "\\u001b[2Jgone"}}', "BLOCKED"),
        (500, b"<html>", "500"),
        (503, b'{"error": "no object"}', "503"),
        (302, b"", "302"),
    ],
)
def test_refusals_are_told(service: Service, status: int, body: bytes, words: str):
    service.answers = [(status, body)]
    with pytest.raises(PinningRefused, match=words) as caught:
        client(service).pin(file_cid(FIRST), "", print)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'["\\"]]]]",' * 100_000,
        b"{}",
        b'{"count": 1}',
        b'{"count": "1", "results": []}',
        b'{"count": 1, "results": [{}]}',
        b'{"count": 1, "results": [{"requestid": "1", "status": "lost", "created": "now", "pin": {"cid": "x"}}]}',
        b'{"count": 1, "results": [{"requestid": "1", "status": "pinned", "created": "now", "pin": []}]}',
    ],
)
def test_answers_that_break_the_schema_are_not_believed(service: Service, body: bytes):
    service.answers = [(200, body)]
    with pytest.raises(BadAnswer):
        list(client(service).pins())


def test_a_service_that_counts_for_ever_is_not_asked_for_ever(service: Service):
    service.insert(str(file_cid(FIRST)))
    page = (
        b'{"count": 99999, "results": [{"requestid": "1", "status": "pinned", "created": "now", "pin": {"cid": "x"}}]}'
    )
    service.answers = [(200, page)] * 50
    assert len(list(client(service).pins())) == 1
    assert len(service.asked) == 2


def test_a_token_travels_encrypted_or_not_at_all():
    with pytest.raises(TokenInTheClear):
        PinningService("http://pins.example.org", lambda: "secret", EgressPolicy())


def test_a_service_in_a_private_network_is_refused_unless_configured(service: Service):
    at = PinningService(service.url, lambda: "secret-token", EgressPolicy(), timeouts=HASTY)
    with pytest.raises(Exception, match="no public address"):
        list(at.pins())
    assert service.asked == []


def test_nobody_answers():
    at = PinningService("http://127.0.0.1:9", lambda: "secret-token", LOOPBACK)
    with pytest.raises(ServiceUnreachable):
        list(at.pins())


# The node


def test_a_node_says_how_many_blocks_it_has_fetched(tmp_path: Path):
    with node_with_files(tmp_path / "peer") as node:
        reports: list[Pin] = []
        node.pin(file_cid(FIRST), "", reports.append)
    assert [one.details for one in reports] == ["1 blocks"]


def test_a_node_that_cannot_find_a_file_says_so(tmp_path: Path):
    with node_with_files(tmp_path / "peer") as node, pytest.raises(BadAnswer, match="not in this store"):
        node.pin(file_cid(b"absent"), "", print)
