"""A table of messages: which function each type travels as, and what its fields are on the wire and in JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from deml.wire.abi import Function
from deml.wire.arguments import Argument, packer, unpacker
from deml.wire.errors import MalformedMessage, UnknownSelector
from deml.wire.forms import Record

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class MessageKind(Generic[M]):
    """One row: `pack` makes arguments of a message, `unpack` a message of arguments, `form` its JSON."""

    function: Function
    pack: Callable[[M], tuple[Any, ...]]
    unpack: Callable[[tuple[Any, ...]], M]
    form: Record[M]


def kind(made: type[M], name: str, selector: str, **members: Argument) -> MessageKind[M]:
    """Write a row down: a message's type, its function in ``IDeML.sol``, the selector in hex, and every field.

    Raises
    ------
    ValueError
        If the fields are not those of `made`.
    """
    function = Function(name, bytes.fromhex(selector), tuple(one.abi for one in members.values()))
    form = Record(made, **{field: one.form for field, one in members.items()})
    return MessageKind(function, packer(members), unpacker(made, members), form)


class MessageTable(Generic[M]):
    """Encodes and decodes the messages of its rows."""

    def __init__(self, *kinds: MessageKind[Any]) -> None:
        self._kinds: Mapping[type[M], MessageKind[Any]] = {one.form.made: one for one in kinds}
        self._by_selector = {one.function.selector: one for one in kinds}

    @property
    def kinds(self) -> tuple[MessageKind[Any], ...]:
        """Rows, in order."""
        return tuple(self._kinds.values())

    def name(self, message: M) -> str:
        """Name of the function that `message` travels as."""
        return self._kinds[type(message)].function.name

    def write(self, message: M) -> dict[str, Any]:
        """Write the values of `message` as JSON."""
        return self._kinds[type(message)].form.write(message)

    def encode(self, message: M) -> bytes:
        """Write `message` as calldata."""
        found = self._kinds[type(message)]
        return found.function.encode(found.pack(message))

    def decode(self, calldata: bytes) -> M:
        """Read calldata.

        Raises
        ------
        UnknownSelector, MalformedMessage
            If it is no message of this table, or not a well-formed one.
        """
        found = self._by_selector.get(calldata[:4])
        if found is None:
            raise UnknownSelector("0x" + calldata[:4].hex())
        values = found.function.decode(calldata)
        try:
            message: M = found.unpack(values)
        except ValueError as error:
            raise MalformedMessage(found.function.name, "a number or a name in them stands for nothing") from error
        return message
