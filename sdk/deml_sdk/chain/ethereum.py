"""The chain: what it knows of the contracts, and how inputs and deposits get there.

A thin JSON-RPC client: signing is eth-account's, encoding is eth-abi's. `docs/adr/0013` says why not web3.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Final

from deml.base.types import Address, Amount, Timestamp, word_of
from deml.wire.abi import Function
from deml.wire.errors import MalformedMessage
from deml_sdk.addresses import checksummed
from deml_sdk.chain import contracts
from deml_sdk.chain.contracts import View, revert_reason
from deml_sdk.chain.proof import Proof
from deml_sdk.chain.tokens import Token, format_amount
from deml_sdk.chain.transactions import APPROVE_GAS, Block, Call, Gas, Receipt, Signer, deposit_gas
from deml_sdk.errors import (
    BadAnswer,
    CallFailed,
    ContractReverted,
    NoContract,
    NotEnoughTokens,
    TooMuchGas,
    TransactionPending,
    TransactionReverted,
)
from deml_sdk.rpc import JsonRpc, RpcError

__all__ = ["Block", "Call", "Chain", "Gas", "Receipt", "Signer"]

MAX_TRANSACTION_GAS: Final = 16_777_216
"""Most gas in one transaction (EIP-7825)."""

RECEIPT_SECONDS: Final = 300
"""How long to wait for a transaction's block: 25 Ethereum slots."""

