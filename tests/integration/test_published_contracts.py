"""What we have of Cartesi's contracts is what their published npm packages have."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from deml.base.types import address_of
from deml.wire.abi import Function
from deml_devnet.chain.artifacts import load_artifact
from deml_devnet.repository import OWN_ARTIFACTS
from deml_sdk.chain import contracts
from deml_sdk.deploy import factories
from deml_sdk.operate import claims
from deml_sdk.suites import CARTESI_2_2, CARTESI_3_0_ALPHA, SUITES

NODE_MODULES = Path(__file__).parents[2] / "node_modules"
ARTIFACTS = NODE_MODULES / "@cartesi" / "rollups" / "out"
DETERMINISTIC_DEPLOYER = bytes.fromhex("4e59b44847b379578588920ca78fbf26c0b4956c")


PORTALS = {
    "ether_portal": "EtherPortal",
    "erc20_portal": "ERC20Portal",
    "erc721_portal": "ERC721Portal",
    "erc1155_single_portal": "ERC1155SinglePortal",
    "erc1155_batch_portal": "ERC1155BatchPortal",
}
OTHERS = {
    "input_box": "InputBox",
    "safe_transfer": "SafeERC20Transfer",
    "authority_factory": "AuthorityFactory",
    "quorum_factory": "QuorumFactory",
    "application_factory": "ApplicationFactory",
}
SELF_HOSTED = {"self_hosted_application_factory": "SelfHostedApplicationFactory"}
CONTRACTS = {**PORTALS, **OTHERS, **SELF_HOSTED}


def created(contract: str, arguments: bytes = b"") -> str:
    """CREATE2 address of a contract of the npm package @cartesi/rollups, with salt 0."""
    artifact = json.loads((ARTIFACTS / f"{contract}.sol/{contract}.json").read_text())
    code = bytes.fromhex(artifact["bytecode"]["object"][2:]) + arguments
    return address_of(keccak(b"\xff" + DETERMINISTIC_DEPLOYER + bytes(32) + keccak(code))[12:])


def version_of(package: str) -> str:
    return json.loads((NODE_MODULES / package / "package.json").read_text())["version"]


def test_the_addresses_of_2_2_are_those_of_the_published_bytecode():
    found = {name: created(contract) for name, contract in OTHERS.items()}
    found |= {name: created(contract, encode(["address"], [found["input_box"]])) for name, contract in PORTALS.items()}
    factories = found["authority_factory"], found["application_factory"]
    found |= {name: created(contract, encode(["address"] * 2, factories)) for name, contract in SELF_HOSTED.items()}
    assert {name: getattr(CARTESI_2_2, name) for name in CONTRACTS} == found
    assert CARTESI_2_2.source == f"@cartesi/rollups {version_of('@cartesi/rollups')}"


def test_the_addresses_of_3_0_are_those_of_the_published_client():
    text = (NODE_MODULES / "@cartesi/viem/dist/rollups.d.ts").read_text()
    published = dict(re.findall(r'declare const (\w+)Address: "(0x[0-9a-fA-F]{40})"', text))
    spelled = {name.replace("_", ""): getattr(CARTESI_3_0_ALPHA, name) for name in CONTRACTS if name != "safe_transfer"}
    spelled["safeerc20transfer"] = CARTESI_3_0_ALPHA.safe_transfer
    found = {name.lower(): address.lower() for name, address in published.items()}
    assert {name: found[name] for name in spelled} == spelled
    assert CARTESI_3_0_ALPHA.source == f"@cartesi/viem {version_of('@cartesi/viem')}"
    assert version_of("@cartesi/viem") in CARTESI_3_0_ALPHA.viem


def test_the_payout_library_is_known_by_its_published_code():
    artifact = json.loads((ARTIFACTS / "SafeERC20Transfer.sol/SafeERC20Transfer.json").read_text())["deployedBytecode"]
    assert not artifact.get("immutableReferences")
    assert "0x" + keccak(bytes.fromhex(artifact["object"][2:])).hex() == CARTESI_2_2.safe_transfer_code


def test_the_registry_is_what_the_compiler_makes_of_its_source():
    artifact = load_artifact(OWN_ARTIFACTS, "ModelRegistry")
    assert factories.registry_code() == artifact.creation_code, "its source has changed: write model_registry.hex anew"


FACTORIES = [
    ("SelfHostedApplicationFactory", [factories.BOTH_ADDRESSES.function, factories.DEPLOY_BOTH]),
    ("ApplicationFactory", [factories.APPLICATION_ADDRESS.function, factories.NEW_APPLICATION]),
    ("QuorumFactory", [factories.QUORUM_ADDRESS.function, factories.NEW_QUORUM]),
    ("Application", [factories.RENOUNCE]),
]


def test_no_address_belongs_to_two_suites():
    addresses = [getattr(suite, name) for suite in SUITES for name in CONTRACTS]
    assert len(set(addresses)) == len(addresses)


def test_the_page_of_compatibility_states_what_the_suites_state():
    page = (Path(__file__).parents[2] / "docs/compatibility.md").read_text()
    stated = {
        "addresses from npm": [f"`{one.source}`" for one in SUITES],
        "InputBox": [f"`{one.input_box}`" for one in SUITES],
        "ERC20Portal": [f"`{one.erc20_portal}`" for one in SUITES],
        "SafeERC20Transfer": [f"`{one.safe_transfer}`" for one in SUITES],
        "node": [one.node for one in SUITES],
        "images": [listed(one.images) for one in SUITES],
        "npm `@cartesi/viem`": [listed(one.viem) for one in SUITES],
        "npm `@cartesi/cli`": [listed(one.cli) for one in SUITES],
    }
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in page.splitlines() if row.startswith("| ")]
    assert ["", *(f"`{one.name}`" for one in SUITES)] in rows
    assert {row[0]: row[1:] for row in rows if row[0] in stated} == stated


def listed(versions: tuple[str, ...]) -> str:
    return ", ".join(f"`{one}`" for one in versions) or "none"


@pytest.mark.parametrize(
    ("contract", "members"),
    [
        ("InputBox", [contracts.ADD_INPUT, contracts.NUMBER_OF_INPUTS.function]),
        ("ERC20Portal", [contracts.DEPOSIT_ERC20, contracts.INPUT_BOX.function]),
        (
            "Application",
            [contracts.EXECUTE_OUTPUT, contracts.WAS_EXECUTED.function]
            + [one.function for one in (contracts.VALIDATOR, contracts.TEMPLATE_HASH, contracts.OWNER)]
            + [contracts.DATA_AVAILABILITY.function, contracts.DEPLOYED_AT.function],
        ),
        ("Authority", [contracts.OWNER.function, contracts.EPOCH_LENGTH.function]),
        ("Quorum", [contracts.NUMBER_OF_VALIDATORS.function, contracts.VALIDATOR_BY_ID.function]),
        *FACTORIES,
    ],
)
def test_functions_are_the_published_contracts(contract: str, members: list[Function]):
    published = json.loads((ARTIFACTS / f"{contract}.sol" / f"{contract}.json").read_text())["methodIdentifiers"]
    for function in members:
        assert published[function.signature] == function.selector.hex()


@pytest.mark.parametrize(
    ("contract", "event", "topic"),
    [
        ("IConsensus", "ClaimSubmitted", claims.CLAIM_SUBMITTED),
        ("IConsensus", "ClaimAccepted", claims.CLAIM_ACCEPTED),
        ("IApplication", "OutputExecuted", claims.OUTPUT_EXECUTED),
        ("IApplication", "OutputsMerkleRootValidatorChanged", claims.CONSENSUS_CHANGED),
        ("IInputBox", "InputAdded", contracts.INPUT_ADDED_TOPIC),
    ],
)
def test_events_are_the_published_contracts(contract: str, event: str, topic: str):
    abi = json.loads((ARTIFACTS / f"{contract}.sol" / f"{contract}.json").read_text())["abi"]
    (found,) = (one for one in abi if one["type"] == "event" and one["name"] == event)
    assert topic == "0x" + keccak(text=f"{event}({','.join(one['type'] for one in found['inputs'])})").hex()
