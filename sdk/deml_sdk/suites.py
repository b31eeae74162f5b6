"""Suites of Cartesi's contracts, as data: which addresses belong together, and what goes with them.

Contracts of two suites do not work together, and nothing on the chain says so: an input that is added to another
suite's InputBox is mined, costs its gas, and no node ever reads it; so it is with an address without code. An
Application names its InputBox, and `deml_sdk.chain.application` holds what is sent against that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from deml.base.types import Address

TRUSTED_BY_IMAGE: Final = (
    "ether_portal",
    "erc20_portal",
    "erc721_portal",
    "erc1155_single_portal",
    "erc1155_batch_portal",
    "safe_transfer",
)
"""Contracts whose addresses are part of a dapp's image (`deml.base.config.Deployment`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Contracts of one release, at the same addresses on every chain (CREATE2), and what goes with them.

    Parameters
    ----------
    name
        What this project calls it.
    source
        npm package and version whose addresses these are.
    safe_transfer_code
        keccak256 of the payout library's code, in hex; None where its code is not published.
    node
        Versions of Cartesi's node that read these contracts.
    images
        Container images that hold such a node and its database.
    viem
        Versions of npm's ``@cartesi/viem`` that carry these addresses.
    cli
        Versions of npm's ``@cartesi/cli`` that carry these addresses.
    differences
        What calls and reads differ in from ``cartesi-2.2``, as far as this project would notice.
    """

    name: str
    source: str
    input_box: Address
    ether_portal: Address
    erc20_portal: Address
    erc721_portal: Address
    erc1155_single_portal: Address
    erc1155_batch_portal: Address
    safe_transfer: Address
    safe_transfer_code: str | None
    authority_factory: Address
    quorum_factory: Address
    application_factory: Address
    self_hosted_application_factory: Address
    node: str
    images: tuple[str, ...]
    viem: tuple[str, ...]
    cli: tuple[str, ...]
    differences: tuple[str, ...]

    @property
    def image_contracts(self) -> Mapping[str, Address]:
        """The addresses that a dapp's image must name."""
        return {name: getattr(self, name) for name in TRUSTED_BY_IMAGE}


CARTESI_2_2: Final = Suite(
    name="cartesi-2.2",
    source="@cartesi/rollups 2.2.0",
    input_box=Address("0x1b51e2992a2755ba4d6f7094032df91991a0cfac"),
    ether_portal=Address("0xa632c5c05812c6a6149b7af5c56117d1d2603828"),
    erc20_portal=Address("0xaca6586a0cf05bd831f2501e7b4aea550da6562d"),
    erc721_portal=Address("0x9e8851dadb2b77103928518846c4678d48b5e371"),
    erc1155_single_portal=Address("0x18558398dd1a8ce20956287a4da7b76ae7a96662"),
    erc1155_batch_portal=Address("0xe246abb974b307490d9c6932f48ebe79de72338a"),
    safe_transfer=Address("0xb7c2bcaa4437425cfce9d233bff15ef461273d63"),
    safe_transfer_code="0xdb17eae426ce40c06b39d675b722de61f4ee99f200be3651c1bec5113351466d",
    authority_factory=Address("0x5e96408cfe423b01daded3bc867e6013135990cc"),
    quorum_factory=Address("0x1c91ba8aa5648cdac77e97eac781447c646ef239"),
    application_factory=Address("0x26e758238cb6ec5ab70ce0dd52af2d7b82e1972e"),
    self_hosted_application_factory=Address("0x010d3cbb4223f5bcc7b7b03cee59f3aaea8edb8a"),
    node="2.0.0 up to 2.0.0-alpha.11",
    images=("cartesi/rollups-runtime:0.12.0-alpha.39", "cartesi/rollups-database:0.12.0-alpha.39"),
    viem=("2.0.0-alpha.26", "2.0.0-alpha.29"),
    cli=(),
    differences=(),
)
"""What the dapp's image is built for, and what everything here is tested with."""

CARTESI_3_0_ALPHA: Final = Suite(
    name="cartesi-3.0-alpha",
    source="@cartesi/viem 2.0.0-alpha.31",
    input_box=Address("0x346b3df038fe9f8380071ec6514d5a83ad143939"),
    ether_portal=Address("0x8b53327575ac999bdfa8003f4b5134dff9027516"),
    erc20_portal=Address("0x22e57511c30cce6cdaa742e13ce3b774fdc663b1"),
    erc721_portal=Address("0xca3a0a47915c12f020cf70b938acc8e744414cb8"),
    erc1155_single_portal=Address("0x13663e193673756a02e84b724b8a3422a9a7aab4"),
    erc1155_batch_portal=Address("0x3649c5e2de91c69a7bb80d864f0039da5e511096"),
    safe_transfer=Address("0x15e45e779ed795e5ac4643f6c428b161ccde7a61"),
    safe_transfer_code=None,
    authority_factory=Address("0x3c1fe01c542a88a523ff6847ed1e26176c8c4ed0"),
    quorum_factory=Address("0x1f94009389f408b8d0adffcf8bbdce5552baca5f"),
    application_factory=Address("0xc549f89cf1ca43eddecc64ac2208f4b283b1c483"),
    self_hosted_application_factory=Address("0x6145c5996a71a379e030aeb0440df79d60833418"),
    node="2.0.0-alpha.12 and later",
    images=("cartesi/rollups-runtime:0.12.0-alpha.40", "cartesi/rollups-runtime:0.12.0-alpha.41"),
    viem=("2.0.0-alpha.31",),
    cli=(),
    differences=(
        "factories: Authority and Quorum take a claim staging period, Applications a withdrawal configuration",
        "consensus: a claim that is submitted is staged, and accepted by a call of its own (acceptClaim)",
        "Application: a guardian may foreclose it; funds then leave by proofs of a drive of accounts (withdraw)",
    ),
)
"""Known so that it is recognised and refused; nothing here was run with it."""

SUITES: Final = (CARTESI_2_2, CARTESI_3_0_ALPHA)


def fits_image(input_box: str, erc20_portal: str) -> bool:
    """Tell whether the dapp's image could credit deposits of a portal: its own, or one of no suite known here.

    Contracts of no known suite may be those that another image was built for (DEML_DEPLOYMENT).
    """
    pair = (input_box, erc20_portal)
    known = {address for one in SUITES for address in (one.input_box, one.erc20_portal)}
    return known.isdisjoint(pair) or pair == (CARTESI_2_2.input_box, CARTESI_2_2.erc20_portal)


def suite_name(input_box: str) -> str:
    """Name the suite that an InputBox belongs to, for people."""
    return next((one.name for one in SUITES if one.input_box == input_box), "no suite known here")
