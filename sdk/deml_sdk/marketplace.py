"""Where a marketplace is: its chain, its node, its contracts, its files."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol, Self

from deml_sdk.errors import NotADeployment, NotGiven
from deml_sdk.suites import CARTESI_2_2


class Settings(Protocol):
    """Named settings, each a text; the names are the fields of `Marketplace`."""

    def get(self, name: str) -> str | None:
        """Look a setting up."""

    def require(self, name: str) -> str:
        """Look up a setting that must be there.

        Raises
        ------
        DemlError
            If it is not.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketplace:
    """Where everything is. What is left out is missed when it is needed, and not before.

    Parameters
    ----------
    rpc_url
        JSON-RPC of the chain; not needed with a `Web3` of one's own.
    node_url
        JSON-RPC of a Cartesi Rollups node.
    inspect_url
        Where that node answers inspect queries, if not beside `node_url`.
    app_address
        The Application that holds the marketplace.
    app_addresses
        Further Applications that belong to the market, separated by commas (`deml_sdk.roles.several`).
    chain_id
        EIP-155 number that the chain must have; None for any.
    erc20_portal, safe_transfer
        Contracts of Cartesi: the portal that takes deposits, the library that payments go through.
    token
        ERC-20 token of jobs that name none.
    model_registry
        Where verified models are recorded on chain.
    ipfs_url
        A Kubo RPC (its path ends in /api/v0), or a trustless gateway to read from.
    ipfs_gateways
        More trustless gateways, separated by commas.
    ipfs_private_networks
        Private networks that gateways may lie in, such as 127.0.0.0/8, separated by commas.
    pinning_url
        A pinning service that keeps files available.
    filecoin_rpc_url
        JSON-RPC of the Filecoin network on which that service stores, to look proofs up.

    Examples
    --------
    >>> Marketplace(node_url="https://node.example", app_address="0x" + "a9" * 20).get("node_url")
    'https://node.example'
    """

    rpc_url: str | None = None
    node_url: str | None = None
    inspect_url: str | None = None
    app_address: str | None = None
    app_addresses: str | None = None
    chain_id: int | None = None
    erc20_portal: str = CARTESI_2_2.erc20_portal
    safe_transfer: str = CARTESI_2_2.safe_transfer
    token: str | None = None
    model_registry: str | None = None
    ipfs_url: str | None = None
    ipfs_gateways: str | None = None
    ipfs_private_networks: str | None = None
    pinning_url: str | None = None
    filecoin_rpc_url: str | None = None

    @classmethod
    def of_devnet(cls, path: Path | str) -> Self:
        """Read what a running devnet tells about itself: its ``deployment.json``.

        Raises
        ------
        NotADeployment
        """
        try:
            document = json.loads(Path(path).read_text(encoding="utf-8"))
            known = {one.name: document[one.name] for one in fields(cls) if document.get(one.name) is not None}
        except (OSError, ValueError, AttributeError) as error:
            raise NotADeployment(str(path), str(error)) from None
        return cls(**known)

    def get(self, name: str) -> str | None:
        """Look a setting up, as text."""
        value = getattr(self, name)
        return None if value is None else str(value)

    def require(self, name: str) -> str:
        """Look up a setting that must be there.

        Raises
        ------
        NotGiven
        """
        value = self.get(name)
        if value is None:
            raise NotGiven(name)
        return value
