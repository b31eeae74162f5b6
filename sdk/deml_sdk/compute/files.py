"""The files of a computation: read where they are mounted, and held to the request."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from deml.base.types import Address
from deml.ipld import Cid, file_cid
from deml_sdk.compute.errors import BadTranscript, InputDiffers, InputMissing
from deml_sdk.compute.request import MAX_TRANSCRIPT_BYTES, ComputeRequest, MountedFile

Files = Mapping[str, bytes]
"""Contents by name."""

_LENGTH: Final = struct.Struct(">I")
"""Before every input of a transcript: its length in bytes."""

MAX_INPUT_BYTES: Final = 2**21
"""Longest input of any InputBox known: contracts v3 take 2 MB."""


def mounted_file(name: str, content: bytes, cid: str | None = None, client: Address | None = None) -> MountedFile:
    """Describe a file; without a CID it gets the one that `deml ipfs add` gives it."""
    return MountedFile(name, cid or str(file_cid(content)), len(content), sha256(content).digest(), client)


def read_mounted(request: ComputeRequest, folder: Path) -> Files:
    """Read every file of a request from a folder, and hold it to the request.

    Raises
    ------
    InputMissing, InputDiffers
    """
    return {one.name: _read(one, folder / one.name) for one in request.files}


def laid_out_as_usual(file: MountedFile, content: bytes) -> bool:
    """Whether adding a file to IPFS, as this program does it, gives the CID that it has."""
    return file_cid(content).v1() == Cid.parse(file.cid).v1()


def write_transcript(inputs: Iterable[bytes]) -> bytes:
    """Write inputs one behind the other, each after its length in four bytes, the highest first."""
    return b"".join(part for one in inputs for part in (_LENGTH.pack(len(one)), one))


def read_transcript(content: bytes) -> Iterator[bytes]:
    """Yield the inputs of a transcript.

    Raises
    ------
    BadTranscript
    """
    if len(content) > MAX_TRANSCRIPT_BYTES:
        raise BadTranscript(f"it has more than {MAX_TRANSCRIPT_BYTES} bytes")
    start = 0
    while start < len(content):
        if len(content) - start < _LENGTH.size:
            raise BadTranscript("it ends within a length")
        (length,) = _LENGTH.unpack_from(content, start)
        start += _LENGTH.size
        if length > min(MAX_INPUT_BYTES, len(content) - start):
            raise BadTranscript(f"an input at byte {start} is said to have {length} bytes")
        yield content[start : start + length]
        start += length


def _read(wanted: MountedFile, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(wanted.size + 1)
    except OSError as error:
        raise InputMissing(wanted.name, error.strerror or str(error)) from error
    found = sha256(content).digest()
    if found != wanted.sha256:
        raise InputDiffers(wanted.name, wanted.sha256.hex(), found.hex())
    return content
