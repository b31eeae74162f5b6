"""Which contracts the dapp trusts; fixed when the image is built, given to `wire` and `core` by the shell."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.types import Address


@dataclass(frozen=True, slots=True)
class Deployment:
    """Addresses of the Cartesi contracts on the chain that the dapp serves.

    Only an input sent by a portal listed here is a deposit; `safe_transfer` is the library that token vouchers
    delegate-call.
    """

    ether_portal: Address
    erc20_portal: Address
    erc721_portal: Address
    erc1155_single_portal: Address
    erc1155_batch_portal: Address
    safe_transfer: Address
