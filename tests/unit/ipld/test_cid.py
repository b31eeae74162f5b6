from __future__ import annotations

from hashlib import sha256

import pytest

from deml.ipld import Cid
from deml.ipld.cid import DAG_PB, RAW
from deml.ipld.errors import (
    BadCidCharacter,
    NonCanonicalCidText,
    OverlongVarint,
    OversizedCidText,
    OversizedVarint,
    PrefixedCidV0,
    TrailingCidBytes,
    TruncatedCid,
    TruncatedVarint,
    UnknownMultibase,
    UnsupportedCidVersion,
    UnsupportedHash,
    WrongDigestLength,
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
        ("", UnknownMultibase),
        ("hello", UnknownMultibase),
        ("/ipfs/" + HELLO, UnknownMultibase),
        ("Qm" + "1" * 43, UnknownMultibase),
        ("x" * 129, OversizedCidText),
        ("f" * 129, OversizedCidText),
        ("b" + HELLO[1:].upper(), BadCidCharacter),
        (HELLO + "=", BadCidCharacter),
        (HELLO[:-1] + "1", BadCidCharacter),
        (HELLO + "\n", BadCidCharacter),
        (" " + HELLO, UnknownMultibase),
        ("b\u00e4" + HELLO[2:], BadCidCharacter),
        ("f01551220" + DIGEST.hex().upper(), BadCidCharacter),
        ("Qm" + "0" * 44, BadCidCharacter),
        (HELLO[:-1] + "f", NonCanonicalCidText),
        ("f" + HELLO_HEX[:-1], NonCanonicalCidText),
        (HELLO + "a", NonCanonicalCidText),
        ("f1220" + DIGEST.hex(), PrefixedCidV0),
        ("zQmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD", PrefixedCidV0),
        ("b", TruncatedVarint),
        ("f01", TruncatedVarint),
        ("f0155122", NonCanonicalCidText),
        ("f015512", TruncatedVarint),
        (TEXTS["base58btc"][:1] + "1" + TEXTS["base58btc"][1:], UnsupportedCidVersion),
    ],
)
def test_text_refusals(text: str, error: type[Exception]):
    with pytest.raises(error):
        Cid.parse(text)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", TruncatedVarint),
        (b"\x00\x55\x12\x20" + DIGEST, UnsupportedCidVersion),
        (b"\x02\x55\x12\x20" + DIGEST, UnsupportedCidVersion),
        (b"\x12\x21" + DIGEST, UnsupportedCidVersion),
        (b"\x81\x00\x55\x12\x20" + DIGEST, OverlongVarint),
        (b"\x01\xd5\x00\x12\x20" + DIGEST, OverlongVarint),
        (b"\x01\x55\x92\x00\x20" + DIGEST, OverlongVarint),
        (b"\x01\x55\x12\xa0\x00" + DIGEST, OverlongVarint),
        (b"\x01" + b"\xff" * 10 + b"\x12\x20" + DIGEST, OversizedVarint),
        (b"\x01\x55\x00\x20" + DIGEST, UnsupportedHash),  # identity
        (b"\x01\x55\x13\x20" + DIGEST, UnsupportedHash),  # sha2-512
        (b"\x01\x55\xa0\xe4\x02\x20" + DIGEST, UnsupportedHash),  # blake2b-256
        (b"\x01\x55\x12\x14" + DIGEST[:20], WrongDigestLength),
        (b"\x01\x55\x12\x21" + DIGEST + b"\x00", WrongDigestLength),
        (b"\x01\x55\x12\x20" + DIGEST[:-1], TruncatedCid),
        (b"\x12\x20" + DIGEST[:-1], TruncatedCid),
        (b"\x01\x55\x12\x20" + DIGEST + b"\x00", TrailingCidBytes),
        (b"\x12\x20" + DIGEST + b"\x00", TrailingCidBytes),
    ],
)
def test_binary_refusals(raw: bytes, error: type[Exception]):
    with pytest.raises(error):
        Cid.decode(raw)


@pytest.mark.parametrize(
    ("version", "codec", "digest"), [(2, RAW, DIGEST), (-1, RAW, DIGEST), (0, RAW, DIGEST), (1, RAW, b"short")]
)
def test_impossible_cids_cannot_be_built(version: int, codec: int, digest: bytes):
    with pytest.raises(ValueError, match=r"no CID has version|32 bytes"):
        Cid(version, codec, digest)


def test_refusals_name_the_values():
    with pytest.raises(BadCidCharacter) as caught:
        Cid.parse("bafk!rei")
    assert caught.value.position == 4
    assert "bafk!rei" in str(caught.value)
