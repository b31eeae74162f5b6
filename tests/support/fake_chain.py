"""A chain that answers from tables: contracts by address and selector, receipts one at a time."""

from __future__ import annotations

from typing import Any

from eth_account import Account
from eth_utils.crypto import keccak

from deml.base.types import Address, word_of
from deml.wire.abi import encode_values
from deml_sdk.chain import contracts
from deml_sdk.chain.contracts import View
from deml_sdk.wallet.wallets import devnet_wallet
from tests.support.fake_services import RpcFailure, Services

APP = Address("0x" + "a1" * 20)
PORTAL = Address("0x" + "b2" * 20)
INPUT_BOX = Address("0x" + "c3" * 20)
TOKEN = Address("0x" + "d4" * 20)
CONSENSUS = Address("0x" + "e5" * 20)
WALLET = devnet_wallet("client1")
BLOCK = {"number": "0xa", "timestamp": "0x64", "hash": "0x" + "1f" * 32, "baseFeePerGas": "0x3b9aca00"}


def reverted(data: bytes = b"") -> RpcFailure:
    return RpcFailure(3, "execution reverted", "0x" + data.hex())


class FakeChain:
    """A chain whose contracts answer from a table by address and selector."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.views: dict[tuple[Address, str], bytes] = {}
        self.failures: dict[str, RpcFailure] = {}
        self.receipt: dict[str, Any] | None = None
        self.gas = 100_000
        self.sent: list[dict[str, Any]] = []
        self.pending = 0
        self.say(PORTAL, contracts.INPUT_BOX, INPUT_BOX)
        self.say(APP, contracts.DATA_AVAILABILITY, contracts.IN_INPUT_BOX.encode((INPUT_BOX,)))
        services.methods |= {
            "eth_chainId": lambda _: "0x7a69",
            "eth_getCode": lambda _: "0x60",
            "eth_call": self._call,
            "eth_estimateGas": self._estimate,
            "eth_getBlockByNumber": lambda given: None if given[0] == "0x63" else BLOCK,
            "eth_getBalance": lambda _: hex(10**18),
            "eth_maxPriorityFeePerGas": lambda _: "0x1",
            "eth_getTransactionCount": lambda _: "0x5",
            "eth_sendRawTransaction": self._send,
            "eth_getTransactionReceipt": self._receipt,
        }

    def say(self, address: Address, view: View, value: Any) -> None:
        self.views[address, view.function.selector.hex()] = encode_values(view.returns, [value])

    def _call(self, given: list[Any]) -> str:
        request = given[0]
        key = (request["to"], request["data"][2:10])
        if key[1] in self.failures:
            raise self.failures[key[1]]
        return "0x" + self.views.get(key, b"").hex()

    def _estimate(self, given: list[Any]) -> str:
        selector = given[0]["data"][2:10]
        if selector in self.failures:
            raise self.failures[selector]
        return hex(self.gas)

    def _send(self, given: list[Any]) -> str:
        raw = bytes.fromhex(given[0][2:])
        assert Account.recover_transaction(raw).lower() == WALLET.address
        return "0x" + keccak(raw).hex()

    def _receipt(self, given: list[Any]) -> dict[str, Any] | None:
        if self.pending:
            self.pending -= 1
            return None
        return self.receipt and {**self.receipt, "transactionHash": given[0]}


def receipt_of(index: int, app: Address = APP, box: Address = INPUT_BOX) -> dict[str, Any]:
    topics = [contracts.INPUT_ADDED_TOPIC, "0x" + word_of(app).hex(), hex(index)]
    return {
        "status": "0x1",
        "blockNumber": "0xb",
        "gasUsed": "0x1234",
        "logs": [
            {"address": "0x" + "99" * 20, "topics": []},
            {"address": box.upper().replace("X", "x"), "topics": topics},
        ],
    }
