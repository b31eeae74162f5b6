"""Ways in which bytes are refused: the error, and the words of its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from deml.base.errors import DemlError
from deml.ipld.errors import (
    MalformedBlock,
    MalformedCar,
    MalformedCid,
    MalformedStream,
    MalformedVarint,
    UnusualLayout,
)


@dataclass(frozen=True)
class Refusal:
    error: type[DemlError]
    words: str


def refused(refusal: Refusal | type[DemlError], words: str = ""):
    """Expect a refusal, with some words of its message."""
    if not isinstance(refusal, Refusal):
        return pytest.raises(refusal, match=words or None)
    return pytest.raises(refusal.error, match=f"(?=.*{re.escape(refusal.words)})(?=.*{words})")


TRUNCATED_VARINT = Refusal(MalformedVarint, "is cut off")
OVERLONG_VARINT = Refusal(MalformedVarint, "is written with more bytes than it needs")
OVERSIZED_VARINT = Refusal(MalformedVarint, "bits")
OVERSIZED_CID_TEXT = Refusal(MalformedCid, "characters, more than 128")
UNKNOWN_MULTIBASE = Refusal(MalformedCid, "begins like none of the encodings")
BAD_CID_CHARACTER = Refusal(MalformedCid, "no such character")
NON_CANONICAL_CID_TEXT = Refusal(MalformedCid, "not in canonical form")
PREFIXED_CID_V0 = Refusal(MalformedCid, "version 0 has no multibase prefix")
TRUNCATED_CID = Refusal(MalformedCid, "cut off after")
TRAILING_CID_BYTES = Refusal(MalformedCid, "bytes follow its end")
UNSUPPORTED_CID_VERSION = Refusal(MalformedCid, "only 0 and 1 exist")
WRONG_DIGEST_LENGTH = Refusal(MalformedCid, "sha2-256 gives 32")
MALFORMED_CAR_HEADER = Refusal(MalformedCar, "header")
UNSUPPORTED_CAR_VERSION = Refusal(MalformedCar, "only version 1 is accepted")
EMPTY_SECTION = Refusal(MalformedCar, "empty section")
TOO_MANY_BLOCKS = Refusal(UnusualLayout, "the CAR holds more than")
TOO_MANY_LINKS = Refusal(UnusualLayout, "links that the blocks before it leave")
DAG_TOO_DEEP = Refusal(UnusualLayout, "levels below the root")
UNSUPPORTED_CODEC = Refusal(MalformedBlock, "files are of raw")
MALFORMED_PROTOBUF = Refusal(MalformedBlock, "field")
MALFORMED_NODE = Refusal(MalformedBlock, "")
MALFORMED_UNIX_FS = Refusal(MalformedBlock, "UnixFS")
SIZE_MISMATCH = Refusal(MalformedBlock, "of the file, but it holds")
CORRUPT_STREAM = Refusal(MalformedStream, "it is not valid")
TRUNCATED_STREAM = Refusal(MalformedStream, "it breaks off")
TRAILING_STREAM_BYTES = Refusal(MalformedStream, "bytes follow its end")
