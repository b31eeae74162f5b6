"""What can be wrong with an encoded input or output."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class UnknownSelector(DemlError):
    selector: str
    what = "No message of DeML begins with the selector {selector}."
    fix = "Encode one of the functions of IDeML.sol, for instance with 'deml encode'."


@dataclass(eq=False)
class MalformedMessage(DemlError):
    name: str
    reason: str
    what = "The arguments of {name} cannot be decoded: {reason}."
    fix = "Encode them as IDeML.sol declares them, for instance with 'deml encode'."


@dataclass(eq=False)
class MalformedJson(DemlError):
    at: str
    expected: str
    what = "{at} is not {expected}."
    fix = "Compare it with the names and forms in docs/inspect.md; where a node sent it, ask another."


@dataclass(eq=False)
class NeedsDeposit(DemlError):
    name: str
    what = "{name} was sent without a deposit."
    fix = "Send it as the execLayerData of an ERC-20 deposit through the ERC20Portal."


@dataclass(eq=False)
class NotADepositOrder(DemlError):
    name: str
    what = "A deposit cannot carry {name}; the amount was credited to the depositor's balance in the dapp."
    fix = "Send {name} to the InputBox by itself, and take the amount out with 'deml withdraw'."


@dataclass(eq=False)
class OversizedPayload(DemlError):
    size: int
    limit: int
    what = "The payload has {size} bytes; the InputBox takes at most {limit}."
    fix = "Split the data into several uploads."
