"""A CAR read as it arrives: every block is checked before it is passed on, and no more is held than one block."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from deml.ipld import Cid, car_header, varint
from deml.ipld.car import MAX_HEADER_BYTES
from deml.ipld.errors import MalformedCar, TruncatedCar, WrongBlockHash, WrongCarRoot
from deml_sdk.ipfs.errors import OversizedBlock
from deml_sdk.ipfs.interface import MAX_BLOCK_BYTES, IpfsBlock

_MAX_CID_BYTES: Final = 64
_MAX_VARINT_BYTES: Final = 9


def read_blocks(pieces: Iterator[bytes], root: Cid) -> Iterator[IpfsBlock]:
    """Yield the blocks of a CAR whose first root is `root`.

    Raises
    ------
    MalformedCar, WrongCarRoot, TruncatedCar, OversizedBlock, WrongBlockHash
    DemlError
        What varints and CIDs raise, and what `pieces` does.
    """
    reader = _PieceReader(pieces)
    size = reader.length()
    if size is None or size > MAX_HEADER_BYTES:
        raise MalformedCar("it is empty" if size is None else f"its header is said to have {size} bytes")
    roots = car_header.decode(reader.take(size))
    if not roots or roots[0].v1() != root.v1():
        raise WrongCarRoot(str(root), str(roots[0]) if roots else "not given")
    while True:
        place = reader.position
        size = reader.length()
        if size is None:
            return
        if not size:
            raise MalformedCar(f"it has an empty section at byte {place}")
        if size > MAX_BLOCK_BYTES + _MAX_CID_BYTES:
            raise OversizedBlock(size, MAX_BLOCK_BYTES)
        section = reader.take(size)
        cid, start = Cid.read(section, 0)
        block = section[start:]
        if sha256(block).digest() != cid.digest:
            raise WrongBlockHash(str(cid), place)
        yield cid.v1(), block


class _PieceReader:
    """A position in bytes that are still arriving."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._buffer = bytearray()
        self.position = 0

    def length(self) -> int | None:
        """Read the length of what comes next; None at the end."""
        for count in range(1, _MAX_VARINT_BYTES + 2):
            if not self._fill(count):
                if self._buffer:
                    raise TruncatedCar(self.position, 1)
                return None
            if self._buffer[count - 1] < 0x80:
                break
        value, end = varint.decode(memoryview(bytes(self._buffer[: _MAX_VARINT_BYTES + 1])), 0, "the CAR")
        self._drop(end)
        return value

    def take(self, size: int) -> bytes:
        """Read so many bytes."""
        if not self._fill(size):
            raise TruncatedCar(self.position, size - len(self._buffer))
        taken = bytes(self._buffer[:size])
        self._drop(size)
        return taken

    def _fill(self, size: int) -> bool:
        while len(self._buffer) < size:
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._buffer += piece
        return True

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self.position += size
