"""The contracts the command line talks to: functions, what they return, events and errors.

Selectors are constants, as in `deml.wire`; a test computes them again from the signatures and from the published
artifacts of ``@cartesi/rollups``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from deml.wire.abi import Function, decode_values, function
from deml.wire.errors import MalformedMessage


@dataclass(frozen=True, slots=True)
class View:
    """A function that only reads, and the types of what it returns."""

    function: Function
    returns: tuple[str, ...]

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """Read what the function returned.

        Raises
        ------
        MalformedMessage
        """
        return decode_values(self.function.name, self.returns, data)


def _view(name: str, selector: str, *types: str, returns: str) -> View:
    return View(function(name, selector, *types), (returns,))


ADD_INPUT: Final = function("addInput", "1789cd63", "address", "bytes")
NUMBER_OF_INPUTS: Final = _view("getNumberOfInputs", "61a93c87", "address", returns="uint256")
INPUT_HASH: Final = _view("getInputHash", "677087c9", "address", "uint256", returns="bytes32")
INPUT_ADDED_TOPIC: Final = "0xc05d337121a6e8605c6ec0b72aa29c4210ffe6e5b9cefdd6a7058188a8f66f98"
"""``InputAdded(address indexed appContract, uint256 indexed index, bytes input)``"""
CLAIM_SUBMITTED: Final = "0xf4ff953641f10e17dd93c0bc51334cb1f711fdcb4e37992021a5973f7a958f09"
"""``ClaimSubmitted(address,address,uint256,bytes32)``"""
CLAIM_ACCEPTED: Final = "0x0f2cd00a405c0d1a66050307b6722c4788db6ed57aa3589a5c38da535cc3ce63"
"""``ClaimAccepted(address,uint256,bytes32)``"""
OUTPUT_EXECUTED: Final = "0xcad1f361c6e84664e892230291c8e8eb9555683e0a6a5ce8ea7b204ac0ac3676"
"""``OutputExecuted(uint64,bytes)``"""
CONSENSUS_CHANGED: Final = "0x6ad3188ba8f430fba0656cb0a7e839ab2020d5586ba11a1477d18f7092f8bece"
"""``OutputsMerkleRootValidatorChanged(address)``"""

EVM_ADVANCE: Final = function(
    *("EvmAdvance", "415bf363", "uint256", "address", "address", "uint256", "uint256", "uint256", "uint256", "bytes")
)
"""An input as the InputBox frames it: chain, Application, sender, block, time, randomness, index, payload."""

DEPOSIT_ERC20: Final = function("depositERC20Tokens", "95854b81", "address", "address", "uint256", "bytes")
INPUT_BOX: Final = _view("getInputBox", "00aace9a", returns="address")

EXECUTE_OUTPUT: Final = function("executeOutput", "33137b76", "bytes", "(uint64,bytes32[])")
WAS_EXECUTED: Final = _view("wasOutputExecuted", "71891db0", "uint256", returns="bool")
VALIDATOR: Final = _view("getOutputsMerkleRootValidator", "a94dfc5a", returns="address")
DATA_AVAILABILITY: Final = _view("getDataAvailability", "f02478de", returns="bytes")
IN_INPUT_BOX: Final = function("InputBox", "b12c9ede", "address")
"""Data availability of an Application whose inputs are in an InputBox and nowhere else."""

TEMPLATE_HASH: Final = _view("getTemplateHash", "61b12c66", returns="bytes32")
DEPLOYED_AT: Final = _view("getDeploymentBlockNumber", "b3a1acd8", returns="uint256")
"""Block in which an Application was made; it has no inputs before."""

OWNER: Final = _view("owner", "8da5cb5b", returns="address")

EPOCH_LENGTH: Final = _view("getEpochLength", "cfe8a73b", returns="uint256")
NUMBER_OF_VALIDATORS: Final = _view("numOfValidators", "1e526e45", returns="uint256")
VALIDATOR_BY_ID: Final = _view("validatorById", "1c45396a", "uint256", returns="address")

APPROVE: Final = function("approve", "095ea7b3", "address", "uint256")
ALLOWANCE: Final = _view("allowance", "dd62ed3e", "address", "address", returns="uint256")
BALANCE_OF: Final = _view("balanceOf", "70a08231", "address", returns="uint256")
SYMBOL: Final = _view("symbol", "95d89b41", returns="string")
DECIMALS: Final = _view("decimals", "313ce567", returns="uint8")

ERRORS: Final[tuple[Function, ...]] = (
    function("Error", "08c379a0", "string"),
    function("Panic", "4e487b71", "uint256"),
    function("InsufficientFunds", "03eb8b54", "uint256", "uint256"),
    function("InvalidOutputHashesSiblingsArrayLength", "ba58bd36"),
    function("InvalidOutputsMerkleRoot", "44a192ff", "bytes32"),
    function("OutputNotExecutable", "d284c01e", "bytes"),
    function("OutputNotReexecutable", "7b97a6bb", "bytes"),
    function("InputTooLarge", "9f21b8a0", "address", "uint256", "uint256"),
    function("ERC20TransferFailed", "f27f64e4"),
    function("ERC20InsufficientBalance", "e450d38c", "address", "uint256", "uint256"),
    function("ERC20InsufficientAllowance", "fb8f41b2", "address", "uint256", "uint256"),
    function("SafeERC20FailedOperation", "5274afe7", "address"),
    function("NotAContract", "8a8b41ec", "address"),
    function("NotANotice", "c69033cd"),
    function("UnexpectedNotice", "c5f3a254", "bytes4"),
    function("MalformedNotice", "f10173c6"),
    function("ContradictingModel", "cb715b3f", "address", "uint256", "address"),
    function("ContradictingData", "0b6a2a0c", "address", "uint256", "string", "string"),
    function("ContradictingEnding", "d0b568f8", "address", "uint256", "string", "string"),
    function("UnknownModel", "00b0d45b", "address", "uint256", "address"),
    function("NoModels", "f255341a", "address", "uint256"),
)
"""Errors these contracts raise, so that a revert can be told in words."""


def revert_reason(data: bytes) -> str:
    """Tell in words why a call was reverted, from the bytes it returned."""
    known = next((one for one in ERRORS if one.selector == data[:4]), None)
    if known is None:
        return f"unknown error 0x{data[:4].hex()}" if data else "no reason given"
    try:
        arguments = known.decode(data)
    except MalformedMessage:
        return known.name
    if known.name == "Error":
        return str(arguments[0])
    shown = ("0x" + one.hex() if isinstance(one, bytes) else str(one) for one in arguments)
    return f"{known.name}({', '.join(shown)})"[:200]
