"""What we have of Cartesi's contracts is what their published npm package has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from deml.base.config import Deployment
from deml.base.types import address_of
from deml.shell.deployment import CARTESI_2_2
from deml.wire.abi import Function
from deml_sdk.chain import contracts

ARTIFACTS = Path(__file__).parents[2] / "node_modules" / "@cartesi" / "rollups" / "out"
DETERMINISTIC_DEPLOYER = bytes.fromhex("4e59b44847b379578588920ca78fbf26c0b4956c")


def created(contract: str, arguments: bytes = b"") -> str:
    """CREATE2 address of a contract of the npm package @cartesi/rollups, with salt 0."""
    artifact = json.loads((ARTIFACTS / f"{contract}.sol/{contract}.json").read_text())
    code = bytes.fromhex(artifact["bytecode"]["object"][2:]) + arguments
    return address_of(keccak(b"\xff" + DETERMINISTIC_DEPLOYER + bytes(32) + keccak(code))[12:])


def test_the_default_addresses_are_those_of_the_published_bytecode():
    input_box = encode(["address"], [created("InputBox")])
    assert (
        Deployment(
            ether_portal=created("EtherPortal", input_box),
            erc20_portal=created("ERC20Portal", input_box),
            erc721_portal=created("ERC721Portal", input_box),
            erc1155_single_portal=created("ERC1155SinglePortal", input_box),
            erc1155_batch_portal=created("ERC1155BatchPortal", input_box),
            safe_transfer=created("SafeERC20Transfer"),
        )
        == CARTESI_2_2
    )


@pytest.mark.parametrize(
    ("contract", "members"),
    [
        ("InputBox", [contracts.ADD_INPUT, contracts.NUMBER_OF_INPUTS.function]),
        ("ERC20Portal", [contracts.DEPOSIT_ERC20, contracts.INPUT_BOX.function]),
        (
            "Application",
            [contracts.EXECUTE_OUTPUT, contracts.WAS_EXECUTED.function]
            + [one.function for one in (contracts.VALIDATOR, contracts.TEMPLATE_HASH, contracts.OWNER)],
        ),
        ("Authority", [contracts.OWNER.function, contracts.EPOCH_LENGTH.function]),
        ("Quorum", [contracts.NUMBER_OF_VALIDATORS.function, contracts.VALIDATOR_BY_ID.function]),
    ],
)
def test_functions_are_the_published_contracts(contract: str, members: list[Function]):
    published = json.loads((ARTIFACTS / f"{contract}.sol" / f"{contract}.json").read_text())["methodIdentifiers"]
    for function in members:
        assert published[function.signature] == function.selector.hex()
