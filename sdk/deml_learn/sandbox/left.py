"""What a program has left in a folder, told in bytes; and those bytes, read by somebody who does not trust them.

The first half runs inside a sandbox, beside the program, and may import nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Sequence
from typing import Any, Final

MOST_ENTRIES: Final = 64
"""So many of the entries of a folder are told: one that is not wanted is one too many already."""

MOST_WORDS: Final = 2**18
"""Longest line that tells of them, in bytes: names have up to 255, which JSON may write as six characters each."""

_PIECE: Final = 2**20
_KINDS: Final = (
    ("folder", stat.S_ISDIR),
    ("link", stat.S_ISLNK),
    ("file", stat.S_ISREG),
    ("pipe", stat.S_ISFIFO),
    ("socket", stat.S_ISSOCK),
    ("device", lambda mode: stat.S_ISCHR(mode) or stat.S_ISBLK(mode)),
)


def collected(folder: str, wanted: Sequence[str], most: int) -> Iterator[bytes]:
    """Tell what is in a folder: a line of JSON, then the contents of wanted files, in the order of their names.

    Parameters
    ----------
    most
        Largest file whose content is told, in bytes.
    """
    os.chmod(folder, 0o700)
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        names = sorted(os.listdir(here))[:MOST_ENTRIES]
        told, contents = [], []
        for name in names:
            found = os.stat(name, dir_fd=here, follow_symlinks=False)
            kind = next((word for word, is_kind in _KINDS if is_kind(found.st_mode)), "thing")
            content = _content(name, here, most) if name in wanted and kind == "file" and found.st_nlink == 1 else None
            told.append([name, kind, found.st_nlink, found.st_size, None if content is None else len(content)])
            contents.append(content or b"")
    finally:
        os.close(here)
    yield json.dumps(told).encode() + b"\n"
    yield from contents


def _content(name: str, here: int, most: int) -> bytes | None:
    """Read a file itself: no link's target, no device, no pipe, and no more than may be told."""
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=here)
    except OSError:
        return None
    content = bytearray()
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return None
        while len(content) <= most and (piece := os.read(fd, min(_PIECE, most + 1 - len(content)))):
            content += piece
    finally:
        os.close(fd)
    return bytes(content) if len(content) <= most else None


def entries(told: bytes) -> list[tuple[str, str, int, int, bytes | None]] | None:
    """Read what `collected` has told, or somebody in its place: name, kind, names, size, content; None if it is not."""
    line, _, contents = told.partition(b"\n")
    if len(line) > MOST_WORDS:
        return None
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, list):
        return None
    found, begin = [], 0
    for one in values:
        if not _is_entry(one):
            return None
        name, kind, names, size, length = one
        end = begin + (length or 0)
        if end > len(contents):
            return None
        found.append((name, kind, names, size, None if length is None else contents[begin:end]))
        begin = end
    return found if begin == len(contents) else None


def _is_entry(value: Any) -> bool:
    match value:
        case [str(), str(), int() as names, int() as size, None | int() as length]:
            return min(names, size, length or 0) >= 0
    return False
