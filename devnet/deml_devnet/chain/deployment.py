"""What a devnet tells about itself: the file ``deployment.json``, which is the CLI's profile ``devnet``."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Contracts:
    """What is deployed, in lower-case hex; `app_deployed_at` is a block number, `epoch_length` counts blocks."""

    input_box: str
    ether_portal: str
    erc20_portal: str
    erc721_portal: str
    erc1155_single_portal: str
    erc1155_batch_portal: str
    safe_transfer: str
    authority_factory: str
    quorum_factory: str
    application_factory: str
    self_hosted_application_factory: str
    token: str
    model_registry: str
    authority: str
    app_address: str
    app_deployed_at: int
    epoch_length: int

    def dapp_environment(self) -> str:
        """The addresses that the dapp trusts, as its variable ``DEML_DEPLOYMENT`` wants them."""
        names = ("ether", "erc20", "erc721", "erc1155_single", "erc1155_batch")
        trusted = {f"{name}_portal": getattr(self, f"{name}_portal") for name in names}
        return json.dumps({**trusted, "safe_transfer": self.safe_transfer})


@dataclass(frozen=True, slots=True)
class DevnetDeployment:
    """Where a devnet's services are, what is deployed on its chain, and whom its accounts belong to.

    Parameters
    ----------
    rpc_url
        The chain's JSON-RPC.
    node_url
        The node's JSON-RPC.
    inspect_url
        Where ``/<application>`` answers inspect queries.
    ipfs_url
        The block store's part of Kubo's RPC, to read and write.
    gateway_url
        The block store's trustless gateway, to read.
    ipfs_private_networks
        Where that gateway lies: the CLI looks for gateways in no private network that it is not told of.
    accounts
        Address by name; their keys come from `deml_devnet.chain.accounts.MNEMONIC`.
    """

    rpc_url: str
    node_url: str
    inspect_url: str
    ipfs_url: str
    gateway_url: str
    ipfs_private_networks: str
    chain_id: int
    contracts: Contracts
    accounts: dict[str, str]

    def as_json(self) -> dict[str, object]:
        """One flat object: the fields of `Contracts` beside the others."""
        fields = asdict(self)
        return {**fields.pop("contracts"), **fields}

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        write_json(path, self.as_json())


def load_deployment(path: Path) -> DevnetDeployment:
    """Read the file back.

    Raises
    ------
    OSError, ValueError, KeyError
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    contracts = Contracts(**{name: document.pop(name) for name in Contracts.__dataclass_fields__})
    return DevnetDeployment(contracts=contracts, **document)


def write_json(path: Path, document: object) -> None:
    """Write a JSON file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    os.replace(draft, path)
