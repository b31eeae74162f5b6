from __future__ import annotations

from hashlib import sha256

import pytest

from deml.base.errors import DemlError
from deml.ipld import Cid
from deml.ipld.cid import DAG_PB, RAW
from deml.ipld.errors import UnsupportedHash
from tests.unit.ipld.refusals import (
    BAD_CID_CHARACTER,
    NON_CANONICAL_CID_TEXT,
    OVERLONG_VARINT,
    OVERSIZED_CID_TEXT,
    OVERSIZED_VARINT,
    PREFIXED_CID_V0,
    TRAILING_CID_BYTES,
    TRUNCATED_CID,
    TRUNCATED_VARINT,
    UNKNOWN_MULTIBASE,
    UNSUPPORTED_CID_VERSION,
    WRONG_DIGEST_LENGTH,
    Refusal,
    refused,
)

DIGEST = sha256(b"hello world").digest()
HELLO = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
HELLO_HEX = "01551220" + DIGEST.hex()

# The same CID as multiformats 13 (npm) writes it.
TEXTS = {
    "base32": HELLO,
    "base32upper": "B" + HELLO[1:].upper(),
    "base16": "f" + HELLO_HEX,
    "base16upper": "F" + HELLO_HEX.upper(),
    "base58btc": "zb2rhj7crUKTQYRGCRATFaQ6YFLTde2YzdqbbhAASkL9uRDXn",
    "base36": "k2cwued9o1pvrt3q271rrqbo49x30tbxwpoeaq75z14e5ui2rzygpbe1",
    "base64url": "uAVUSILlNJ7mTTT4IpS5S19p9q_rEhO_jelOA7pCI96zi783p",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_base_gives_the_same_cid(text: str):
    assert Cid.parse(text) == Cid(1, RAW, DIGEST)


def test_canonical_text_is_base32():
    assert str(Cid.parse(TEXTS["base58btc"])) == HELLO
    assert Cid.parse(HELLO).binary.hex() == HELLO_HEX


@pytest.mark.parametrize(
    ("v0", "v1"),
    [
        # `ipfs add` of "hello world" and of an empty file; the second column by multiformats' toV1.
        (
            "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD",
            "bafybeihykld7uyxzogax6vgyvag42y7464eywpf55gxi5qpoisibh3c5wa",
        ),
        (
            "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH",
            "bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y",
        ),
    ],
)
def test_version_0_reads_writes_and_converts(v0: str, v1: str):
    cid = Cid.parse(v0)
    assert (cid.version, cid.codec, str(cid)) == (0, DAG_PB, v0)
    assert cid.binary == b"\x12\x20" + cid.digest
    assert Cid.decode(cid.binary) == cid
    assert str(cid.v1()) == v1
    assert cid.v1() == Cid.parse(v1) == Cid.parse(v1).v1()


def test_other_codecs_are_read_too():
    cid = Cid.decode(b"\x01\x71\x12\x20" + DIGEST)
    assert cid == Cid(1, 0x71, DIGEST)
    assert Cid.parse(str(cid)) == cid
    two_byte_codec = b"\x01\xa9\x02\x12\x20" + DIGEST
    assert Cid.decode(two_byte_codec).codec == 0x129
    assert Cid.decode(two_byte_codec).binary == two_byte_codec


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", UNKNOWN_MULTIBASE),
        ("hello", UNKNOWN_MULTIBASE),
        ("/ipfs/" + HELLO, UNKNOWN_MULTIBASE),
        ("Qm" + "1" * 43, UNKNOWN_MULTIBASE),
        ("x" * 129, OVERSIZED_CID_TEXT),
        ("f" * 129, OVERSIZED_CID_TEXT),
        ("b" + HELLO[1:].upper(), BAD_CID_CHARACTER),
        (HELLO + "=", BAD_CID_CHARACTER),
        (HELLO[:-1] + "1", BAD_CID_CHARACTER),
        (HELLO + "\n", BAD_CID_CHARACTER),
        (" " + HELLO, UNKNOWN_MULTIBASE),
        ("b\u00e4" + HELLO[2:], BAD_CID_CHARACTER),
        ("f01551220" + DIGEST.hex().upper(), BAD_CID_CHARACTER),
        ("Qm" + "0" * 44, BAD_CID_CHARACTER),
        (HELLO[:-1] + "f", NON_CANONICAL_CID_TEXT),
        ("f" + HELLO_HEX[:-1], NON_CANONICAL_CID_TEXT),
        (HELLO + "a", NON_CANONICAL_CID_TEXT),
        ("f1220" + DIGEST.hex(), PREFIXED_CID_V0),
        ("zQmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD", PREFIXED_CID_V0),
        ("b", TRUNCATED_VARINT),
        ("f01", TRUNCATED_VARINT),
        ("f0155122", NON_CANONICAL_CID_TEXT),
        ("f015512", TRUNCATED_VARINT),
        (TEXTS["base58btc"][:1] + "1" + TEXTS["base58btc"][1:], UNSUPPORTED_CID_VERSION),
    ],
)
def test_text_refusals(text: str, error: Refusal | type[DemlError]):
    with refused(error):
        Cid.parse(text)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", TRUNCATED_VARINT),
        (b"\x00\x55\x12\x20" + DIGEST, UNSUPPORTED_CID_VERSION),
        (b"\x02\x55\x12\x20" + DIGEST, UNSUPPORTED_CID_VERSION),
        (b"\x12\x21" + DIGEST, UNSUPPORTED_CID_VERSION),
        (b"\x81\x00\x55\x12\x20" + DIGEST, OVERLONG_VARINT),
        (b"\x01\xd5\x00\x12\x20" + DIGEST, OVERLONG_VARINT),
        (b"\x01\x55\x92\x00\x20" + DIGEST, OVERLONG_VARINT),
        (b"\x01\x55\x12\xa0\x00" + DIGEST, OVERLONG_VARINT),
        (b"\x01" + b"\xff" * 10 + b"\x12\x20" + DIGEST, OVERSIZED_VARINT),
        (b"\x01\x55\x00\x20" + DIGEST, UnsupportedHash),  # identity
        (b"\x01\x55\x13\x20" + DIGEST, UnsupportedHash),  # sha2-512
        (b"\x01\x55\xa0\xe4\x02\x20" + DIGEST, UnsupportedHash),  # blake2b-256
        (b"\x01\x55\x12\x14" + DIGEST[:20], WRONG_DIGEST_LENGTH),
        (b"\x01\x55\x12\x21" + DIGEST + b"\x00", WRONG_DIGEST_LENGTH),
        (b"\x01\x55\x12\x20" + DIGEST[:-1], TRUNCATED_CID),
        (b"\x12\x20" + DIGEST[:-1], TRUNCATED_CID),
        (b"\x01\x55\x12\x20" + DIGEST + b"\x00", TRAILING_CID_BYTES),
        (b"\x12\x20" + DIGEST + b"\x00", TRAILING_CID_BYTES),
    ],
)
def test_binary_refusals(raw: bytes, error: Refusal | type[DemlError]):
    with refused(error):
        Cid.decode(raw)


@pytest.mark.parametrize(
    ("version", "codec", "digest"), [(2, RAW, DIGEST), (-1, RAW, DIGEST), (0, RAW, DIGEST), (1, RAW, b"short")]
)
def test_impossible_cids_cannot_be_built(version: int, codec: int, digest: bytes):
    with pytest.raises(ValueError, match=r"no CID has version|32 bytes"):
        Cid(version, codec, digest)


def test_refusals_name_the_values():
    with refused(BAD_CID_CHARACTER) as caught:
        Cid.parse("bafk!rei")
    assert caught.value.cid == "bafk!rei"
    assert "'bafk!rei'" in str(caught.value)
    assert "position 4" in str(caught.value)
