"""Results as networks give them back: a folder or an archive on IPFS, an archive at an address, a folder here.

Nothing of it is trusted: names that are not those of outputs are passed over, sizes are bounded before they are read.
"""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

from deml.base.limits import MAX_FILE_BYTES
from deml.ipld import Cid
from deml.ipld.cid import RAW
from deml_sdk.compute.errors import NotAResult
from deml_sdk.compute.outcome import TRAINED
from deml_sdk.compute.result import LOG, MAX_RESULT_BYTES, RESULT
from deml_sdk.files.files import read_file
from deml_sdk.ipfs.content import ContentStore
from deml_sdk.ipfs.directory import resolve
from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.errors import NotADirectory
from deml_sdk.ipfs.web import Web
from deml_sdk.rpc import without_secrets

LIMITS: Final = {RESULT: MAX_RESULT_BYTES, TRAINED: MAX_FILE_BYTES, LOG: 2**20}
"""What is taken of a result, and how much of each at most, in bytes."""

OUTPUTS: Final = "outputs"
"""Folder of a result in which both networks put what was written to ``/outputs``."""

MAX_ARCHIVE_BYTES: Final = 2**26
"""Longest archive, packed and unpacked alike: the largest model and half as much again for the rest."""

Outputs = Mapping[str, bytes]
"""Files of a result, by name."""


def from_folder(folder: Path) -> Outputs:
    """Read what a network's own client has fetched into a folder; the outputs may lie in a folder of it.

    Raises
    ------
    NotAResult, UnreadableFile
    """
    inner = folder / OUTPUTS if (folder / OUTPUTS).is_dir() else folder
    found = {}
    for name, limit in LIMITS.items():
        path = inner / name
        if path.is_file():
            if path.stat().st_size > limit:
                raise NotAResult(str(path), f"it has more than {limit} bytes")
            found[name] = read_file(path)
    return _complete(found, str(folder))


def from_ipfs(cid: Cid, content: ContentStore) -> Outputs:
    """Fetch what was published under a CID; every block is checked against it.

    Raises
    ------
    NotAResult
    BlockNotFound, SourceFault, ServiceUnreachable
    DemlError
        What is wrong with the blocks.
    """
    if cid.codec != RAW:
        try:
            return _from_directory(cid, content)
        except NotADirectory:
            pass  # An archive of several blocks: a file.
    return from_archive(content.fetch(cid, MAX_ARCHIVE_BYTES), str(cid))


def from_address(url: str, egress: EgressPolicy) -> Outputs:
    """Fetch an archive from where a network says that it is.

    Raises
    ------
    NotAResult, PrivateAddress, ServiceUnreachable
    """
    web = Web("the place of the result", egress)
    try:
        with web.request("GET", url) as answer:
            if answer.status != HTTPStatus.OK:
                raise NotAResult(without_secrets(url), f"HTTP {answer.status}")
            packed = answer.read(MAX_ARCHIVE_BYTES)
    finally:
        web.close()
    return from_archive(packed, without_secrets(url))


def from_archive(packed: bytes, source: str) -> Outputs:
    """Read the outputs out of a gzipped tar archive, in memory and within bounds.

    Raises
    ------
    NotAResult
    """
    unpacker = zlib.decompressobj(wbits=31)
    found: dict[str, bytes] = {}
    try:
        unpacked = unpacker.decompress(packed, MAX_ARCHIVE_BYTES)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise NotAResult(source, f"it is cut off, or has more than {MAX_ARCHIVE_BYTES} bytes unpacked")
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            for member in archive:
                parts = tuple(one for one in member.name.split("/") if one not in ("", "."))
                name = parts[-1] if parts[:-1] in ((), (OUTPUTS,)) and parts else ""
                if name in LIMITS and member.isreg() and name not in found:
                    if member.size > LIMITS[name]:
                        raise NotAResult(source, f"{name} has more than {LIMITS[name]} bytes")
                    file = archive.extractfile(member)
                    found[name] = b"" if file is None else file.read()
    except (zlib.error, tarfile.TarError, ValueError) as error:
        raise NotAResult(source, f"no gzipped tar archive: {error}") from None
    return _complete(found, source)


def _from_directory(cid: Cid, content: ContentStore) -> Outputs:
    inner = resolve(cid, (OUTPUTS,), content.block) or cid
    found = {}
    for name, limit in LIMITS.items():
        place = resolve(inner, (name,), content.block)
        if place is not None:
            found[name] = content.fetch(place, limit)
    return _complete(found, str(cid))


def _complete(found: dict[str, bytes], source: str) -> Outputs:
    if RESULT not in found:
        raise NotAResult(source, f"there is no {RESULT}")
    return found
