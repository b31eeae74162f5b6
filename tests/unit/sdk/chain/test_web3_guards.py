"""What web3.py does by itself and must not do here, with our own instances and with a caller's (docs/adr/0028)."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from web3 import AsyncHTTPProvider, AsyncWeb3, HTTPProvider, Web3
from web3.middleware import Web3Middleware
from web3.providers import BaseProvider

from deml.base.types import Address
from deml_sdk.chain.connection import connect
from deml_sdk.chain.contracts import ERRORS
from deml_sdk.chain.errors import NoDefaultAccount
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.transactions import InstanceAccount
from deml_sdk.errors import BadAnswer, CallFailed, ContractReverted, ServiceUnreachable
from tests.support.fake_chain import APP, BLOCK, INPUT_BOX, PORTAL, WALLET, FakeChain, receipt_of, reverted
from tests.support.fake_services import RpcFailure, Services

SECRETS = ("hunter2", "0123456789", "token=abc")
PANIC = next(one for one in ERRORS if one.name == "Panic")
FIRST, SECOND = Address("0x" + "a5" * 20), "0x" + "5a" * 32


def of_a_caller(url: str) -> Web3:
    """What most programs have: everything as web3 sets it up."""
    return Web3(HTTPProvider(url, exception_retry_configuration=None))


@pytest.fixture(params=[connect, of_a_caller], ids=["ours", "a caller's"])
def chain(request: pytest.FixtureRequest, services: Services, fake: FakeChain) -> Iterator[Chain]:
    made = Chain(request.param(services.url), APP, PORTAL)
    yield made
    made.close()
    if isinstance(made.web3.provider, HTTPProvider):
        made.web3.provider._request_session_manager.session_cache.clear()


def send(chain: Chain) -> None:
    chain.send(WALLET, chain.input_call(b"\x01"))


def offchain_lookup(url: str) -> bytes:
    """Revert data of EIP-3668 that has a client ask `url`."""
    from eth_abi.abi import encode
    from eth_utils.crypto import keccak

    selector = keccak(text="OffchainLookup(address,string[],bytes,bytes4,bytes)")[:4]
    return selector + encode(
        ["address", "string[]", "bytes", "bytes4", "bytes"], [APP, [url + "/{sender}/{data}"], b"", b"1234", b""]
    )


def test_a_contract_cannot_make_the_program_fetch_an_address(chain: Chain, fake: FakeChain, services: Services):
    def serve(_: bytes) -> tuple[int, bytes]:
        return 200, b'{"data": "0x"}'

    services.pages |= {("GET", "/bait"): serve, ("POST", "/bait"): serve}
    for lookup in (offchain_lookup(f"{services.url}/bait"), offchain_lookup("https://127.0.0.1:9/bait")):
        fake.failures["70a08231"] = reverted(lookup)
        with pytest.raises(ContractReverted, match="unknown error 0x556f1830"):
            chain.balance(FIRST, FIRST)
    assert all(path == "/" for _, path, _ in services.requests)


@pytest.mark.parametrize("code", [0x02, 0x11, 0x99, 2**255])
def test_a_panic_of_any_number_is_a_refusal(chain: Chain, fake: FakeChain, code: int):
    fake.failures["1789cd63"] = reverted(PANIC.encode((code,)))
    with pytest.raises(ContractReverted, match=rf"Panic\({code}\)"):
        send(chain)


@pytest.mark.parametrize("data", [None, "see your plan", {"see": "your plan"}, "0xzz", ["0x"]])
def test_an_exceeded_limit_is_no_refusal_by_the_contract(chain: Chain, fake: FakeChain, data: object):
    fake.failures["1789cd63"] = RpcFailure(-32005, "daily request count exceeded", data)
    with pytest.raises(CallFailed, match="daily request count"):
        send(chain)
    with pytest.raises(CallFailed, match="daily request count"):
        chain.simulate(chain.input_call(b""))


def test_text_after_the_word_reverted_need_not_be_text(chain: Chain, fake: FakeChain):
    fake.failures["1789cd63"] = RpcFailure(3, "execution reverted", "Reverted 0xff")
    with pytest.raises(ContractReverted, match="execution reverted"):
        send(chain)


def page(status: int, body: bytes) -> Callable[[bytes], tuple[int, bytes]]:
    return lambda _: (status, body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"7",
        b"[]",
        b"null",
        b'{"jsonrpc": "2.0", "id": 1}',
        b'{"jsonrpc": "2.0", "id": 1, "result": {"number": "zz"}}',
        b'{"jsonrpc": "2.0", "id": 1, "result": {"number": "0x1"}}',
        b'{"jsonrpc": "2.0", "id": 1, "result": [[]]}',
        b'{"jsonrpc": "2.0", "id": 1, "error": "broken"}',
        b'{"jsonrpc": "2.0", "id": 1, "error": null}',
        b'{"jsonrpc": "2.0", "id": 1, "result": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=lambda body: body[:60].decode(errors="replace"),
)
def test_answers_that_make_no_sense_are_the_chains_failure(chain: Chain, services: Services, body: bytes):
    services.pages["POST", "/"] = page(200, body)
    asks = (chain.latest_block, lambda: chain.chain_id, lambda: chain.wait_for("0x" + "12" * 32))
    for ask in asks:
        with pytest.raises((BadAnswer, CallFailed)):
            ask()


def test_a_status_of_failure_may_carry_an_answer(chain: Chain, services: Services):
    services.pages["POST", "/"] = page(429, b'{"error": {"code": -32005, "message": "slow down"}}')
    with pytest.raises(CallFailed, match="error -32005: slow down"):
        chain.latest_block()
    services.pages["POST", "/"] = page(503, b"<html>")
    with pytest.raises(BadAnswer, match="HTTP 503"):
        chain.latest_block()


def test_blocks_by_proof_of_authority_are_read(services: Services, fake: FakeChain):
    services.methods["eth_getBlockByNumber"] = lambda _: {**BLOCK, "extraData": "0x" + "77" * 97}
    chain = Chain(connect(services.url), APP, PORTAL)
    assert chain.latest_block().number == 10
    chain.close()
    with pytest.raises(BadAnswer, match="POA chain"):  # The caller's instance lacks web3's middleware for them.
        Chain(of_a_caller(services.url), APP, PORTAL).latest_block()


@pytest.mark.parametrize("make", [connect, of_a_caller], ids=["ours", "a caller's"])
@pytest.mark.parametrize(
    ("status", "body"), [(0, b""), (401, b"no"), (200, b"<html>"), (200, b'{"jsonrpc": "2.0", "id": 1, "error": 5}')]
)
def test_no_failure_shows_the_addresss_secrets(services: Services, make: Any, status: int, body: bytes):
    place = services.url.removeprefix("http://") if status else "127.0.0.1:9"
    services.pages["POST", "/v3/0123456789"] = page(status, body)
    chain = Chain(make(f"http://user:hunter2@{place}/v3/0123456789?token=abc"), APP, PORTAL)
    for ask in (chain.latest_block, lambda: chain.rpc("eth_chainId"), lambda: chain.balance(FIRST, FIRST)):
        with pytest.raises((ServiceUnreachable, BadAnswer)) as caught:
            ask()
        shown = json.dumps(caught.value.as_report()) + "".join(traceback.format_exception(caught.value))
        assert [one for one in SECRETS if one in shown] == []
    chain.close()


class BrokenPipe(BaseProvider):
    """As of a node's socket that is not there."""

    def make_request(self, method: Any, params: Any) -> Any:
        raise FileNotFoundError(2, "No such file or directory", "/var/geth.ipc")


