"""Gateways that mean well: they answer what was not asked for, are busy, or send on to a subdomain of localhost."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from deml.ipld import Cid, file_car, file_cid
from deml.ipld.car import write_car
from deml.ipld.cid import RAW
from deml.ipld.writer import file_blocks
from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.errors import GatewayBusy, NotHadForNow, RedirectedElsewhere
from deml_sdk.ipfs.gateway import Gateway
from tests.support.cases import case
from tests.support.ipfs_peers import HASTY, LOOPBACK, Part, Script, Send, answer, at_most, content_store, playing

DATA = random.Random(5).randbytes(900_000)
ROOT = file_cid(DATA)
CAR = file_car(DATA)
BLOCKS = dict(file_blocks(DATA)[1])
LIMIT = 2**22

TOLD = re.search(
    r"pragma ([0-9a-f]+), (\d+) byte header, the CARv1 at (\d+)", case("gateway-carv2/srv2.txt").read_text()
)
"""How the gateway of the case answered."""


def version_2() -> bytes:
    """The CAR as that gateway wraps it: characteristics, place and length of the CARv1, and the place of an index."""
    if TOLD is None:
        raise ValueError("the case says no more how its gateway answered")
    pragma, header, start = bytes.fromhex(TOLD[1]), int(TOLD[2]), int(TOLD[3])
    numbers = bytes(16) + start.to_bytes(8, "little") + len(CAR).to_bytes(8, "little") + bytes(8)
    wrapped = pragma + numbers + CAR
    if len(numbers) != header or wrapped[start:] != CAR:
        raise ValueError("the case's numbers do not fit together")
    return wrapped


def block(path: str) -> bytes:
    return BLOCKS[Cid.parse(path.removeprefix("/ipfs/").partition("?")[0])]


def giving(car: bytes, **headers: str) -> Part:
    """A gateway that answers something for the CAR, and the right blocks."""

    def part(_script: Script, path: str, send: Send) -> None:
        send(answer(body=car, **headers) if "format=car" in path else answer(body=block(path)))

    return part


def refusing(status: str, **headers: str) -> Part:
    """A gateway that refuses CARs, and has the right blocks."""

    def part(_script: Script, path: str, send: Send) -> None:
        send(answer(status, **headers) if "format=car" in path else answer(body=block(path)))

    return part


UNUSABLE = {
    "CARv2": giving(version_2()),
    "nothing": giving(b""),
    "text": giving(b"we do not do CARs here, sorry"),
    "a page": giving(b"<html>", content_type="text/html"),
    "something packed": giving(CAR, content_encoding="br"),
    "a CAR without a header": giving(CAR[60:]),
    "CARv2 of nothing": giving(version_2()[:11]),
    "CARv3": giving(bytes.fromhex("0aa16776657273696f6e03") + CAR),
    "a header without roots": giving(bytes.fromhex("0aa16776657273696f6e01") + CAR[59:]),
    "half a header": giving(CAR[:30]),
    "JSON": giving(b'{"code": 12, "message": "not implemented"}', content_type="application/json"),
    "the file itself": giving(DATA, content_type="application/octet-stream"),
    "another file's CAR": giving(file_car(b"another file")),
    "a header and nothing": giving(write_car([ROOT], [])),
    "a header and a page": giving(write_car([ROOT], []) + b"<html>upstream timed out</html>"),
    "a header and zeros": giving(write_car([ROOT], []) + bytes(100)),
    "a header and a number too long": giving(write_car([ROOT], []) + b"\xff" * 100),
    "a header and a block too long": giving(write_car([ROOT], []) + b"\x80\x80\x80\x80\x01" + bytes(100)),
    "a header and noise": giving(write_car([ROOT], []) + random.Random(9).randbytes(5_000)),
    "a root of other bytes": giving(write_car([ROOT], [(ROOT, b"other bytes")])),
    "blocks from the last to the first": giving(write_car([ROOT], list(BLOCKS.items())[::-1])),
    "blocks of another file": giving(write_car([ROOT], [(Cid.of(RAW, b"stray"), b"stray")])),
    "sent on to another host": refusing("302 Found", location="https://cars.example.org/"),
    "not implemented": refusing("501 Not Implemented"),
    "not acceptable": refusing("406 Not Acceptable"),
    "a bad request": refusing("400 Bad Request"),
    "an error of its own": refusing("500 Internal Server Error"),
    "too large for a CAR": refusing("413 Content Too Large"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_comes_block_by_block_where_the_car_is_of_no_use(name: str, tmp_path: Path):
    with playing(UNUSABLE[name]) as script, at_most(20):
        assert content_store(tmp_path, Gateway(script.url, LOOPBACK, HASTY)).fetch(ROOT, LIMIT) == DATA
    assert sum("format=raw" in one for one in script.requests) == len(BLOCKS)


def test_only_what_half_a_car_did_not_bring_is_asked_for_block_by_block(tmp_path: Path):
    with playing(giving(CAR[: len(CAR) // 2])) as script, at_most(20):
        assert content_store(tmp_path, Gateway(script.url, LOOPBACK, HASTY)).fetch(ROOT, LIMIT) == DATA
    assert 0 < sum("format=raw" in one for one in script.requests) < len(BLOCKS)


SPOILT_BEHIND_THE_ROOT = {
    "a block of other bytes": CAR[:-9] + b"different",
    "a page in the middle": CAR[: len(CAR) // 2] + b"<html>upstream timed out</html>" * 20_000,
    "noise in the middle": CAR[: len(CAR) // 2] + random.Random(3).randbytes(len(CAR)),
    "a stray block": write_car([ROOT], [*list(BLOCKS.items())[:2], (Cid.of(RAW, b"stray"), b"stray")]),
    "the root without end": write_car([ROOT], list(BLOCKS.items())[:1] * 60_000),
}


@pytest.mark.parametrize("name", SPOILT_BEHIND_THE_ROOT)
def test_what_a_spoilt_car_did_not_bring_is_asked_for_block_by_block(name: str, tmp_path: Path):
    with playing(giving(SPOILT_BEHIND_THE_ROOT[name])) as script, at_most(20):
        assert content_store(tmp_path, Gateway(script.url, LOOPBACK, HASTY)).fetch(ROOT, LIMIT) == DATA
    assert 0 < sum("format=raw" in one for one in script.requests) < len(BLOCKS)


def busy(status: str) -> Part:
    return lambda _script, _path, send: send(answer(status))


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_busy_gateway_is_not_the_owners_fault(status: str, tmp_path: Path):
    with playing(busy(status)) as script, at_most(20), pytest.raises(GatewayBusy) as refused:
        content_store(tmp_path, Gateway(script.url, LOOPBACK, HASTY)).fetch(ROOT, LIMIT)
    assert "Wait some minutes" in refused.value.advice()
    assert "owner" not in refused.value.advice()


def test_a_busy_gateway_beside_one_that_has_nothing_may_have_it_later(tmp_path: Path):
    with playing(busy("429 Too Many Requests")) as first, playing(busy("404 Not Found")) as second, at_most(20):
        sources = [Gateway(one.url, LOOPBACK, HASTY) for one in (first, second)]
        with pytest.raises(NotHadForNow) as refused:
            content_store(tmp_path, *sources).fetch(ROOT, LIMIT)
    assert "owner" not in refused.value.advice()


def test_a_gateway_that_is_too_busy_for_a_car_may_give_blocks(tmp_path: Path):
    def part(_script: Script, path: str, send: Send) -> None:
        send(answer("429 Too Many Requests") if "format=car" in path else answer(body=block(path)))

    with playing(part) as script, at_most(20):
        assert content_store(tmp_path, Gateway(script.url, LOOPBACK, HASTY)).fetch(ROOT, LIMIT) == DATA


@pytest.mark.parametrize("named", ["127.0.0.1", "localhost"])
def test_kubos_gateway_sends_on_to_a_subdomain_of_localhost(named: str, tmp_path: Path):
    def part(script: Script, path: str, send: Send) -> None:
        if path.startswith("/ipfs/"):
            cid, _, query = path.removeprefix("/ipfs/").partition("?")
            port = script.url.rpartition(":")[2]
            send(answer("301 Moved Permanently", location=f"http://{cid}.ipfs.localhost:{port}/?{query}"))
        elif "format=car" in path:
            send(answer(body=CAR))

    with playing(part) as script, at_most(20):
        url = script.url.replace("127.0.0.1", named)
        assert content_store(tmp_path, Gateway(url, LOOPBACK, HASTY)).fetch(ROOT, LIMIT) == DATA


@pytest.mark.parametrize("host", ["other.ipfs.localhost", "localhost.example.org", "ipfs.localhost.evil.example"])
def test_no_other_subdomain_is_followed(host: str, tmp_path: Path):
    def part(script: Script, _path: str, send: Send) -> None:
        send(answer("301 Moved Permanently", location=f"http://{host}:{script.url.rpartition(':')[2]}/"))

    with playing(part) as script, at_most(20), pytest.raises(RedirectedElsewhere):
        content_store(tmp_path, Gateway(script.url, LOOPBACK, HASTY)).fetch(ROOT, LIMIT)


def test_localhost_is_this_machine_and_must_be_allowed():
    found = EgressPolicy.parse("127.0.0.0/8").resolve("bafy.ipfs.localhost", 80)
    assert [address for _, address in found] == ["127.0.0.1"]
    with pytest.raises(Exception, match="no public address"):
        EgressPolicy().resolve("bafy.ipfs.localhost", 80)
