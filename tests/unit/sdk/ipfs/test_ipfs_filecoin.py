"""What a service says of Filecoin is its word; proved is what the chain has a proof of, and nothing else.

The chain is played by `Chain`, which answers JSON-RPC as Filecoin's nodes do. Selectors and addresses are held to
filecoin-pin's own libraries in ``tests/interop``.
"""

from __future__ import annotations

import json
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from deml.ipld import file_cid
from deml_sdk.errors import BadAnswer, ServiceUnreachable
from deml_sdk.ipfs.filecoin import NULL_ROUNDS, SELECTORS, VERIFIERS, FilecoinChain
from deml_sdk.ipfs.keeping import Content, Keeper, KeepingPlace, KeptState
from deml_sdk.ipfs.pieces import Piece, PossessionProof
from deml_sdk.ipfs.pin_info import read_info
from deml_sdk.ipfs.pinning_service import PinningService
from deml_sdk.ipfs.pins import PinState
from tests.support.ipfs_peers import LOOPBACK
from tests.support.pinning_stand_in import Service, serving_pins

PIECE_BYTES = bytes.fromhex("015591200100") + b"\x17" * 32
PIECE = Piece("b" + b32encode(PIECE_BYTES).decode().lower().rstrip("="), data_set="123", number="7")
EPOCH = 5_000_000
INFO = {
    "blocks_written": "5",
    "total_size": "1000208",
    "missing_blocks": "0",
    "synapse_piece_cid": PIECE.cid,
    "synapse_piece_id": "7",
    "synapse_data_set_id": "123",
}
"""As filecoin-pin 0.13 tells it."""


@dataclass
class Chain:
    """A Filecoin node; what it says is to be changed by tests."""

    url: str = ""
    chain_id: int = 314
    live: bool = True
    piece_live: bool = True
    piece: bytes = PIECE_BYTES
    proven: int = EPOCH
    drawable: dict[int, bool] = field(default_factory=lambda: {EPOCH - 1: True})
    asked: list[tuple[str, Any]] = field(default_factory=list)
    raw: bytes | None = None

    def answer(self, method: str, params: Any) -> dict[str, Any]:
        self.asked.append((method, params))
        if method == "eth_chainId":
            return {"result": hex(self.chain_id)}
        if method == "eth_getBlockByNumber":
            return {"result": {"timestamp": hex(1_598_306_400 + 30 * int(params[0], 16))}}
        data, at = params[0]["data"], params[1]
        what = next(name for name, selector in SELECTORS.items() if data[2:10] == selector)
        numbers = [int(data[at : at + 64], 16) for at in range(10, len(data), 64)]
        assert numbers == ([123] if what.endswith("(uint256)") else [123, 7])
        if what.startswith("pieceChallengable"):
            found = self.drawable.get(int(at, 16))
            return {"error": {"code": 1, "message": "null round"}} if found is None else {"result": _word(found)}
        if what.startswith("getPieceCid"):
            padded = self.piece + b"\0" * (-len(self.piece) % 32)
            return {"result": "0x" + b"".join(n.to_bytes(32) for n in (32, 32, len(self.piece))).hex() + padded.hex()}
        words = {"dataSetLive": self.live, "pieceLive": self.piece_live, "getDataSetLastProvenEpoch": self.proven}
        return {"result": _word(words[what.partition("(")[0]])}


def _word(value: int) -> str:
    return f"0x{int(value):064x}"


@pytest.fixture
def chain() -> Iterator[Chain]:
    found = Chain()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = (
                found.raw
                or json.dumps(
                    {"jsonrpc": "2.0", "id": asked["id"], **found.answer(asked["method"], asked["params"])}
                ).encode()
            )
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/key"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def proof_of(chain: Chain, piece: Piece = PIECE) -> PossessionProof | None:
    reader = FilecoinChain(chain.url, LOOPBACK)
    found = reader.with_proof(piece)
    reader.close()
    assert replace(found, proof=None) == piece
    return found.proof


def test_a_proof_that_covers_the_piece_is_told_with_its_time(chain: Chain):
    assert proof_of(chain) == PossessionProof(314, VERIFIERS[314], EPOCH, 1_598_306_400 + 30 * EPOCH)
    [call] = [given for method, given in chain.asked if method == "eth_call" and given[1] != "latest"]
    assert (call[0]["to"], call[1]) == (VERIFIERS[314], hex(EPOCH - 1))


def test_an_epoch_without_a_block_is_passed_over(chain: Chain):
    chain.drawable = {EPOCH - 3: True}
    assert proof_of(chain) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"proven": 0},
        {"live": False},
        {"piece_live": False},
        {"piece": PIECE_BYTES[:-1] + b"\x18"},
        {"piece": b""},
        {"drawable": {EPOCH - 1: False}},
        {"drawable": {}},
        {"drawable": {EPOCH - NULL_ROUNDS - 1: True}},
    ],
    ids=["never", "data set gone", "piece gone", "another piece", "no piece", "added later", "state lost", "too far"],
)
def test_nothing_less_is_called_proved(chain: Chain, changes: dict[str, Any]):
    for name, value in changes.items():
        setattr(chain, name, value)
    assert proof_of(chain) is None


