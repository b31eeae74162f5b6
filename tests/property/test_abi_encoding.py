"""What the wire writes and reads is what eth-abi, and so Solidity, does."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from hypothesis import given
from hypothesis import strategies as st

from deml.wire import inputs, notices
from deml.wire.abi import decode_values, encode_values
from deml.wire.errors import MalformedMessage

ADDRESSES = st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex())
SINGLE = {
    **{f"uint{bits}": st.integers(0, 2**bits - 1) for bits in (8, 16, 32, 64, 128, 256)},
    "int64": st.integers(-(2**63), 2**63 - 1),
    "int256": st.integers(-(2**255), 2**255 - 1),
    "bool": st.booleans(),
    "address": ADDRESSES,
    "bytes4": st.binary(min_size=4, max_size=4),
    "bytes32": st.binary(min_size=32, max_size=32),
    "bytes": st.binary(max_size=70),
    "string": st.text(max_size=40),
}
TYPES = st.recursive(
    st.sampled_from(sorted(SINGLE)),
    lambda inner: inner.map("{}[]".format) | st.lists(inner, min_size=1, max_size=4).map(",".join).map("({})".format),
    max_leaves=8,
)


def members(abi: str) -> list[str]:
    found, depth = [""], 0
    for letter in abi[1:-1]:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [one for one in found if one]


def values(abi: str) -> st.SearchStrategy[Any]:
    if abi.endswith("[]"):
        return st.lists(values(abi[:-2]), max_size=4).map(tuple)
    if abi.startswith("("):
        return st.tuples(*map(values, members(abi)))
    return SINGLE[abi]


@st.composite
def messages(draw: st.DrawFn) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    types = tuple(draw(st.lists(TYPES, max_size=5)))
    return types, tuple(draw(values(one)) for one in types)


@given(messages())
def test_the_bytes_are_those_of_eth_abi(message: tuple[tuple[str, ...], tuple[Any, ...]]):
    types, arguments = message
    assert encode_values(types, arguments) == encode(types, arguments)
    assert decode_values("anything", types, encode(types, arguments)) == decode(types, encode(types, arguments))


KNOWN = sorted({one.function.types for table in (inputs.TABLE, notices.TABLE) for one in table.kinds})


@given(st.sampled_from(KNOWN), st.data())
def test_damaged_bytes_are_read_or_refused_as_eth_abi_does(types: tuple[str, ...], data: st.DataObject):
    raw = bytearray(encode(types, [data.draw(values(one)) for one in types]))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw)
    try:
        expected = decode(types, damaged)
    except (DecodingError, UnicodeDecodeError, OverflowError):
        with pytest.raises(MalformedMessage):
            decode_values("anything", types, damaged)
    else:
        assert decode_values("anything", types, damaged) == expected


@pytest.mark.parametrize(
    ("abi", "value"),
    [
        *(("uint8", one) for one in (-1, 256)),
        *(("int64", one) for one in (2**63, -(2**63) - 1)),
        ("uint256", 2**256),
        *(("address", one) for one in ("0x", "0x" + "zz" * 20, "0x" + "00" * 21)),
        *(("bytes32", one) for one in (bytes(31), bytes(33))),
    ],
)
def test_what_a_type_does_not_hold_is_not_written(abi: str, value: object):
    with pytest.raises(ValueError, match=r"is no|where there must be|non-hexadecimal|too big"):
        encode_values((abi,), (value,))


@pytest.mark.parametrize("abi", ["uint", "fixed128x18", "function", "", "address[3]"])
def test_other_types_are_unknown(abi: str):
    with pytest.raises(ValueError, match="the wire knows no type"):
        encode_values((abi,), (0,))


def test_arguments_are_as_many_as_the_types():
    with pytest.raises(ValueError, match="longer"):
        encode_values(("uint8",), (1, 2))
