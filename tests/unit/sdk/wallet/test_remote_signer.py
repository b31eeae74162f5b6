"""A signer signs what it was asked, or nothing is sent: another key, other calldata, rubbish, a no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from deml.base.types import Address
from deml_sdk.addresses import checksummed
from deml_sdk.errors import BadAddress, BadAnswer, ServiceUnreachable
from deml_sdk.wallet.remote import NotWithSigner, RemoteKey, SignedOther, SignerOnlySends, SignerRefused
from deml_sdk.wallet.salts import Context
from deml_sdk.wallet.wallets import NoSigner, devnet_wallet, open_wallet
from tests.support.deployment import account
from tests.support.fake_services import RpcFailure, Services

ME = devnet_wallet("client1")
KEY = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"
"""That of the devnet's client1, which everybody knows."""
TRANSACTION: dict[str, Any] = {
    "chainId": 31_337,
    "to": checksummed(account(0xB0)),
    "data": b"\x17\x89",
    "value": 0,
    "gas": 100_000,
    "maxFeePerGas": 5,
    "maxPriorityFeePerGas": 1,
    "nonce": 3,
}
DATA = Context("model", 31_337, account(0xA9), (7).to_bytes(32)).typed_data(ME.address)


@dataclass
class FakeSigner:
    """Plays Clef or Web3Signer: what it signs is first changed as a test says."""

    services: Services
    key: str = KEY
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda transaction: transaction

    def speak(self, *, clef: bool) -> None:
        names = ("account_list", "account_signTransaction", "account_signTypedData")
        if not clef:
            names = ("eth_accounts", "eth_signTransaction", "eth_signTypedData_v4")
        accounts, transaction, data = names
        self.services.methods[accounts] = lambda _: [checksummed(ME.address)]
        self.services.methods[transaction] = lambda params: self._raw(params, clef=clef)
        self.services.methods[data] = self._signature

    def _raw(self, params: list[dict[str, Any]], *, clef: bool) -> Any:
        (asked,) = params
        assert asked.pop("from") == checksummed(ME.address)
        numbers = {one: int(text, 16) for one, text in asked.items() if one not in ("to", "data")}
        signed = Account.from_key(self.key).sign_transaction(self.change({**asked, **numbers}))
        raw = "0x" + bytes(signed.raw_transaction).hex()
        return {"raw": raw, "tx": asked} if clef else raw

    def _signature(self, params: list[Any]) -> str:
        assert params[0] == checksummed(ME.address)
        return "0x" + bytes(Account.from_key(self.key).sign_typed_data(full_message=params[1]).signature).hex()


@pytest.fixture
def signer(services: Services) -> FakeSigner:
    made = FakeSigner(services)
    made.speak(clef=True)
    return made


@pytest.mark.parametrize("clef", [True, False])
def test_both_dialects_sign_as_a_key_here_does(services: Services, clef: bool):
    FakeSigner(services).speak(clef=clef)
    remote = RemoteKey(services.url, ME.address)
    assert remote.sign_transaction(TRANSACTION) == ME.sign_transaction(TRANSACTION)
    assert remote.sign_typed_data(DATA) == ME.sign_typed_data(DATA)
    assert len(services.calls("account_list" if clef else "eth_accounts")) == 1


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("to", checksummed(account(0xEE))),
        ("data", "0x1790"),
        ("value", 1),
        ("chainId", 1),
        ("nonce", 4),
    ],
)
def test_a_signer_that_signs_something_else_is_found(signer: FakeSigner, part: str, value: object):
    signer.change = lambda transaction: {**transaction, part: value}
    with pytest.raises(SignedOther) as caught:
        RemoteKey(signer.services.url, ME.address).sign_transaction(TRANSACTION)
    assert caught.value.part == part


def test_a_signer_that_hands_the_account_over_to_other_code_is_found(signer: FakeSigner):
    def hands_over(transaction: dict[str, Any]) -> dict[str, Any]:
        authorization = {"chainId": 31_337, "address": checksummed(account(0xEE)), "nonce": 4}
        signed = Account.from_key(KEY).sign_authorization(authorization)
        return {**transaction, "authorizationList": [signed]}

    signer.change = hands_over
    with pytest.raises(SignedOther, match="type"):
        RemoteKey(signer.services.url, ME.address).sign_transaction(TRANSACTION)


def test_fees_that_its_owner_chose_there_are_taken(signer: FakeSigner):
    signer.change = lambda transaction: {**transaction, "maxFeePerGas": 9, "gas": 120_000}
    assert RemoteKey(signer.services.url, ME.address).sign_transaction(TRANSACTION)


def test_another_key_than_was_chosen_is_found(signer: FakeSigner):
    signer.key = "0x" + "17" * 32
    remote = RemoteKey(signer.services.url, ME.address)
    for sign in (lambda: remote.sign_transaction(TRANSACTION), lambda: remote.sign_typed_data(DATA)):
        with pytest.raises(SignedOther, match="key"):
            sign()


def test_an_account_that_the_signer_does_not_have(signer: FakeSigner):
    with pytest.raises(NotWithSigner):
        RemoteKey(signer.services.url, account(0xEE)).sign_transaction(TRANSACTION)
    assert signer.services.calls("account_signTransaction") == []


