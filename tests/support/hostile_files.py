"""Files whose JSON asks an interpreter for a decision: named, with the error that every interpreter must arrive at.

They need no reference: nesting, numbers, names and texts of which some version of Python, of its settings or of its
Unicode tables thinks otherwise than another.
"""

from __future__ import annotations

import json
import struct
from typing import NamedTuple

DEPTHS = (9, 60, 331, 986, 998, 1_500, 9_900, 30_000)
"""Around the limits of Python 3.11 (about 990, less what the caller's stack has taken) and of 3.13 (10,000)."""

DIGITS = (20, 639, 641, 4_299, 4_301, 60_000)
"""Around the least limit that ``PYTHONINTMAXSTRDIGITS`` may set (640) and the usual one (4,300)."""


class Hostile(NamedTuple):
    """A file, or an architecture's text, and the code of the error it is refused with; None where it is fine."""

    name: str
    data: bytes
    code: str | None


def file_of(header: bytes, body: bytes = b"") -> bytes:
    """A safetensors file with this header."""
    return struct.pack("<Q", len(header)) + header + body


def models() -> list[Hostile]:
    """Model files of any job: each is refused, or fine, before its tensors are looked for."""
    broken, metadata = "MALFORMED_SAFETENSORS", "MALFORMED_METADATA"
    made = [Hostile("eight levels of metadata", _with_metadata(_lists(6)), metadata)]
    for depth in DEPTHS:
        made += [
            Hostile(f"metadata of {depth} lists", _with_metadata(_lists(depth)), broken),
            Hostile(f"a shape of {depth} lists", _with_entry(shape=_lists(depth)), broken),
            Hostile(f"{depth} lists that never end", file_of(b'{"a":' + b"[" * depth), broken),
        ]
        if depth < 10_000:
            made.append(Hostile(f"metadata of {depth} objects", _with_metadata(_objects(depth)), broken))
    for digits in DIGITS:
        number = b"1" * digits
        made += [
            Hostile(f"a size of {digits} digits", _with_entry(shape=b"[%b]" % number), broken),
            Hostile(f"an offset of {digits} digits", _with_entry(offsets=b"[0,%b]" % number), broken),
            Hostile(f"metadata of {digits} digits", _with_metadata(b"-" + number), broken),
            Hostile(f"a fraction of {digits} digits", _with_metadata(b"0." + number), broken),
            Hostile(f"an exponent of {digits} digits", _with_metadata(b"1e" + number), broken),
        ]
    made += [
        Hostile(f"metadata that is {word}", _with_metadata(word.encode()), broken)
        for word in ("NaN", "Infinity", "-Infinity", "[}", "]", "{", "01", "1.", "'a'", "1,", "//", '"\x01"', '"\\x"')
    ]
    made += [
        Hostile("brackets in a text", _with_metadata(b'"' + b"[{" * 9_000 + b'"'), None),
        Hostile("brackets behind an escaped quote", _with_metadata(b'"\\"' + b"[" * 9_000 + b'\\\\"'), None),
        Hostile("digits in a text", _with_metadata(b'"' + b"9" * 9_000 + b'"'), None),
        Hostile("a text of escaped quotes that never ends", file_of(b'{"' + b'\\"' * 30_000), broken),
        Hostile("half a surrogate pair as metadata", _with_metadata(b'"\\ud800"'), None),
        Hostile("half a surrogate pair, in UTF-8", _with_metadata(b'"\xed\xa0\x80"'), broken),
        Hostile("a byte order mark", file_of(b"\xef\xbb\xbf" + _header()), broken),
        Hostile("UTF-16", file_of(_header().decode().encode("utf-16-le")), broken),
        Hostile("a number of 2^63", _with_entry(shape=b"[9223372036854775808]"), "MALFORMED_TENSOR"),
        Hostile("a size of 1e400", _with_entry(shape=b"[1e400]"), "MALFORMED_TENSOR"),
    ]
    # A letter of Unicode 15.1 and one of 16, which older tables do not know; a digit that int() takes; a soft hyphen.
    for letter in (
        "\U0002ebf0",
        "\U000105c0",
        "\N{ARABIC-INDIC DIGIT ONE}",
        "\N{SOFT HYPHEN}",
        "\x7f",
        "\N{KELVIN SIGN}",
    ):
        made.append(Hostile(f"the name {letter!a}", file_of(_header(name=letter)), "MALFORMED_TENSOR"))
    return made


def architectures() -> list[Hostile]:
    """Architecture texts that are never an architecture."""
    texts = [(f"{depth} lists", b'{"family":' + _lists(depth) + b"}") for depth in DEPTHS if depth < 4_000]
    texts += [
        (f"inputs of {digits} digits", b'{"family":"linear","inputs":' + b"1" * digits + b"}")
        for digits in DIGITS
        if digits < 8_000
    ]
    texts += [("inputs are NaN", b'{"family":"linear","inputs":NaN}'), ("lists alone", _lists(3_000))]
    return [Hostile(name, text, "MALFORMED_ARCHITECTURE") for name, text in texts]


def _lists(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def _objects(depth: int) -> bytes:
    return b'{"":' * depth + b"0" + b"}" * depth


def _header(name: str = "a", shape: bytes = b"[0]", offsets: bytes = b"[0,0]", metadata: bytes | None = None) -> bytes:
    parts = [b'"__metadata__":{"m":%b}' % metadata] if metadata is not None else []
    quoted = json.dumps(name, ensure_ascii=False).encode()
    parts.append(b'%b:{"dtype":"F32","shape":%b,"data_offsets":%b}' % (quoted, shape, offsets))
    return b"{" + b",".join(parts) + b"}"


def _with_metadata(metadata: bytes) -> bytes:
    return file_of(_header(metadata=metadata))


def _with_entry(**changed: bytes) -> bytes:
    return file_of(_header(**changed))
