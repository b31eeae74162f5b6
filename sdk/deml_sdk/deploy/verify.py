"""A deployment's record held against the chain, by somebody who trusts neither the deployer nor the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deml_sdk.chain import contracts
from deml_sdk.chain.application import input_box_of
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.trust import AUTHORITY, NOBODY, QUORUM, Trust, read_trust
from deml_sdk.deploy import factories
from deml_sdk.deploy.order import ConsensusKind, DeploymentRecord
from deml_sdk.suites import CARTESI_2_2

_KINDS = {ConsensusKind.AUTHORITY: AUTHORITY, ConsensusKind.QUORUM: QUORUM}


@dataclass(frozen=True, slots=True)
class Checked:
    """One comparison: what was looked at, whether it is as it should be, and what was found."""

    subject: str
    holds: bool
    text: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of a verification; `trust` says who has power over the escrow, whatever the record says.

    `trust` is None where the contracts are not those known here, and so cannot be asked.
    """

    record: DeploymentRecord
    checks: tuple[Checked, ...]
    trust: Trust | None

    @property
    def holds(self) -> bool:
        """Whether everything is as it should be."""
        return all(one.holds for one in self.checks)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whom one trusts, in whole sentences."""
        found = () if self.trust is None else self.trust.warnings
        if self.record.order.kind is not ConsensusKind.EXISTING:
            return found
        code = f"The code of the consensus at {self.record.consensus} was not checked: what it says may be false."
        return (*found, code)


def verify(chain: Chain, record: DeploymentRecord, template_hash: bytes | None = None) -> Verification:
    """Compare a record with the chain and with the contracts known here.

    The chain's JSON-RPC is believed: ask one's own.

    Parameters
    ----------
    chain
        Seen as the record's Application does: `deml_sdk.deploy.plan.chain_of`.
    template_hash
        Hash of the machine that one built oneself; None to take the record's.

    Raises
    ------
    NoContract, ContractReverted
        If the chain has no contracts to compare with.
    """
    checks = [*_suite(chain, record)]
    if not all(one.holds for one in checks):
        return Verification(record, tuple(checks), None)
    trust = read_trust(chain)
    checks += _addresses(chain, record)
    checks += _machine(chain, record, template_hash)
    checks += _powers(chain, record, trust)
    return Verification(record, tuple(checks), trust)


def _suite(chain: Chain, record: DeploymentRecord) -> Iterator[Checked]:
    suite = CARTESI_2_2
    yield _same("chain", chain.chain_id, record.chain_id)
    yield _same("suite", record.suite, suite.name)
    yield _same("input box", record.input_box, suite.input_box)
    yield _same("portal", record.erc20_portal, suite.erc20_portal)
    yield _same("payout library", record.safe_transfer, suite.safe_transfer)
    good = factories.is_payout_library(chain, suite.safe_transfer)
    yield Checked(
        "payout code", good, "the published code" if good else f"other code, or none, at {suite.safe_transfer}"
    )
    for name in ("input_box", "erc20_portal", "application_factory", "self_hosted_application_factory"):
        if not chain.code(getattr(suite, name)):
            yield Checked(name, False, f"no code at {getattr(suite, name)}")
    if not chain.code(record.app):
        yield Checked("application", False, f"no code at {record.app}")


def _addresses(chain: Chain, record: DeploymentRecord) -> Iterator[Checked]:
    app, consensus = factories.addresses_of(chain, record.order)
    yield _same("application address", record.app, app)
    yield _same("consensus address", record.consensus, consensus)
    yield _same("model registry", record.model_registry, factories.registry_address())
    if not chain.code(record.model_registry):
        yield Checked("registry code", False, f"no code at {record.model_registry}")


def _machine(chain: Chain, record: DeploymentRecord, template_hash: bytes | None) -> Iterator[Checked]:
    (found,) = chain.read("Application", record.app, contracts.TEMPLATE_HASH)
    expected = record.order.template_hash if template_hash is None else template_hash
    yield _same("template hash", "0x" + found.hex(), "0x" + expected.hex())
    (availability,) = chain.read("Application", record.app, contracts.DATA_AVAILABILITY)
    yield _same("inputs from", input_box_of(availability), CARTESI_2_2.input_box)


def _powers(chain: Chain, record: DeploymentRecord, trust: Trust) -> Iterator[Checked]:
    yield _same("owner", trust.owner, NOBODY)
    yield _same("consensus", trust.consensus, record.consensus)
    order = record.order
    if order.kind is ConsensusKind.EXISTING:
        return
    yield _same("consensus kind", trust.kind, _KINDS[order.kind])
    yield _same("accepts claims", ", ".join(trust.claimers), ", ".join(order.members))
    (length,) = chain.read("consensus", trust.consensus, contracts.EPOCH_LENGTH)
    yield _same("epoch length", length, order.epoch_length)


def _same(subject: str, found: object, expected: object) -> Checked:
    if found == expected:
        return Checked(subject, True, str(found))
    return Checked(subject, False, f"{found}, where {expected} is expected")
