"""A program's own Web3 instance, with its middleware and its signer, on a real chain with the real contracts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from eth_account import Account
from web3 import HTTPProvider, Web3
from web3.middleware import SignAndSendRawMiddlewareBuilder, Web3Middleware

from deml.base.types import Address, Amount
from deml_devnet.chain import abi
from deml_sdk.chain import contracts
from deml_sdk.chain.contracts import ERRORS
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.transactions import Call, Receipt, Sender
from deml_sdk.errors import CallFailed, ContractReverted, NotEnoughTokens, TransactionReverted
from deml_sdk.wallet.wallets import devnet_wallet
from tests.integration.devnet.live_chain import LiveChain, live_chain

SIGNER = Account.from_key(b"\x42" * 32)
"""An account that nobody but the program's own middleware knows."""


class Recorder(Web3Middleware):
    """A middleware of the program's own, the outermost one: it sees what is asked before anything is signed."""

    seen: list[tuple[str, Any]]

    def request_processor(self, method: Any, params: Any) -> Any:
        self.seen.append((method, params))
        return method, params


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveChain]:
    with live_chain(tmp_path_factory.mktemp("chain")) as made:
        made.chain.rpc("anvil_setBalance", [SIGNER.address, hex(10**18)])
        yield made


@pytest.fixture
def seen() -> list[tuple[str, Any]]:
    return []


@pytest.fixture
def web3(place: LiveChain, seen: list[tuple[str, Any]]) -> Iterator[Web3]:
    made = Web3(HTTPProvider(place.chain.url))
    made.middleware_onion.add(type("Recorder", (Recorder,), {"seen": seen}))
    yield made
    made.provider._request_session_manager.cache_and_return_session(made.provider.endpoint_uri).close()


@pytest.fixture
def chain(place: LiveChain, web3: Web3) -> Chain:
    return Chain(web3, Address(place.contracts.app_address), Address(place.contracts.erc20_portal))


def senders(place: LiveChain, chain: Chain) -> int:
    (count,) = chain.read("InputBox", chain.input_box, contracts.NUMBER_OF_INPUTS, chain.app)
    return int(count)


def send(place: LiveChain, chain: Chain, sender: Sender) -> Receipt:
    """Send an input, and check that it is the sender's and the next."""
    before = senders(place, chain)
    receipt = chain.send(sender, chain.input_call(b"hello"))
    assert receipt.input_index == before
    transaction = chain.web3.eth.get_transaction(receipt.tx_hash)
    assert str(transaction["from"]).lower() == sender.address
    return receipt


def test_a_signing_middleware_sends_inputs(place: LiveChain, web3: Web3, chain: Chain, seen: list[tuple[str, Any]]):
    web3.middleware_onion.inject(SignAndSendRawMiddlewareBuilder.build(SIGNER), layer=0)
    web3.eth.default_account = SIGNER.address
    first, second = (send(place, chain, chain.default_account()) for _ in range(2))
    assert second.block > first.block
    asked = [params[0] for method, params in seen if method == "eth_sendTransaction"]
    assert [one["from"].lower() for one in asked] == [SIGNER.address.lower()] * 2
    assert web3.middleware_onion.as_tuple_of_middleware()[0].__name__ == "Recorder"


def test_an_account_whose_key_the_node_holds_sends_inputs(place: LiveChain, web3: Web3, chain: Chain):
    web3.eth.default_account = Web3.to_checksum_address(place.accounts[3])
    send(place, chain, chain.default_account())


def test_a_wallet_signs_by_itself_over_a_programs_instance(place: LiveChain, chain: Chain, seen: list[tuple[str, Any]]):
    send(place, chain, devnet_wallet("client1"))
    methods = [method for method, _ in seen]
    assert "eth_sendRawTransaction" in methods
    assert "eth_sendTransaction" not in methods


def test_tokens_are_deposited_by_a_signing_middleware(place: LiveChain, web3: Web3, chain: Chain):
    web3.middleware_onion.inject(SignAndSendRawMiddlewareBuilder.build(SIGNER), layer=0)
    web3.eth.default_account = SIGNER.address
    account, token = chain.default_account(), Address(place.contracts.token)
    with pytest.raises(NotEnoughTokens, match="needs 5"):
        chain.deposit_calls(account.address, token, Amount(5 * 10**18), b"")
    chain.send(devnet_wallet("client1"), Call("token", "transfer", token, transfer(account.address, 9)))
    for call in chain.deposit_calls(account.address, token, Amount(5), b"terms"):
        receipt = chain.send(account, call)
    assert receipt.input_index == senders(place, chain) - 1
    assert (chain.balance(token, account.address), chain.balance(token, chain.app)) == (4, 5)


def transfer(to: Address, amount: int) -> bytes:
    return abi.calldata("transfer(address,uint256)", to, amount)


def test_an_account_that_nobody_signs_for_sends_nothing(place: LiveChain, web3: Web3, chain: Chain):
    stranger = Account.from_key(b"\x43" * 32).address
    place.chain.rpc("anvil_setBalance", [stranger, hex(10**18)])
    web3.eth.default_account = stranger
    before = senders(place, chain)
    with pytest.raises(CallFailed, match="eth_sendTransaction"):
        chain.send(chain.default_account(), chain.input_call(b""))
    assert senders(place, chain) == before


def reverting_with(place: LiveChain, address: str, data: bytes) -> Address:
    """Put a contract on chain that reverts with `data`, whatever it is asked."""
    size = len(data).to_bytes(2, "big").hex()
    copy_and_revert = f"61{size}600e600039" + f"61{size}6000fd"
    place.chain.rpc("anvil_setCode", [address, "0x" + copy_and_revert + data.hex()])
    return Address(address)


def test_a_hostile_contract_neither_stops_the_program_nor_makes_it_fetch(place: LiveChain, chain: Chain):
    from eth_abi.abi import encode

    panic = next(one for one in ERRORS if one.name == "Panic").encode((2,))
    lookup = bytes.fromhex("556f1830") + encode(
        ["address", "string[]", "bytes", "bytes4", "bytes"],
        ["0x" + "66" * 20, [place.chain.url + "/{sender}/{data}"], b"", b"1234", b""],
    )
    for number, (data, words) in enumerate([(panic, r"Panic\(2\)"), (lookup, "unknown error 0x556f1830")]):
        hostile = reverting_with(place, f"0x{0x66 + number:040x}", data)
        with pytest.raises(ContractReverted, match=words):
            chain.balance(hostile, hostile)
        with pytest.raises(ContractReverted, match=words):
            chain.send(devnet_wallet("client1"), Call("token", "approve", hostile, b"\x01\x02\x03\x04"))


def test_a_transaction_that_fails_after_all_is_told(place: LiveChain, web3: Web3, chain: Chain):
    """What a middleware sends in another's place may be reverted: here one that takes the gas away."""

    class Miser(Web3Middleware):
        def request_processor(self, method: Any, params: Any) -> Any:
            if method == "eth_sendTransaction":
                params = ({**params[0], "gas": hex(40_000)},)
            return method, params

    web3.middleware_onion.add(Miser)
    web3.eth.default_account = Web3.to_checksum_address(place.accounts[4])
    with pytest.raises(TransactionReverted):
        chain.send(chain.default_account(), chain.input_call(bytes(100)))
