"""How values look in JSON: one form for each kind of value, that writes it and reads it again.

Amounts are text, for they exceed what a JSON number holds exactly in most languages. Names are those of ``IDeML.sol``:
a field ``job_id`` is the member ``jobId``. What is read may come from a stranger, so every value is checked.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import IntEnum, StrEnum
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from deml.base.names import camel
from deml.base.types import Address, Amount
from deml.wire.errors import MalformedJson

T = TypeVar("T")
S = TypeVar("S", bound=StrEnum)
N = TypeVar("N", bound=IntEnum)

MAX_DIGITS: Final = 78
"""Digits of the largest number that Solidity has, 2^256 - 1."""

_HEX: Final = re.compile("0x(?:[0-9a-fA-F]{2})*")
_ABSENT: Final = object()


class Form(ABC, Generic[T]):
    """A kind of value."""

    @property
    def plain(self) -> bool:
        """Whether a value is its own JSON."""
        return False

    @abstractmethod
    def write(self, value: T) -> Any:
        """JSON of a value."""

    def writer(self) -> Callable[[T], Any]:
        """Find the fastest function that does what `write` does; a page of jobs calls it some ten thousand times."""
        return self.write

    @abstractmethod
    def read(self, json: Any, at: str) -> T:
        """Value of some JSON; `at` says in an error where it stands.

        Raises
        ------
        MalformedJson
            If it has another form.
        """


class Plain(Form[T]):
    """A kind of value that JSON has as it is."""

    @property
    def plain(self) -> bool:
        """It is."""
        return True

    def write(self, value: T) -> T:
        """Return the value itself."""
        return value


@dataclass(frozen=True)
class Whole(Plain[int]):
    """A whole number from `low` to `high`."""

    low: int
    high: int

    def read(self, json: Any, at: str) -> int:
        """Read a JSON number, of no fraction and no exponent."""
        if type(json) is not int or not self.low <= json <= self.high:
            raise MalformedJson(at, f"a whole number from {self.low} to {self.high}")
        return json


@dataclass(frozen=True)
class Text(Plain[str]):
    """Any text."""

    def read(self, json: Any, at: str) -> str:
        """Read a JSON string."""
        if not isinstance(json, str):
            raise MalformedJson(at, "a text")
        return json


@dataclass(frozen=True)
class Truth(Plain[bool]):
    """True or false."""

    def read(self, json: Any, at: str) -> bool:
        """Read a JSON truth value."""
        if not isinstance(json, bool):
            raise MalformedJson(at, "true or false")
        return json


@dataclass(frozen=True)
class Account(Plain[Address]):
    """An account: 20 bytes in lower-case hex."""

    def read(self, json: Any, at: str) -> Address:
        """Read an account; letters of any case are the same account."""
        raw = _hex(json, at)
        if len(raw) != 20:
            raise MalformedJson(at, "an account: 20 bytes in hex, with 0x")
        return Address("0x" + raw.hex())


@dataclass(frozen=True)
class StateName(Plain[S]):
    """One of the protocol's states, by its name."""

    states: type[S]

    def read(self, json: Any, at: str) -> S:
        """Read a state's name."""
        if json not in list(self.states):
            raise MalformedJson(at, "one of " + ", ".join(self.states))
        return self.states(json)


@dataclass(frozen=True)
class TokenUnits(Form[Amount]):
    """An amount of a token's smallest unit, of at most `bits` bits, as decimal text."""

    bits: int

    def write(self, value: Amount) -> str:
        """Write all digits."""
        return str(value)

    def writer(self) -> Callable[[Amount], str]:
        """`str` itself."""
        return str

    def read(self, json: Any, at: str) -> Amount:
        """Read digits, and nothing else."""
        digits = isinstance(json, str) and json.isascii() and json.isdigit() and len(json) <= MAX_DIGITS
        if not digits or int(json) >= 1 << self.bits:
            raise MalformedJson(at, f"an amount: decimal digits in a text, below 2^{self.bits}")
        return Amount(int(json))


