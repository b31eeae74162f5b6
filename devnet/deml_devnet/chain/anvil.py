"""anvil, the chain itself: where its binary is, how it is started, and how it keeps its state."""

from __future__ import annotations

import json
import os
import platform
import shutil
from pathlib import Path
from typing import Final

from deml_devnet.chain.accounts import MNEMONIC
from deml_devnet.chain.errors import AnvilMissing
from deml_devnet.repository import NODE_MODULES

CHAIN_ID: Final = 31337

SLOTS_IN_AN_EPOCH: Final = 1
"""``finalized`` lags by two of these; anvil's own default would make it lag by 64 blocks."""

SAVE_SECONDS: Final = 10
"""How often anvil writes its state while it runs: what ``kill -9`` may cost. The node takes the loss for a re-org."""

KEPT_STATES: Final = 128
"""For how many blocks back balances and storage can be read. Without a bound anvil writes every block's whole state to
``~/.foundry``, measured at 300 KB each, and a killed one leaves all of them behind."""

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
    block_seconds
        A block is made for every transaction, and besides every so many seconds; 0 for none besides.
    """
    written, loaded = folder / "written.json", folder / "state.json"
    if (last := _timestamp(written)) is not None:
        os.replace(written, loaded)
    else:
        last = _timestamp(loaded)
    options = ["--port", port, "--chain-id", CHAIN_ID, "--mnemonic", MNEMONIC, "--slots-in-an-epoch", SLOTS_IN_AN_EPOCH]
    options += ["--order", "fifo", "--quiet", "--prune-history", KEPT_STATES]
    options += ["--dump-state", written, "--state-interval", SAVE_SECONDS]
    if last is not None:
        # Without --timestamp the clock would fall back to now, behind blocks made after time was moved forward.
        options += ["--load-state", loaded, "--timestamp", last]
    if block_seconds:
        options += ["--block-time", block_seconds, "--mixed-mining"]
    return [str(find_anvil()), *map(str, options)]


def _timestamp(state: Path) -> int | None:
    """Timestamp of the latest block of a state file; None if the file is absent or broken."""
    try:
        block = json.loads(state.read_bytes())["block"]
        return int(block["timestamp"], 16)
    except (OSError, ValueError, KeyError, TypeError):
        return None