@pytest.mark.parametrize(
    "piece", [replace(PIECE, data_set=""), replace(PIECE, number="-1"), replace(PIECE, number="x")]
)
def test_a_piece_without_a_place_is_looked_up_nowhere(chain: Chain, piece: Piece):
    assert proof_of(chain, piece) is None
    assert chain.asked == []


def test_a_piece_under_a_name_that_is_no_cid_is_not_proved(chain: Chain):
    assert proof_of(chain, replace(PIECE, cid="b!!")) is None
    chain.piece = b""
    assert proof_of(chain, replace(PIECE, cid="Qm")) is None


def test_a_chain_that_is_not_filecoin_proves_nothing(chain: Chain):
    chain.chain_id = 1
    with pytest.raises(BadAnswer, match="chain 1"):
        proof_of(chain)


@pytest.mark.parametrize("raw", [b"<html>", b"[]", b"{}", b'{"result": "0xzz"}', b"[" * 100_000])
def test_answers_that_make_no_sense_are_told_without_the_key(chain: Chain, raw: bytes):
    chain.raw = raw
    with pytest.raises(BadAnswer) as caught:
        proof_of(chain)
    assert "/key" not in str(caught.value)


def test_a_chain_that_does_not_answer_is_told():
    with pytest.raises(ServiceUnreachable):
        FilecoinChain("http://127.0.0.1:9", LOOPBACK).with_proof(PIECE)


def test_proved_is_said_with_a_proof_alone():
    assert "proved" not in PIECE.told
    assert "no proof known" in PIECE.told
    assert replace(PIECE, proof=PossessionProof(314, "0x", 9, 9)).told.endswith("proved in epoch 9")
    assert "test network 314159" in replace(PIECE, proof=PossessionProof(314_159, "0x", 9, 9)).told


def test_what_filecoin_pin_tells_is_read():
    info = read_info(PinState.PINNED, INFO)
    assert (info.state, info.details, info.piece) == (PinState.PINNED, "5 blocks, 1000208 bytes", PIECE)
    assert (info.expires, info.cost) == ("", "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"missing_blocks": "2"}, "2 blocks are missing"), ({"blocks_written": "0"}, "no block was stored")],
)
def test_a_pin_that_lacks_blocks_has_failed_whatever_the_service_calls_it(changes: dict[str, str], words: str):
    info = read_info(PinState.PINNED, INFO | changes)
    assert (info.state, info.piece) == (PinState.FAILED, None)
    assert words in info.details


def test_an_error_is_told_without_its_control_characters():
    info = read_info(PinState.FAILED, {"error": "\x1b[2Jno money", "blocks_written": "0"})
    assert "no money" in info.details
    assert "\x1b" not in info.details


@pytest.fixture
def service() -> Iterator[Service]:
    with serving_pins() as found:
        yield found


def test_a_service_that_takes_one_state_at_a_time_is_asked_for_each(service: Service, monkeypatch: pytest.MonkeyPatch):
    listed = Service._list

    def one_state(self: Service, query: dict[str, list[str]]) -> tuple[int, Any]:
        return listed(self, query) if "," not in query["status"][0] else (200, {"count": 0, "results": []})

    monkeypatch.setattr(Service, "_list", one_state)
    for number, state in enumerate(PinState):
        service.insert(str(file_cid(b"%d" % number)), state.value)
    found = list(PinningService(service.url, lambda: service.token, LOOPBACK).pins())
    assert {one.state for one in found} == set(PinState)
    assert len(found) == len(PinState)


def test_a_kept_file_is_called_proved_only_where_the_chain_is_asked_and_agrees(service: Service, chain: Chain):
    file = b"a model"
    service.insert(str(file_cid(file)))
    service.pins["id/0"]["info"] = INFO

    def state(filecoin: FilecoinChain | None) -> tuple[KeptState, str]:
        pinner = PinningService(service.url, lambda: service.token, LOOPBACK)
        place = KeepingPlace("filecoin", pinner, filecoin=filecoin)
        [found] = Keeper([Content("model", file_cid(file), lambda: file)], [place]).look()
        place.close()
        return found.state, found.details

    assert state(None)[0] is KeptState.PINNED
    assert state(FilecoinChain(chain.url, LOOPBACK))[0] is KeptState.PROVED
    chain.proven = 0
    assert state(FilecoinChain(chain.url, LOOPBACK))[0] is KeptState.PINNED
    kept, details = state(FilecoinChain("http://127.0.0.1:9", LOOPBACK))
    assert kept is KeptState.PINNED
    assert "cannot be looked up" in details
