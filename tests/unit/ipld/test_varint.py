from __future__ import annotations

import pytest

from deml.base.errors import DemlError
from deml.ipld import varint
from tests.unit.ipld.refusals import OVERLONG_VARINT, OVERSIZED_VARINT, TRUNCATED_VARINT, Refusal, refused


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (255, "ff01"), (300, "ac02"), (2**63 - 1, "ff" * 8 + "7f")],
)
def test_known_encodings(value: int, encoded: str):
    raw = bytes.fromhex(encoded)
    assert varint.encode(value) == raw
    assert varint.decode(b"\xff" + raw + b"\x05", 1, "a test") == (value, 1 + len(raw))


@pytest.mark.parametrize(
    ("encoded", "error"),
    [
        ("", TRUNCATED_VARINT),
        ("80", TRUNCATED_VARINT),
        ("ffffff", TRUNCATED_VARINT),
        ("8000", OVERLONG_VARINT),
        ("ff00", OVERLONG_VARINT),
        ("80808000", OVERLONG_VARINT),
        ("80" * 9 + "01", OVERSIZED_VARINT),
        ("ff" * 9 + "01", OVERSIZED_VARINT),
        ("ff" * 1000, OVERSIZED_VARINT),
    ],
)
def test_refusals(encoded: str, error: Refusal | type[DemlError]):
    with refused(error, "byte 0 of a test"):
        varint.decode(bytes.fromhex(encoded), 0, "a test")


def test_protobuf_numbers_have_64_bits():
    largest = b"\xff" * 9 + b"\x01"
    assert varint.decode(largest, 0, "a test", varint.PROTOBUF_BITS) == (2**64 - 1, 10)
    for raw in (b"\xff" * 9 + b"\x02", b"\x80" * 10 + b"\x01"):
        with refused(OVERSIZED_VARINT, "more than 64 bits"):
            varint.decode(raw, 0, "a test", varint.PROTOBUF_BITS)
