"""A Kubo node of one's own: it has blocks and finds others, takes files, and pins them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from http import HTTPStatus
from ipaddress import ip_address
from threading import Event
from typing import Final

from deml.base.errors import DemlError
from deml.ipld import Cid, file_car, file_cid
from deml_sdk.errors import BlockNotFound
from deml_sdk.ipfs.car_stream import read_blocks
from deml_sdk.ipfs.dag import max_dag_bytes
from deml_sdk.ipfs.egress import is_public
from deml_sdk.ipfs.errors import NotPinned, WrongBlock
from deml_sdk.ipfs.interface import MAX_BLOCK_BYTES, Blocks
from deml_sdk.ipfs.kubo_rpc import KuboRpc
from deml_sdk.ipfs.pins import Pin, PinState
from deml_sdk.ipfs.text import printable
from deml_sdk.ipfs.timeouts import SEARCHING, Timeouts

RPC_PATH: Final = "/api/v0"
"""How the address of an RPC ends."""

_SEARCH: Final = "30s"
"""How long the node may look for a file among its peers."""

_FETCHING: Final = Timeouts(silence=300.0, grace=600.0, slowest=1)
"""For a pin: the node fetches the file first, and says every half second how far it is."""

_NOT_PINNED: Final = "not pinned"
"""What the node's refusal contains where there is no such pin."""

_MAX_ADDRESSES: Final = 20
"""Most that the Pinning Service API takes."""