_POLL_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Pauses between looks for a receipt: quick on a devnet, polite on a real chain."""

_GAS_MARGIN: Final = (6, 5)
"""Gas limit over estimate: storage may change between the two. What is not used is not paid."""


class Chain:
    """A chain, seen from one Application.

    Parameters
    ----------
    url
        JSON-RPC of an execution client.
    app
        The Application.
    erc20_portal
        The portal that takes deposits; it names the InputBox.
    """

    def __init__(self, url: str, app: Address, erc20_portal: Address) -> None:
        self._rpc = JsonRpc(url, "chain")
        self.app = app
        self.erc20_portal = erc20_portal

    def close(self) -> None:
        """Close the connection."""
        self._rpc.close()

    # What is there

    @cached_property
    def chain_id(self) -> int:
        """EIP-155 number of the chain."""
        return _number(self._call("eth_chainId"))

    @cached_property
    def input_box(self) -> Address:
        """The InputBox, as the portal names it."""
        (address,) = self.read("ERC20Portal", self.erc20_portal, contracts.INPUT_BOX)
        return Address(address)

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
        name = hex(which) if isinstance(which, int) else which
        found = self._call("eth_getBlockByNumber", name, False)
        if found is None:
            raise BadAnswer("chain", self._rpc.shown_url, f"it has no {which} block")
        return Block(_number(found["number"]), Timestamp(_number(found["timestamp"])))

    def code(self, address: Address) -> bytes:
        """Return the code at an account; empty where there is no contract."""
        return bytes.fromhex(self._call("eth_getCode", address, "latest")[2:])

    def ether(self, owner: Address) -> Amount:
        """Return the Ether that an account holds, in wei."""
        return Amount(_number(self._call("eth_getBalance", owner, "latest")))

    def nonce(self, owner: Address) -> int:
        """Return the number of transactions an account has sent, pending ones included."""
        return _number(self._call("eth_getTransactionCount", owner, "pending"))

    def read(self, contract: str, address: Address, view: View, *arguments: Any) -> tuple[Any, ...]:
        """Call a function that only reads; `contract` is its name for people.

        Raises
        ------
        NoContract
            If nothing answers at `address`.
        ContractReverted
        """
        call = Call(contract, view.function.name, address, view.function.encode(arguments))
        try:
            return view.decode(self.simulate(call))
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

    def balance(self, token: Address, owner: Address) -> Amount:
        """Return what an account holds of a token, in its smallest unit."""
        return Amount(self.read("token", token, contracts.BALANCE_OF, owner)[0])

    def allowance(self, token: Address, owner: Address, spender: Address) -> Amount:
        """Return what `spender` may take of an account's tokens."""
        return Amount(self.read("token", token, contracts.ALLOWANCE, owner, spender)[0])

    def was_executed(self, output_index: int) -> bool:
        """Tell whether the Application has executed an output."""
        return bool(self.read("Application", self.app, contracts.WAS_EXECUTED, output_index)[0])

    def rpc(self, method: str, params: Sequence[Any]) -> Any:
        """Call a method of the chain's JSON-RPC by name.

        Raises
        ------
        CallFailed
            If it answers with an error.
        """
        return self._call(method, *params)

    # What may be sent

    def input_call(self, payload: bytes) -> Call:
        """Make the transaction that sends an input."""
        data = contracts.ADD_INPUT.encode((self.app, payload))
        return Call("InputBox", "addInput", self.input_box, data)

    def approve_call(self, token: Address, amount: Amount) -> Call:
        """Make the transaction that lets the portal take tokens: exactly `amount`."""
        return Call("token", "approve", token, contracts.APPROVE.encode((self.erc20_portal, amount)))

    def deposit_call(self, token: Address, amount: Amount, data: bytes) -> Call:
        """Make the transaction that deposits tokens with execLayerData."""
        arguments = (token, self.app, amount, data)
        return Call("ERC20Portal", "depositERC20Tokens", self.erc20_portal, contracts.DEPOSIT_ERC20.encode(arguments))

    def execute_call(self, output: bytes, proof: Proof) -> Call:
        """Make the transaction that executes a voucher."""
        return self._with_proof("executeOutput", contracts.EXECUTE_OUTPUT, output, proof)

    def validate(self, output: bytes, proof: Proof) -> None:
        """Have the Application check the proof of an output.

        Raises
        ------
        ContractReverted
            If it does not hold, or its claim is not accepted.
        """
        self.simulate(self._with_proof("validateOutput", contracts.VALIDATE_OUTPUT, output, proof))

    def simulate(self, call: Call, sender: Address | None = None) -> bytes:
        """Run a call without sending it, and return what it returns.

        Raises
        ------
        ContractReverted
        """
        try:
            return bytes.fromhex(self._rpc.call("eth_call", [_request(call, sender), "latest"])[2:])
        except RpcError as error:
            raise self._failure(call, error) from None

    def estimate(self, calls: Call | Sequence[Call], sender: Address) -> Gas:
        """Estimate what transactions will cost, sent one after another.

        What waits for an approval among them, a deposit or a second approval, is counted by a rule of thumb.

        Raises
        ------
        ContractReverted
            If one would fail.
        TooMuchGas
        """
        ordered = [calls] if isinstance(calls, Call) else list(calls)
        total = Gas(0, self._prices()["maxFeePerGas"])
        approved = False
        for call in ordered:
            if approved and call.to == self.erc20_portal:
                total += Gas(deposit_gas(len(call.data)), total.price, exact=False)
            elif approved and call.function == "approve":
                total += Gas(APPROVE_GAS, total.price, exact=False)
            else:
                total += Gas(self._estimate(call, sender), total.price)
            approved = approved or call.function == "approve"
        return total

    def deposit_calls(self, owner: Address, token: Address, amount: Amount, data: bytes) -> list[Call]:
        """Make the transactions of a deposit: an approval where the portal may not take enough, and the deposit.

        Some tokens, such as USDT, refuse to change an allowance that is not zero; theirs is set to zero first.

        Raises
        ------
        NotEnoughTokens
        """
        held = self.balance(token, owner)
        if held < amount:
            known = self.token(token)
            raise NotEnoughTokens(known.symbol, known.format(amount), known.format(held))
        deposit = self.deposit_call(token, amount, data)
        allowed = self.allowance(token, owner, self.erc20_portal)
        if allowed >= amount:
            return [deposit]
        approve = self.approve_call(token, amount)
        if allowed and self._reverts(approve, owner):
            return [self.approve_call(token, Amount(0)), approve, deposit]
        return [approve, deposit]

    # Sending

    def send_input(self, wallet: Signer, payload: bytes) -> Receipt:
        """Send an input and wait until it is in a block.

        Raises
        ------
        ContractReverted, TransactionReverted, TransactionPending, TooMuchGas
        """
        return self.send(wallet, self.input_call(payload))

    def deposit(self, wallet: Signer, token: Address, amount: Amount, data: bytes) -> Receipt:
        """Deposit tokens with execLayerData, after an approval where one is missing; wait until it is in a block.

        Raises
        ------
        NotEnoughTokens
        ContractReverted, TransactionReverted, TransactionPending, TooMuchGas
        """
        *before, last = self.deposit_calls(wallet.address, token, amount, data)
        for call in before:
            self.send(wallet, call)
        return self.send(wallet, last)

    def execute_output(self, wallet: Signer, output: bytes, proof: Proof) -> Receipt:
        """Execute a voucher, whoever it pays.

        Raises
        ------
        ContractReverted, TransactionReverted, TransactionPending, TooMuchGas
        """
        return self.send(wallet, self.execute_call(output, proof))

    def send(self, wallet: Signer, call: Call) -> Receipt:
        """Check, sign and send one transaction, and wait until it is in a block.

        Raises
        ------
        ContractReverted
            If it would fail: nothing is sent then.
        TransactionReverted, TransactionPending, TooMuchGas
        """
        return self.wait_for(self.submit(wallet, call))

    def submit(self, wallet: Signer, call: Call) -> str:
        """Check, sign and send one transaction; return its hash without waiting.

        Raises
        ------
        ContractReverted, TooMuchGas
        NotEnoughTokens
            If the wallet's Ether does not cover the gas limit.
        """
        limit = min(self._estimate(call, wallet.address) * _GAS_MARGIN[0] // _GAS_MARGIN[1], MAX_TRANSACTION_GAS)
        prices = self._prices()
        self._require_ether(wallet.address, Amount(limit * prices["maxFeePerGas"] + call.value))
        transaction: dict[str, Any] = {
            "chainId": self.chain_id,
            "nonce": self.nonce(wallet.address),
            "to": checksummed(call.to),
            "data": call.data,
            "value": call.value,
            "gas": limit,
            **prices,
        }
        raw = wallet.sign_transaction(transaction)
        return str(self._call("eth_sendRawTransaction", "0x" + raw.hex()))

    def wait_for(
        self, tx_hash: str, seconds: int = RECEIPT_SECONDS, sleep: Callable[[float], None] = time.sleep
    ) -> Receipt:
        """Wait until a transaction is in a block.

        Raises
        ------
        TransactionReverted, TransactionPending
        """
        waited, look = 0.0, 0
        while (found := self._call("eth_getTransactionReceipt", tx_hash)) is None:
            if waited >= seconds:
                raise TransactionPending(tx_hash, seconds)
            pause = _POLL_SECONDS[min(look, len(_POLL_SECONDS) - 1)]
            sleep(pause)
            waited, look = waited + pause, look + 1
        block = _number(found["blockNumber"])
        if _number(found["status"]) != 1:
            raise TransactionReverted(tx_hash, block)
        return Receipt(self._input_index(found["logs"]), tx_hash, block, _number(found["gasUsed"]))

    def _reverts(self, call: Call, sender: Address) -> bool:
        try:
            self.simulate(call, sender)
        except ContractReverted:
            return True
        return False

    def _require_ether(self, owner: Address, needed: Amount) -> None:
        held = self.ether(owner)
        if held < needed:
            raise NotEnoughTokens("ETH", format_amount(needed, 18), format_amount(held, 18))

    def _input_index(self, logs: Sequence[dict[str, Any]]) -> int | None:
        app = "0x" + word_of(self.app).hex()
        for log in logs:
            topics = [str(topic).lower() for topic in log["topics"]]
            if topics[:2] == [contracts.INPUT_ADDED_TOPIC, app] and log["address"].lower() == self.input_box:
                return _number(topics[2])
        return None

    def _with_proof(self, name: str, function: Function, output: bytes, proof: Proof) -> Call:
        data = function.encode((output, (proof.output_index, proof.siblings)))
        return Call("Application", name, self.app, data)

    def _estimate(self, call: Call, sender: Address) -> int:
        try:
            units = _number(self._rpc.call("eth_estimateGas", [_request(call, sender)]))
        except RpcError as error:
            raise self._failure(call, error) from None
        if units > MAX_TRANSACTION_GAS:
            raise TooMuchGas(units, MAX_TRANSACTION_GAS)
        return units

    def _prices(self) -> dict[str, int]:
        """Fees of EIP-1559: room for the base fee to double."""
        latest = self._call("eth_getBlockByNumber", "latest", False)
        if "baseFeePerGas" not in latest:
            raise BadAnswer("chain", self._rpc.shown_url, "its blocks have no base fee (EIP-1559)")
        base = _number(latest["baseFeePerGas"])
        tip = _number(self._call("eth_maxPriorityFeePerGas"))
        return {"maxFeePerGas": 2 * base + tip, "maxPriorityFeePerGas": tip}

    def _call(self, method: str, *params: Any) -> Any:
        try:
            return self._rpc.call(method, params)
        except RpcError as error:
            raise CallFailed("chain", method, error.code, error.message) from None

    def _failure(self, call: Call, error: RpcError) -> ContractReverted | CallFailed:
        """Tell a contract's refusal from a client's failure."""
        if error.code == 3 or isinstance(error.data, str) or "revert" in error.message:
            data = error.data if isinstance(error.data, str) and error.data.startswith("0x") else "0x"
            reason = revert_reason(bytes.fromhex(data[2:])) if len(data) > 2 else error.message
            return ContractReverted(call.contract, call.function, reason)
        return CallFailed("chain", call.function, error.code, error.message)


def _request(call: Call, sender: Address | None) -> dict[str, str]:
    request = {"to": call.to, "data": "0x" + call.data.hex(), "value": hex(call.value)}
    return request if sender is None else {"from": sender, **request}


def _number(text: str) -> int:
    return int(text, 16)
