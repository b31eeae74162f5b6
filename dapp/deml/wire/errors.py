"""What can be wrong with an encoded input or output."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class UnknownSelector(DemlError):
    selector: str
    what = "No message of DeML begins with the selector {selector}."


@dataclass(eq=False)
class MalformedMessage(DemlError):
    name: str
    reason: str
    what = "The arguments of {name} cannot be decoded: {reason}."


@dataclass(eq=False)
class MalformedJson(DemlError):
    at: str
    expected: str
    what = "{at} is not {expected}."


@dataclass(eq=False)
class NeedsDeposit(DemlError):
    name: str
    what = "{name} was sent without a deposit."


@dataclass(eq=False)
class NotADepositOrder(DemlError):
    name: str
    what = "A deposit cannot carry {name}; the amount was credited to the depositor's balance in the dapp."


@dataclass(eq=False)
class OversizedPayload(DemlError):
    size: int
    limit: int
    what = "The payload has {size} bytes; the InputBox takes at most {limit}."
