"""How a devnet is started."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from deml_devnet.chain.deployment import write_json
from deml_devnet.errors import OtherSettings

FREE: Final = 0
"""A port of this number stands for any that is free."""

_LASTING: Final = ("epoch_length",)
"""What the deployed contracts keep."""

_PORTS: Final = ("chain_port", "node_port", "blocks_port")


def _dapp_command() -> list[str]:
    return [sys.executable, "-m", "deml"]


@dataclass(frozen=True, slots=True)
class DevnetOptions:
    """Options of `deml_devnet.supervisor.up`. What is None is as it was the last time, or the default at first.

    Parameters
    ----------
    chain_port, node_port, blocks_port
        Where the services listen, on the loopback interface; `FREE` for any free port.
    epoch_length
        Blocks in an epoch.
    block_seconds
        A block is made for every transaction, and besides every so many seconds; 0 for none besides.
    block_tag
        Up to which block the node reads: ``latest``, ``safe`` or ``finalized``.
    dapp_command
        What runs the dapp.
    """

    chain_port: int | None = None
    node_port: int | None = None
    blocks_port: int | None = None
    epoch_length: int | None = None
    block_seconds: int | None = None
    block_tag: str | None = None
    dapp_command: list[str] = field(default_factory=_dapp_command)

    def anywhere(self) -> DevnetOptions:
        """The same with free ports, for tests and demos that must not collide."""
        return replace(self, chain_port=FREE, node_port=FREE, blocks_port=FREE)


@dataclass(frozen=True, slots=True)
class DevnetSettings:
    """Options with nothing left open, but ports that are to be free ones: `FREE`, until a service listens there."""

    chain_port: int = 8545
    node_port: int = 6751
    blocks_port: int = 8081
    epoch_length: int = 10
    block_seconds: int = 2
    block_tag: str = "latest"

    def save(self, path: Path) -> None:
        """Keep these settings for the next time."""
        write_json(path, asdict(self))


def settle(options: DevnetOptions, path: Path, running: bool) -> DevnetSettings:
    """Complete `options` with the settings kept at `path`, if any, and with the defaults.

    Raises
    ------
    OtherSettings
        If an option contradicts what the kept devnet's contracts have, or its processes while it is `running`.
    """
    kept = _kept(path)
    chosen: dict[str, Any] = {}
    for one in fields(DevnetSettings):
        asked = getattr(options, one.name)
        if one.name in _PORTS and asked == FREE:
            asked = getattr(kept, one.name) if kept and running else FREE
        if asked is None:
            continue
        if kept and (running or one.name in _LASTING) and asked != getattr(kept, one.name):
            raise OtherSettings(one.name, str(getattr(kept, one.name)), str(asked))
        chosen[one.name] = asked
    return replace(kept or DevnetSettings(), **chosen)


def _kept(path: Path) -> DevnetSettings | None:
    try:
        return DevnetSettings(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
