"""What a chain says: blocks, accounts, and what contracts return."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from deml.base.types import Address, Amount, Timestamp
from deml.wire.errors import MalformedMessage
from deml_sdk.addresses import checksummed
from deml_sdk.chain import contracts
from deml_sdk.chain.connection import disconnect, request, shown_address, understood
from deml_sdk.chain.contracts import View, revert_reason
from deml_sdk.chain.tokens import Token
from deml_sdk.chain.transactions import Block, Call
from deml_sdk.errors import BadAnswer, CallFailed, ContractReverted, NoContract, TransactionPending
from deml_sdk.rpc import RpcError

if TYPE_CHECKING:
    from web3 import Web3
    from web3.types import BlockIdentifier

T = TypeVar("T")

RECEIPT_SECONDS: Final = 300
"""How long to wait for a transaction's block: 25 Ethereum slots."""

_POLL_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Pauses between looks for a receipt: quick on a devnet, polite on a real chain."""


class ChainReading:
    """Reads a chain.

    Parameters
    ----------
    web3
        Asks it; made by `deml_sdk.chain.connection.connect`, or a caller's own with its provider and middleware.

    Raises
    ------
    TypeError
        If the instance is one of asyncio's.
    """

    def __init__(self, web3: Web3) -> None:
        if web3.provider.is_async:
            raise TypeError("an AsyncWeb3 was given where a Web3 is needed")
        self.web3 = web3

    def close(self) -> None:
        """Close the connection, unless the instance is a caller's own."""
        disconnect(self.web3)

    @cached_property
    def chain_id(self) -> int:
        """EIP-155 number of the chain."""
        return self._ask("eth_chainId", lambda: int(self.web3.eth.chain_id))

    def latest_block(self) -> Block:
        """Newest block."""
        return self.block("latest")

    def finalized_block(self) -> Block:
        """Newest block that no re-org can undo, as the execution client says."""
        return self.block("finalized")

    def block(self, which: str | int) -> Block:
        """Block by number or tag.

        Raises
        ------
        BadAnswer
            If there is no such block.
        """
        found = self.find_block(which)
        if found is None:
            raise BadAnswer("chain", shown_address(self.web3), f"it has no {which} block")
        return found

    def find_block(self, which: str | int) -> Block | None:
        """Block by number or tag; None if there is none."""
        found = self._header(which)
        if found is None:
            return None
        return self._understood(
            lambda: Block(int(found["number"]), Timestamp(int(found["timestamp"])), "0x" + bytes(found["hash"]).hex())
        )

    def code(self, address: Address) -> bytes:
        """Return the code at an account; empty where there is no contract."""
        return self._ask("eth_getCode", lambda: bytes(self.web3.eth.get_code(checksummed(address), "latest")))

    def ether(self, owner: Address, block: str = "latest") -> Amount:
        """Return the Ether that an account holds, in wei; `block` is a tag or a number in hex."""
        account = checksummed(owner)
        found = self._ask("eth_getBalance", lambda: self.web3.eth.get_balance(account, cast("BlockIdentifier", block)))
        return Amount(int(found))

    def nonce(self, owner: Address) -> int:
        """Return the number of transactions an account has sent, pending ones included."""
        account = checksummed(owner)
        return self._ask(
            "eth_getTransactionCount", lambda: int(self.web3.eth.get_transaction_count(account, "pending"))
        )

    def read(
        self, contract: str, address: Address, view: View, *arguments: Any, block: str = "latest"
    ) -> tuple[Any, ...]:
        """Call a function that only reads; `contract` is its name for people, `block` a tag or a number in hex.

        Raises
        ------
        NoContract
            If nothing answers at `address`.
        ContractReverted
        """
        call = Call(contract, view.function.name, address, view.function.encode(arguments))
        try:
            return view.decode(self.simulate(call, block=block))
        except MalformedMessage:
            raise NoContract(contract, address) from None

    def token(self, address: Address) -> Token:
        """Look a token up.

        Raises
        ------
        NoContract
        """
        (decimals,) = self.read("token", address, contracts.DECIMALS)
        (symbol,) = self.read("token", address, contracts.SYMBOL)
        return Token(address, symbol, decimals)

    def balance(self, token: Address, owner: Address, block: str = "latest") -> Amount:
        """Return what an account holds of a token, in its smallest unit; `block` is a tag or a number in hex."""
        return Amount(self.read("token", token, contracts.BALANCE_OF, owner, block=block)[0])

    def allowance(self, token: Address, owner: Address, spender: Address) -> Amount:
        """Return what `spender` may take of an account's tokens."""
        return Amount(self.read("token", token, contracts.ALLOWANCE, owner, spender)[0])

    def simulate(self, call: Call, sender: Address | None = None, block: str = "latest") -> bytes:
        """Run a call without sending it, and return what it returns.

        Raises
        ------
        ContractReverted
        """
        found = self._run("eth_call", call, [_request(call, sender), block])
        return self._understood(lambda: bytes.fromhex(found.removeprefix("0x")))

    def gas(self, call: Call, sender: Address) -> int:
        """Estimate the gas of one transaction.

        Raises
        ------
        ContractReverted
            If it would fail.
        """
        found = self._run("eth_estimateGas", call, [_request(call, sender)])
        return self._understood(lambda: int(found, 16))

    def find_receipt(self, tx_hash: str) -> Any:
        """Look a transaction's receipt up, as web3 gives it; None while the transaction is in no block."""
        from web3.exceptions import TransactionIndexingInProgress, TransactionNotFound

        def get() -> Any:
            try:
                return self.web3.eth.get_transaction_receipt(tx_hash)  # type: ignore[arg-type]  # plain hex there
            except (TransactionNotFound, TransactionIndexingInProgress):
                return None

        return self._ask("eth_getTransactionReceipt", get)

    def wait_for_receipt(
        self, tx_hash: str, seconds: int = RECEIPT_SECONDS, sleep: Callable[[float], None] = time.sleep
    ) -> Any:
        """Wait until a transaction is in a block; return its receipt as web3 gives it.

        Raises
        ------
        TransactionPending
        """
        waited, looks = 0.0, 0
        while (found := self.find_receipt(tx_hash)) is None:
            if waited >= seconds:
                raise TransactionPending(tx_hash, seconds)
            pause = _POLL_SECONDS[min(looks, len(_POLL_SECONDS) - 1)]
            sleep(pause)
            waited, looks = waited + pause, looks + 1
        return found

    def rpc(self, method: str, params: Sequence[Any] = ()) -> Any:
        """Call a method of the chain's JSON-RPC by name.

        Raises
        ------
        CallFailed
            If it answers with an error.
        """
        try:
            return request(self.web3, method, list(params))
        except RpcError as error:
            raise CallFailed("chain", method, error.code, error.message) from None

    def _header(self, which: str | int) -> Any:
        """A block as web3 gives it; None if there is none."""
        from web3.exceptions import BlockNotFound

        def get() -> Any:
            try:
                return self.web3.eth.get_block(which)  # type: ignore[arg-type]  # tags and numbers are plain there
            except BlockNotFound:
                return None

        return self._ask("eth_getBlockByNumber", get)

    def _ask(self, method: str, question: Callable[[], T]) -> T:
        try:
            return understood(self.web3, question)
        except RpcError as error:
            raise CallFailed("chain", method, error.code, error.message) from None

    def _understood(self, reading: Callable[[], T]) -> T:
        return understood(self.web3, reading)

    def _run(self, method: str, call: Call, params: list[Any]) -> str:
        try:
            return str(request(self.web3, method, params))
        except RpcError as error:
            raise _failure(call, error) from None


def _request(call: Call, sender: Address | None) -> dict[str, str]:
    request = {"to": call.to, "data": "0x" + call.data.hex(), "value": hex(call.value)}
    return request if sender is None else {"from": sender, **request}


def _failure(call: Call, error: RpcError) -> ContractReverted | CallFailed:
    """Tell a contract's refusal from a client's failure: a limit that was exceeded is none, whatever it carries."""
    data = _revert_data(error.data)
    if error.code == 3 or data is not None or "revert" in error.message:
        return ContractReverted(call.contract, call.function, revert_reason(data) if data else error.message)
    return CallFailed("chain", call.function, error.code, error.message)


def _revert_data(data: object) -> bytes | None:
    """What a contract returned as it reverted; None where the error's data are something else."""
    if not isinstance(data, str) or not data.startswith("0x"):
        return None
    try:
        return bytes.fromhex(data[2:])
    except ValueError:
        return None
