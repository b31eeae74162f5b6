"""One Application and its portal: what they say, and calls to them that may be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from deml.base.types import Address, Amount
from deml.wire.errors import MalformedMessage
from deml_sdk.chain import contracts
from deml_sdk.chain.connection import shown_address
from deml_sdk.chain.proof import Proof
from deml_sdk.chain.reading import ChainReading
from deml_sdk.chain.transactions import APPROVE_GAS, Call, Gas, deposit_gas
from deml_sdk.errors import (
    BadAnswer,
    ContractReverted,
    MixedContracts,
    NoContract,
    NotEnoughTokens,
    OtherAvailability,
    OtherSuite,
    TooMuchGas,
)
from deml_sdk.suites import CARTESI_2_2, fits_image, suite_name

if TYPE_CHECKING:
    from web3 import Web3

MAX_TRANSACTION_GAS: Final = 16_777_216
"""Most gas in one transaction (EIP-7825)."""


class ApplicationReader(ChainReading):
    """Reads a chain as one Application sees it, and prepares what may be sent to it.

    Parameters
    ----------
    web3
        Asks the chain.
    app
        The Application.
    erc20_portal
        The portal that takes deposits; it names the InputBox.
    """

    def __init__(self, web3: Web3, app: Address, erc20_portal: Address) -> None:
        super().__init__(web3)
        self.app = app
        self.erc20_portal = erc20_portal

    @cached_property
    def input_box(self) -> Address:
        """The InputBox that portal and Application both name; there is code.

        An input to another one, or to an address without code, would be mined and never read; what comes from a portal
        of another suite than the image's would be read, and the deposit credited to nobody.

        Raises
        ------
        NoContract, OtherAvailability, MixedContracts, OtherSuite
        """
        (address,) = self.read("ERC20Portal", self.erc20_portal, contracts.INPUT_BOX)
        (availability,) = self.read("Application", self.app, contracts.DATA_AVAILABILITY)
        read = input_box_of(availability)
        if read is None:
            raise OtherAvailability(self.app, "0x" + availability[:4].hex())
        if read != address:
            raise MixedContracts(self.app, read, suite_name(read), self.erc20_portal, address, suite_name(address))
        if not fits_image(read, self.erc20_portal):
            ours = CARTESI_2_2
            raise OtherSuite(self.erc20_portal, read, suite_name(read), ours.name, ours.erc20_portal)
        if not self.code(read):
            raise NoContract("InputBox", read)
        return read

    def was_executed(self, output_index: int) -> bool:
        """Tell whether the Application has executed an output."""
        return bool(self.read("Application", self.app, contracts.WAS_EXECUTED, output_index)[0])

    def input_call(self, payload: bytes) -> Call:
        """Make the transaction that sends an input.

        Raises
        ------
        NoContract, OtherAvailability, MixedContracts, OtherSuite
        """
        data = contracts.ADD_INPUT.encode((self.app, payload))
        return Call("InputBox", "addInput", self.input_box, data)

    def approve_call(self, token: Address, amount: Amount) -> Call:
        """Make the transaction that lets the portal take tokens: exactly `amount`."""
        return Call("token", "approve", token, contracts.APPROVE.encode((self.erc20_portal, amount)))

    def deposit_call(self, token: Address, amount: Amount, data: bytes) -> Call:
        """Make the transaction that deposits tokens with execLayerData.

        Raises
        ------
        NoContract, OtherAvailability, MixedContracts, OtherSuite
        """
        _ = self.input_box  # a mixture of suites is refused there
        arguments = (token, self.app, amount, data)
        return Call("ERC20Portal", "depositERC20Tokens", self.erc20_portal, contracts.DEPOSIT_ERC20.encode(arguments))

    def execute_call(self, output: bytes, proof: Proof) -> Call:
        """Make the transaction that executes a voucher."""
        data = contracts.EXECUTE_OUTPUT.encode((output, (proof.output_index, proof.siblings)))
        return Call("Application", "executeOutput", self.app, data)

    def deposit_calls(self, owner: Address, token: Address, amount: Amount, data: bytes) -> list[Call]:
        """Make the transactions of a deposit: an approval where the portal may not take enough, and the deposit.

        Some tokens, such as USDT, refuse to change an allowance that is not zero; theirs is set to zero first.

        Raises
        ------
        NotEnoughTokens
        NoContract, OtherAvailability, MixedContracts, OtherSuite
        """
        deposit = self.deposit_call(token, amount, data)
        held = self.balance(token, owner)
        if held < amount:
            known = self.token(token)
            raise NotEnoughTokens(known.symbol, known.format(amount), known.format(held))
        allowed = self.allowance(token, owner, self.erc20_portal)
        if allowed >= amount:
            return [deposit]
        approve = self.approve_call(token, amount)
        if allowed and self._reverts(approve, owner):
            return [self.approve_call(token, Amount(0)), approve, deposit]
        return [approve, deposit]

    def priced(self, calls: Sequence[Call], sender: Address) -> tuple[tuple[Call, ...], Gas]:
        """Estimate what transactions will take, each and in all, sent one after another.

        What waits for an approval among them, a deposit or a second approval, is counted by a rule of thumb, and its
        own gas left open.

        Raises
        ------
        ContractReverted
            If one would fail.
        TooMuchGas
        """
        found: list[Call] = []
        total = Gas(0, self._prices()["maxFeePerGas"])
        approved = False
        for call in calls:
            if approved and call.to == self.erc20_portal:
                total += Gas(deposit_gas(len(call.data)), total.price, exact=False)
                found.append(call)
            elif approved and call.function == "approve":
                total += Gas(APPROVE_GAS, total.price, exact=False)
                found.append(call)
            else:
                units = self._gas(call, sender)
                total += Gas(units, total.price)
                found.append(replace(call, gas=units))
            approved = approved or call.function == "approve"
        return tuple(found), total

    def _reverts(self, call: Call, sender: Address) -> bool:
        try:
            self.simulate(call, sender)
        except ContractReverted:
            return True
        return False

    def _gas(self, call: Call, sender: Address) -> int:
        units = self.gas(call, sender)
        if units > MAX_TRANSACTION_GAS:
            raise TooMuchGas(units, MAX_TRANSACTION_GAS)
        return units

    def _prices(self) -> dict[str, int]:
        """Fees of EIP-1559: room for the base fee to double."""
        latest = self._header("latest")
        if latest is None or "baseFeePerGas" not in latest:
            raise BadAnswer("chain", shown_address(self.web3), "its blocks have no base fee (EIP-1559)")
        base = self._understood(lambda: int(latest["baseFeePerGas"]))
        tip = self._ask("eth_maxPriorityFeePerGas", lambda: int(self.web3.eth.max_priority_fee))
        return {"maxFeePerGas": 2 * base + tip, "maxPriorityFeePerGas": tip}


def input_box_of(availability: bytes) -> Address | None:
    """Read which InputBox an Application takes its inputs from; None where it takes them from elsewhere, too."""
    if availability[:4] != contracts.IN_INPUT_BOX.selector:
        return None
    try:
        (address,) = contracts.IN_INPUT_BOX.decode(availability)
    except MalformedMessage:
        return None
    return Address(address)