def test_a_no_on_the_device_is_no(signer: FakeSigner):
    def refuses(_: Any) -> Any:
        raise RpcFailure(-32_000, "Request denied")

    signer.services.methods |= {"account_signTransaction": refuses, "account_signTypedData": refuses}
    remote = RemoteKey(signer.services.url, ME.address)
    for sign in (lambda: remote.sign_transaction(TRANSACTION), lambda: remote.sign_typed_data(DATA)):
        with pytest.raises(SignerRefused, match="Request denied"):
            sign()
    signer.services.methods["eth_accounts"] = refuses
    with pytest.raises(SignerRefused):
        RemoteKey(signer.services.url, ME.address).sign_typed_data(DATA)


class FrameStandIn:
    """Stands for the wallet Frame at 127.0.0.1:1248, by its sources (``main/api``, ``main/provider``; not run here).

    Accounts and signatures want a permission, which it asks its owner for by the request's Origin; a transaction it
    signs only in ``eth_sendTransaction``; all that it does not know goes to its chain, which has no keys.
    """

    def __init__(self, services: Services, refusal: RpcFailure) -> None:
        self.allowed, self.refusal, self.sent = False, refusal, 0
        signer = FakeSigner(services)
        services.methods |= {
            "web3_clientVersion": lambda _: "Frame/v0.6.11",
            "eth_accounts": self.protected(lambda _: [ME.address]),
            "eth_signTypedData_v4": self.protected(signer._signature),
            "eth_sendTransaction": self.protected(self._send),
            "eth_signTransaction": self._passed_on,
        }

    def protected(self, method: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def ask(params: Any) -> Any:
            if not self.allowed:
                raise RpcFailure(4001, "Permission denied, approve Unknown in Frame to continue")
            return method(params)

        return ask

    def _passed_on(self, _: Any) -> Any:
        raise self.refusal

    def _send(self, _: Any) -> str:
        self.sent += 1
        return "0x" + "ab" * 32


@pytest.mark.parametrize("refusal", [RpcFailure(-32_000, "unknown account"), RpcFailure(-32_601, "no such method")])
def test_frame_which_signs_only_what_it_sends_is_told_from_a_no_and_sends_nothing(
    services: Services, refusal: RpcFailure
):
    frame = FrameStandIn(services, refusal)
    remote = RemoteKey(services.url, ME.address)
    with pytest.raises(SignerRefused, match="approve Unknown in Frame"):
        remote.sign_transaction(TRANSACTION)
    frame.allowed = True
    with pytest.raises(SignerOnlySends, match=r"Frame/v0\.6\.11.*" + str(refusal)):
        remote.sign_transaction(TRANSACTION)
    assert remote.sign_typed_data(DATA) == ME.sign_typed_data(DATA)
    assert frame.sent == 0


def test_a_wallet_without_a_name_that_cannot_sign_is_told_so_too(services: Services):
    services.methods["eth_accounts"] = lambda _: [ME.address]
    with pytest.raises(SignerOnlySends, match="a wallet"):
        RemoteKey(services.url, ME.address).sign_transaction(TRANSACTION)


def test_a_signer_that_is_not_there():
    with pytest.raises(ServiceUnreachable, match="signer"):
        RemoteKey("http://127.0.0.1:9/", ME.address).sign_transaction(TRANSACTION)


@given(rubbish=st.one_of(st.binary(max_size=120).map(bytes.hex), st.text(max_size=9), st.none(), st.integers()))
def test_rubbish_is_no_signature(rubbish: object):
    class Rubbish(RemoteKey):
        def _call(self, method: str, *_: Any) -> Any:
            return [ME.address] if method == "eth_accounts" else rubbish

    remote = Rubbish("http://127.0.0.1:9/", ME.address)
    for sign in (lambda: remote.sign_transaction(TRANSACTION), lambda: remote.sign_typed_data(DATA)):
        with pytest.raises((BadAnswer, SignedOther)):
            sign()


@pytest.mark.parametrize("page", [b"<html>", b"[]", b'{"jsonrpc": "2.0"}'])
def test_a_server_that_is_no_signer(services: Services, page: bytes):
    services.pages["POST", "/"] = lambda _: (200, page)
    with pytest.raises(BadAnswer):
        RemoteKey(services.url + "/", ME.address).sign_typed_data(DATA)


def test_an_account_is_opened_with_its_signer_and_not_without(signer: FakeSigner, tmp_path: Path):
    def password(_: str) -> str:
        raise AssertionError("a signer needs none")

    wallet = open_wallet(checksummed(ME.address), tmp_path, password, signer.services.url)
    assert (wallet.address, wallet.name) == (ME.address, ME.address)
    assert wallet.sign_transaction(TRANSACTION) == ME.sign_transaction(TRANSACTION)
    with pytest.raises(NoSigner):
        open_wallet(Address(ME.address), tmp_path, password)
    with pytest.raises(BadAddress):
        open_wallet("0x12", tmp_path, password, signer.services.url)
