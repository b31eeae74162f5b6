"""Tokens and their amounts as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from deml.base.errors import DemlError
from deml.base.types import Address, Amount

SHOWN_DECIMALS: Final = 6
"""More are of no use to people: a millionth of a token of any worth buys nothing."""

_WRITTEN: Final = re.compile(r"(?P<whole>[0-9]{1,80})(?:\.(?P<fraction>[0-9]{1,80}))?")


@dataclass(eq=False)
class BadAmount(DemlError):
    text: str
    reason: str
    what = "'{text}' is not an amount: {reason}."
    fix = "Write whole tokens, such as 100 or 0.5; or smallest units followed by 'u', such as 500u."


@dataclass(frozen=True, slots=True)
class Token:
    """An ERC-20 token."""

    address: Address
    symbol: str
    decimals: int

    def format(self, amount: Amount) -> str:
        """Write an amount in whole tokens, without its symbol."""
        return format_amount(amount, self.decimals)

    def show(self, amount: Amount) -> str:
        """Write an amount in whole tokens for people, with its symbol; what is cut off is marked by three dots."""
        return f"{readable_amount(amount, self.decimals)} {self.symbol}"

    def parse(self, text: str) -> Amount:
        """Read an amount in whole tokens, or in smallest units with a ``u`` behind.

        Raises
        ------
        BadAmount
        """
        return parse_amount(text, self.decimals)


def format_amount(amount: Amount, decimals: int) -> str:
    """Write an amount exactly, in units of 10 ** `decimals`, with thousands separated."""
    whole, part = divmod(amount, 10**decimals)
    fraction = f"{part:0{decimals}d}".rstrip("0") if decimals else ""
    return f"{whole:,}.{fraction}" if fraction else f"{whole:,}"


def readable_amount(amount: Amount, decimals: int) -> str:
    """Write an amount as `format_amount` does, with six decimals at most, or as many as its first three digits take."""
    whole, point, fraction = format_amount(amount, decimals).partition(".")
    zeros = len(fraction) - len(fraction.lstrip("0"))
    kept = max(SHOWN_DECIMALS, zeros + 3 if whole == "0" else 0)
    return f"{whole}{point}{fraction[:kept]}{'...' if len(fraction) > kept else ''}"


def parse_amount(text: str, decimals: int) -> Amount:
    """Read what `format_amount` writes, or smallest units with a ``u`` behind.

    Raises
    ------
    BadAmount
    """
    places = 0 if text.strip().endswith("u") else decimals
    found = _WRITTEN.fullmatch(text.strip().removesuffix("u").replace(",", "").replace("_", ""))
    if found is None:
        raise BadAmount(text, "it is not a number that is zero or more")
    whole, fraction = found["whole"], found["fraction"] or ""
    if len(fraction.rstrip("0")) > places:
        raise BadAmount(text, f"it has more than {places} decimals")
    return Amount(int(whole + fraction[:places].ljust(places, "0")))
