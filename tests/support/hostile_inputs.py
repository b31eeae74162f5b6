"""Inputs and queries that ask an interpreter, or a library of its, for a decision: no answer may show which one it was.

Each comes with the code of what it leads to, which ``tests/unit/shell/test_hostile_inputs.py`` checks;
``docker/replay.sh`` holds the reports, byte for byte, to what other interpreters and processors make of them.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from deml.base.inputs import Codec, RevealHoldout, SetPayTo, Settle, Slot, Stream, Submit, Upload
from deml.base.states import Phase
from deml.base.types import ETHER, Address, JobId
from deml.wire import inputs
from tests.support import hostile_files
from tests.support.course import ANNA, SPONSOR, Course, terms_from_now
from tests.support.deployment import PORTALS
from tests.support.world import TOKEN, World, framed

WORD = 32
ODD_LETTERS = ("\U0002ebf0", "\U000105c0", "\N{KELVIN SIGN}", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "\x85")
"""Letters that older tables do not know, that become others in lower case, or that some call white space."""


class HostileInput(NamedTuple):
    """An input, and the code of the error that it, or the order of the deposit that it is, is refused with."""

    name: str
    sender: Address
    payload: bytes
    code: str


def all_inputs() -> list[HostileInput]:
    """Every hostile input; sent in order to a new dapp, none of them creates a job."""
    return [*_calldata(), *_cids(), *_orders(), *_portals()]


def queries() -> list[tuple[str, str]]:
    """Every hostile query, and the code that it is refused with; "" where it is answered."""
    many = "9" * 5_000
    made = [
        (f"jobs/{'9' * 21}", "BAD_QUERY_PARAMETER"),
        (f"jobs/{'9' * 20}", "UNKNOWN_JOB"),
        (f"jobs?limit={many[:900]}", "BAD_QUERY_PARAMETER"),
        (f"jobs?cursor={many}", "UNKNOWN_QUERY"),
        ("jobs?limit=%FF%FE", "BAD_QUERY_PARAMETER"),
        ("jobs?limit=\N{ARABIC-INDIC DIGIT THREE}", "BAD_QUERY_PARAMETER"),
        ("jobs?limit=\N{SUPERSCRIPT TWO}", "BAD_QUERY_PARAMETER"),
        ("jobs?limit=1_0", "BAD_QUERY_PARAMETER"),
        ("jobs?limit= 1", "BAD_QUERY_PARAMETER"),
        ("jobs;limit=1", "UNKNOWN_QUERY"),
        ("jobs\x00", "UNKNOWN_QUERY"),
        ("accounts/0x" + "\N{FULLWIDTH LATIN SMALL LETTER A}" * 40, "BAD_QUERY_PARAMETER"),
        ("accounts/0x" + "\N{MATHEMATICAL MONOSPACE DIGIT ONE}" * 40, "BAD_QUERY_PARAMETER"),
        ("accounts/0X" + "AB" * 20, ""),
    ]
    for letter in ODD_LETTERS:
        made += [
            (f"jobs/{letter}", "BAD_QUERY_PARAMETER"),
            (f"jobs?phase={letter}", "BAD_QUERY_PARAMETER"),
            (f"jobs?sponsor={letter}", ""),
            (f"accounts/0x{letter * 40}", "BAD_QUERY_PARAMETER"),
            (letter, "UNKNOWN_QUERY"),
        ]
    return made


def _calldata() -> Iterator[HostileInput]:
    """Calls that eth-abi reads one way or another."""
    upload = inputs.encode(Upload(JobId(1), Slot.HOLDOUT, 0, b"chunk"))
    submit = inputs.encode(Submit(JobId(1), "a", "b", bytes(32), Stream(Codec.CAR, b"car")))
    bad, word = "MALFORMED_MESSAGE", 2**255
    for name, payload in {
        "a slot of 3": _patched(upload, 1, 3),
        "a slot of 255": _patched(upload, 1, 255),
        "a slot of 256": _patched(upload, 1, 256),
        "a sequence number of 2^32": _patched(upload, 2, 2**32),
        "a pointer of 2^255": _patched(upload, 3, word),
        "a pointer of 2^63": _patched(upload, 3, 2**63),
        "a pointer of 2^31": _patched(upload, 3, 2**31),
        "a pointer to the end": _patched(upload, 3, len(upload) - 4),
        "a length of 2^255": _patched(upload, 4, word),
        "a length of 2^63": _patched(upload, 4, 2**63),
        "a length of 2^63 - 1": _patched(upload, 4, 2**63 - 1),
        "a length of 2^31": _patched(upload, 4, 2**31),
        "a length of one too many": _patched(upload, 4, WORD + 1),
        "padding that is not zero": upload[:-1] + b"\x01",
        "no arguments": upload[:4],
        "half a word": upload[:20],
        "a text with half a surrogate pair": _text(submit, b"\xed\xa0\x80"),
        "a text with a byte that UTF-8 has no use for": _text(submit, b"\xff"),
        "a text with an overlong zero": _text(submit, b"\xc0\x80"),
        "a text cut within a letter": _text(submit, b"\xf0\x9f\x98"),
        "a text beyond Unicode": _text(submit, b"\xf4\x90\x80\x80"),
    }.items():
        yield HostileInput(name, SPONSOR, payload, bad)
    yield HostileInput("an account with dirty bytes", SPONSOR, _patched(_set_pay_to(), 1, 2**160), bad)
    yield HostileInput("a job of 2^255", SPONSOR, _patched(inputs.encode(Settle(JobId(1))), 0, word), "UNKNOWN_JOB")


def reveals(course: Course) -> list[tuple[str, RevealHoldout, str]]:
    """Openings of a job's holdout whose streams zlib or the reader of CARs refuses, and the codes of that."""
    car = course.holdout.stream(Codec.CAR).data
    packed = zlib.compress(car)
    streams = {
        "cut": (Codec.ZLIB, packed[:-3], "MALFORMED_STREAM"),
        "cut to its header": (Codec.ZLIB, packed[:2], "MALFORMED_STREAM"),
        "of another format": (Codec.ZLIB, gzip.compress(car, mtime=0), "MALFORMED_STREAM"),
        "without a header": (Codec.ZLIB, packed[2:], "MALFORMED_STREAM"),
        "of a reserved block type": (Codec.ZLIB, packed[:2] + b"\xff" + packed[3:], "MALFORMED_STREAM"),
        "with a dictionary": (Codec.ZLIB, _with_dictionary(car), "MALFORMED_STREAM"),
        "with another checksum": (Codec.ZLIB, packed[:-1] + bytes((packed[-1] ^ 1,)), "MALFORMED_STREAM"),
        "with more behind it": (Codec.ZLIB, packed + b"\0", "MALFORMED_STREAM"),
        "of a bomb": (Codec.ZLIB, zlib.compress(bytes(10**6)), "OVERSIZED_STREAM"),
        "of nothing": (Codec.ZLIB, zlib.compress(b""), "MALFORMED_VARINT"),
        "of the first bytes": (Codec.CAR, car[:1], "TRUNCATED_CAR"),
        "of bytes that are no CAR": (Codec.CAR, b"\xff" * 40, "MALFORMED_VARINT"),
        "of a length in too many bytes": (Codec.CAR, b"\x80\x00" + car, "MALFORMED_VARINT"),
        "of a header that is no map": (Codec.CAR, b"\x03abc", "MALFORMED_CAR"),
    }
    return [
        (f"a stream {name}", course.opening(holdout=Stream(codec, data)), code)
        for name, (codec, data, code) in streams.items()
    ]


