"""A test chain: one that holds the keys of its accounts, as anvil does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from deml.base.types import Address, Amount
from deml_devnet.chain import abi
from deml_devnet.chain.errors import TransactionFailed
from deml_sdk.addresses import checksummed
from deml_sdk.chain.connection import connect
from deml_sdk.chain.reading import ChainReading
from deml_sdk.chain.transactions import Call

_RECEIPT_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Log:
    """An event that a contract emitted; hashes and topics in hex."""

    address: str
    topics: tuple[str, ...]
    data: bytes
    block_number: int
    block_hash: str
    transaction: str
    index: int


class LocalChain(ChainReading):
    """A test chain at an address; for one thread."""

    def __init__(self, url: str) -> None:
        super().__init__(connect(url))
        self.url = url

    def accounts(self) -> list[Address]:
        """Accounts whose keys the chain holds."""
        return [Address(account.lower()) for account in self._ask("eth_accounts", lambda: self.web3.eth.accounts)]

    def logs(self, addresses: Sequence[str], topics: Sequence[Any], first: int, last: int) -> list[Log]:
        """Events of these contracts in the blocks from `first` to `last`, both included, in order."""
        wanted: Any = {
            "address": [checksummed(Address(one)) for one in addresses],
            "topics": topics,
            "fromBlock": first,
            "toBlock": last,
        }

        def get() -> list[Log]:
            return [
                Log(
                    entry["address"].lower(),
                    tuple("0x" + bytes(topic).hex() for topic in entry["topics"]),
                    bytes(entry["data"]),
                    entry["blockNumber"],
                    "0x" + bytes(entry["blockHash"]).hex(),
                    "0x" + bytes(entry["transactionHash"]).hex(),
                    entry["logIndex"],
                )
                for entry in self.web3.eth.get_logs(wanted)
            ]

        return self._ask("eth_getLogs", get)

    def view(self, to: str, returns: list[str], signature: str, *arguments: Any) -> tuple[Any, ...]:
        """Call a view function and decode what it returns."""
        return abi.read(returns, self.simulate(_call(to, abi.calldata(signature, *arguments))))

    def send_unsigned(self, sender: str, to: str, data: bytes, value: int = 0) -> str:
        """Send a transaction from an account whose key the chain holds; return its hash."""
        transaction: Any = {
            "from": checksummed(Address(sender)),
            "to": checksummed(Address(to)),
            "data": data,
            "value": value,
        }
        sent = self._ask("eth_sendTransaction", lambda: self.web3.eth.send_transaction(transaction))
        return "0x" + bytes(sent).hex()

    def try_out(self, sender: str, to: str, data: bytes) -> None:
        """Try a transaction without sending it, on what is pending.

        Raises
        ------
        ContractReverted
        """
        self.simulate(_call(to, data), Address(sender), "pending")

    def receipt(self, transaction: str) -> Any:
        """Receipt of a transaction, as web3 gives it; None while it is in no block."""
        from web3.exceptions import TransactionNotFound

        def get() -> Any:
            try:
                return self.web3.eth.get_transaction_receipt(transaction)  # type: ignore[arg-type]  # plain hex there
            except TransactionNotFound:
                return None

        return self._ask("eth_getTransactionReceipt", get)

    def transact(self, purpose: str, sender: str, to: str, data: bytes, value: int = 0) -> Any:
        """Send a transaction, wait for its block and return its receipt.

        Raises
        ------
        TransactionFailed
        CallFailed
            If it was refused at once.
        """
        transaction = self.send_unsigned(sender, to, data, value)
        while (receipt := self.receipt(transaction)) is None:
            time.sleep(_RECEIPT_POLL_SECONDS)
        if receipt["status"] != 1:
            raise TransactionFailed(purpose, transaction)
        return receipt


def _call(to: str, data: bytes) -> Call:
    return Call(to, "0x" + data[:4].hex(), Address(to), data, Amount(0))
