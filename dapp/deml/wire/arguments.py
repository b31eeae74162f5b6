"""Fields of messages: each with its type in Solidity, its form in JSON, and the conversion between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Final

from deml.base.states import Ending
from deml.wire.forms import Account, Form, Items, Named, Raw, Record, StateName, Text, TokenUnits, Truth, Whole, getter


@dataclass(frozen=True, slots=True)
class Argument:
    """A field. `pack` makes of its value what eth-abi takes, `unpack` the reverse; None where it is the same."""

    abi: str
    form: Form[Any]
    pack: Callable[[Any], Any] | None = None
    unpack: Callable[[Any], Any] | None = None


def uint(bits: int) -> Argument:
    """Make an unsigned number."""
    return Argument(f"uint{bits}", Whole(0, (1 << bits) - 1))


def amount(bits: int = 256) -> Argument:
    """Make an amount of tokens."""
    return Argument(f"uint{bits}", TokenUnits(bits))


def numbered(names: type[IntEnum]) -> Argument:
    """Make a number that has a name."""
    return Argument("uint8", Named(names), int, names)


def named(states: type[StrEnum]) -> Argument:
    """Make a state of the protocol, which travels by its name."""
    return Argument("string", StateName(states), None, states)


def several(one: Argument) -> Argument:
    """Make any number of `one`."""
    pack, unpack = one.pack or _same, one.unpack or _same
    return Argument(
        f"{one.abi}[]",
        Items(one.form),
        lambda values: [pack(value) for value in values],
        lambda values: tuple(unpack(value) for value in values),
    )


def struct(made: type[Any], **members: Argument) -> Argument:
    """Make a Solidity struct of a dataclass."""
    form = Record(made, **{name: one.form for name, one in members.items()})
    return Argument(
        f"({','.join(one.abi for one in members.values())})", form, packer(members), unpacker(made, members)
    )


def packer(members: dict[str, Argument]) -> Callable[[Any], tuple[Any, ...]]:
    """Make a function from a dataclass's value to the arguments for its fields."""
    get = getter(*members)
    packs = [(place, one.pack) for place, one in enumerate(members.values()) if one.pack is not None]
    if not packs:
        return get

    def pack(value: Any) -> tuple[Any, ...]:
        values = list(get(value))
        for place, convert in packs:
            values[place] = convert(values[place])
        return tuple(values)

    return pack


def unpacker(made: type[Any], members: dict[str, Argument]) -> Callable[[tuple[Any, ...]], Any]:
    """Make a function from arguments to a dataclass's value."""
    unpacks = [(place, one.unpack) for place, one in enumerate(members.values()) if one.unpack is not None]

    def unpack(arguments: tuple[Any, ...]) -> Any:
        values = list(arguments)
        for place, convert in unpacks:
            values[place] = convert(values[place])
        return made(*values)

    return unpack


def _same(value: Any) -> Any:
    return value


NUMBER: Final = uint(256)
"""A job's number."""

TIME: Final = uint(64)
"""A block timestamp, in seconds."""

SCORE: Final = Argument("int64", Whole(-(1 << 63), (1 << 63) - 1))
"""A score, in parts per million."""

AMOUNT: Final = amount()
ADDRESS: Final = Argument("address", Account())
TEXT: Final = Argument("string", Text())
TRUTH: Final = Argument("bool", Truth())
BYTES: Final = Argument("bytes", Raw())
WORD: Final = Argument("bytes32", Raw(32))
ENDING: Final = named(Ending)
