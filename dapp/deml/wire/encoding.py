"""``abi.encode``, by functions that are made once for each type: a settlement writes a hundred vouchers.

The bytes are eth-abi's (``tests/property/test_abi_encoding.py``), at a tenth of its instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

WORD: Final = 32
"""Bytes of a word."""


@dataclass(frozen=True, slots=True)
class Writer:
    """How values of one type are written; `size` are the bytes that they all take, 0 where they differ in length."""

    write: Callable[[Any], bytes]
    size: int = WORD


@cache
def writer(abi: str) -> Writer:
    """Make the writer of a type in canonical form: ``uint64``, ``bytes32``, ``(string,address[])[]``.

    Raises
    ------
    ValueError
        If the wire knows no such type.
    """
    if abi.endswith("[]"):
        return Writer(_items(writer(abi[:-2])), 0)
    if abi.startswith("("):
        return arguments(_members(abi[1:-1]))
    if abi == "address":
        return Writer(_address)
    if abi == "bool":
        return Writer(lambda value: _unsigned(1)(int(value)))
    if abi in ("bytes", "string"):
        return Writer(_text if abi == "string" else _bytes, 0)
    for kind, made in (("uint", _unsigned), ("int", _signed), ("bytes", _fixed)):
        if abi.startswith(kind) and abi[len(kind) :].isdigit():
            return Writer(made(int(abi[len(kind) :])))
    raise ValueError(f"the wire knows no type {abi}")


@cache
def arguments(types: tuple[str, ...]) -> Writer:
    """Make the writer of a tuple of these types, such as the arguments of a function."""
    writers = tuple(writer(one) for one in types)
    write = _tuple(writers)
    return Writer(write, 0 if any(not one.size for one in writers) else sum(one.size for one in writers))


def _tuple(writers: Sequence[Writer]) -> Callable[[Sequence[Any]], bytes]:
    """Heads, then the tails to which those of values of different lengths point."""
    heads = sum(one.size or WORD for one in writers)
    steps = [(one.write, one.size) for one in writers]

    def write(values: Sequence[Any]) -> bytes:
        head, tail, end = [], [], heads
        for (encode, size), value in zip(steps, values, strict=True):
            encoded = encode(value)
            if size:
                head.append(encoded)
            else:
                head.append(end.to_bytes(WORD, "big"))
                tail.append(encoded)
                end += len(encoded)
        return b"".join(head + tail)

    return write


def _items(item: Writer) -> Callable[[Sequence[Any]], bytes]:
    encode = item.write

    def write(values: Sequence[Any]) -> bytes:
        count = len(values).to_bytes(WORD, "big")
        if item.size:
            return count + b"".join(map(encode, values))
        return count + _tuple([item] * len(values))(values)

    return write


def _unsigned(bits: int) -> Callable[[int], bytes]:
    def write(value: int) -> bytes:
        if value >> bits:
            raise ValueError(f"{value} is no number of {bits} bits")
        return value.to_bytes(WORD, "big")

    return write


def _signed(bits: int) -> Callable[[int], bytes]:
    def write(value: int) -> bytes:
        if (value if value >= 0 else ~value) >> (bits - 1):
            raise ValueError(f"{value} is no signed number of {bits} bits")
        return value.to_bytes(WORD, "big", signed=True)

    return write


def _fixed(size: int) -> Callable[[bytes], bytes]:
    padding = bytes(WORD - size)

    def write(value: bytes) -> bytes:
        if len(value) != size:
            raise ValueError(f"{len(value)} bytes where there must be {size}")
        return value + padding

    return write


def _address(value: str) -> bytes:
    if len(value) != 42:
        raise ValueError(f"{value} is no address")
    return bytes(12) + bytes.fromhex(value[2:])


def _text(value: str) -> bytes:
    return _bytes(value.encode())


def _bytes(value: bytes) -> bytes:
    return len(value).to_bytes(WORD, "big") + value + bytes(-len(value) % WORD)


def _members(text: str) -> tuple[str, ...]:
    """Split the types of a tuple at the commas that are not within one of them."""
    members, depth, begin = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            members.append(text[begin:place])
            begin = place + 1
    return (*members, text[begin:]) if text else ()
