"""The chain: inputs and deposits get there, and one knows what became of them.

`ChainReading` reads any chain, `ApplicationReader` knows one Application's contracts and prepares calls, `Chain` sends
them. Below all three is web3.py (`docs/adr/0028`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from deml.base.types import Address, Amount, word_of
from deml_sdk.addresses import checksummed
from deml_sdk.chain import contracts
from deml_sdk.chain.application import MAX_TRANSACTION_GAS, ApplicationReader
from deml_sdk.chain.connection import answered
from deml_sdk.chain.errors import NoDefaultAccount
from deml_sdk.chain.reading import RECEIPT_SECONDS
from deml_sdk.chain.tokens import format_amount
from deml_sdk.chain.transactions import Call, InstanceAccount, Receipt, Sender, Signed, Signer
from deml_sdk.errors import CallFailed, NotEnoughTokens, TransactionReverted
from deml_sdk.rpc import RpcError

_GAS_MARGIN: Final = (6, 5)
"""Gas limit over estimate: storage may change between the two. What is not used is not paid."""


class Chain(ApplicationReader):
    """A chain, seen from one Application: reads, prepares and sends.

    Examples
    --------
    With an address, and with one's own instance, its middleware and its signer::

        Chain(connect("http://127.0.0.1:8545"), app, portal).send(wallet, call)

        web3 = Web3(Web3.HTTPProvider(url))
        web3.middleware_onion.inject(SignAndSendRawMiddlewareBuilder.build(account), layer=0)
        web3.eth.default_account = account.address
        chain = Chain(web3, app, portal)
        chain.send(chain.default_account(), chain.input_call(payload))
    """

    def default_account(self) -> InstanceAccount:
        """Account that the instance itself signs for: its ``eth.default_account``.

        Raises
        ------
        NoDefaultAccount
        """
        account = self.web3.eth.default_account
        if not isinstance(account, str):
            raise NoDefaultAccount
        return InstanceAccount(Address(account.lower()))

    def send(self, sender: Sender, call: Call) -> Receipt:
        """Check, sign and send one transaction, and wait until it is in a block.

        Raises
        ------
        ContractReverted
            If it would fail: nothing is sent then.
        TransactionReverted, TransactionPending, TooMuchGas
        """
        return self.wait_for(self.submit(sender, call))

    def submit(self, sender: Sender, call: Call) -> str:
        """Check, sign and send one transaction; return its hash without waiting. Known gas is not estimated again.

        Parameters
        ----------
        sender
            A wallet that signs by itself, or an account that the Web3 instance signs for (`default_account`).

        Raises
        ------
        ContractReverted, TooMuchGas
        NotEnoughTokens
            If the sender's Ether does not cover the gas limit.
        """
        if isinstance(sender, InstanceAccount):
            return self._sent_by_instance(sender, self._checked(sender, call)[0])
        signed = self.sign(sender, call)
        self.broadcast(signed)
        return signed.tx_hash

    def sign(self, signer: Signer, call: Call) -> Signed:
        """Check and sign one transaction, and send nothing. Known gas is not estimated again.

        Raises
        ------
        ContractReverted, TooMuchGas, NotEnoughTokens
        """
        from eth_utils.crypto import keccak

        transaction, prices = self._checked(signer, call)
        raw = signer.sign_transaction({**transaction, **prices, "nonce": self.nonce(signer.address)})
        return Signed("0x" + keccak(raw).hex(), raw)

    def broadcast(self, signed: Signed) -> None:
        """Hand a signed transaction to the chain. To do so again is no second one: it is known by its hash.

        Raises
        ------
        CallFailed
            If it is refused, and is not there already.
        """
        try:
            self._ask("eth_sendRawTransaction", lambda: self.web3.eth.send_raw_transaction(signed.raw))
        except CallFailed:
            if not self.knows(signed.tx_hash):
                raise

    def knows(self, tx_hash: str) -> bool:
        """Whether a transaction is in a block, or waits for one."""
        return self.rpc("eth_getTransactionByHash", [tx_hash]) is not None

    def _checked(self, sender: Sender, call: Call) -> tuple[dict[str, Any], dict[str, int]]:
        """A transaction without nonce and fees, and the fees, if the sender can pay them."""
        units = self._gas(call, sender.address) if call.gas is None else call.gas
        limit = min(units * _GAS_MARGIN[0] // _GAS_MARGIN[1], MAX_TRANSACTION_GAS)
        prices = self._prices()
        self._require_ether(sender.address, Amount(limit * prices["maxFeePerGas"] + call.value))
        transaction: dict[str, Any] = {
            "chainId": self.chain_id,
            "to": checksummed(call.to),
            "data": call.data,
            "value": call.value,
            "gas": limit,
        }
        return transaction, prices

    def wait_for(
        self, tx_hash: str, seconds: int = RECEIPT_SECONDS, sleep: Callable[[float], None] = time.sleep
    ) -> Receipt:
        """Wait until a transaction is in a block.

        Raises
        ------
        TransactionReverted, TransactionPending
        """
        found = self.wait_for_receipt(tx_hash, seconds, sleep)
        return self._understood(lambda: self._read_receipt(tx_hash, found))

    def _sent_by_instance(self, sender: InstanceAccount, transaction: dict[str, Any]) -> str:
        """Leave signing, nonce and fees to the instance; what its middleware raises passes through."""
        asked: Any = {**transaction, "from": checksummed(sender.address)}
        try:
            sent = answered(self.web3, lambda: self.web3.eth.send_transaction(asked))
        except RpcError as error:
            raise CallFailed("chain", "eth_sendTransaction", error.code, error.message) from None
        return "0x" + bytes(sent).hex()

    def _read_receipt(self, tx_hash: str, found: Any) -> Receipt:
        block = int(found["blockNumber"])
        if int(found["status"]) != 1:
            raise TransactionReverted(tx_hash, block)
        return Receipt(self._input_index(found["logs"]), tx_hash, block, int(found["gasUsed"]))

    def _input_index(self, logs: Any) -> int | None:
        """Number of the input that was added, by the event of the InputBox and of nobody else."""
        added = [contracts.INPUT_ADDED_TOPIC, "0x" + word_of(self.app).hex()]
        for log in logs:
            topics = ["0x" + bytes(topic).hex() for topic in log["topics"]]
            if topics[:2] == added and log["address"].lower() == self.input_box:
                return int(topics[2], 16)
        return None

    def _require_ether(self, owner: Address, needed: Amount) -> None:
        held = self.ether(owner)
        if held < needed:
            raise NotEnoughTokens("ETH", format_amount(needed, 18), format_amount(held, 18))
