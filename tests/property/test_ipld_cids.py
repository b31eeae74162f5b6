"""A CID has one text in each base and one binary form; everything else is refused."""

from __future__ import annotations

import base64
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deml.base.errors import DemlError
from deml.ipld import Cid, varint
from deml.ipld.cid import DAG_PB, RAW
from tests.property.expected_failures import attempt

timeless = settings(deadline=None)

digests = st.binary(min_size=32, max_size=32)
codecs = st.sampled_from([RAW, DAG_PB]) | st.integers(0, 2**63 - 1)
cids = st.builds(Cid, st.just(1), codecs, digests) | st.builds(Cid, st.just(0), st.just(DAG_PB), digests)


@timeless
@given(cids)
def test_round_trips(cid: Cid):
    assert Cid.decode(cid.binary) == cid
    assert Cid.parse(str(cid)) == cid
    assert cid.v1().version == 1
    assert cid.v1().digest == cid.digest


def in_base(raw: bytes, alphabet: str) -> str:
    value, text = int.from_bytes(raw, "big"), ""
    while value:
        value, digit = divmod(value, len(alphabet))
        text = alphabet[digit] + text
    return text


@timeless
@given(st.builds(Cid, st.just(1), st.sampled_from([RAW, DAG_PB, 0x71]), digests))
def test_all_bases_read_the_same(cid: Cid):
    raw = cid.binary
    base32 = base64.b32encode(raw).decode().rstrip("=")
    base58 = "".join(c for c in string.digits + string.ascii_uppercase + string.ascii_lowercase if c not in "0OIl")
    for text in (
        "b" + base32.lower(),
        "B" + base32,
        "f" + raw.hex(),
        "F" + raw.hex().upper(),
        "u" + base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "z" + in_base(raw, base58),
        "k" + in_base(raw, string.digits + string.ascii_lowercase),
    ):
        assert Cid.parse(text) == cid
    assert str(cid) == "b" + base32.lower()


@timeless
@given(cids, st.integers(0, 80), st.characters(codec="utf-8"))
def test_a_changed_character_never_gives_the_same_cid(cid: Cid, place: int, character: str):
    text = str(cid)
    position = place % len(text)
    changed = text[:position] + character + text[position + 1 :]
    assert changed == text or attempt(lambda: Cid.parse(changed)) != cid


@timeless
@given(st.text(max_size=140))
def test_any_text(text: str):
    cid = attempt(lambda: Cid.parse(text))
    assert isinstance(cid, DemlError) or Cid.parse(str(cid)) == cid


@timeless
@given(st.binary(max_size=60) | st.builds(lambda cid, tail: cid.binary + tail, cids, st.binary(max_size=3)))
def test_binary_that_is_read_is_canonical(raw: bytes):
    cid = attempt(lambda: Cid.decode(raw))
    assert isinstance(cid, DemlError) or cid.binary == raw


@timeless
@given(st.integers(0, 2**64 - 1), st.binary(max_size=3))
def test_numbers_round_trip(value: int, tail: bytes):
    raw = varint.encode(value)
    assert varint.decode(raw + tail, 0, "a test", varint.PROTOBUF_BITS) == (value, len(raw))
    for end in range(len(raw)):
        with pytest.raises(DemlError):
            varint.decode(raw[:end], 0, "a test", varint.PROTOBUF_BITS)


@timeless
@given(st.binary(min_size=1, max_size=12))
def test_numbers_have_one_form(raw: bytes):
    decoded = attempt(lambda: varint.decode(raw, 0, "a test"))
    assert isinstance(decoded, DemlError) or varint.encode(decoded[0]) == raw[: decoded[1]]