def opened_in_vain() -> World:
    """A world in which a sponsor has tried all `reveals`, each in a job of its own: a job takes few mismatches."""
    world = World()
    courses = [Course(world, variant=number) for number in range(len(reveals(Course(World()))))]
    for course in courses:
        course.join(ANNA, 60)
    courses[0].enter(Phase.REVEAL)
    for number, course in enumerate(courses):
        world.send(SPONSOR, inputs.encode(reveals(course)[number][1]))
    return world


def _cids() -> Iterator[HostileInput]:
    """CIDs in terms, in letters that are no letters of theirs."""
    texts = {"b" + letter * 30: "MALFORMED_CID" for letter in ODD_LETTERS}
    texts |= {letter + "a" * 30: "MALFORMED_CID" for letter in ODD_LETTERS}
    texts |= {
        "b" + "\N{KELVIN SIGN}": "MALFORMED_CID",
        "k" + "0" * 200: "MALFORMED_CID",
        "": "MALFORMED_CID",
    }
    for text, code in texts.items():
        yield _posted(f"the initial model's CID {text!a:.20}", code, initial_model_cid=text)


def _orders() -> Iterator[HostileInput]:
    """Terms whose texts are judged by their letters, their lengths or their JSON."""
    for letter in ("\x00", "\x1f", "\x7f", "\x85", "\x9f"):
        yield _posted(f"the title {letter!a}", "UNPRINTABLE_TITLE", title=letter)
    yield _posted("a title of 201 bytes in 51 letters", "TERM_OUT_OF_BOUNDS", title="\U0002ebf0" * 50 + "a")
    for one in hostile_files.architectures():
        yield _posted(f"an architecture of {one.name}", "MALFORMED_ARCHITECTURE", architecture=one.data.decode())
    for letter in ODD_LETTERS:
        yield _posted(f"the metric {letter!a}", "UNKNOWN_METRIC", metric=letter)
        family = f'{{"family":"{letter}"}}' if letter != "\x85" else '{"family":"\\u0085"}'
        yield _posted(f"the family {letter!a}", "UNKNOWN_FAMILY", architecture=family)
    yield _posted("a family of half a surrogate pair", "UNKNOWN_FAMILY", architecture='{"family":"\\ud800"}')
    yield _posted(
        "a field of half a surrogate pair",
        "MALFORMED_ARCHITECTURE",
        architecture='{"family":"linear","inputs":1,"\\ud800":1}',
    )
    yield _posted(
        "a field that is repeated", "MALFORMED_ARCHITECTURE", architecture='{"family":"linear","family":"linear"}'
    )


