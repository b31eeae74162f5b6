"""Several gateways at once: the first one serves, a cut costs nothing, and what is here is not fetched again."""

from __future__ import annotations

import random
import socket
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from deml.ipld import Cid, file_car, file_cid
from deml.ipld.car import write_car
from deml.ipld.writer import file_blocks
from deml_sdk.ipfs.errors import CutOff, FileNotFound, NotHadForNow, StoreFailed
from deml_sdk.ipfs.gateway import Gateway
from deml_sdk.ipfs.local import LocalStore
from tests.support.ipfs_peers import (
    HASTY,
    LOOPBACK,
    Script,
    Send,
    answer,
    at_most,
    content_store,
    playing,
    serving_peer,
)

DATA = random.Random(11).randbytes(2_000_000)
ROOT = file_cid(DATA)
CAR = file_car(DATA)
BLOCKS = dict(file_blocks(DATA)[1])
LIMIT = 2**22


def gateway(script: Script) -> Gateway:
    return Gateway(script.url, LOOPBACK, HASTY)


def honest(_script: Script, path: str, send: Send) -> None:
    cid = Cid.parse(path.removeprefix("/ipfs/").partition("?")[0])
    send(answer(body=CAR if "format=car" in path else BLOCKS[cid]))


def silent(script: Script, _path: str, _send: Send) -> None:
    script.pause()


def test_the_first_gateway_serves_and_the_silent_one_is_not_waited_for(tmp_path: Path):
    with playing(silent) as slow, playing(honest) as fast, at_most(10):
        sources = [Gateway(slow.url, LOOPBACK), Gateway(fast.url, LOOPBACK)]
        assert content_store(tmp_path, *sources).fetch(ROOT, LIMIT) == DATA
    assert len(fast.requests) == 1


def test_a_cut_is_made_good_block_by_block_by_the_next_gateway(tmp_path: Path):
    half = write_car([ROOT], list(BLOCKS.items())[:4])

    def cutting(_script: Script, path: str, send: Send) -> None:
        if "format=car" in path:
            send(answer(body=CAR)[: len(half) + 200])

    def late(script: Script, path: str, send: Send) -> None:
        if "format=car" in path:
            script.pause(0.5)
        honest(script, path, send)

    with playing(cutting) as first, playing(late) as second:
        assert content_store(tmp_path, gateway(first), gateway(second)).fetch(ROOT, LIMIT) == DATA
    asked = [path for path in (*first.requests, *second.requests) if "format=raw" in path]
    assert {path.partition("?")[0].removeprefix("/ipfs/") for path in asked} == {str(one) for one in list(BLOCKS)[4:]}


def test_after_a_crash_only_what_is_missing_is_fetched(tmp_path: Path):
    def cutting(_script: Script, path: str, send: Send) -> None:
        send(answer(body=CAR)[: len(CAR) // 2] if "format=car" in path else b"")

    with playing(cutting) as script, pytest.raises((CutOff, NotHadForNow)):
        content_store(tmp_path, gateway(script)).fetch(ROOT, LIMIT)
    kept = [cid for cid, _ in LocalStore(tmp_path / "blocks").stream(ROOT, LIMIT, Event())]
    assert 1 < len(kept) < len(BLOCKS)
    with playing(honest) as script:
        assert content_store(tmp_path, gateway(script)).fetch(ROOT, LIMIT) == DATA
    missing = {str(cid) for cid in BLOCKS if cid not in kept}
    assert {path.partition("?")[0].removeprefix("/ipfs/") for path in script.requests} == missing


def test_what_is_here_is_not_fetched_at_all(tmp_path: Path):
    with playing(honest) as script:
        store = content_store(tmp_path, gateway(script))
        for _ in range(2):
            assert store.fetch(ROOT, LIMIT) == DATA
    assert len(script.requests) == 1


def test_a_block_that_the_disk_spoilt_is_fetched_again(tmp_path: Path):
    with playing(honest) as script:
        store = content_store(tmp_path, gateway(script))
        store.fetch(ROOT, LIMIT)
        leaf = list(BLOCKS)[3]
        path = tmp_path / "blocks" / leaf.digest.hex()[:2] / leaf.digest.hex()
        path.write_bytes(path.read_bytes()[:-1])
        assert store.fetch(ROOT, LIMIT) == DATA
        assert path.read_bytes() == BLOCKS[leaf]
    assert len(script.requests) == 2


def test_gateways_that_give_no_cars_are_asked_for_blocks(tmp_path: Path):
    def blocks_only(script: Script, path: str, send: Send) -> None:
        if "format=car" in path:
            send(answer("406 Not Acceptable"))
        else:
            honest(script, path, send)

    with playing(blocks_only) as script:
        assert content_store(tmp_path, gateway(script)).fetch(ROOT, LIMIT) == DATA
    assert len(script.requests) == 1 + len(BLOCKS)


def test_two_gateways_with_half_the_blocks_each_make_a_whole(tmp_path: Path):
    with serving_peer(tmp_path / "one") as one, serving_peer(tmp_path / "two") as two:
        one.give(list(BLOCKS.items())[:5])
        two.give(list(BLOCKS.items())[5:])
        sources = Gateway(one.url, LOOPBACK), Gateway(two.url, LOOPBACK)
        assert content_store(tmp_path, *sources).fetch(ROOT, LIMIT) == DATA
        for source in sources:
            source.close()


def test_when_all_fail_each_says_why(tmp_path: Path):
    def lying(_script: Script, _path: str, send: Send) -> None:
        send(answer(body=CAR[:-1] + b"!"))

    def moved(_script: Script, _path: str, send: Send) -> None:
        send(answer("302 Found", location="https://elsewhere.example.org/"))

    with playing(lying) as first, playing(moved) as second, pytest.raises(FileNotFound) as caught:
        content_store(tmp_path, gateway(first), gateway(second)).fetch(ROOT, LIMIT)
    assert "elsewhere.example.org" in str(caught.value)
    assert "does not hash to its CID" in str(caught.value)


def test_progress_goes_from_nothing_to_all(tmp_path: Path):
    seen: list[tuple[int, int | None]] = []
    with playing(honest) as script:
        content_store(tmp_path, gateway(script)).fetch(ROOT, LIMIT, lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, None)
    assert seen[-1] == (len(DATA), len(DATA))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert {total for _, total in seen[1:]} == {len(DATA)}


def test_a_subdomain_gateway_may_send_on_to_the_files_own_subdomain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    names: list[str] = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        names.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    def subdomain(script: Script, path: str, send: Send) -> None:
        port = script.url.rpartition(":")[2]
        if path.startswith("/ipfs/"):
            send(answer("301 Moved Permanently", location=f"http://{ROOT}.ipfs.gateway.example.org:{port}/?format=car"))
        else:
            send(answer(body=CAR))

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with playing(subdomain) as script:
        source = Gateway(f"http://gateway.example.org:{script.url.rpartition(':')[2]}", LOOPBACK)
        assert content_store(tmp_path, source).fetch(ROOT, LIMIT) == DATA
    assert names == ["gateway.example.org", f"{ROOT}.ipfs.gateway.example.org"]


def test_two_processes_may_write_the_same_blocks(tmp_path: Path):
    first, second = LocalStore(tmp_path), LocalStore(tmp_path)
    assert first.add(DATA) == second.add(DATA) == ROOT
    assert content_store(tmp_path / "home", first).fetch(ROOT, LIMIT) == DATA
    assert not list(tmp_path.rglob(".*"))


def test_a_store_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "blocks").write_text("not a folder")
    with playing(honest) as script, pytest.raises(StoreFailed) as caught:
        content_store(tmp_path, gateway(script)).fetch(ROOT, LIMIT)
    assert str(tmp_path) in str(caught.value)
