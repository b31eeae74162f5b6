"""Files by CID: whatever a gateway or an IPFS node sends, only the right bytes come through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import sha256

import pytest

from deml.base.errors import DemlError
from deml.ipld import Cid, file_car, file_cid
from deml_cli.blocks import BlockSource, ReadOnly, block_source
from deml_cli.errors import BadAnswer, BlockNotFound, ServiceUnreachable
from tests.unit.cli.fake_services import Services

SMALL = b"hello world"
LARGE = b"".join(sha256(bytes([n % 256, n // 256])).digest() * 32 for n in range(600))
LIMIT = 10**6


def give(services: Services, kind: str, cid: Cid, status: int, body: bytes) -> None:
    """Have the server answer a request for a file with `body`."""
    path = ("GET", f"/ipfs/{cid}") if kind == "gateway" else ("POST", "/api/v0/dag/export")
    services.pages[path] = lambda _: (status, body)


@pytest.fixture(params=["gateway", "kubo"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def source(services: Services, kind: str) -> Iterator[BlockSource]:
    made = block_source(services.url + ("/api/v0" if kind == "kubo" else ""))
    yield made
    made.close()


@pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_a_file_comes_back_whole(services: Services, source: BlockSource, kind: str, content: bytes):
    give(services, kind, file_cid(content), 200, file_car(content))
    assert source.fetch(file_cid(content), LIMIT) == content


@pytest.mark.parametrize(
    "spoil",
    [
        lambda car: car[:-1],
        lambda car: car[:-5] + b"00000",
        lambda _: file_car(b"another file"),
        lambda _: b"<html>",
        lambda _: b"",
        lambda car: car + file_car(b"more")[59:],
    ],
    ids=["cut off", "changed", "another file", "no CAR", "nothing", "surplus"],
)
def test_what_is_not_the_file_does_not_come_through(
    services: Services, source: BlockSource, kind: str, spoil: Callable[[bytes], bytes]
):
    give(services, kind, file_cid(LARGE), 200, spoil(file_car(LARGE)))
    with pytest.raises(DemlError):
        source.fetch(file_cid(LARGE), LIMIT)


def test_a_file_above_the_limit_is_refused(services: Services, source: BlockSource, kind: str):
    give(services, kind, file_cid(LARGE), 200, file_car(LARGE))
    with pytest.raises(DemlError):
        source.fetch(file_cid(LARGE), len(LARGE) - 1)


def test_an_endless_answer_is_cut_off(services: Services, source: BlockSource, kind: str):
    give(services, kind, file_cid(SMALL), 200, file_car(SMALL) + bytes(8 * 2**20))
    with pytest.raises(DemlError):
        source.fetch(file_cid(SMALL), 11)


@pytest.mark.parametrize("status", [404, 410, 500, 504])
def test_a_file_that_is_not_there(services: Services, source: BlockSource, kind: str, status: int):
    give(services, kind, file_cid(SMALL), status, b"no")
    with pytest.raises(BlockNotFound, match=str(file_cid(SMALL))):
        source.fetch(file_cid(SMALL), LIMIT)


def test_the_gateway_is_asked_for_a_whole_car(services: Services):
    source = block_source(services.url + "/ipfs/")
    give(services, "gateway", file_cid(SMALL), 200, file_car(SMALL))
    source.fetch(file_cid(SMALL), LIMIT)
    source.close()
    assert services.requests[0][1] == f"/ipfs/{file_cid(SMALL)}?format=car&dag-scope=all"


def test_kubo_imports_and_pins_our_very_blocks(services: Services):
    cid = str(file_cid(LARGE))
    answer = json.dumps({"Root": {"Cid": {"/": cid}, "PinErrorMsg": ""}}).encode()
    services.pages["POST", "/api/v0/dag/import"] = lambda _: (200, answer)
    source = block_source(services.url + "/api/v0/")
    assert str(source.add(LARGE)) == cid
    source.close()
    _, path, body = services.requests[0]
    assert "pin-roots=true" in path
    assert file_car(LARGE) in body


UNPINNED = json.dumps({"Root": {"Cid": {"/": str(file_cid(SMALL))}, "PinErrorMsg": "no space"}}).encode()


@pytest.mark.parametrize(("status", "body"), [(500, b"full"), (200, b"{}"), (403, b""), (200, b"[1"), (200, UNPINNED)])
def test_kubo_that_does_not_confirm_is_not_believed(services: Services, status: int, body: bytes):
    services.pages["POST", "/api/v0/dag/import"] = lambda _: (status, body)
    source = block_source(services.url + "/api/v0")
    with pytest.raises(BadAnswer, match=f"HTTP {status}"):
        source.add(SMALL)
    source.close()


def test_a_gateway_only_gives(services: Services):
    source = block_source(services.url)
    with pytest.raises(ReadOnly):
        source.add(SMALL)
    source.close()


def test_checks_say_what_answers(services: Services):
    services.pages["POST", "/api/v0/version"] = lambda _: (200, b'{"Version": "0.30.0"}')
    for url, words in ((services.url, "gateway"), (services.url + "/api/v0", "Kubo 0.30.0")):
        source = block_source(url)
        assert words in source.check()
        source.close()
    services.pages["POST", "/api/v0/version"] = lambda _: (200, b"<html>")
    source = block_source(services.url + "/api/v0")
    with pytest.raises(BadAnswer):
        source.check()
    source.close()


def test_nobody_there():
    for url in ("http://127.0.0.1:9", "http://127.0.0.1:9/api/v0"):
        with pytest.raises(ServiceUnreachable):
            block_source(url).fetch(file_cid(SMALL), LIMIT)
