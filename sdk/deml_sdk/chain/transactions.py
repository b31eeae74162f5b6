"""Transactions to be and transactions done: calls, what they cost, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

from deml.base.types import NOTHING, Address, Amount, Timestamp
from deml_sdk.chain.tokens import format_amount

ETHER_DECIMALS: Final = 18


class Signer(Protocol):
    """What the chain needs of a wallet that signs by itself."""

    @property
    def address(self) -> Address:
        """Who sends."""

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        """Sign a transaction given as eth_account takes it; return its raw bytes."""


@dataclass(frozen=True, slots=True)
class InstanceAccount:
    """An account that the caller's Web3 instance signs for, by a middleware or because its node holds the key.

    Nonce and fees are then the instance's, too.
    """

    address: Address


Sender = Signer | InstanceAccount
"""Who may send."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block's number, timestamp and hash, in hex with 0x."""

    number: int
    timestamp: Timestamp
    hash: str


@dataclass(frozen=True, slots=True)
class Call:
    """A transaction to be: `contract` and `function` are for people.

    `gas` is what it was estimated to take, in units; None where that is not known yet.
    """

    contract: str
    function: str
    to: Address
    data: bytes
    value: Amount = NOTHING
    gas: int | None = None

    @property
    def adds_input(self) -> bool:
        """Whether it has the dapp run an input."""
        return self.function in ("addInput", "depositERC20Tokens")


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed transaction, ready to be broadcast."""

    tx_hash: str
    raw: bytes


def few_digits(wei: Amount) -> str:
    """Write an amount of Ether with its first three digits: a price that changes with every block."""
    whole, _, fraction = format_amount(wei, ETHER_DECIMALS).partition(".")
    zeros = len(fraction) - len(fraction.lstrip("0"))
    kept = fraction[: (zeros if whole == "0" else 0) + 3].rstrip("0")
    return f"{whole}.{kept}" if kept else whole


@dataclass(frozen=True, slots=True)
class Gas:
    """What a transaction costs: gas units, and the price now, in wei a unit. `exact` is False for a rule of thumb."""

    units: int
    price: int
    exact: bool = True

    @property
    def wei(self) -> Amount:
        """Cost at the present price."""
        return Amount(self.units * self.price)

    def describe(self) -> str:
        """Cost in words."""
        about = "" if self.exact else "about "
        return f"{about}{self.units:,} units, now {few_digits(self.wei)} ETH"

    def __add__(self, other: Gas) -> Gas:
        return Gas(self.units + other.units, self.price, self.exact and other.exact)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction. `input_index` is the number of the input it added; None where it added none."""

    input_index: int | None
    tx_hash: str
    block: int
    gas_used: int


APPROVE_GAS: Final = 60_000
"""Gas of an approval, by a rule of thumb: 46,000 with OpenZeppelin's ERC-20, somewhat more behind a proxy."""


def deposit_gas(size: int) -> int:
    """Gas of a deposit with `size` bytes of calldata, by a rule of thumb for want of an estimate.

    The first line is the floor of EIP-7623 with no byte zero. The second was fitted to anvil (Prague rules) and rounded
    up: storage and events of token, portal and InputBox, and 30 gas a byte for calldata, hashing and the event.
    """
    return max(
        21_000 + 40 * size,
        150_000 + 30 * size,
    )
