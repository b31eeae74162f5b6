"""Forges CIDs, blocks and CARs of any shape, sound or not, sharing no code with `deml.ipld`."""

from __future__ import annotations

from hashlib import sha256

RAW, DAG_PB, DAG_CBOR = 0x55, 0x70, 0x71
RAW_TYPE, DIRECTORY, FILE, METADATA, SYMLINK, HAMT = range(6)


def uvarint(value: int) -> bytes:
    head = b""
    while value >= 128:
        head += bytes([value % 128 + 128])
        value //= 128
    return head + bytes([value])


def cid_v1(codec: int, block: bytes) -> bytes:
    return b"\x01" + uvarint(codec) + b"\x12\x20" + sha256(block).digest()


def cid_v0(block: bytes) -> bytes:
    return b"\x12\x20" + sha256(block).digest()


def number(field: int, value: int) -> bytes:
    return uvarint(field * 8) + uvarint(value)


def chunk(field: int, value: bytes) -> bytes:
    return uvarint(field * 8 + 2) + uvarint(len(value)) + value


def link(cid: bytes, name: bytes | None = b"", tsize: int | None = 0) -> bytes:
    fields = chunk(1, cid)
    if name is not None:
        fields += chunk(2, name)
    if tsize is not None:
        fields += number(3, tsize)
    return chunk(2, fields)


def unixfs(
    kind: int | None = FILE,
    data: bytes | None = None,
    filesize: int | None = None,
    sizes: tuple[int, ...] = (),
    more: bytes = b"",
) -> bytes:
    message = b"" if kind is None else number(1, kind)
    if data is not None:
        message += chunk(2, data)
    if filesize is not None:
        message += number(3, filesize)
    return message + b"".join(number(4, size) for size in sizes) + more


def node(links: tuple[bytes, ...] = (), data: bytes | None = None) -> bytes:
    """A dag-pb block: `links` are whole link fields, `data` a UnixFS message."""
    return b"".join(links) + (b"" if data is None else chunk(1, data))


def file_node(*children: tuple[bytes, int], inline: bytes | None = None) -> bytes:
    """A sound inner node over (binary CID, size) pairs."""
    total = len(inline or b"") + sum(size for _, size in children)
    message = unixfs(data=inline, filesize=total, sizes=tuple(size for _, size in children))
    return node(tuple(link(cid) for cid, _ in children), message)


def pb_leaf(data: bytes, kind: int = FILE) -> bytes:
    return node((), unixfs(kind, data=data, filesize=len(data)))


def header(*roots: bytes) -> bytes:
    assert len(roots) < 24
    links = b"".join(b"\xd8\x2a\x58" + bytes([len(root) + 1]) + b"\x00" + root for root in roots)
    return b"\xa2\x65roots" + bytes([0x80 + len(roots)]) + links + b"\x67version\x01"


def section(cid: bytes, block: bytes) -> bytes:
    return uvarint(len(cid) + len(block)) + cid + block


def car(root: bytes, *blocks: tuple[bytes, bytes]) -> bytes:
    head = header(root)
    return uvarint(len(head)) + head + b"".join(section(cid, block) for cid, block in blocks)


def v1(codec: int, block: bytes) -> tuple[bytes, bytes]:
    return cid_v1(codec, block), block


def v0(block: bytes) -> tuple[bytes, bytes]:
    return cid_v0(block), block


def single(block: bytes, codec: int = DAG_PB) -> tuple[bytes, bytes]:
    """(CAR, root) of a file that is this one block."""
    root = cid_v1(codec, block)
    return car(root, (root, block)), root
