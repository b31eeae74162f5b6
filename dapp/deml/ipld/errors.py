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
    fix = "Send the bytes whole; if a program wrote them, it is at fault."


@dataclass(eq=False)
class OverlongVarint(DemlError):
    place: str
    offset: int
    what = "The number at byte {offset} of {place} is written with more bytes than it needs."
    fix = "Write every varint in its shortest form; common IPFS software does."


@dataclass(eq=False)
class OversizedVarint(DemlError):
    place: str
    offset: int
    bits: int
    what = "The number at byte {offset} of {place} has more than {bits} bits."
    fix = "Check the file: no honest size, code or count is that large."


# CIDs


@dataclass(eq=False)
class OversizedCidText(DemlError):
    size: int
    limit: int
    what = "The text given as a CID has {size} characters; the longest accepted has {limit}."
    fix = "Give the CID alone, without a path or a URL, for instance bafkrei..."


@dataclass(eq=False)
class UnknownMultibase(DemlError):
    text: str
    what = "'{text}' is not a CID: it begins like none of the encodings b, B, f, F, k, z, u, nor like Qm..."
    fix = "Give the CID as 'ipfs add --cid-version=1' prints it (bafy... or bafkrei...)."


@dataclass(eq=False)
class BadCidCharacter(DemlError):
    text: str
    position: int
    what = "'{text}' is not a CID: its encoding has no such character as the one at position {position}."
    fix = "Copy the CID again, whole and in its own letter case."


@dataclass(eq=False)
class NonCanonicalCidText(DemlError):
    text: str
    what = "'{text}' is not a CID in canonical form: the last character carries stray bits."
    fix = "Copy the CID again: its last character is wrong or missing."


@dataclass(eq=False)
class PrefixedCidV0(DemlError):
    text: str
    what = "'{text}' holds a version 0 CID behind a multibase prefix, which the CID specification forbids."
    fix = "Write a version 0 CID as Qm..., or convert it to version 1."


@dataclass(eq=False)
class TruncatedCid(DemlError):
    size: int
    what = "A CID is cut off after {size} bytes."
    fix = "Give the CID whole."


@dataclass(eq=False)
class TrailingCidBytes(DemlError):
    count: int
    what = "{count} bytes follow the end of a CID."
    fix = "Give the CID alone."


@dataclass(eq=False)
class UnsupportedCidVersion(DemlError):
    version: int
    what = "A CID has version {version}; only versions 0 and 1 exist."
    fix = "Give a CID as 'ipfs add --cid-version=1' makes it."


@dataclass(eq=False)
class UnsupportedHash(DemlError):
    function: int
    what = "A CID uses the hash function {function:#x}; only sha2-256 (0x12) is accepted."
    fix = "Add the file again with sha2-256, the default, and without '--inline'."


@dataclass(eq=False)
class WrongDigestLength(DemlError):
    length: int
    what = "The digest of a CID has {length} bytes; sha2-256 gives 32."
    fix = "Give an untruncated CID."


# CARs


@dataclass(eq=False)
class MalformedCarHeader(DemlError):
    reason: str
    what = "The header of the CAR cannot be read: {reason}."
    fix = "Send a CARv1, for instance from 'deml car', 'ipfs dag export' or 'ipfs-car pack'."


@dataclass(eq=False)
class UnsupportedCarVersion(DemlError):
    version: int
    what = "The CAR has version {version}; only version 1 is accepted."
    fix = "Unwrap it to a CARv1, or make a new one with 'deml car'."


@dataclass(eq=False)
class WrongCarRoot(DemlError):
    wanted: str
    found: str
    what = "The CAR's first root is {found}, not the wanted {wanted}."
    fix = "Export the CAR of {wanted}."


@dataclass(eq=False)
class TruncatedCar(DemlError):
    offset: int
    missing: int
    what = "The CAR ends too early: its section at byte {offset} lacks {missing} bytes."
    fix = "Fetch or send the CAR again: gateways may break off a transfer without saying so."


@dataclass(eq=False)
class EmptySection(DemlError):
    offset: int
    what = "The CAR has an empty section at byte {offset}."
    fix = "Send a CAR without padding."


