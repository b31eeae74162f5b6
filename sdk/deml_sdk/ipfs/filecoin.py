"""Proofs of possession on Filecoin, read from the chain: a service's word that a file is stored is no proof of it.

Providers prove data sets to the contract PDPVerifier, about once a day, by answering for places in it that the chain
draws. A proof covers the pieces that were in the data set when the places could be drawn.
"""

from __future__ import annotations

import json
from base64 import b32decode
from binascii import Error as NotBase32
from dataclasses import replace
from itertools import count
from typing import Any, Final

from deml_sdk.errors import BadAnswer
from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.pieces import MAINNET, Piece, PossessionProof
from deml_sdk.ipfs.text import read_json
from deml_sdk.ipfs.timeouts import NORMAL, Timeouts
from deml_sdk.ipfs.web import Web
from deml_sdk.rpc import without_secrets

VERIFIERS: Final = {
    MAINNET: "0xBADd0B92C1c71d02E7d520f64c0876538fa2557F",
    314_159: "0x85e366Cf9DD2c0aE37E963d9556F5f4718d6417C",
}
"""PDPVerifier by network, as npm's ``@filoz/synapse-core`` has them, which filecoin-pin 0.13 uses."""

SELECTORS: Final = {
    "dataSetLive(uint256)": "ca759f27",
    "pieceLive(uint256,uint256)": "1a271225",
    "pieceChallengable(uint256,uint256)": "dc635266",
    "getPieceCid(uint256,uint256)": "25bbbedf",
    "getDataSetLastProvenEpoch(uint256)": "04595c1a",
}
"""First four bytes of a call, by what is called."""

NULL_ROUNDS: Final = 5
"""Most epochs to go back for one that has a block: there are epochs without one, rarely two in a row."""

_ANSWER_BYTES: Final = 2**20
_WORD: Final = 32


class FilecoinChain:
    """A Filecoin network's JSON-RPC, to which one's own words are taken: name one that you trust.

    Parameters
    ----------
    url
        Where it answers; paths of such addresses often hold access keys, so none is shown.
    egress
        Where it may be.
    """

    def __init__(self, url: str, egress: EgressPolicy, timeouts: Timeouts = NORMAL) -> None:
        self._url, self._ids = url, count(1)
        self.shown_url = without_secrets(url)
        self._web = Web(f"the Filecoin RPC {self.shown_url}", egress, timeouts)

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    def with_proof(self, piece: Piece) -> Piece:
        """Add the proof of a piece, if the chain has one.

        It has one if the data set and the piece in it live, the piece has the CID that the service told, the data set
        was proved, and the piece could be drawn for that proof.

        Raises
        ------
        ServiceUnreachable, BadAnswer
        """
        if not (piece.data_set.isdecimal() and piece.number.isdecimal()):
            return piece
        chain_id = self._number(self._call("eth_chainId", []))
        verifier = VERIFIERS.get(chain_id)
        if verifier is None:
            raise self._bad(f"chain {chain_id} is no Filecoin network with a known PDPVerifier")
        data_set, here = int(piece.data_set), (int(piece.data_set), int(piece.number))

        def asked(what: str, *numbers: int, at: str = "latest") -> bytes | None:
            data = f"0x{SELECTORS[what]}" + "".join(f"{one:064x}" for one in numbers)
            return self._view(verifier, data, at)

        if not (_true(asked("dataSetLive(uint256)", data_set)) and _true(asked("pieceLive(uint256,uint256)", *here))):
            return piece
        told = _cid_bytes(piece.cid)
        if not told or _bytes(asked("getPieceCid(uint256,uint256)", *here)) != told:
            return piece
        proven = asked("getDataSetLastProvenEpoch(uint256)", data_set)
        epoch = int.from_bytes(proven[:_WORD], "big") if proven else 0
        for before in range(1, NULL_ROUNDS + 1) if epoch > NULL_ROUNDS else ():
            drawable = asked("pieceChallengable(uint256,uint256)", *here, at=hex(epoch - before))
            if drawable is not None:
                time = self._time(epoch) if _true(drawable) else None
                return piece if time is None else replace(piece, proof=PossessionProof(chain_id, verifier, epoch, time))
        return piece

    def _time(self, epoch: int) -> int | None:
        block = self._call("eth_getBlockByNumber", [hex(epoch), False])
        return self._number(block["timestamp"]) if isinstance(block, dict) and "timestamp" in block else None

    def _view(self, contract: str, data: str, at: str) -> bytes | None:
        """What a view answers; None where it reverts, or the node does not have that epoch's state."""
        found = self._call("eth_call", [{"to": contract, "data": data}, at])
        try:
            return None if found is None else bytes.fromhex(str(found).removeprefix("0x"))
        except ValueError:
            raise self._bad("eth_call: it is not hex") from None

    def _call(self, method: str, params: list[Any]) -> Any:
        """The result; None where the node answers with an error."""
        asked = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}
        headers = {"Content-Type": "application/json"}
        with self._web.request("POST", self._url, headers, json.dumps(asked).encode()) as answer:
            raw = answer.read(_ANSWER_BYTES)
        try:
            found = read_json(raw)
        except ValueError:
            raise self._bad(f"{method}: HTTP {answer.status}, not JSON") from None
        if not isinstance(found, dict) or not ("result" in found or "error" in found):
            raise self._bad(f"{method}: HTTP {answer.status}, not JSON-RPC")
        return found.get("result")

    def _number(self, found: object) -> int:
        try:
            return int(str(found), 16)
        except ValueError:
            raise self._bad("a number that is none") from None

    def _bad(self, reason: str) -> BadAnswer:
        return BadAnswer("Filecoin RPC", self.shown_url, reason)


def _true(word: bytes | None) -> bool:
    return word is not None and int.from_bytes(word[:_WORD], "big") == 1


def _bytes(answer: bytes | None) -> bytes | None:
    """The bytes in a tuple of bytes alone: two offsets, a length, the bytes."""
    if answer is None or len(answer) < 3 * _WORD:
        return None
    size = int.from_bytes(answer[2 * _WORD : 3 * _WORD], "big")
    return answer[3 * _WORD : 3 * _WORD + size] if size <= len(answer) - 3 * _WORD else None


def _cid_bytes(text: str) -> bytes:
    """The bytes of a CID in base 32, whatever its hash; empty where it is none."""
    if not text.startswith("b"):
        return b""
    body = text[1:].upper()
    try:
        return b32decode(body + "=" * (-len(body) % 8))
    except (NotBase32, ValueError):
        return b""
