"""Universal Binary JSON of strangers is read as XGBoost writes it, or refused by name; nothing is set aside for it."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deml.base.errors import DemlError
from deml_learn.models.boosters.ubjson import MAX_DEPTH, parse_ubjson
from deml_learn.models.boosters.xgboost_json import read_xgboost
from deml_learn.models.document import Document
from deml_learn.models.errors import MalformedSource
from tests.support.cases import case
from tests.unit.learn.models.imports import model_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def length(count: int) -> bytes:
    return b"L" + struct.pack(">q", count)


def written(value: Any, counted: bool) -> bytes:
    """A value in UBJSON; arrays and objects with their length, or with an end."""
    match value:
        case None:
            return b"Z"
        case bool():
            return b"T" if value else b"F"
        case int():
            return b"L" + struct.pack(">q", value)
        case float():
            return b"D" + struct.pack(">d", value)
        case str():
            return b"S" + length(len(value.encode())) + value.encode()
        case list():
            inner = b"".join(written(one, counted) for one in value)
            return b"[" + (b"#" + length(len(value)) + inner if counted else inner + b"]")
        case _:
            members = ((name.encode(), written(one, counted)) for name, one in value.items())
            inner = b"".join(length(len(name)) + name + one for name, one in members)
            return b"{" + (b"#" + length(len(value)) + inner if counted else inner + b"}")


@given(VALUES, st.booleans())
def test_what_is_written_is_read(value: Any, counted: bool):
    assert parse_ubjson("test", written(value, counted)) == value


@pytest.mark.parametrize(
    ("marker", "layout", "value"),
    [
        ("i", "b", -1),
        ("U", "B", 255),
        ("I", "h", -2),
        ("l", "i", 7),
        ("L", "q", 2**40),
        ("d", "f", 0.5),
        ("D", "d", 0.1),
    ],
)
def test_arrays_of_one_type(marker: str, layout: str, value: float):
    data = f"[${marker}#".encode() + length(3) + struct.pack(f">3{layout}", value, value, value)
    assert parse_ubjson("test", data) == [value] * 3


HOSTILE = {
    "an array of 2^60 numbers": b"[$d#" + length(2**60),
    "an array of 2^60 things that take no room": b"[$Z#" + length(2**60),
    "an array of 2^60 values": b"[#" + length(2**60),
    "an object of 2^60 members": b"{#" + length(2**60),
    "an object of a length below zero": b"{#" + length(-1),
    "a text of 2^60 bytes": b"S" + length(2**60),
    "a text of a length below zero": b"S" + length(-5) + b"hello",
    "a text that is not UTF-8": b"S" + length(1) + b"\xff",
    "arrays without end": b"[" * 100_000,
    "objects without end": b"{i\x01a" * 100_000,
    "one level too many": b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2),
    "two members of one name": b"{i\x01aZi\x01aZ}",
    "a number of any length": b"H" + length(3) + b"123",
    "something behind its end": b"ZZ",
    "nothing": b"",
    "a type without a length": b"[$d" + length(1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes(name: str):
    with pytest.raises(MalformedSource, match="UBJSON"):
        parse_ubjson("test", HOSTILE[name])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_file_of_xgboost_with_changed_bytes_is_read_or_refused_by_name(data: st.DataObject):
    changed = bytearray(case("booster-other-formats/x.ubj").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    with suppress(DemlError):
        model_of(read_xgboost(Document.parse_binary("XGBoost", bytes(changed))).form)
