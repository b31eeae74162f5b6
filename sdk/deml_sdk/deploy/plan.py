"""Plans of deployments: made, shown, and then carried out; what is there already is not made again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from deml.base.types import Address
from deml_sdk.addresses import checksummed
from deml_sdk.chain import contracts
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.reading import ChainReading
from deml_sdk.chain.transactions import Call, Gas, InstanceAccount, Receipt, Sender
from deml_sdk.chain.trust import NOBODY
from deml_sdk.deploy import factories
from deml_sdk.deploy.errors import AuthorityThere, OwnedByOther, SuiteMissing
from deml_sdk.deploy.order import ConsensusKind, DeploymentOrder, DeploymentRecord
from deml_sdk.errors import CallFailed
from deml_sdk.market.intent import Intent
from deml_sdk.outages import through_outages
from deml_sdk.progress import SILENT, Observer
from deml_sdk.suites import CARTESI_2_2

if TYPE_CHECKING:
    from web3 import Web3

LATER_GAS: Final = {"newApplication": 1_700_000, "renounceOwnership": 40_000, "create": 2_250_000}
"""Gas of transactions that cannot be estimated before those they wait for: measured on anvil, rounded up."""


@dataclass(frozen=True, slots=True)
class DeploymentPlan:
    """What a deployment will come to: its record, and the transactions that are left to send, in order."""

    record: DeploymentRecord
    calls: tuple[Call, ...]

    def intent(self, chain: Chain) -> Intent:
        """Put the plan in the form in which what cannot be undone is shown.

        Raises
        ------
        ContractReverted, TooMuchGas
        """
        order = self.record.order
        _, gas = chain.priced(self.calls[:1], order.deployer)
        for call in self.calls[1:]:
            gas += Gas(LATER_GAS[call.function], gas.price, exact=False)
        return Intent(
            action=f"deploy an Application on chain {self.record.chain_id}",
            sends={
                "application": self.record.app,
                "machine": "0x" + order.template_hash.hex(),
                "consensus": f"{order.kind} at {self.record.consensus}",
                "accepts claims": ", ".join(order.members),
                "model registry": self.record.model_registry,
                "transactions": ", ".join(f"{one.contract}.{one.function}" for one in self.calls) or "none are left",
            },
            public=("the Application, who may accept claims, and who deployed it",),
            calls=self.calls,
            gas=gas,
            warnings=("Once its ownership is renounced, nobody can change the Application's consensus.",),
        )

    def unsigned(self) -> str:
        """Write the transactions as Safe's Transaction Builder reads them; any other multisig takes the same values."""
        document = {
            "version": "1.0",
            "chainId": str(self.record.chain_id),
            "createdAt": 0,
            "meta": {"name": f"DeML Application {self.record.app}", "description": "In this order, from the deployer."},
            "transactions": [
                {
                    "to": checksummed(one.to),
                    "value": str(one.value),
                    "data": "0x" + one.data.hex(),
                    "contractMethod": None,
                    "contractInputsValues": None,
                }
                for one in self.calls
            ],
        }
        return json.dumps(document, indent=2) + "\n"


def make_plan(reader: ChainReading, order: DeploymentOrder) -> DeploymentPlan:
    """Find out what an order comes to on a chain, and what is left to do.

    Raises
    ------
    SuiteMissing
        If contracts it builds on are not there, or the existing consensus is not.
    AuthorityThere
        If its Authority is there, but not with its Application.
    OwnedByOther
        If its Application is there and somebody else's.
    """
    factories.require_suite(reader)
    app, consensus = factories.addresses_of(reader, order)
    record = record_of(order, reader.chain_id, app, consensus)
    if order.kind is ConsensusKind.EXISTING and not reader.code(consensus):
        raise SuiteMissing(record.suite, "consensus", consensus)
    return DeploymentPlan(record, tuple(_calls(reader, order, app, consensus)))


def chain_of(web3: Web3, record: DeploymentRecord) -> Chain:
    """See a chain as a deployment's Application does."""
    return Chain(web3, record.app, CARTESI_2_2.erc20_portal)


def carry_out(chain: Chain, sender: Sender, plan: DeploymentPlan, observer: Observer = SILENT) -> list[Receipt]:
    """Send what is left, each transaction after the one before is in a block; through outages once one is sent.

    A run that was cut off goes on by a new plan of the same order.

    Raises
    ------
    ContractReverted, TransactionReverted, TransactionPending, TooMuchGas, NotEnoughTokens
    """
    receipts: list[Receipt] = []
    for call in plan.calls:
        tx_hash = _sent(chain, sender, call, observer, begun=bool(receipts))
        receipts.append(through_outages(partial(chain.wait_for, tx_hash), observer))
    return receipts


def _sent(chain: Chain, sender: Sender, call: Call, observer: Observer, *, begun: bool) -> str:
    """Send one transaction; only one that the sender signs can be sent again."""
    if isinstance(sender, InstanceAccount):
        return chain.submit(sender, call)
    sign = partial(chain.sign, sender, call)
    signed = through_outages(sign, observer) if begun else sign()
    through_outages(partial(chain.broadcast, signed), observer, final=(CallFailed,))
    return signed.tx_hash


def record_of(order: DeploymentOrder, chain_id: int, app: Address, consensus: Address) -> DeploymentRecord:
    """Write down what an order comes to on a chain."""
    suite = CARTESI_2_2
    return DeploymentRecord(
        order=order,
        chain_id=chain_id,
        app=app,
        consensus=consensus,
        suite=suite.name,
        input_box=suite.input_box,
        erc20_portal=suite.erc20_portal,
        safe_transfer=suite.safe_transfer,
        model_registry=factories.registry_address(),
    )


def _calls(reader: ChainReading, order: DeploymentOrder, app: Address, consensus: Address) -> list[Call]:
    calls = _application(reader, order, app, consensus)
    if not reader.code(factories.registry_address()):
        calls.append(factories.registry_call())
    return calls


def _application(reader: ChainReading, order: DeploymentOrder, app: Address, consensus: Address) -> list[Call]:
    if reader.code(app):
        (owner,) = reader.read("Application", app, contracts.OWNER)
        if owner == NOBODY:
            return []
        if owner != order.deployer:
            raise OwnedByOther(app, owner)
        return [factories.renounce_call(app)]
    renounce = factories.renounce_call(app)
    if order.kind is ConsensusKind.AUTHORITY:
        if reader.code(consensus):
            raise AuthorityThere(consensus)
        return [factories.authority_call(order), renounce]
    application = factories.application_call(order, consensus)
    if order.kind is ConsensusKind.QUORUM and not reader.code(consensus):
        return [factories.quorum_call(order), application, renounce]
    return [application, renounce]
