"""The chain client: what it sends, how it waits, and how it tells refusals from failures."""

from __future__ import annotations

from typing import Any

import pytest
from eth_utils.crypto import keccak

from deml.base.types import Amount
from deml.wire.abi import Function
from deml_sdk.chain import contracts
from deml_sdk.chain.application import MAX_TRANSACTION_GAS
from deml_sdk.chain.connection import connect
from deml_sdk.chain.contracts import View, revert_reason
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.proof import Proof
from deml_sdk.chain.transactions import APPROVE_GAS, deposit_gas
from deml_sdk.chain.trust import AUTHORITY, NOBODY, QUORUM, UNKNOWN, read_trust
from deml_sdk.errors import (
    BadAnswer,
    CallFailed,
    ContractReverted,
    NoContract,
    NotEnoughTokens,
    ServiceUnreachable,
    TooMuchGas,
    TransactionPending,
    TransactionReverted,
)
from tests.support.fake_chain import (
    APP,
    CONSENSUS,
    INPUT_BOX,
    PORTAL,
    TOKEN,
    WALLET,
    FakeChain,
    receipt_of,
    reverted,
)
from tests.support.fake_services import RpcFailure, Services


@pytest.fixture
def fake(services: Services) -> FakeChain:
    return FakeChain(services)


@pytest.fixture
def chain(services: Services, fake: FakeChain) -> Any:
    made = Chain(connect(services.url), APP, PORTAL)
    yield made
    made.close()


def functions() -> list[Function]:
    found = [one for one in vars(contracts).values() if isinstance(one, Function)]
    views = [one.function for one in vars(contracts).values() if isinstance(one, View)]
    return [*found, *views, *contracts.ERRORS]


@pytest.mark.parametrize("function", functions(), ids=lambda one: one.name)
def test_selectors_are_those_of_their_signatures(function: Function):
    assert keccak(text=function.signature)[:4] == function.selector


def test_the_event_is_the_input_boxes():
    assert "0x" + keccak(text="InputAdded(address,uint256,bytes)").hex() == contracts.INPUT_ADDED_TOPIC


def test_an_input_is_sent_signed_with_room_for_gas(chain: Chain, fake: FakeChain, services: Services):
    fake.receipt = receipt_of(7)
    receipt = chain.send(WALLET, chain.input_call(b"\x01\x02"))
    assert (receipt.input_index, receipt.block, receipt.gas_used) == (7, 11, 0x1234)
    (raw,) = services.calls("eth_sendRawTransaction")[0]
    from eth_account.typed_transactions import TypedTransaction
    from hexbytes import HexBytes

    sent = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    assert (sent["chainId"], sent["nonce"], sent["gas"], sent["value"]) == (31337, 5, 120_000, 0)
    assert (sent["maxFeePerGas"], sent["maxPriorityFeePerGas"]) == (2 * 10**9 + 1, 1)
    assert bytes(sent["to"]).hex() == INPUT_BOX[2:]
    assert contracts.ADD_INPUT.decode(bytes(sent["data"])) == (APP, b"\x01\x02")


def test_only_the_input_boxes_event_for_this_application_counts(chain: Chain, fake: FakeChain):
    for stranger in (receipt_of(7, app=TOKEN), receipt_of(7, box=TOKEN)):
        fake.receipt = stranger
        assert chain.send(WALLET, chain.input_call(b"")).input_index is None


def test_nothing_is_sent_that_would_be_reverted(chain: Chain, fake: FakeChain, services: Services):
    too_large = contracts.ERRORS[7]
    fake.failures[contracts.ADD_INPUT.selector.hex()] = reverted(too_large.encode((APP, 65_540, 65_536)))
    with pytest.raises(ContractReverted, match=r"InputTooLarge\(0xa1.*65540, 65536\)"):
        chain.send(WALLET, chain.input_call(b"\x01"))
    assert services.calls("eth_sendRawTransaction") == []


def test_nothing_is_sent_that_no_block_takes(chain: Chain, fake: FakeChain, services: Services):
    fake.gas = MAX_TRANSACTION_GAS + 1
    with pytest.raises(TooMuchGas):
        chain.send(WALLET, chain.input_call(b"\x01"))
    assert services.calls("eth_sendRawTransaction") == []
    fake.gas, fake.receipt = MAX_TRANSACTION_GAS, receipt_of(1)
    assert chain.send(WALLET, chain.input_call(b"\x01")).input_index == 1


