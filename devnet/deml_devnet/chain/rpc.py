"""A chain's JSON-RPC: as much of it as a devnet and its node need."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import requests

from deml_devnet.chain import abi
from deml_devnet.chain.errors import ChainRefused, ChainUnreachable, TransactionFailed

_TIMEOUT_SECONDS: Final = 60
_RECEIPT_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Block:
    """Number, hash and timestamp of a block."""

    number: int
    hash: str
    timestamp: int


@dataclass(frozen=True, slots=True)
class Log:
    """An event that a contract emitted."""

    address: str
    topics: tuple[str, ...]
    data: bytes
    block_number: int
    block_hash: str
    transaction: str
    index: int


class Chain:
    """A chain's JSON-RPC server over one keep-alive connection; for one thread."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def call(self, method: str, *parameters: Any) -> Any:
        """Call a method and return its result.

        Raises
        ------
        ChainUnreachable, ChainRefused
        """
        body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        try:
            answer = self._session.post(self.url, json=body, timeout=_TIMEOUT_SECONDS).json()
        except requests.RequestException as error:
            raise ChainUnreachable(self.url, type(error).__name__) from error
        if "error" in answer:
            raise ChainRefused(method, str(answer["error"].get("message")))
        return answer["result"]

    def chain_id(self) -> int:
        """Number of the chain."""
        return int(self.call("eth_chainId"), 16)

    def block(self, tag: str | int) -> Block | None:
        """Look up a block by number or tag; None if there is none."""
        found = self.call("eth_getBlockByNumber", hex(tag) if isinstance(tag, int) else tag, False)
        return found and Block(int(found["number"], 16), found["hash"], int(found["timestamp"], 16))

    def head(self, tag: str = "latest") -> Block:
        """Latest block, or the one that `tag` names.

        Raises
        ------
        ChainRefused
            If there is no such block yet.
        """
        found = self.block(tag)
        if found is None:
            raise ChainRefused("eth_getBlockByNumber", f"there is no {tag} block yet")
        return found

    def logs(self, addresses: Sequence[str], topics: Sequence[Any], first: int, last: int) -> list[Log]:
        """Events of these contracts in the blocks from `first` to `last`, both included, in order."""
        query = {"address": addresses, "topics": topics, "fromBlock": hex(first), "toBlock": hex(last)}
        return [
            Log(
                entry["address"].lower(),
                tuple(entry["topics"]),
                bytes.fromhex(entry["data"][2:]),
                int(entry["blockNumber"], 16),
                entry["blockHash"],
                entry["transactionHash"],
                int(entry["logIndex"], 16),
            )
            for entry in self.call("eth_getLogs", query)
        ]

    def code(self, address: str) -> bytes:
        """Code at an address; empty where there is no contract."""
        return bytes.fromhex(self.call("eth_getCode", address, "latest")[2:])

    def view(self, to: str, returns: list[str], signature: str, *arguments: Any) -> tuple[Any, ...]:
        """Call a view function and decode what it returns."""
        data = "0x" + abi.calldata(signature, *arguments).hex()
        answer = self.call("eth_call", {"to": to, "data": data}, "latest")
        return abi.read(returns, bytes.fromhex(answer[2:]))

    def send(self, sender: str, to: str, data: bytes, value: int = 0) -> str:
        """Send a transaction from an account that the chain itself holds; return its hash."""
        transaction = {"from": sender, "to": to, "data": "0x" + data.hex(), "value": hex(value)}
        return str(self.call("eth_sendTransaction", transaction))

    def simulate(self, sender: str, to: str, data: bytes) -> None:
        """Try a transaction without sending it.

        Raises
        ------
        ChainRefused
            If it would be reverted.
        """
        self.call("eth_call", {"from": sender, "to": to, "data": "0x" + data.hex()}, "pending")

    def receipt(self, transaction: str) -> dict[str, Any] | None:
        """Receipt of a transaction; None while it is in no block."""
        found: dict[str, Any] | None = self.call("eth_getTransactionReceipt", transaction)
        return found

    def transact(self, purpose: str, sender: str, to: str, data: bytes, value: int = 0) -> dict[str, Any]:
        """Send a transaction, wait for its block and return its receipt.

        Raises
        ------
        TransactionFailed
        ChainRefused
            If it was refused at once.
        """
        transaction = self.send(sender, to, data, value)
        while (receipt := self.receipt(transaction)) is None:
            time.sleep(_RECEIPT_POLL_SECONDS)
        if int(receipt["status"], 16) != 1:
            raise TransactionFailed(purpose, transaction)
        return receipt
