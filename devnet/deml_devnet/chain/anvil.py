"""anvil, the chain itself: where its binary is, how it is started, and how it keeps its state."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deml_devnet.chain.accounts import MNEMONIC
from deml_devnet.chain.errors import AnvilMissing
from deml_devnet.chain.local import LocalChain
from deml_devnet.http_server import listen
from deml_devnet.processes import Service
from deml_devnet.repository import NODE_MODULES

CHAIN_ID: Final = 31337

SLOTS_IN_AN_EPOCH: Final = 1
"""``finalized`` lags by two of these; anvil's own default would make it lag by 64 blocks."""

SAVE_SECONDS: Final = 10
"""How often anvil writes its state while it runs: what ``kill -9`` may cost. The node takes the loss for a re-org."""

KEPT_STATES: Final = 128
"""For how many blocks back balances and storage can be read. Without a bound anvil writes every block's whole state to
``~/.foundry``, measured at 300 KB each, and a killed one leaves all of them behind."""

_LISTENING: Final = re.compile(rb"Listening on 127\.0\.0\.1:(\d+)")

_MACHINES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def find_anvil() -> Path:
    """Find the binary: npm's, else the one on the PATH. npm's wrapper script is of no use, for it outlives signals.

    Raises
    ------
    AnvilMissing
    """
    system, machine = platform.system().lower(), _MACHINES.get(platform.machine().lower(), "")
    binary = NODE_MODULES / "@foundry-rs" / f"anvil-{system}-{machine}" / "bin" / "anvil"
    if binary.is_file():
        return binary
    found = shutil.which("anvil")
    if found is None:
        raise AnvilMissing(str(NODE_MODULES))
    return Path(found)


def command_line(folder: Path, port: int, block_seconds: int) -> list[str]:
    """Command that starts anvil with the state kept in `folder`.

    anvil writes its state in place, so a kill at the wrong moment leaves half a file. What it writes is therefore never
    what it loads: the file it left is moved over the one to load, if it is whole.

    Parameters
    ----------
    port
        Where it listens; 0 for any free port, which it says in its log.
    block_seconds
        A block is made for every transaction, and besides every so many seconds; 0 for none besides.
    """
    written, loaded = folder / "written.json", folder / "state.json"
    if (last := _timestamp(written)) is not None:
        os.replace(written, loaded)
    else:
        last = _timestamp(loaded)
    options = ["--port", port, "--chain-id", CHAIN_ID, "--mnemonic", MNEMONIC, "--slots-in-an-epoch", SLOTS_IN_AN_EPOCH]
    options += ["--order", "fifo", "--prune-history", KEPT_STATES]
    options += ["--dump-state", written, "--state-interval", SAVE_SECONDS]
    if last is not None:
        # Without --timestamp the clock would fall back to now, behind blocks made after time was moved forward.
        options += ["--load-state", loaded, "--timestamp", last]
    if block_seconds:
        options += ["--block-time", block_seconds, "--mixed-mining"]
    return [str(find_anvil()), *map(str, options)]


def start(service: Service, folder: Path, port: int, block_seconds: int) -> Callable[[], int | None]:
    """Start the chain, with its state in `folder`.

    Returns
    -------
    callable
        Tells the port at which it listens, as its log says; None as long as it does not.

    Raises
    ------
    AnvilMissing, PortInUse
    """
    if port:
        listen(port).close()  # Taken by somebody else? anvil would only say so in its log.
    folder.mkdir(parents=True, exist_ok=True)
    before = service.log.stat().st_size if service.log.is_file() else 0
    service.start(command_line(folder, port, block_seconds))

    def said() -> int | None:
        found = _LISTENING.search(service.log.read_bytes()[before:])
        return None if found is None else int(found[1])

    return said


def hush(chain: LocalChain) -> None:
    """Have the chain write no more to its log, which would hold every call."""
    chain.rpc("anvil_setLoggingEnabled", [False])


def _timestamp(state: Path) -> int | None:
    """Timestamp of the latest block of a state file; None if the file is absent or broken."""
    try:
        block = json.loads(state.read_bytes())["block"]
        return int(block["timestamp"], 16)
    except (OSError, ValueError, KeyError, TypeError):
        return None
