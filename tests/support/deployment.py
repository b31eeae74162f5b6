"""The contracts that the tests' dapp trusts; the same accounts as in ``tests/vectors``."""

from __future__ import annotations

from deml.base.config import Deployment
from deml.base.types import Address


def account(byte: int) -> Address:
    """Account whose twenty bytes are all `byte`."""
    return Address("0x" + f"{byte:02x}" * 20)


CHAIN_ID = 31337
APP = account(0xA9)
DEPLOYMENT = Deployment(
    ether_portal=account(0xE0),
    erc20_portal=account(0xE1),
    erc721_portal=account(0xE2),
    erc1155_single_portal=account(0xE3),
    erc1155_batch_portal=account(0xE4),
    safe_transfer=account(0x5F),
)
PORTALS = {
    "EtherPortal": DEPLOYMENT.ether_portal,
    "ERC20Portal": DEPLOYMENT.erc20_portal,
    "ERC721Portal": DEPLOYMENT.erc721_portal,
    "ERC1155SinglePortal": DEPLOYMENT.erc1155_single_portal,
    "ERC1155BatchPortal": DEPLOYMENT.erc1155_batch_portal,
}
"""Their names in ``tests/vectors``."""