@dataclass(frozen=True)
class Raw(Form[bytes]):
    """Bytes in hex with ``0x``; of a fixed `size` where one is given."""

    size: int | None = None

    def write(self, value: bytes) -> str:
        """Write them in lower case."""
        return "0x" + value.hex()

    def read(self, json: Any, at: str) -> bytes:
        """Read hex of any case."""
        raw = _hex(json, at)
        if self.size is not None and len(raw) != self.size:
            raise MalformedJson(at, f"{self.size} bytes in hex, with 0x")
        return raw


@dataclass(frozen=True)
class Named(Form[N]):
    """A number of the wire that has a name, such as a slot: the name in small letters, with hyphens."""

    numbers: type[N]

    def write(self, value: N) -> str:
        """Write the name."""
        return value.name.lower().replace("_", "-")

    def read(self, json: Any, at: str) -> N:
        """Read a name."""
        for one in self.numbers:
            if json == self.write(one):
                return one
        raise MalformedJson(at, "one of " + ", ".join(map(self.write, self.numbers)))


@dataclass(frozen=True)
class Maybe(Form[T | None]):
    """A value, or null where there is none."""

    inner: Form[T]

    @property
    def plain(self) -> bool:
        """Null is its own JSON, so the value decides."""
        return self.inner.plain

    def write(self, value: T | None) -> Any:
        """Write the value, or null."""
        return None if value is None else self.inner.write(value)

    def writer(self) -> Callable[[T | None], Any]:
        """A function of one call less."""
        inner = self.inner.writer()
        return lambda value: None if value is None else inner(value)

    def read(self, json: Any, at: str) -> T | None:
        """Read the value, or null."""
        return None if json is None else self.inner.read(json, at)


@dataclass(frozen=True)
class Items(Form[tuple[T, ...]]):
    """Any number of values of one form."""

    item: Form[T]

    def write(self, value: tuple[T, ...]) -> list[Any]:
        """Write a list."""
        return list(value) if self.item.plain else [self.item.write(one) for one in value]

    def writer(self) -> Callable[[tuple[T, ...]], list[Any]]:
        """`list` itself where the values are their own JSON."""
        return list if self.item.plain else self.write

    def read(self, json: Any, at: str) -> tuple[T, ...]:
        """Read a list."""
        if not isinstance(json, list):
            raise MalformedJson(at, "a list")
        return tuple(self.item.read(one, f"{at}[{place}]") for place, one in enumerate(json))


class Record(Form[T]):
    """An object with a member for every field of a dataclass, in its order.

    Raises
    ------
    ValueError
        If the members given are not the dataclass's fields.
    """

    def __init__(self, made: type[T], **members: Form[Any]) -> None:
        if list(members) != [one.name for one in fields(made)]:  # type: ignore[arg-type]
            raise ValueError(f"{made.__name__} has other fields than {', '.join(members)}")
        self.made = made
        self.members = {camel(field): (field, form) for field, form in members.items()}
        self._get = getter(*members)
        self._names = tuple(self.members)
        self._writers = [(name, form.writer()) for name, (_, form) in self.members.items() if not form.plain]

    def write(self, value: T) -> dict[str, Any]:
        """Write an object."""
        written = dict(zip(self._names, self._get(value), strict=True))
        for name, write in self._writers:
            written[name] = write(written[name])
        return written

    def read(self, json: Any, at: str) -> T:
        """Read an object; members that this version does not know are passed over."""
        return self.made(**self.values(json, at))

    def values(self, json: Any, at: str) -> dict[str, Any]:
        """Read an object's members, by field."""
        if not isinstance(json, Mapping):
            raise MalformedJson(at, "an object")
        found = {}
        for name, (field, form) in self.members.items():
            member = json.get(name, _ABSENT)
            if member is _ABSENT:
                raise MalformedJson(f"{at}.{name}", "there, and must be")
            found[field] = form.read(member, f"{at}.{name}")
        return found


def getter(*names: str) -> Callable[[Any], tuple[Any, ...]]:
    """Make a function that returns these attributes of a value."""
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)


def _hex(json: Any, at: str) -> bytes:
    if not (isinstance(json, str) and _HEX.fullmatch(json)):
        raise MalformedJson(at, "bytes in hex, with 0x")
    return bytes.fromhex(json[2:])
