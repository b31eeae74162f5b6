"""Where a devnet keeps its things."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deml_devnet.processes import Service

VARIABLE: Final = "DEML_DEVNET_DIR"
"""Environment variable that names the folder."""

SERVICES: Final = ("anvil", "blocks", "node", "dapp")
"""Processes, in the order in which they start. The node starts the dapp."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A devnet's folder."""

    folder: Path

    @property
    def deployment(self) -> Path:
        """What the devnet tells about itself; there while it is up."""
        return self.folder / "deployment.json"

    @property
    def options(self) -> Path:
        """How it was started."""
        return self.folder / "options.json"

    @property
    def chain(self) -> Path:
        """State of the chain."""
        return self.folder / "chain"

    @property
    def node(self) -> Path:
        """State of the node."""
        return self.folder / "node"

    @property
    def node_config(self) -> Path:
        """Settings of the node."""
        return self.node / "config.json"

    @property
    def blocks(self) -> Path:
        """Stored blocks."""
        return self.folder / "blocks"

    @property
    def run(self) -> Path:
        """Locks and numbers of processes."""
        return self.folder / "run"

    @property
    def logs(self) -> Path:
        """What they write."""
        return self.folder / "logs"

    def service(self, name: str) -> Service:
        """One of `SERVICES`."""
        return Service(name, self.run, self.logs / f"{name}.log")


def default_layout(environment: Mapping[str, str] = os.environ) -> Layout:
    """The folder that ``DEML_DEVNET_DIR`` names, else ``.deml/devnet`` in the working directory."""
    return Layout(Path(environment.get(VARIABLE) or ".deml/devnet").absolute())