@dataclass(eq=False)
class TooManyBlocks(DemlError):
    limit: int
    what = "The CAR holds more than {limit} blocks."
    fix = "Add the file again with larger chunks; the default of 262,144 bytes always fits."


@dataclass(eq=False)
class WrongBlockHash(DemlError):
    cid: str
    offset: int
    what = "The block at byte {offset} of the CAR does not hash to its CID {cid}."
    fix = "Fetch the block again, from another provider: these bytes are not what was asked for."


@dataclass(eq=False)
class MissingBlock(DemlError):
    cid: str
    what = "The CAR lacks the block {cid}."
    fix = "Export the CAR again from a node that has the whole file."


@dataclass(eq=False)
class SurplusBlock(DemlError):
    cid: str
    what = "The CAR holds the block {cid}, which is no part of the file."
    fix = "Send a CAR of this one file only, for instance from 'deml car'."


# Blocks and files


@dataclass(eq=False)
class UnsupportedCodec(DemlError):
    cid: str
    codec: int
    what = "The block {cid} has the codec {codec:#x}; a file is made of raw (0x55) and dag-pb (0x70) blocks."
    fix = "Give the CID of a UnixFS file."


@dataclass(eq=False)
class MalformedProtobuf(DemlError):
    place: str
    offset: int
    reason: str
    what = "The protobuf in {place} is malformed at byte {offset}: {reason}."
    fix = "Add the file again with a current IPFS implementation."


@dataclass(eq=False)
class MalformedNode(DemlError):
    cid: str
    reason: str
    what = "The dag-pb block {cid} breaks its format: {reason}."
    fix = "Add the file again with a current IPFS implementation."


@dataclass(eq=False)
class MalformedUnixFs(DemlError):
    cid: str
    reason: str
    what = "The UnixFS part of the block {cid} cannot be read: {reason}."
    fix = "Add the file again with a current IPFS implementation."


@dataclass(eq=False)
class NotAFile(DemlError):
    cid: str
    kind: str
    what = "{cid} is a UnixFS {kind}, not a file."
    fix = "Give the CID of the file itself, not of what contains or names it."


@dataclass(eq=False)
class SizeMismatch(DemlError):
    cid: str
    declared: int
    actual: int
    what = "The block {cid} should hold {declared} bytes of the file, but it holds {actual}."
    fix = "Add the file again with a current IPFS implementation: the sizes inside this one contradict each other."


@dataclass(eq=False)
class OversizedFile(DemlError):
    cid: str
    size: int
    limit: int
    what = "The file {cid} has {size} bytes; at most {limit} are accepted."
    fix = "Send a smaller file, or ask for terms that allow a larger one."


@dataclass(eq=False)
class TooManyLinks(DemlError):
    cid: str
    limit: int
    what = "The block {cid} has more than the {limit} links that the blocks before it leave to a file of this size."
    fix = "Add the file again with larger chunks; the default of 262,144 bytes always fits."


@dataclass(eq=False)
class DagTooDeep(DemlError):
    cid: str
    limit: int
    what = "The block {cid} lies more than {limit} levels below the root of its file."
    fix = "Add the file again with the default layout."


# Transport


@dataclass(eq=False)
class OversizedStream(DemlError):
    limit: int
    what = "The stream unpacks to more than {limit} bytes."
    fix = "Send a smaller file, or ask for terms that allow a larger one."


@dataclass(eq=False)
class CorruptStream(DemlError):
    size: int
    what = "The {size} bytes of the stream are not valid zlib data."
    fix = "Compress the CAR with zlib (RFC 1950), or declare the codec that was used."


@dataclass(eq=False)
class TruncatedStream(DemlError):
    size: int
    what = "The zlib stream breaks off: its {size} bytes do not reach its end."
    fix = "Upload all parts of the stream, in order."


@dataclass(eq=False)
class TrailingStreamBytes(DemlError):
    count: int
    what = "{count} bytes follow the end of the zlib stream."
    fix = "Send the compressed CAR alone."
