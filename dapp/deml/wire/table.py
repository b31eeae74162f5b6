"""A table of messages: which function each type travels as, and how its fields become arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from deml.wire.abi import Function
from deml.wire.errors import MalformedMessage, UnknownSelector

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Kind(Generic[M]):
    """One row: `pack` makes arguments of a message, `unpack` a message of arguments."""

    function: Function
    pack: Callable[[Any], tuple[Any, ...]]
    unpack: Callable[..., M]


class Table(Generic[M]):
    """Encodes and decodes the messages of its rows."""

    def __init__(self, kinds: Mapping[type[M], Kind[M]]) -> None:
        self._kinds = kinds
        self._by_selector = {kind.function.selector: kind for kind in kinds.values()}

    @property
    def functions(self) -> tuple[Function, ...]:
        """Function of each row, in order."""
        return tuple(kind.function for kind in self._kinds.values())

    def function(self, message: M) -> Function:
        """Find the function that `message` travels as."""
        return self._kinds[type(message)].function

    def encode(self, message: M) -> bytes:
        """Write `message` as calldata."""
        kind = self._kinds[type(message)]
        return kind.function.encode(kind.pack(message))

    def decode(self, calldata: bytes) -> M:
        """Read calldata.

        Raises
        ------
        UnknownSelector, MalformedMessage
            If it is no message of this table, or not a well-formed one.
        """
        kind = self._by_selector.get(calldata[:4])
        if kind is None:
            raise UnknownSelector("0x" + calldata[:4].hex())
        values = kind.function.decode(calldata)
        try:
            return kind.unpack(*values)
        except ValueError as error:
            raise MalformedMessage(kind.function.name, str(error)) from error
