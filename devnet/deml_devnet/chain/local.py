"""A test chain: one that holds the keys of its accounts, as anvil does."""

from __future__ import annotations

from typing import Any

from deml.base.types import Address, Amount
from deml_devnet.chain import abi
from deml_devnet.chain.errors import TransactionFailed
from deml_sdk.addresses import checksummed
from deml_sdk.chain.connection import connect
from deml_sdk.chain.reading import ChainReading
from deml_sdk.chain.transactions import Call


class LocalChain(ChainReading):
    """A test chain at an address; for one thread."""

    def __init__(self, url: str) -> None:
        super().__init__(connect(url))
        self.url = url

    def accounts(self) -> list[Address]:
        """Accounts whose keys the chain holds."""
        return [Address(account.lower()) for account in self._ask("eth_accounts", lambda: self.web3.eth.accounts)]

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

    def transact(self, purpose: str, sender: str, to: str, data: bytes, value: int = 0) -> Any:
        """Send a transaction, wait for its block and return its receipt.

        Raises
        ------
        TransactionFailed, TransactionPending
        CallFailed
            If it was refused at once.
        """
        transaction = self.send_unsigned(sender, to, data, value)
        receipt = self.wait_for_receipt(transaction)
        if receipt["status"] != 1:
            raise TransactionFailed(purpose, transaction)
        return receipt


def _call(to: str, data: bytes) -> Call:
    return Call(to, "0x" + data[:4].hex(), Address(to), data, Amount(0))
