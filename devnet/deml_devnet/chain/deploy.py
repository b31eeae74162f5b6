"""Deployment of the published Cartesi contracts and DeML's own; it can be repeated, and goes on where it was cut off.

Everything is created through the deterministic deployment proxy with salt 0, so that every contract gets the address
it has on all chains where Cartesi deployed the same bytecode.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from deml.base.types import Address
from deml_devnet.chain import abi
from deml_devnet.chain.accounts import NAMES, OPERATOR
from deml_devnet.chain.artifacts import Artifact, load_artifact
from deml_devnet.chain.deployment import Contracts
from deml_devnet.chain.errors import WrongCode
from deml_devnet.chain.local import LocalChain
from deml_devnet.repository import CARTESI_ARTIFACTS, OWN_ARTIFACTS
from deml_sdk.chain import contracts
from deml_sdk.chain.create2 import DETERMINISTIC_DEPLOYER, SALT, create2_address
from deml_sdk.chain.trust import NOBODY

TEMPLATE_HASH: Final = keccak(text="deml: host mode, no machine")
"""Stands where the hash of a Cartesi Machine belongs, of which there is none in host mode."""

TOKENS_EACH: Final = 1_000_000 * 10**18
"""What every named account holds of the reward token at first."""


def deploy(chain: LocalChain, epoch_length: int) -> Contracts:
    """Deploy what is not there yet.

    Raises
    ------
    ArtifactMissing, WrongCode, TransactionFailed
    Unavailable, Refused
    """
    accounts = chain.accounts()
    operator = accounts[OPERATOR]
    input_box = _create(chain, operator, _cartesi("InputBox"))
    portals = {
        name: _create(chain, operator, _cartesi(contract), ["address"], input_box)
        for name, contract in (
            ("ether_portal", "EtherPortal"),
            ("erc20_portal", "ERC20Portal"),
            ("erc721_portal", "ERC721Portal"),
            ("erc1155_single_portal", "ERC1155SinglePortal"),
            ("erc1155_batch_portal", "ERC1155BatchPortal"),
        )
    }
    safe_transfer = _create(chain, operator, _cartesi("SafeERC20Transfer"))
    authorities = _create(chain, operator, _cartesi("AuthorityFactory"))
    applications = _create(chain, operator, _cartesi("ApplicationFactory"))
    factories = authorities, applications
    self_hosted = _create(chain, operator, _cartesi("SelfHostedApplicationFactory"), ["address"] * 2, *factories)
    app, authority = _application(chain, operator, self_hosted, input_box, epoch_length)
    return Contracts(
        input_box=input_box,
        **portals,
        safe_transfer=safe_transfer,
        authority_factory=authorities,
        quorum_factory=_create(chain, operator, _cartesi("QuorumFactory")),
        application_factory=applications,
        self_hosted_application_factory=self_hosted,
        token=_token(chain, operator, accounts),
        model_registry=_create(chain, operator, load_artifact(OWN_ARTIFACTS, "ModelRegistry")),
        authority=authority,
        app_address=app,
        app_deployed_at=chain.view(app, ["uint256"], "getDeploymentBlockNumber()")[0],
        epoch_length=epoch_length,
    )


def data_availability(input_box: str) -> bytes:
    """How an Application says that its inputs are in an InputBox."""
    return contracts.IN_INPUT_BOX.encode((input_box,))


def _cartesi(name: str) -> Artifact:
    return load_artifact(CARTESI_ARTIFACTS, name)


def _create(
    chain: LocalChain, sender: str, artifact: Artifact, types: Sequence[str] = (), *arguments: object
) -> Address:
    """Create a contract unless it is there, and check that its code is the artifact's."""
    code = artifact.creation_code + encode(types, arguments)
    address = create2_address(code)
    if not chain.code(address):
        chain.transact(f"create {artifact.name}", sender, DETERMINISTIC_DEPLOYER, SALT + code)
    if not artifact.is_code(chain.code(address)):
        raise WrongCode(artifact.name, address)
    return address


def _application(chain: LocalChain, operator: str, factory: str, input_box: str, epoch_length: int) -> tuple[str, str]:
    """Make the Application and its Authority, and give up the Application, so that nobody can change its validator."""
    order = "(address,uint256,address,bytes32,bytes,bytes32)"
    terms = operator, epoch_length, operator, TEMPLATE_HASH, data_availability(input_box), SALT
    app, authority = chain.view(factory, ["address", "address"], "calculateAddresses" + order, *terms)
    if not chain.code(app):
        call = abi.calldata("deployContracts" + order, *terms)
        chain.transact("create the Application", operator, factory, call)
    if chain.view(app, ["address"], "owner()")[0] != NOBODY:
        renounce = abi.calldata("renounceOwnership()")
        chain.transact("renounce the Application's ownership", operator, app, renounce)
    return app, authority


def _token(chain: LocalChain, operator: str, accounts: Sequence[str]) -> str:
    """Make the reward token, and hand some of it to every named account that has none."""
    artifact = load_artifact(OWN_ARTIFACTS, "RewardToken")
    token = _create(chain, operator, artifact, ["address", "uint256"], operator, TOKENS_EACH)
    for _, account in zip(NAMES, accounts, strict=False):
        if chain.view(token, ["uint256"], "balanceOf(address)", account)[0] == 0:
            mint = abi.calldata("mint(address,uint256)", account, TOKENS_EACH)
            chain.transact("mint reward tokens", operator, token, mint)
    return token
