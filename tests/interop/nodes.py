"""A node of one's own, beside a real pinning server.

Its RPC is the devnet's block store, the named stand-in for Kubo's; what other nodes meet is a real Helia node
(``filecoin/peer.mjs``), which has what the RPC was given, and whose addresses the RPC tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deml.ipld import Cid
from deml.ipld.car import read_blocks
from deml_devnet.blocks.__main__ import application
from deml_devnet.blocks.store import BlockFolder
from deml_devnet.http_server import HttpServer
from tests.interop.programs import FILECOIN, Program, running

KEY = "0x" + "1".rjust(64, "0")
"""What the server asks for to sign with; nothing is signed, for its chain is a mock."""


@dataclass
class OwnNode:
    """Where the node is."""

    rpc: str
    blocks: BlockFolder
    addresses: list[str]


@contextmanager
def own_node(folder: Path) -> Iterator[OwnNode]:
    """Serve a node until the block ends."""
    blocks, addresses = BlockFolder(folder), list[str]()

    def tell(_request: Request) -> Response:
        return JSONResponse({"ID": addresses[0].rpartition("/")[2], "Addresses": addresses})

    served = application(blocks)
    served.routes.append(Route("/api/v0/id", tell, methods=["POST"]))
    with (
        HttpServer(served) as server,
        running(FILECOIN / "peer.mjs", server.url, ready=lambda line: line.startswith("[")) as peer,
    ):
        addresses.extend(json.loads(peer.said))
        yield OwnNode(f"{server.url}/api/v0", blocks, addresses)


@dataclass
class PinServer:
    """A running filecoin-pin."""

    url: str
    cars: Path
    program: Program

    def stored(self) -> dict[str, dict[Cid, bytes]]:
        """Blocks of every CAR that it has made to store on Filecoin, by the text of their root."""
        found = {}
        for path in self.cars.glob("*.car"):
            found[path.name.rpartition("-")[0]] = dict(read_blocks(path.read_bytes()))
        return found


@contextmanager
def pin_server(folder: Path) -> Iterator[PinServer]:
    """Run filecoin-pin's server until the block ends."""
    cars = folder / "cars"
    cars.mkdir(parents=True)
    environment = {"PRIVATE_KEY": KEY, "HOST": "127.0.0.1", "PORT": "0", "CAR_STORAGE_PATH": str(cars)}
    with running(FILECOIN / "server.mjs", environment=environment, ready=lambda line: '"port":' in line) as program:
        port = json.loads(program.said)["port"]
        yield PinServer(f"http://127.0.0.1:{port}", cars, program)
