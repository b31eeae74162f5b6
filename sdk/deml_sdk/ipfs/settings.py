"""Where files are had from, put and pinned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.kubo import RPC_PATH


@dataclass(frozen=True, slots=True)
class IpfsSettings:
    """How to reach IPFS.

    Parameters
    ----------
    home
        Folder that holds the local store.
    url
        A Kubo RPC (its path ends in /api/v0), or a trustless gateway to read from; None for none.
    gateways
        More trustless gateways to read from.
    private_networks
        Networks that gateways may lie in besides public addresses, such as ``127.0.0.0/8``, separated by commas.
    pinning_url
        A service that speaks the IPFS Pinning Service API; None for none.
    pinning_token
        Its access token; None for the one that the system's keyring keeps.
    filecoin_rpc_url
        JSON-RPC of the Filecoin network on which the service stores, to look proofs up; None for no proofs.
    """

    home: Path
    url: str | None = None
    gateways: tuple[str, ...] = ()
    private_networks: str = ""
    pinning_url: str | None = None
    pinning_token: str | None = field(default=None, repr=False)
    filecoin_rpc_url: str | None = None

    @classmethod
    def of(cls, get: Callable[[str], str | None], home: Path) -> Self:
        """Read settings by their names, as `deml_sdk.marketplace.Settings` has them."""
        return cls(
            home,
            get("ipfs_url"),
            tuple(one.strip() for one in (get("ipfs_gateways") or "").split(",") if one.strip()),
            get("ipfs_private_networks") or "",
            get("pinning_url"),
            filecoin_rpc_url=get("filecoin_rpc_url"),
        )

    @property
    def egress(self) -> EgressPolicy:
        """Addresses that gateways may have.

        Raises
        ------
        BadNetwork
        """
        return EgressPolicy.parse(self.private_networks)

    @property
    def node_url(self) -> str | None:
        """The Kubo RPC, if `url` is one."""
        return self.url if self.url is not None and is_rpc(self.url) else None


def is_rpc(url: str) -> bool:
    """Whether an address is that of a Kubo RPC."""
    return urlsplit(url).path.rstrip("/").endswith(RPC_PATH)
