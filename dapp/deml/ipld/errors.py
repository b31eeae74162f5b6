"""What can be wrong with a CID, a CAR, the blocks in it or the stream that carries it."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError

# Varints


@dataclass(eq=False)
class TruncatedVarint(DemlError):
    place: str
    offset: int
    what = "The number at byte {offset} of {place} is cut off."


@dataclass(eq=False)
class OverlongVarint(DemlError):
    place: str
    offset: int
    what = "The number at byte {offset} of {place} is written with more bytes than it needs."


@dataclass(eq=False)
class OversizedVarint(DemlError):
    place: str
    offset: int
    bits: int
    what = "The number at byte {offset} of {place} has more than {bits} bits."


# CIDs


@dataclass(eq=False)
class OversizedCidText(DemlError):
    size: int
    limit: int
    what = "The text given as a CID has {size} characters; the longest accepted has {limit}."


@dataclass(eq=False)
class UnknownMultibase(DemlError):
    text: str
    what = "'{text}' is not a CID: it begins like none of the encodings b, B, f, F, k, z, u, nor like Qm..."


@dataclass(eq=False)
class BadCidCharacter(DemlError):
    text: str
    position: int
    what = "'{text}' is not a CID: its encoding has no such character as the one at position {position}."


@dataclass(eq=False)
class NonCanonicalCidText(DemlError):
    text: str
    what = "'{text}' is not a CID in canonical form: the last character carries stray bits."


@dataclass(eq=False)
class PrefixedCidV0(DemlError):
    text: str
    what = "'{text}' holds a version 0 CID behind a multibase prefix, which the CID specification forbids."


@dataclass(eq=False)
class TruncatedCid(DemlError):
    size: int
    what = "A CID is cut off after {size} bytes."


@dataclass(eq=False)
class TrailingCidBytes(DemlError):
    count: int
    what = "{count} bytes follow the end of a CID."


@dataclass(eq=False)
class UnsupportedCidVersion(DemlError):
    version: int
    what = "A CID has version {version}; only versions 0 and 1 exist."


@dataclass(eq=False)
class UnsupportedHash(DemlError):
    function: int
    what = "A CID uses the hash function {function:#x}; only sha2-256 (0x12) is accepted."


@dataclass(eq=False)
class WrongDigestLength(DemlError):
    length: int
    what = "The digest of a CID has {length} bytes; sha2-256 gives 32."


# CARs


@dataclass(eq=False)
class MalformedCarHeader(DemlError):
    reason: str
    what = "The header of the CAR cannot be read: {reason}."


@dataclass(eq=False)
class UnsupportedCarVersion(DemlError):
    version: int
    what = "The CAR has version {version}; only version 1 is accepted."


@dataclass(eq=False)
class WrongCarRoot(DemlError):
    wanted: str
    found: str
    what = "The CAR's first root is {found}, not the wanted {wanted}."


@dataclass(eq=False)
class TruncatedCar(DemlError):
    offset: int
    missing: int
    what = "The CAR ends too early: its section at byte {offset} lacks {missing} bytes."


@dataclass(eq=False)
class EmptySection(DemlError):
    offset: int
    what = "The CAR has an empty section at byte {offset}."


@dataclass(eq=False)
class TooManyBlocks(DemlError):
    limit: int
    what = "The CAR holds more than {limit} blocks."


@dataclass(eq=False)
class WrongBlockHash(DemlError):
    cid: str
    offset: int
    what = "The block at byte {offset} of the CAR does not hash to its CID {cid}."


@dataclass(eq=False)
class MissingBlock(DemlError):
    cid: str
    what = "The CAR lacks the block {cid}."


@dataclass(eq=False)
class SurplusBlock(DemlError):
    cid: str
    what = "The CAR holds the block {cid}, which is no part of the file."


# Blocks and files


@dataclass(eq=False)
class UnsupportedCodec(DemlError):
    cid: str
    codec: int
    what = "The block {cid} has the codec {codec:#x}; a file is made of raw (0x55) and dag-pb (0x70) blocks."


@dataclass(eq=False)
class MalformedProtobuf(DemlError):
    place: str
    offset: int
    reason: str
    what = "The protobuf in {place} is malformed at byte {offset}: {reason}."


@dataclass(eq=False)
class MalformedNode(DemlError):
    cid: str
    reason: str
    what = "The dag-pb block {cid} breaks its format: {reason}."


@dataclass(eq=False)
class MalformedUnixFs(DemlError):
    cid: str
    reason: str
    what = "The UnixFS part of the block {cid} cannot be read: {reason}."


@dataclass(eq=False)
class NotAFile(DemlError):
    cid: str
    kind: str
    what = "{cid} is a UnixFS {kind}, not a file."


@dataclass(eq=False)
class SizeMismatch(DemlError):
    cid: str
    declared: int
    actual: int
    what = "The block {cid} should hold {declared} bytes of the file, but it holds {actual}."


@dataclass(eq=False)
class OversizedFile(DemlError):
    cid: str
    size: int
    limit: int
    what = "The file {cid} has {size} bytes; at most {limit} are accepted."


@dataclass(eq=False)
class TooManyLinks(DemlError):
    cid: str
    limit: int
    what = "The block {cid} has more than the {limit} links that the blocks before it leave to a file of this size."


@dataclass(eq=False)
class DagTooDeep(DemlError):
    cid: str
    limit: int
    what = "The block {cid} lies more than {limit} levels below the root of its file."


# Transport


@dataclass(eq=False)
class OversizedStream(DemlError):
    limit: int
    what = "The stream unpacks to more than {limit} bytes."


@dataclass(eq=False)
class CorruptStream(DemlError):
    size: int
    what = "The {size} bytes of the stream are not valid zlib data."


@dataclass(eq=False)
class TruncatedStream(DemlError):
    size: int
    what = "The zlib stream breaks off: its {size} bytes do not reach its end."


@dataclass(eq=False)
class TrailingStreamBytes(DemlError):
    count: int
    what = "{count} bytes follow the end of the zlib stream."