def _portals() -> Iterator[HostileInput]:
    """What a portal could only send if it were another contract."""
    for portal in ("ERC721Portal", "ERC1155SinglePortal", "ERC1155BatchPortal"):
        yield HostileInput(f"{portal}, cut off", PORTALS[portal], bytes(39), "MALFORMED_MESSAGE")
    batch = bytes(40) + _words(128, 128, 160, 160, 2**63)
    yield HostileInput("a batch of 2^63 tokens", PORTALS["ERC1155BatchPortal"], batch, "MALFORMED_MESSAGE")


def _posted(name: str, code: str, **changes: str) -> HostileInput:
    terms = terms_from_now(World(), **changes)
    return HostileInput(name, *framed(SPONSOR, 1_000, inputs.CreateJob(terms), TOKEN), code)


def _set_pay_to() -> bytes:
    return inputs.encode(SetPayTo(JobId(1), ETHER))


def _patched(call: bytes, word: int, value: int) -> bytes:
    """A call with another number as one of its words."""
    at = 4 + WORD * word
    return call[:at] + value.to_bytes(WORD, "big") + call[at + WORD :]


def _with_dictionary(data: bytes) -> bytes:
    stream = zlib.compressobj(zdict=data[:64])
    return stream.compress(data) + stream.flush()


def _text(submit: bytes, text: bytes) -> bytes:
    """A submission whose first text, of one letter, is this one."""
    at = submit.index(b"a".ljust(WORD, b"\0"))
    length = len(text).to_bytes(WORD, "big")
    return submit[: at - WORD] + length + text.ljust(WORD, b"\0") + submit[at + WORD :]


def _words(*values: int) -> bytes:
    return b"".join(value.to_bytes(WORD, "big") for value in values)
