"""Which addresses may be connected to: public ones, and those of networks that the user has allowed.

A name says nothing about where it leads, and what it leads to may change between two look-ups (DNS rebinding). So names
are resolved once, every address found is checked, and the connection goes to one of those very addresses.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from deml_sdk.ipfs.errors import BadNetwork, PrivateAddress

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

LOCALHOST: Final = "localhost"

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 address that is really meant."""

_NEVER_PUBLIC: Final = tuple(
    ipaddress.IPv6Network(one) for one in ("::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10")
)
"""IPv4-compatible, local-use NAT64, Teredo, 6to4 and site-local addresses: retired, or of one's own network. Some may
lead to a private IPv4 address, and versions of Python differ on them."""


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """Networks that may be reached besides public addresses; `anywhere` for a service that the user runs."""

    allowed: tuple[IpNetwork, ...] = ()
    anywhere: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read networks, separated by commas.

        Raises
        ------
        BadNetwork
        """
        return cls(tuple(_network(one.strip()) for one in text.split(",") if one.strip()))

    def permits(self, address: IpAddress) -> bool:
        """Whether a connection to `address` may be made."""
        if self.anywhere or any(address in network for network in self.allowed):
            return True
        meant = embedded(address)
        if meant is not None:
            return self.permits(meant)
        return is_public(address)

    def resolve(self, host: str, port: int) -> Sequence[tuple[socket.AddressFamily, str]]:
        """Look a host up; all its addresses must be permitted.

        One that is not makes the whole name suspect, so the others are not tried either.

        Raises
        ------
        PrivateAddress
        OSError
            If the name cannot be resolved.
        """
        local = host.endswith(f".{LOCALHOST}")
        found = socket.getaddrinfo(LOCALHOST if local else host, port, type=socket.SOCK_STREAM)
        addresses = dict.fromkeys((family, str(place[0])) for family, _, _, _, place in found)
        if local:  # this machine by definition (RFC 6761), whatever a resolver knows; one of its addresses is enough
            permitted = [one for one in addresses if self.permits(ipaddress.ip_address(one[1]))]
            if permitted:
                return permitted
        for _, text in addresses:
            if not self.permits(ipaddress.ip_address(text)):
                raise PrivateAddress(host, text)
        return list(addresses)


ANYWHERE: Final = EgressPolicy(anywhere=True)
"""For a node whose RPC the user has named: it controls that node, wherever it is."""


def is_public(address: IpAddress) -> bool:
    """Whether an address is one of the public internet: no private, loopback, link-local, shared or reserved one."""
    if address.version == 6 and any(address in network for network in _NEVER_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def embedded(address: IpAddress) -> IpAddress | None:
    """IPv4 address that an IPv6 address stands for (IPv4-mapped, or NAT64); None where it stands for itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


def _network(text: str) -> IpNetwork:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise BadNetwork(text) from None