def test_a_socket_that_is_not_there_is_an_unreachable_chain():
    with pytest.raises(ServiceUnreachable, match="BrokenPipe"):
        Chain(Web3(BrokenPipe()), APP, PORTAL).latest_block()


class RefusedByHand(Exception):
    """As of a hardware wallet's user."""


class Reluctant(Web3Middleware):
    def request_processor(self, method: Any, params: Any) -> Any:
        if method == "eth_sendTransaction":
            raise RefusedByHand
        return method, params


def test_what_a_callers_middleware_raises_passes_through(services: Services, fake: FakeChain):
    web3 = of_a_caller(services.url)
    web3.middleware_onion.add(Reluctant)
    chain = Chain(web3, APP, PORTAL)
    with pytest.raises(RefusedByHand):
        chain.send(InstanceAccount(FIRST), chain.input_call(b"\x01"))


def test_the_instances_own_account_sends_and_the_instance_fills_in_the_rest(services: Services, fake: FakeChain):
    sent: list[dict[str, Any]] = []
    services.methods["eth_sendTransaction"] = lambda given: sent.append(given[0]) or SECOND
    fake.receipt = receipt_of(4)
    web3 = connect(services.url)
    chain = Chain(web3, APP, PORTAL)
    with pytest.raises(NoDefaultAccount):
        chain.default_account()
    web3.eth.default_account = Web3.to_checksum_address(FIRST)
    account = chain.default_account()
    assert account.address == FIRST
    assert chain.send(account, chain.input_call(b"\x01")).input_index == 4
    (one,) = sent
    assert (one["from"].lower(), one["to"].lower(), int(one["gas"], 16)) == (FIRST, INPUT_BOX, 120_000)
    assert {"nonce", "maxFeePerGas", "maxPriorityFeePerGas", "gasPrice"}.isdisjoint(one)
    chain.close()


def test_ours_asks_nothing_but_what_it_is_asked(services: Services, fake: FakeChain):
    chain = Chain(connect(services.url), APP, PORTAL)
    _ = chain.input_box
    chain.simulate(chain.input_call(b""))
    assert [json.loads(body)["method"] for _, _, body in services.requests] == [
        "eth_call",
        "eth_call",
        "eth_getCode",
        "eth_call",
    ]
    chain.close()


def test_a_proxy_is_never_asked_for_this_machine(services: Services, fake: FakeChain, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    for url in (services.url, services.url.replace("127.0.0.1", "localhost")):
        chain = Chain(connect(url), APP, PORTAL)
        assert chain.latest_block().number == 10
        chain.close()


def test_an_instance_of_asyncios_is_a_mistake():
    with pytest.raises(TypeError, match="AsyncWeb3"):
        Chain(AsyncWeb3(AsyncHTTPProvider("http://127.0.0.1:9")), APP, PORTAL)


def test_connecting_leaves_pythons_guard_against_recursion_in_place():
    program = (
        "import json, sys\n"
        "from deml_sdk.chain.connection import connect\n"
        "limit = sys.getrecursionlimit()\n"
        "connect('http://127.0.0.1:9')\n"
        "assert 'web3' in sys.modules\n"
        "try: json.loads('[' * 100_000)\n"
        "except RecursionError: print(sys.getrecursionlimit() == limit)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr
