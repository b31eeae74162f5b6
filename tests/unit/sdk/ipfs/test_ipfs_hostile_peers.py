"""Whatever a gateway does, it costs nothing but time, and of that a bounded amount; one test for each attack.

Every attack is tried alone, where it must end in the error that names it, and beside an honest gateway, which must get
the file through all the same.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from deml.base.errors import DemlError
from deml.ipld import Cid, file_car, file_cid
from deml.ipld.car import write_car
from deml.ipld.cid import RAW
from deml.ipld.writer import file_blocks
from deml_sdk.errors import ServiceUnreachable
from deml_sdk.ipfs.content import ContentStore
from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.errors import (
    CompressedAnswer,
    EndlessAnswer,
    FileNotFound,
    PrivateAddress,
    RedirectedElsewhere,
    Stalled,
    WrongAnswerType,
    WrongBlock,
)
from deml_sdk.ipfs.gateway import Gateway
from tests.support.ipfs_peers import (
    HASTY,
    LOOPBACK,
    Part,
    Peer,
    Script,
    Send,
    answer,
    at_most,
    content_store,
    playing,
    serving_peer,
)

DATA = random.Random(7).randbytes(1_000_000)
ROOT = file_cid(DATA)
CAR = file_car(DATA)
BLOCKS = dict(file_blocks(DATA)[1])
LIMIT = 2**21
HEAD = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with serving_peer(tmp_path_factory.mktemp("honest")) as peer:
        peer.give(list(BLOCKS.items()))
        yield peer


def hostile(script: Script) -> Gateway:
    return Gateway(script.url, LOOPBACK, HASTY)


def failure(store: ContentStore, root: Cid = ROOT) -> DemlError:
    with at_most(20), pytest.raises(DemlError) as caught:
        store.fetch(root, LIMIT)
    return caught.value


def defeat(part: Part, error: type[DemlError], honest: Peer, tmp_path: Path, saying: str = "") -> Script:
    """Let a gateway play its part, alone and beside an honest one; return what happened when it was alone."""
    with playing(part) as alone:
        caught = failure(content_store(tmp_path / "alone", hostile(alone)))
        assert isinstance(caught, error)
        assert saying in str(caught)
    with playing(part) as script, at_most(20):
        helper = Gateway(honest.url, LOOPBACK)
        assert content_store(tmp_path / "both", hostile(script), helper).fetch(ROOT, LIMIT) == DATA
        helper.close()
    return alone


def block_asked_for(path: str) -> bytes:
    """The right answer to a request for one block."""
    return BLOCKS[Cid.parse(path.removeprefix("/ipfs/").partition("?")[0])]


def test_lies_about_a_block_of_a_car(honest: Peer, tmp_path: Path):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(answer(body=CAR[:-9] + b"different"))

    script = defeat(part, FileNotFound, honest, tmp_path, "does not hash to its CID")
    asked = [path.partition("?")[0] for path in script.requests[1:]]
    assert all("format=car" not in path for path in script.requests[1:])
    assert 0 < len(set(asked)) == len(asked) < len(BLOCKS), "for blocks, each once, until it has lied about one"


def test_lies_about_a_single_block(honest: Peer, tmp_path: Path):
    def part(_script: Script, path: str, send: Send) -> None:
        send(answer("406 Not Acceptable") if "format=car" in path else answer(body=b"different"))

    defeat(part, WrongBlock, honest, tmp_path)


def test_sends_the_car_of_another_file(honest: Peer, tmp_path: Path):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(answer(body=file_car(b"another file")))

    defeat(part, FileNotFound, honest, tmp_path, "The CAR's first root is")


def test_sends_sound_blocks_of_other_files_in_the_car(honest: Peer, tmp_path: Path):
    first, *_ = BLOCKS.items()
    stray = (Cid.of(RAW, b"stray"), b"stray")

    def part(_script: Script, _path: str, send: Send) -> None:
        send(answer(body=write_car([ROOT], [first, stray])))

    defeat(part, FileNotFound, honest, tmp_path, "which is no part of the file")


def test_sends_a_web_page(honest: Peer, tmp_path: Path):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(answer(body=b"<html>Please enable JavaScript</html>", content_type="text/html; charset=utf-8"))

    defeat(part, WrongAnswerType, honest, tmp_path)


def test_sends_no_car_at_all(honest: Peer, tmp_path: Path):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(answer(body=b"this is no CAR, and it does not even say so" * 100))

    script = defeat(part, FileNotFound, honest, tmp_path)
    assert ["format=car" in one for one in script.requests] == [True, False], "asked for the CAR, then for blocks"


def test_never_answers(honest: Peer, tmp_path: Path):
    def part(script: Script, _path: str, _send: Send) -> None:
        script.pause()

    defeat(part, Stalled, honest, tmp_path)


def test_stalls_in_the_middle_of_the_body(honest: Peer, tmp_path: Path):
    def part(script: Script, _path: str, send: Send) -> None:
        send(HEAD + CAR[: len(CAR) // 2])
        script.pause()

    defeat(part, Stalled, honest, tmp_path)


def drip(script: Script, send: Send, head: bytes, body: bytes) -> None:
    """Send a byte now and then, each in time for the next to be waited for."""
    send(head)
    for place in range(len(body)):
        if script.over.wait(0.05):
            return
        send(body[place : place + 1])


def test_slow_loris_drips_the_body(honest: Peer, tmp_path: Path):
    def part(script: Script, _path: str, send: Send) -> None:
        drip(script, send, HEAD, CAR)

    defeat(part, Stalled, honest, tmp_path)


def test_slow_loris_drips_the_head(honest: Peer, tmp_path: Path):
    def part(script: Script, _path: str, send: Send) -> None:
        drip(script, send, b"HTTP/1.1 200 OK\r\n", b"x-padding: " + b"a" * 60_000)

    defeat(part, Stalled, honest, tmp_path)


def test_slow_loris_drips_the_length_of_a_chunk(honest: Peer, tmp_path: Path):
    def part(script: Script, _path: str, send: Send) -> None:
        drip(script, send, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"0" * 60_000)

    defeat(part, Stalled, honest, tmp_path)


def test_stalls_in_the_tls_handshake(tmp_path: Path):
    def part(script: Script, _path: str, _send: Send) -> None:
        script.pause()

    with playing(part) as script:
        gateway = Gateway(script.url.replace("http:", "https:"), LOOPBACK, HASTY)
        assert isinstance(failure(content_store(tmp_path, gateway)), Stalled)


def test_says_continue_for_ever(honest: Peer, tmp_path: Path):
    def part(script: Script, _path: str, send: Send) -> None:
        while not script.over.wait(0.01):
            send(b"HTTP/1.1 100 Continue\r\n\r\n")

    defeat(part, Stalled, honest, tmp_path)


def test_truncates_within_a_block_and_again(honest: Peer, tmp_path: Path):
    def part(_script: Script, path: str, send: Send) -> None:
        body = CAR if "format=car" in path else block_asked_for(path)
        send(answer(body=body)[: -len(body) // 2])

    with playing(part) as script:
        caught = failure(content_store(tmp_path / "alone", hostile(script)))
    assert "of 1" in str(caught) or "broke off" in str(caught)
    with playing(part) as script:
        helper = Gateway(honest.url, LOOPBACK)
        assert content_store(tmp_path / "both", hostile(script), helper).fetch(ROOT, LIMIT) == DATA
        helper.close()


def test_truncates_between_two_blocks_behind_a_success(tmp_path: Path):
    kept = write_car([ROOT], list(BLOCKS.items())[:2])

    def part(_script: Script, path: str, send: Send) -> None:
        send(answer(body=kept if "format=car" in path else block_asked_for(path)))

    with playing(part) as script:
        assert content_store(tmp_path, hostile(script)).fetch(ROOT, LIMIT) == DATA
    asked = [path for path in script.requests if "format=raw" in path]
    assert len(asked) == len(BLOCKS) - 2


def test_redirects_to_another_host(honest: Peer, tmp_path: Path):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(answer("302 Found", location="http://evil.example.org/ipfs/x"))

    defeat(part, RedirectedElsewhere, honest, tmp_path)


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:22/", "http://169.254.169.254/latest/meta-data/", "//127.0.0.1:22/", "https://127.0.0.1/"],
)
def test_redirects_to_an_address_inside(honest: Peer, tmp_path: Path, target: str):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(answer("307 Temporary Redirect", location=target))

    defeat(part, RedirectedElsewhere, honest, tmp_path)


def test_redirects_to_a_file_on_this_machine(honest: Peer, tmp_path: Path):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(answer("302 Found", location="file:///etc/passwd"))

    with playing(part) as script:
        assert "passwd" not in str(failure(content_store(tmp_path, hostile(script))))


@pytest.mark.parametrize(
    "target",
    ["http://[bad", "http://a..b/", "http://x:99999/", "/ipfs/\u00e9", "", "http://\x1b[2Jevil.example.org/", "\x00"],
)
def test_redirects_to_nonsense(honest: Peer, tmp_path: Path, target: str):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(f"HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n".encode("latin-1"))

    with playing(part) as script:
        assert "\x1b" not in str(failure(content_store(tmp_path, hostile(script))))
    defeat(part, DemlError, honest, tmp_path)


def test_redirects_in_circles(honest: Peer, tmp_path: Path):
    def part(_script: Script, path: str, send: Send) -> None:
        send(answer("301 Moved Permanently", location=path))

    script = defeat(part, ServiceUnreachable, honest, tmp_path)
    assert len(script.requests) == 4


def test_a_redirect_on_the_same_host_is_followed(tmp_path: Path):
    def part(_script: Script, path: str, send: Send) -> None:
        moved = path.startswith("/moved")
        send(answer(body=CAR) if moved else answer("301 Moved Permanently", location="/moved" + path))

    with playing(part) as script:
        assert content_store(tmp_path, hostile(script)).fetch(ROOT, LIMIT) == DATA


def test_announces_an_endless_body(honest: Peer, tmp_path: Path):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n")

    defeat(part, FileNotFound, honest, tmp_path)


def test_sends_endless_data(honest: Peer, tmp_path: Path):
    sent = []

    def part(script: Script, _path: str, send: Send) -> None:
        send(HEAD + write_car([ROOT], list(BLOCKS.items())[:1]))
        while not script.over.is_set():
            send(write_car([], [next(iter(BLOCKS.items()))])[19:] * 500)
            sent.append(1)

    defeat(part, DemlError, honest, tmp_path)


def test_sends_the_same_block_without_end(honest: Peer, tmp_path: Path):
    root, block = next(iter(BLOCKS.items()))
    car = write_car([ROOT], [(root, block)])
    section = write_car([ROOT], [(root, block), (root, block)])[len(car) :]

    def part(script: Script, _path: str, send: Send) -> None:
        send(HEAD + car)
        while not script.over.is_set():
            send(section * 500)

    defeat(part, EndlessAnswer, honest, tmp_path)


def test_announces_a_block_of_a_terabyte(honest: Peer, tmp_path: Path):
    header = write_car([ROOT], [])

    def part(script: Script, _path: str, send: Send) -> None:
        send(HEAD + header + b"\x80\x80\x80\x80\x80\x80\x01")
        script.pause(1)

    defeat(part, FileNotFound, honest, tmp_path, "A block of 4398046511104 bytes is announced")


def test_gzip_bomb(honest: Peer, tmp_path: Path):
    bomb = gzip.compress(bytes(2**26))

    def part(_script: Script, _path: str, send: Send) -> None:
        send(answer(body=bomb, content_encoding="gzip"))

    defeat(part, CompressedAnswer, honest, tmp_path)


def test_huge_header(honest: Peer, tmp_path: Path):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(b"HTTP/1.1 200 OK\r\nx-huge: " + b"a" * 2**20 + b"\r\n\r\n")

    defeat(part, ServiceUnreachable, honest, tmp_path)


def test_endless_headers(honest: Peer, tmp_path: Path):
    def part(script: Script, _path: str, send: Send) -> None:
        send(b"HTTP/1.1 200 OK\r\n")
        while not script.over.is_set():
            send(b"x-more: and more\r\n" * 100)

    defeat(part, ServiceUnreachable, honest, tmp_path)


def test_speaks_no_http(honest: Peer, tmp_path: Path):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(b"SSH-2.0-OpenSSH_9.9\r\n")

    defeat(part, ServiceUnreachable, honest, tmp_path)


def test_gateway_in_a_private_network_is_not_even_connected_to(tmp_path: Path):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(answer(body=CAR))

    with playing(part) as script:
        store = content_store(tmp_path, Gateway(script.url, EgressPolicy()))
        assert isinstance(failure(store), PrivateAddress)
    assert script.requests == []
