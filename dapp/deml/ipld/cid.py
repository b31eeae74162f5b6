"""Content identifiers: version, codec and a sha2-256 digest."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from deml.ipld import multibase, varint
from deml.ipld.errors import MalformedCid, UnsupportedHash
from deml.ipld.varint import BytesLike

RAW: Final = 0x55
"""Codec of a block that is nothing but bytes."""

DAG_PB: Final = 0x70
"""Codec of a block that is a protobuf node with links."""

_SHA2_256: Final = 0x12
_DIGEST_BYTES: Final = 32
_MULTIHASH_PREFIX: Final = bytes((_SHA2_256, _DIGEST_BYTES))
_V0_TEXT_LENGTH: Final = 46
_LONGEST_SHOWN: Final = 36
"""Bytes of a CIDv1 with sha2-256; an error repeats no more."""
_FILE_PREFIXES: Final = {b"\x01" + bytes((codec,)) + _MULTIHASH_PREFIX: codec for codec in (RAW, DAG_PB)}
"""How the CIDs of files begin in version 1; read at once, they save four varints for every block and every link."""


@dataclass(frozen=True, slots=True)
class Cid:
    """A CID. Version 0 is the old form of a dag-pb CID; compare CIDs by their `v1`."""

    version: int
    codec: int
    digest: bytes

    def __post_init__(self) -> None:
        if self.version not in (0, 1) or (self.version == 0 and self.codec != DAG_PB):
            raise ValueError(f"no CID has version {self.version} and codec {self.codec:#x}")
        if len(self.digest) != _DIGEST_BYTES:
            raise ValueError(f"a sha2-256 digest has {_DIGEST_BYTES} bytes, not {len(self.digest)}")

    @classmethod
    def of(cls, codec: int, block: BytesLike) -> Cid:
        """CIDv1 of a block."""
        return cls(1, codec, sha256(block).digest())

    @classmethod
    def parse(cls, text: str) -> Cid:
        """Read a CID as people write it: ``Qm...``, or CIDv1 in base 16, 32, 36, 58 or 64url.

        Raises
        ------
        MalformedCid
            If it is not text in one of these bases, or a version 0 CID behind a multibase prefix.
        DemlError
            What `decode` raises.
        """
        if len(text) == _V0_TEXT_LENGTH and text.startswith("Qm"):
            return cls.decode(multibase.BASE58.decode(text, text))
        raw = multibase.decode(text)
        if raw[:1] == _MULTIHASH_PREFIX[:1]:
            raise MalformedCid(text, "version 0 has no multibase prefix")
        return cls.decode(raw)

    @classmethod
    def decode(cls, raw: BytesLike) -> Cid:
        """Read a binary CID and nothing after it.

        Raises
        ------
        MalformedCid
            If bytes are left.
        DemlError
            What `read` raises.
        """
        cid, end = cls.read(raw, 0)
        if end != len(raw):
            raise MalformedCid(bytes(raw[:end]).hex(), f"{len(raw) - end} bytes follow its end")
        return cid

    @classmethod
    def read(cls, data: BytesLike, offset: int) -> tuple[Cid, int]:
        """Read the binary CID at `offset`; return it and the offset behind it.

        Raises
        ------
        MalformedCid
            If it is cut off, of another version than 0 or 1, or its digest has another length than 32 bytes.
        UnsupportedHash, MalformedVarint
        """
        version, codec = 0, DAG_PB
        prefix = bytes(data[offset : offset + 4])
        if prefix in _FILE_PREFIXES:
            version, codec, start = 1, _FILE_PREFIXES[prefix], offset + 4
        elif prefix.startswith(_MULTIHASH_PREFIX):
            start = offset + 2
        else:
            version, start = varint.decode(data, offset, "a CID")
            if version != 1:
                raise _malformed(data, offset, f"it has version {version}, and only 0 and 1 exist")
            codec, start = varint.decode(data, start, "a CID")
            function, start = varint.decode(data, start, "a CID")
            if function != _SHA2_256:
                raise UnsupportedHash(function)
            length, start = varint.decode(data, start, "a CID")
            if length != _DIGEST_BYTES:
                raise _malformed(data, offset, f"its digest has {length} bytes, and sha2-256 gives {_DIGEST_BYTES}")
        end = start + _DIGEST_BYTES
        if end > len(data):
            raise _malformed(data, offset, f"it is cut off after {len(data) - offset} bytes")
        return cls(version, codec, bytes(data[start:end])), end

    def v1(self) -> Cid:
        """The same content identified by a version 1 CID."""
        return self if self.version else Cid(1, self.codec, self.digest)

    @property
    def binary(self) -> bytes:
        """This CID in bytes: 34 of them in version 0, 36 in version 1 with the codecs of files."""
        multihash = _MULTIHASH_PREFIX + self.digest
        return b"\x01" + varint.encode(self.codec) + multihash if self.version else multihash

    def __str__(self) -> str:
        """This CID as text: base32 in version 1, base58 in version 0."""
        return "b" + multibase.BASE32.encode(self.binary) if self.version else multibase.BASE58.encode(self.binary)


def _malformed(data: BytesLike, offset: int, reason: str) -> MalformedCid:
    return MalformedCid(bytes(data[offset : offset + _LONGEST_SHOWN]).hex(), reason)