def test_nothing_is_signed_that_the_wallet_cannot_pay_gas_for(chain: Chain, fake: FakeChain, services: Services):
    services.methods["eth_getBalance"] = lambda _: hex(120_000 * (2 * 10**9 + 1) - 1)
    with pytest.raises(NotEnoughTokens, match=r"needs 0\.00024000000012 ETH; the wallet holds 0\.000240000000119999"):
        chain.send(WALLET, chain.input_call(b"\x01"))
    assert services.calls("eth_sendRawTransaction") == []


def test_a_chain_without_base_fees_is_not_understood(chain: Chain, services: Services):
    services.methods["eth_getBlockByNumber"] = lambda _: {"number": "0x1", "timestamp": "0x1"}
    with pytest.raises(BadAnswer, match="EIP-1559"):
        chain.send(WALLET, chain.input_call(b"\x01"))


def test_waiting_polls_ever_slower_and_gives_up(chain: Chain, fake: FakeChain):
    pauses: list[float] = []
    with pytest.raises(TransactionPending):
        chain.wait_for("0x12", seconds=10, sleep=pauses.append)
    assert pauses == sorted(pauses)
    assert 10 <= sum(pauses) < 13


def test_waiting_ends_with_the_block(chain: Chain, fake: FakeChain):
    fake.pending, fake.receipt = 3, receipt_of(2)
    pauses: list[float] = []
    assert chain.wait_for("0x12", sleep=pauses.append).input_index == 2
    assert len(pauses) == 3


def test_a_reverted_transaction_is_an_error(chain: Chain, fake: FakeChain):
    fake.receipt = {**receipt_of(1), "status": "0x0"}
    with pytest.raises(TransactionReverted, match="block 11"):
        chain.send(WALLET, chain.input_call(b""))


def test_a_deposit_approves_exactly_what_is_missing(chain: Chain, fake: FakeChain, services: Services):
    fake.say(TOKEN, contracts.BALANCE_OF, 1_000)
    fake.say(TOKEN, contracts.ALLOWANCE, 499)
    fake.receipt = receipt_of(3)
    approve, deposit = chain.deposit_calls(WALLET.address, TOKEN, Amount(500), b"\x01")
    assert [chain.send(WALLET, one).input_index for one in (approve, deposit)] == [3, 3]
    assert contracts.APPROVE.decode(approve.data) == (PORTAL, 500)
    assert contracts.DEPOSIT_ERC20.decode(deposit.data) == (TOKEN, APP, 500, b"\x01")
    assert len(services.calls("eth_sendRawTransaction")) == 2
    fake.say(TOKEN, contracts.ALLOWANCE, 500)
    assert len(chain.deposit_calls(WALLET.address, TOKEN, Amount(500), b"\x01")) == 1


def test_an_allowance_that_cannot_be_changed_is_set_to_zero_first(chain: Chain, fake: FakeChain):
    """As with USDT: a change from one allowance to another is refused."""
    fake.say(TOKEN, contracts.BALANCE_OF, 1_000)
    fake.say(TOKEN, contracts.ALLOWANCE, 499)
    fake.failures[contracts.APPROVE.selector.hex()] = reverted()
    reset, approve, deposit = chain.deposit_calls(WALLET.address, TOKEN, Amount(500), b"")
    assert contracts.APPROVE.decode(reset.data) == (PORTAL, 0)
    assert contracts.APPROVE.decode(approve.data) == (PORTAL, 500)
    assert contracts.DEPOSIT_ERC20.decode(deposit.data) == (TOKEN, APP, 500, b"")
    fake.failures.clear()
    _, calls = chain.priced([reset, approve, deposit], WALLET.address)
    assert (calls.units, calls.exact) == (100_000 + APPROVE_GAS + deposit_gas(len(deposit.data)), False)
    fake.say(TOKEN, contracts.ALLOWANCE, 0)
    fake.failures[contracts.APPROVE.selector.hex()] = reverted()
    assert len(chain.deposit_calls(WALLET.address, TOKEN, Amount(500), b"")) == 2


def test_a_deposit_without_the_tokens_says_how_many_are_missing(chain: Chain, fake: FakeChain):
    fake.say(TOKEN, contracts.BALANCE_OF, 15 * 10**17)
    fake.say(TOKEN, contracts.DECIMALS, 18)
    fake.say(TOKEN, contracts.SYMBOL, "TOK")
    with pytest.raises(NotEnoughTokens, match=r"needs 2 TOK; the wallet holds 1\.5"):
        chain.deposit_calls(WALLET.address, TOKEN, Amount(2 * 10**18), b"")


