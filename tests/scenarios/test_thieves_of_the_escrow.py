"""Parties that would have the Application itself hand over what it holds."""

from __future__ import annotations

import pytest

from deml.base.types import Address
from deml.wire.outputs import VoucherEmission
from tests.support.course import Course
from tests.support.deployment import DEPLOYMENT, account
from tests.support.world import TOKEN, World

THIEF = account(0xBA)

ERC20_SELECTORS = {
    "transfer(address,uint256)": "a9059cbb",
    "transferFrom(address,address,uint256)": "23b872dd",
    "approve(address,uint256)": "095ea7b3",
}


@pytest.mark.parametrize("portal", [DEPLOYMENT.erc721_portal, DEPLOYMENT.erc1155_single_portal])
def test_thief_deposits_wrapped_ether_as_a_collectible(portal: Address) -> None:
    """Wrapped Ether lets unknown calls pass, so the portal vouches for a deposit that moved nothing.

    `contracts/test/PhantomDeposit.t.sol` does it to the real portal and the real Application.
    """
    world = World()
    course = Course(world)
    escrow = course.job.escrow
    token, thief = bytes.fromhex(TOKEN[2:]), bytes.fromhex(THIEF[2:])
    result = world.send(portal, token + thief + escrow.to_bytes(32, "big") + (1).to_bytes(32, "big"))
    (voucher,) = result.emissions
    assert isinstance(voucher, VoucherEmission)
    assert (voucher.destination, voucher.value) == (TOKEN, 0)
    assert voucher.payload[:4].hex() not in ERC20_SELECTORS.values()