class Kubo:
    """A node.

    Parameters
    ----------
    url
        Address of its RPC, ``/api/v0`` included.
    """

    def __init__(self, url: str, timeouts: Timeouts = SEARCHING) -> None:
        self._rpc = KuboRpc(url, timeouts)
        self.name = f"the IPFS node {self._rpc.shown_url}"

    # Blocks and files

    def stream(self, root: Cid, max_bytes: int, cancel: Event) -> Blocks:
        """Yield the blocks of a file that the node has or finds; see `BlockSource`."""
        query = {"arg": str(root), "progress": "false", "timeout": _SEARCH}
        with self._rpc.post("dag/export", query, cancel=cancel) as answer:
            if answer.status != HTTPStatus.OK:
                raise BlockNotFound(str(root), self.name)
            yield from read_blocks(answer.pieces(max_dag_bytes(max_bytes)), root)

    def block(self, cid: Cid) -> bytes:
        """Get one block; see `BlockSource`."""
        with self._rpc.post("block/get", {"arg": str(cid), "timeout": _SEARCH}) as answer:
            if answer.status != HTTPStatus.OK:
                raise BlockNotFound(str(cid), self.name)
            content = answer.read(MAX_BLOCK_BYTES)
        if sha256(content).digest() != cid.digest:
            raise WrongBlock(self.name, str(cid))
        return content

    def has(self, cid: Cid) -> bool:
        """Ask for a block that the node has itself: offline, so that its peers do not learn of it."""
        with self._rpc.post("block/get", {"arg": str(cid), "offline": "true", "timeout": _SEARCH}) as answer:
            if answer.status != HTTPStatus.OK:
                return False
            return sha256(answer.read(MAX_BLOCK_BYTES)).digest() == cid.digest

    def add(self, content: bytes) -> Cid:
        """Import a file as a CAR, so that the CID is ours whatever the node's settings, and pin it."""
        cid = file_cid(content)
        lines = self._rpc.call("dag/import", {"pin-roots": "true"}, file_car(content))
        with self._rpc.documented("dag/import"):
            roots = [line["Root"] for line in lines if "Root" in line]
            pinned = any(_same(root["Cid"]["/"], cid) and not root["PinErrorMsg"] for root in roots)
        if not pinned:
            raise self._rpc.bad("dag/import: it does not confirm that the file is imported and pinned")
        return cid

    def check(self) -> str:
        """Ask for its version; see `BlockSource`."""
        lines = self._rpc.call("version", {})
        with self._rpc.documented("version"):
            [version] = [str(line["Version"]) for line in lines]
        return f"{self.name}, Kubo {printable(version)}"

    def close(self) -> None:
        """Close the connections."""
        self._rpc.close()

    # Pins

    def pin(self, cid: Cid, name: str, report: Callable[[Pin], None]) -> Pin:
        """Have the node fetch and keep a file; see `Pinner`."""
        query = {"arg": str(cid), "recursive": "true", "progress": "true", "name": name}
        with self._rpc.post("pin/add", query, timeouts=_FETCHING) as answer, self._rpc.documented("pin/add"):
            self._rpc.require_ok(answer, "pin/add")
            for line in self._rpc.objects(answer):
                if any(_same(one, cid) for one in line.get("Pins") or ()):
                    return Pin(str(cid), PinState.PINNED, name)
                report(Pin(str(cid), PinState.PINNING, name, details=f"{int(line.get('Progress', 0)):,} blocks"))
        raise self._rpc.bad("pin/add: it stopped without saying why")

    def look(self, pin: Pin) -> Pin:
        """See whether a pin is still there; see `Pinner`."""
        found = next(self.pins(Cid.parse(pin.cid)), None)
        if found is None:
            raise NotPinned(pin.cid, self.name)
        return found

    def pins(self, cid: Cid | None = None) -> Iterator[Pin]:
        """Yield the pins, or those of one file; see `Pinner`."""
        query = {"type": "recursive", "names": "true"} | ({} if cid is None else {"arg": str(cid)})
        with self._rpc.post("pin/ls", query) as answer:
            if answer.status != HTTPStatus.OK:
                message = self._rpc.message(answer)
                if cid is not None and _NOT_PINNED in message:
                    return
                raise self._rpc.bad(f"pin/ls: {message}")
            lines = list(self._rpc.objects(answer))
        with self._rpc.documented("pin/ls"):
            found = [(str(key), facts.get("Name", "")) for line in lines for key, facts in line.get("Keys", {}).items()]
        for key, name in found:
            yield Pin(_usual(key), PinState.PINNED, printable(str(name)))

    def unpin(self, cid: Cid) -> int:
        """Let a file go; see `Pinner`."""
        with self._rpc.post("pin/rm", {"arg": str(cid)}) as answer:
            if answer.status == HTTPStatus.OK:
                return 1
            message = self._rpc.message(answer)
        if _NOT_PINNED in message:
            raise NotPinned(str(cid), self.name)
        raise self._rpc.bad(f"pin/rm: {message}")

    # Peers

    def addresses(self, *, nearby: bool = False) -> list[str]:
        """Addresses under which others find the node: public ones, and private ones too for a peer `nearby`."""
        with self._rpc.documented("id"):
            found = [str(one) for answer in self._rpc.call("id", {}) for one in answer.get("Addresses") or ()]
        return [one for one in found if nearby or public_multiaddress(one)][:_MAX_ADDRESSES]

    def connect(self, address: str) -> bool:
        """Have the node connect to a peer, if that has a public address; tell whether it did."""
        if not public_multiaddress(address):
            return False
        with self._rpc.post("swarm/connect", {"arg": address, "timeout": _SEARCH}) as answer:
            return answer.status == HTTPStatus.OK


def public_multiaddress(text: str) -> bool:
    """Whether an address such as ``/ip4/1.1.1.1/tcp/4001`` leads to the public internet, or goes by a name."""
    parts = text.split("/")
    if len(parts) < 3 or parts[0]:
        return False
    try:
        return is_public(ip_address(parts[2])) if parts[1] in ("ip4", "ip6") else parts[1].startswith("dns")
    except ValueError:
        return False


def _usual(text: str) -> str:
    """A CID in the base in which we write CIDs; what is none, as it is."""
    try:
        return str(Cid.parse(text))
    except DemlError:
        return printable(text)


def _same(text: object, cid: Cid) -> bool:
    try:
        return Cid.parse(str(text)).v1() == cid.v1()
    except DemlError:
        return False
