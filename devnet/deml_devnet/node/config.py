"""What a node is told when it starts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deml_devnet.chain.deployment import write_json


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """Settings of a node.

    Parameters
    ----------
    folder
        Where its database and its error are.
    run_folder, log_folder
        Where the dapp's lock and log are.
    dapp_command, dapp_environment
        How the dapp is started; the node adds ``ROLLUP_HTTP_SERVER_URL``.
    claimer
        Account that owns the Authority; the chain itself signs for it.
    first_block
        Block in which the Application was deployed: there is no input before it.
    block_tag
        Up to which block inputs are read: ``latest``, ``safe`` or ``finalized``.
    poll_seconds
        How long to wait before looking at the chain again.
    advance_seconds, inspect_seconds
        How long the dapp may take for one request.
    """

    folder: str
    run_folder: str
    log_folder: str
    rpc_url: str
    chain_id: int
    input_box: str
    app: str
    authority: str
    claimer: str
    first_block: int
    epoch_length: int
    dapp_command: list[str]
    dapp_environment: dict[str, str] = field(default_factory=dict)
    app_name: str = "deml"
    template_hash: str = "0x" + "00" * 32
    data_availability: str = "0x"
    block_tag: str = "latest"
    poll_seconds: float = 0.05
    start_seconds: float = 60.0
    advance_seconds: float = 180.0
    inspect_seconds: float = 10.0

    @property
    def database(self) -> Path:
        """The node's database."""
        return Path(self.folder) / "node.sqlite"

    @property
    def error_file(self) -> Path:
        """Why the node stopped, if it stopped for a reason of its own."""
        return Path(self.folder) / "error.json"

    def save(self, path: Path) -> None:
        """Write these settings."""
        write_json(path, asdict(self))


def load_config(path: Path) -> NodeConfig:
    """Read what `NodeConfig.save` wrote."""
    return NodeConfig(**json.loads(path.read_text(encoding="utf-8")))
