"""What can be wrong with a CID, a CAR, the blocks in it or the stream that carries it.

Leaves that somebody tells apart, or whose remedies differ; `reason` says the rest, in words of this package alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class MalformedVarint(DemlError):
    place: str
    offset: int
    reason: str
    what = "The number at byte {offset} of {place} {reason}."


# CIDs


@dataclass(eq=False)
class MalformedCid(DemlError):
    cid: str
    reason: str
    what = "'{cid}' is not a CID: {reason}."


@dataclass(eq=False)
class UnsupportedHash(DemlError):
    function: int
    what = "A CID uses the hash function {function:#x}; only sha2-256 (0x12) is accepted."


# CARs


@dataclass(eq=False)
class MalformedCar(DemlError):
    reason: str
    what = "The CAR cannot be read: {reason}."


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
class MalformedBlock(DemlError):
    cid: str
    reason: str
    what = "The block {cid} is no sound part of a file: {reason}."


@dataclass(eq=False)
class NotAFile(DemlError):
    cid: str
    kind: str
    what = "{cid} is a UnixFS {kind}, not a file."


@dataclass(eq=False)
class OversizedFile(DemlError):
    cid: str
    size: int
    limit: int
    what = "The file {cid} has {size} bytes; at most {limit} are accepted."


@dataclass(eq=False)
class UnusualLayout(DemlError):
    reason: str
    what = "The file's blocks would cost too much to put together: {reason}."


# Streams


@dataclass(eq=False)
class OversizedStream(DemlError):
    limit: int
    what = "The stream unpacks to more than {limit} bytes."


@dataclass(eq=False)
class MalformedStream(DemlError):
    size: int
    reason: str
    what = "The zlib stream of {size} bytes cannot be unpacked: {reason}."