def test_estimates_add_up_and_say_when_they_are_rough(chain: Chain, fake: FakeChain):
    approve, deposit = chain.approve_call(TOKEN, Amount(1)), chain.deposit_call(TOKEN, Amount(1), b"x" * 100)
    _, alone = chain.priced([deposit], WALLET.address)
    assert (alone.units, alone.exact, alone.wei) == (100_000, True, 100_000 * (2 * 10**9 + 1))
    _, both = chain.priced([approve, deposit], WALLET.address)
    assert both.units == 100_000 + deposit_gas(len(deposit.data))
    assert both.describe().startswith("about ")


def test_output_execution_carries_the_proof(chain: Chain, fake: FakeChain):
    fake.receipt = {"status": "0x1", "blockNumber": "0x1", "gasUsed": "0x1", "logs": []}
    proof = Proof(9, tuple(bytes([n]) * 32 for n in range(63)))
    call = chain.execute_call(b"output", proof)
    assert contracts.EXECUTE_OUTPUT.decode(call.data) == (b"output", (9, proof.siblings))
    assert chain.send(WALLET, call).input_index is None


def test_executed_or_not(chain: Chain, fake: FakeChain):
    fake.say(APP, contracts.WAS_EXECUTED, True)
    assert chain.was_executed(1)


def test_an_account_without_code_is_no_contract(chain: Chain):
    with pytest.raises(NoContract, match=r"no token at 0xd4"):
        chain.token(TOKEN)


def test_a_client_that_fails_is_not_a_contract_that_refuses(chain: Chain, fake: FakeChain, services: Services):
    fake.failures[contracts.ADD_INPUT.selector.hex()] = RpcFailure(-32005, "daily request count exceeded")
    with pytest.raises(CallFailed, match="daily request count"):
        chain.send(WALLET, chain.input_call(b""))
    del services.methods["eth_chainId"]
    with pytest.raises(CallFailed, match="eth_chainId with error -32601"):
        _ = chain.chain_id


def test_finalised_and_missing_blocks(chain: Chain):
    assert chain.finalized_block().number == 10
    with pytest.raises(Exception, match="has no 99 block"):
        chain.block(99)


def test_an_unreachable_chain_is_named_without_its_access_key():
    chain = Chain(connect("http://user:hunter2@127.0.0.1:9/v3/0123456789"), APP, PORTAL)
    with pytest.raises(ServiceUnreachable) as caught:
        chain.latest_block()
    assert "hunter2" not in repr(caught.value.as_report())
    assert "0123456789" not in repr(caught.value.as_report())
    assert "http://127.0.0.1:9/..." in str(caught.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no reason given"),
        (b"\x12\x34\x56\x78", "unknown error 0x12345678"),
        (contracts.ERRORS[0].encode(("too late",)), "too late"),
        (contracts.ERRORS[0].selector + b"\x01", "Error"),
        (contracts.ERRORS[4].encode((b"\x01" * 32,)), "InvalidOutputsMerkleRoot(0x" + "01" * 32 + ")"),
        (contracts.ERRORS[3].selector, "InvalidOutputHashesSiblingsArrayLength()"),
    ],
)
def test_reverts_are_told_in_words(data: bytes, reason: str):
    assert revert_reason(data) == reason


def test_trust_in_an_authority(chain: Chain, fake: FakeChain):
    fake.say(APP, contracts.OWNER, NOBODY)
    fake.say(APP, contracts.VALIDATOR, CONSENSUS)
    fake.say(CONSENSUS, contracts.OWNER, TOKEN)
    fake.failures[contracts.NUMBER_OF_VALIDATORS.function.selector.hex()] = reverted()
    trust = read_trust(chain)
    assert (trust.kind, trust.claimers, trust.owned) == (AUTHORITY, (TOKEN,), False)
    assert len(trust.warnings) == 1
    assert TOKEN in trust.warnings[0]


def test_trust_in_a_quorum_of_an_owned_application(chain: Chain, fake: FakeChain):
    fake.say(APP, contracts.OWNER, WALLET.address)
    fake.say(APP, contracts.VALIDATOR, CONSENSUS)
    fake.say(CONSENSUS, contracts.NUMBER_OF_VALIDATORS, 5)
    fake.say(CONSENSUS, contracts.VALIDATOR_BY_ID, TOKEN)
    trust = read_trust(chain)
    assert (trust.kind, len(trust.claimers), trust.owned) == (QUORUM, 5, True)
    assert WALLET.address in trust.warnings[0]
    assert "Any 3 of 5" in trust.warnings[1]


def test_trust_in_something_else_is_warned_about(chain: Chain, fake: FakeChain):
    fake.say(APP, contracts.OWNER, NOBODY)
    fake.say(APP, contracts.VALIDATOR, CONSENSUS)
    trust = read_trust(chain)
    assert trust.kind == UNKNOWN
    assert CONSENSUS in trust.warnings[0]
