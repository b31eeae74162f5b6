"""Cartesi's factories of suite 2.2: where an order's contracts will be, and the calls that make them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from deml.base.types import Address
from deml.wire.abi import Function, function
from deml_sdk.addresses import keccak256
from deml_sdk.chain import contracts
from deml_sdk.chain.contracts import View
from deml_sdk.chain.create2 import DETERMINISTIC_DEPLOYER, SALT, create2_address
from deml_sdk.chain.reading import ChainReading
from deml_sdk.chain.transactions import Call
from deml_sdk.deploy.errors import SuiteMissing
from deml_sdk.deploy.order import ConsensusKind, DeploymentOrder
from deml_sdk.suites import CARTESI_2_2

_SELF_HOSTED: Final = ("address", "uint256", "address", "bytes32", "bytes", "bytes32")
_APPLICATION: Final = ("address", "address", "bytes32", "bytes", "bytes32")
_QUORUM: Final = ("address[]", "uint256", "bytes32")

BOTH_ADDRESSES: Final = View(function("calculateAddresses", "938f7adc", *_SELF_HOSTED), ("address", "address"))
DEPLOY_BOTH: Final = function("deployContracts", "50567b3a", *_SELF_HOSTED)
APPLICATION_ADDRESS: Final = View(function("calculateApplicationAddress", "4269667b", *_APPLICATION), ("address",))
NEW_APPLICATION: Final = function("newApplication", "2cc3ef7c", *_APPLICATION)
QUORUM_ADDRESS: Final = View(function("calculateQuorumAddress", "ca8f271c", *_QUORUM), ("address",))
NEW_QUORUM: Final = function("newQuorum", "2f74f862", *_QUORUM)

RENOUNCE: Final[Function] = function("renounceOwnership", "715018a6")


def addresses_of(reader: ChainReading, order: DeploymentOrder) -> tuple[Address, Address]:
    """Compute where an order's Application and consensus are: the factories do, by CREATE2.

    An Application's address follows from its machine's hash, its first owner and consensus, and its InputBox; so
    whatever is there was made of these.

    Raises
    ------
    NoContract, ContractReverted
    """
    suite = CARTESI_2_2
    if order.kind is ConsensusKind.AUTHORITY:
        factory = suite.self_hosted_application_factory
        app, consensus = reader.read("SelfHostedApplicationFactory", factory, BOTH_ADDRESSES, *_both(order))
        return Address(app), Address(consensus)
    consensus = order.members[0]
    if order.kind is ConsensusKind.QUORUM:
        (consensus,) = reader.read("QuorumFactory", suite.quorum_factory, QUORUM_ADDRESS, *_quorum(order))
    arguments = _application(order, Address(consensus))
    (app,) = reader.read("ApplicationFactory", suite.application_factory, APPLICATION_ADDRESS, *arguments)
    return Address(app), Address(consensus)


def authority_call(order: DeploymentOrder) -> Call:
    """Make the transaction that makes an Authority and its Application."""
    factory = CARTESI_2_2.self_hosted_application_factory
    return Call("SelfHostedApplicationFactory", DEPLOY_BOTH.name, factory, DEPLOY_BOTH.encode(_both(order)))


def quorum_call(order: DeploymentOrder) -> Call:
    """Make the transaction that makes a Quorum."""
    return Call("QuorumFactory", NEW_QUORUM.name, CARTESI_2_2.quorum_factory, NEW_QUORUM.encode(_quorum(order)))


def application_call(order: DeploymentOrder, consensus: Address) -> Call:
    """Make the transaction that makes an Application."""
    data = NEW_APPLICATION.encode(_application(order, consensus))
    return Call("ApplicationFactory", NEW_APPLICATION.name, CARTESI_2_2.application_factory, data)


def renounce_call(app: Address) -> Call:
    """Make the transaction after which nobody can replace an Application's consensus."""
    return Call("Application", RENOUNCE.name, app, RENOUNCE.encode(()))


@cache
def registry_code() -> bytes:
    """Creation code of the ModelRegistry; a test compares it with what the compiler makes of its source."""
    return bytes.fromhex(resources.files(__package__).joinpath("model_registry.hex").read_text())


@cache
def registry_address() -> Address:
    """Where the ModelRegistry is, on every chain that has it: it belongs to nobody, and serves all Applications."""
    return create2_address(registry_code())


def registry_call() -> Call:
    """Make the transaction that makes the ModelRegistry."""
    return Call("ModelRegistry", "create", DETERMINISTIC_DEPLOYER, SALT + registry_code())


def require_suite(reader: ChainReading) -> None:
    """Make sure that the contracts which a deployment builds on are there; the payout library by its code.

    Raises
    ------
    SuiteMissing
    """
    suite = CARTESI_2_2
    for name in (
        "input_box",
        "erc20_portal",
        "self_hosted_application_factory",
        "application_factory",
        "quorum_factory",
    ):
        address: Address = getattr(suite, name)
        if not reader.code(address):
            raise SuiteMissing(suite.name, name, address)
    if not is_payout_library(reader, suite.safe_transfer):
        raise SuiteMissing(suite.name, "safe_transfer", suite.safe_transfer)


def is_payout_library(reader: ChainReading, address: Address) -> bool:
    """Tell whether an address has the very code of the suite's payout library."""
    return "0x" + keccak256(reader.code(address)).hex() == CARTESI_2_2.safe_transfer_code


def _both(order: DeploymentOrder) -> tuple[object, ...]:
    inputs = contracts.IN_INPUT_BOX.encode((CARTESI_2_2.input_box,))
    return order.members[0], order.epoch_length, order.deployer, order.template_hash, inputs, order.salt


def _quorum(order: DeploymentOrder) -> tuple[object, ...]:
    return order.members, order.epoch_length, order.salt


def _application(order: DeploymentOrder, consensus: Address) -> tuple[object, ...]:
    inputs = contracts.IN_INPUT_BOX.encode((CARTESI_2_2.input_box,))
    return consensus, order.deployer, order.template_hash, inputs, order.salt
