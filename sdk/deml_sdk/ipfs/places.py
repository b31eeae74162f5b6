"""Places to keep files at, made of settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from deml_sdk.ipfs.filecoin import FilecoinChain
from deml_sdk.ipfs.keeping import KeepingPlace
from deml_sdk.ipfs.kubo import Kubo
from deml_sdk.ipfs.pinning import PinningPlace, pinner
from deml_sdk.ipfs.settings import IpfsSettings

NODE: Final = PinningPlace.NODE.value
SERVICE: Final = PinningPlace.SERVICE.value


def places(own: IpfsSettings, services: Mapping[str, IpfsSettings] | None = None) -> list[KeepingPlace]:
    """Make the places where a sponsor keeps files: the own node first, then pinning services, which fetch from it.

    Parameters
    ----------
    own
        Settings with the node, and perhaps a service, which is then called "service".
    services
        Settings with further services, by what to call them; one that is named twice counts once.

    Raises
    ------
    TokenInTheClear, BadServiceUrl, BadNetwork
    """
    named = {SERVICE: own} | dict(services or {})
    node_url = next((one.node_url for one in named.values() if one.node_url is not None), None)
    found: list[KeepingPlace] = []
    if node_url is not None:
        node = Kubo(node_url)
        found.append(KeepingPlace(NODE, node, node))
    known: set[str] = set()
    for name, settings in named.items():
        if settings.pinning_url is not None and settings.pinning_url.rstrip("/") not in known:
            known.add(settings.pinning_url.rstrip("/"))
            service = pinner(replace(settings, url=node_url), PinningPlace.SERVICE)
            found.append(KeepingPlace(name, service, filecoin=filecoin_chain(settings)))
    return found


def filecoin_chain(settings: IpfsSettings) -> FilecoinChain | None:
    """Make what tells proofs; None where no RPC of Filecoin is set.

    Raises
    ------
    BadNetwork
    """
    url = settings.filecoin_rpc_url
    return None if url is None else FilecoinChain(url, settings.egress)
