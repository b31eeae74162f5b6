"""Applications are deployed with Cartesi's factories on anvil; a verification finds what was tampered with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deml.base.types import Address
from deml.wire.abi import encode_values
from deml_devnet.chain.local import LocalChain
from deml_sdk.addresses import checksummed
from deml_sdk.deploy import factories
from deml_sdk.deploy.errors import AuthorityThere, OwnedByOther, SuiteMissing
from deml_sdk.deploy.order import ConsensusKind, DeploymentOrder, DeploymentRecord
from deml_sdk.deploy.plan import carry_out, chain_of, make_plan
from deml_sdk.deploy.verify import Verification, verify
from deml_sdk.suites import CARTESI_2_2
from deml_sdk.wallet.remote import RemoteKey
from deml_sdk.wallet.salts import Context
from deml_sdk.wallet.wallets import devnet_wallet
from tests.integration.devnet.live_chain import live_chain

DEPLOYER = devnet_wallet("sponsor")
MEMBERS = tuple(devnet_wallet(f"client{number}").address for number in (1, 2, 3))
HASH = b"\x5a" * 32
AUTHORITY = DeploymentOrder(HASH, DEPLOYER.address, ConsensusKind.AUTHORITY, MEMBERS[:1], 720)
QUORUM = DeploymentOrder(HASH, DEPLOYER.address, ConsensusKind.QUORUM, MEMBERS, 720)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChain]:
    with live_chain(tmp_path_factory.mktemp("deploy")) as made:
        yield made.chain


@pytest.fixture
def chain(local: LocalChain) -> Iterator[LocalChain]:
    """The chain, which forgets what the test did."""
    snapshot = local.rpc("evm_snapshot")
    yield local
    local.rpc("evm_revert", [snapshot])


def deployed(chain: LocalChain, order: DeploymentOrder) -> DeploymentRecord:
    plan = make_plan(chain, order)
    carry_out(chain_of(chain.web3, plan.record), DEPLOYER, plan)
    return plan.record


def verified(chain: LocalChain, record: DeploymentRecord, template_hash: bytes | None = None) -> Verification:
    return verify(chain_of(chain.web3, record), record, template_hash)


def wrong(found: Verification) -> set[str]:
    return {one.subject for one in found.checks if not one.holds}


@pytest.mark.parametrize(("order", "transactions"), [(AUTHORITY, 2), (QUORUM, 3)], ids=["authority", "quorum"])
def test_a_deployment_is_planned_sent_and_verified(chain: LocalChain, order: DeploymentOrder, transactions: int):
    plan = make_plan(chain, order)
    assert len(plan.calls) == transactions
    seen = chain_of(chain.web3, plan.record)
    intent = plan.intent(seen)
    receipts = carry_out(seen, DEPLOYER, plan)
    assert sum(one.gas_used for one in receipts) <= intent.gas.units
    found = verified(chain, plan.record, HASH)
    assert wrong(found) == set()
    assert found.trust is not None
    assert (found.trust.claimers, found.trust.owned) == (order.members, False)
    assert make_plan(chain, order).calls == ()
    assert DeploymentRecord.of_json(plan.record.to_file(), "record") == plan.record


def test_an_application_for_a_consensus_that_is_there(chain: LocalChain):
    consensus = deployed(chain, QUORUM).consensus
    record = deployed(chain, DeploymentOrder(HASH, DEPLOYER.address, ConsensusKind.EXISTING, (consensus,), None))
    found = verified(chain, record)
    assert wrong(found) == set()
    assert found.trust is not None
    assert found.trust.claimers == MEMBERS
    assert any("was not checked" in one for one in found.warnings)


@pytest.mark.parametrize("order", [AUTHORITY, QUORUM], ids=["authority", "quorum"])
def test_a_run_that_was_cut_off_goes_on(chain: LocalChain, order: DeploymentOrder):
    plan = make_plan(chain, order)
    carry_out(chain_of(chain.web3, plan.record), DEPLOYER, replace(plan, calls=plan.calls[:-1]))
    assert wrong(verified(chain, plan.record)) == {"owner"}
    left = make_plan(chain, order)
    assert left.calls == plan.calls[-1:]
    carry_out(chain_of(chain.web3, left.record), DEPLOYER, left)
    assert wrong(verified(chain, left.record)) == set()


def test_a_registry_that_is_missing_is_made_where_every_chain_has_it(chain: LocalChain):
    place = factories.registry_address()
    code = chain.code(place)
    chain.rpc("anvil_setCode", [place, "0x"])
    chain.rpc("anvil_setNonce", [place, "0x0"])
    plan = make_plan(chain, AUTHORITY)
    assert [one.function for one in plan.calls] == ["deployContracts", "renounceOwnership", "create"]
    seen = chain_of(chain.web3, plan.record)
    intent = plan.intent(seen)
    receipts = carry_out(seen, DEPLOYER, replace(plan, calls=plan.calls[:2]))
    assert wrong(verified(chain, plan.record)) == {"registry code"}
    left = make_plan(chain, AUTHORITY)
    receipts += carry_out(seen, DEPLOYER, left)
    assert sum(one.gas_used for one in receipts) <= intent.gas.units
    assert (chain.code(place), wrong(verified(chain, plan.record))) == (code, set())


def test_a_record_that_names_another_registry_is_found(chain: LocalChain):
    record = replace(deployed(chain, AUTHORITY), model_registry=CARTESI_2_2.input_box)
    assert wrong(verified(chain, record)) == {"model registry"}


def test_a_payout_library_of_other_code_is_found(chain: LocalChain):
    record = deployed(chain, AUTHORITY)
    chain.rpc("anvil_setCode", [CARTESI_2_2.safe_transfer, "0x00"])
    assert wrong(verified(chain, record)) == {"payout code"}
    with pytest.raises(SuiteMissing, match="safe_transfer"):
        make_plan(chain, QUORUM)


def test_a_record_that_names_another_payout_library_is_found(chain: LocalChain):
    record = replace(deployed(chain, AUTHORITY), safe_transfer=MEMBERS[0])
    assert wrong(verified(chain, record)) == {"payout library"}


def test_an_owner_who_stayed_is_found_and_one_who_is_not_the_deployer_stops_a_plan(chain: LocalChain):
    plan = make_plan(chain, AUTHORITY)
    seen = chain_of(chain.web3, plan.record)
    carry_out(seen, DEPLOYER, replace(plan, calls=plan.calls[:1]))
    transfer = replace(plan.calls[1], data=bytes.fromhex("f2fde38b") + encode_values(("address",), (MEMBERS[1],)))
    seen.send(DEPLOYER, transfer)
    found = verified(chain, plan.record)
    assert wrong(found) == {"owner"}
    assert found.trust is not None
    assert any(MEMBERS[1] in one for one in found.trust.warnings)
    with pytest.raises(OwnedByOther):
        make_plan(chain, AUTHORITY)


def test_a_consensus_that_was_replaced_is_found(chain: LocalChain):
    other = deployed(chain, QUORUM).consensus
    plan = make_plan(chain, AUTHORITY)
    seen = chain_of(chain.web3, plan.record)
    carry_out(seen, DEPLOYER, replace(plan, calls=plan.calls[:1]))
    migrate = replace(plan.calls[1], data=bytes.fromhex("bf8abff8") + encode_values(("address",), (other,)))
    seen.send(DEPLOYER, migrate)
    seen.send(DEPLOYER, plan.calls[1])
    assert wrong(verified(chain, plan.record)) == {"consensus", "consensus kind", "accepts claims"}


def test_another_machine_than_ones_own_is_found(chain: LocalChain):
    assert wrong(verified(chain, deployed(chain, AUTHORITY), b"\x5b" * 32)) == {"template hash"}


def test_a_record_that_lies_is_found(chain: LocalChain):
    record = deployed(chain, QUORUM)
    order = record.order

    def lie(**changes: object) -> set[str]:
        return wrong(verified(chain, replace(record, order=replace(order, **changes))))

    assert lie(template_hash=b"\x5b" * 32) == {"application address", "template hash"}
    assert lie(members=MEMBERS[:2]) == {"application address", "consensus address", "accepts claims"}
    assert lie(epoch_length=721) == {"application address", "consensus address", "epoch length"}
    assert lie(deployer=MEMBERS[0]) == {"application address"}
    assert wrong(verified(chain, replace(record, app=MEMBERS[0]))) == {"application"}
    assert wrong(verified(chain, replace(record, chain_id=1))) == {"chain"}


def test_a_second_machine_of_one_authority_is_a_matter_of_salt_or_consensus(chain: LocalChain):
    first = deployed(chain, AUTHORITY)
    next_machine = replace(AUTHORITY, template_hash=b"\x5b" * 32)
    with pytest.raises(AuthorityThere, match=first.consensus):
        make_plan(chain, next_machine)
    assert wrong(verified(chain, deployed(chain, replace(next_machine, salt=b"\x01" * 32)))) == set()
    same = DeploymentOrder(b"\x5b" * 32, DEPLOYER.address, ConsensusKind.EXISTING, (first.consensus,), None)
    assert wrong(verified(chain, deployed(chain, same))) == set()


def test_a_signer_deploys_with_a_key_that_is_not_here(
    chain: LocalChain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Anvil holds the devnet's keys and signs with them, as Web3Signer does with those of an HSM."""
    from deml_cli.app import root

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEML_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DEML_RPC_URL", chain.url)
    order = ["--template-hash", "0x" + HASH.hex(), "--authority", MEMBERS[0], "--wallet", checksummed(DEPLOYER.address)]
    refused = CliRunner().invoke(root, ["deploy", "run", *order, "--yes"])
    assert refused.exit_code != 0
    assert "--signer-url" in refused.stderr
    done = CliRunner().invoke(root, ["deploy", "run", *order, "--yes", "--signer-url", chain.url, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["holds"], len(told["transactions"])) == (True, 2)
    data = Context("model", chain.chain_id, Address(told["record"]["app"]), bytes(32)).typed_data(DEPLOYER.address)
    assert RemoteKey(chain.url, DEPLOYER.address).sign_typed_data(data) == DEPLOYER.sign_typed_data(data)


def test_a_multisig_sends_what_was_written_unsigned(chain: LocalChain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The multisig is an account without a key, for which anvil sends."""
    from deml_cli.app import root

    safe = Address("0x" + "5a" * 20)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEML_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DEML_RPC_URL", chain.url)
    command = ["deploy", "run", "--template-hash", "0x" + HASH.hex(), "--wallet", safe, "--json"]
    for member in MEMBERS:
        command += ["--validator", member]
    written = CliRunner().invoke(root, [*command, "--unsigned", "safe.json"])
    assert written.exit_code == 0, written.output
    batch = json.loads((tmp_path / "safe.json").read_text())
    assert (batch["chainId"], len(batch["transactions"])) == (str(chain.chain_id), 3)
    assert not (tmp_path / "deml-deployment.json").exists()
    chain.rpc("anvil_impersonateAccount", [safe])
    chain.rpc("anvil_setBalance", [safe, hex(10**19)])
    for one in batch["transactions"]:
        asked = {"from": safe, "to": one["to"], "value": hex(int(one["value"])), "data": one["data"]}
        chain.rpc("eth_sendTransaction", [asked])
        chain.rpc("anvil_mine", ["0x1"])
    done = CliRunner().invoke(root, command)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["record"] == json.loads(written.stdout)["record"]
    record = DeploymentRecord.of_json((tmp_path / "deml-deployment.json").read_bytes(), "record")
    assert wrong(verified(chain, record, HASH)) == set()


def test_the_library_is_known_by_its_published_code(chain: LocalChain):
    assert factories.is_payout_library(chain, CARTESI_2_2.safe_transfer)
    assert not factories.is_payout_library(chain, CARTESI_2_2.input_box)
    assert not factories.is_payout_library(chain, MEMBERS[0])


def test_by_command(chain: LocalChain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from deml_cli.app import root

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEML_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DEML_RPC_URL", chain.url)

    def deml(*arguments: str) -> Result:
        return CliRunner().invoke(root, ["deploy", *arguments, "--json"])

    machine = tmp_path / "image"
    machine.mkdir()
    (machine / "hash").write_bytes(HASH)
    chosen = ["--machine", str(machine), "--wallet", "sponsor"]
    for member in MEMBERS:
        chosen += ["--validator", member]
    shown = json.loads(deml("plan", *chosen).stdout)
    assert [one["function"] for one in shown["calls"]] == ["newQuorum", "newApplication", "renounceOwnership"]
    assert not chain.code(Address(shown["record"]["app"]))
    done = deml("run", *chosen, "--yes", "--write-profile", "market")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["record"] == shown["record"]
    assert len(json.loads(done.stdout)["transactions"]) == 3
    for_others = [DEPLOYER.address if one == "sponsor" else one for one in chosen]
    assert json.loads(deml("run", *for_others).stdout)["transactions"] == []
    checked = deml("verify", "--profile", "market")
    assert checked.exit_code == 0
    assert json.loads(checked.stdout)["warnings"] == ["Any 2 of 3 validators together could empty the escrow."]
    refuted = deml("verify", "--template-hash", "0x" + "5b" * 32)
    assert refuted.exit_code == 1
    assert not json.loads(refuted.stdout)["holds"]
    assert deml("plan", *chosen, "--authority", MEMBERS[0]).exit_code == 2
    assert deml("plan", *chosen, "--template-hash", "0x" + HASH.hex()).exit_code == 2
    assert deml("plan", *chosen[2:]).exit_code == 2
