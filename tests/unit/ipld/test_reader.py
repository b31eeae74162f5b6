from __future__ import annotations

import pytest

from deml.base.errors import DemlError
from deml.ipld import Cid, read_file
from deml.ipld.errors import (
    MissingBlock,
    NotAFile,
    OversizedFile,
    SurplusBlock,
    UnsupportedHash,
    UnusualLayout,
    WrongBlockHash,
    WrongCarRoot,
)
from deml.ipld.reader import MAX_DEPTH, max_blocks
from tests.unit.ipld import forge
from tests.unit.ipld.forge import RAW, cid_v0, cid_v1, file_node, link, node, number, pb_leaf, unixfs, v0, v1
from tests.unit.ipld.refusals import (
    DAG_TOO_DEEP,
    MALFORMED_NODE,
    MALFORMED_PROTOBUF,
    MALFORMED_UNIX_FS,
    OVERLONG_VARINT,
    OVERSIZED_VARINT,
    SIZE_MISMATCH,
    TOO_MANY_BLOCKS,
    TOO_MANY_LINKS,
    TRUNCATED_VARINT,
    UNSUPPORTED_CODEC,
    Refusal,
    refused,
)

LIMIT = 1_000
A, B = v1(RAW, b"alpha"), v1(RAW, b"beta")
PAIR = v1(forge.DAG_PB, file_node((A[0], 5), (B[0], 4)))


def read(car: bytes, root: bytes, limit: int = LIMIT) -> bytes:
    return read_file(car, Cid.decode(root), limit)


# What is read


@pytest.mark.parametrize("order", [(PAIR, A, B), (B, A, PAIR), (A, PAIR, A, B, B, PAIR)])
def test_blocks_may_come_in_any_order_and_again(order: tuple[tuple[bytes, bytes], ...]):
    assert read(forge.car(PAIR[0], *order), PAIR[0]) == b"alphabeta"


def test_a_single_raw_block_is_a_file():
    assert read(forge.car(A[0], A), A[0]) == b"alpha"
    empty = v1(RAW, b"")
    assert read(forge.car(empty[0], empty), empty[0]) == b""


@pytest.mark.parametrize(
    "block",
    [
        pb_leaf(b"inline"),
        pb_leaf(b"inline", forge.RAW_TYPE),
        node((), unixfs(data=b"inline")),
        node((), unixfs(data=b"inline", filesize=6, more=number(7, 0o644) + forge.chunk(8, b"\x08\x00"))),
        node((), forge.chunk(2, b"inline") + number(3, 6) + number(1, forge.FILE)),
    ],
)
def test_a_single_node_is_a_file(block: bytes):
    assert read(*forge.single(block)) == b"inline"
    root = cid_v0(block)
    assert read(forge.car(root, (root, block)), root) == b"inline"


def test_an_empty_node_is_an_empty_file():
    assert read(*forge.single(node((), unixfs(filesize=0)))) == b""
    assert read(*forge.single(node((), unixfs()))) == b""


def test_versions_of_a_cid_are_the_same_content():
    leaf = pb_leaf(b"leaf")
    block = file_node((cid_v0(leaf), 4))
    old, new = cid_v0(block), cid_v1(forge.DAG_PB, block)
    for wanted, in_header, of_root, of_leaf in (
        (old, new, old, cid_v1(forge.DAG_PB, leaf)),
        (new, old, new, cid_v0(leaf)),
        (new, new, old, cid_v0(leaf)),
    ):
        car = forge.car(in_header, (of_root, block), (of_leaf, leaf))
        assert read(car, wanted) == b"leaf"


def test_leaves_of_all_kinds_and_depths_mix():
    old = v0(pb_leaf(b"old"))
    raw_type = v1(forge.DAG_PB, pb_leaf(b"raw type", forge.RAW_TYPE))
    inner = v1(forge.DAG_PB, file_node((old[0], 3), (A[0], 5), inline=b"<"))
    root = v1(forge.DAG_PB, file_node((inner[0], 9), (raw_type[0], 8), (A[0], 5), inline=b">>"))
    assert read(forge.car(root[0], root, inner, old, A, raw_type), root[0]) == b">><oldalpharaw typealpha"


def test_links_may_stand_behind_the_data_and_have_names_and_sizes():
    links = (link(A[0], name=b"a name", tsize=2**64 - 1), link(B[0], name=None, tsize=None))
    message = unixfs(filesize=9, sizes=(5, 4))
    for block in (node(links, message), forge.chunk(1, message) + b"".join(links)):
        root = v1(forge.DAG_PB, block)
        assert read(forge.car(root[0], root, A, B), root[0]) == b"alphabeta"


def test_block_sizes_may_be_packed():
    packed = number(1, forge.FILE) + forge.chunk(4, b"\x05\x04")
    root = v1(forge.DAG_PB, node((link(A[0]), link(B[0])), packed))
    assert read(forge.car(root[0], root, A, B), root[0]) == b"alphabeta"


def test_further_roots_are_ignored():
    head = forge.header(A[0], B[0])
    car = forge.uvarint(len(head)) + head + forge.section(*A)
    assert read(car, A[0]) == b"alpha"


# What is missing, surplus, or wrong


def test_another_root():
    with pytest.raises(WrongCarRoot) as caught:
        read(forge.car(B[0], A), A[0])
    assert (caught.value.wanted, caught.value.found) == (str(Cid.decode(A[0])), str(Cid.decode(B[0])))


def test_the_same_hash_under_another_codec_is_another_root():
    with pytest.raises(WrongCarRoot):
        read(forge.car(A[0], A), cid_v0(b"alpha"))


def test_no_root():
    head = forge.header()
    with pytest.raises(WrongCarRoot, match="first root is not given"):
        read(forge.uvarint(len(head)) + head + forge.section(*A), A[0])


@pytest.mark.parametrize(("blocks", "missing"), [((), PAIR), ((A, B), PAIR), ((PAIR, B), A), ((PAIR, A), B)])
def test_a_missing_block(blocks: tuple[tuple[bytes, bytes], ...], missing: tuple[bytes, bytes]):
    with pytest.raises(MissingBlock) as caught:
        read(forge.car(PAIR[0], *blocks), PAIR[0])
    assert caught.value.cid == str(Cid.decode(missing[0]))


@pytest.mark.parametrize("position", [0, 1])
def test_a_surplus_block(position: int):
    blocks = [A]
    blocks.insert(position, B)
    with pytest.raises(SurplusBlock) as caught:
        read(forge.car(A[0], *blocks), A[0])
    assert caught.value.cid == str(Cid.decode(B[0]))


def test_a_wrong_block():
    with pytest.raises(WrongBlockHash):
        read(forge.car(PAIR[0], PAIR, A, (B[0], b"bete")), PAIR[0])


@pytest.mark.parametrize("codec", [forge.DAG_CBOR, 0x0129])
def test_a_block_that_is_no_part_of_a_file(codec: int):
    alien = v1(codec, b"\xa0")
    parent = v1(forge.DAG_PB, file_node((alien[0], 1)))
    for car, root in ((forge.car(alien[0], alien), alien), (forge.car(parent[0], parent, alien), parent)):
        with refused(UNSUPPORTED_CODEC, f"codec {codec:#x}"):
            read(car, root[0])


@pytest.mark.parametrize("function", [0x00, 0x13, 0x1B])
def test_a_link_with_another_hash(function: int):
    alien = b"\x01\x55" + bytes([function]) + b"\x05alpha"
    with pytest.raises(UnsupportedHash):
        read(*forge.single(file_node((alien, 5))))


@pytest.mark.parametrize(
    ("kind", "name"),
    [(forge.DIRECTORY, "directory"), (forge.METADATA, "metadata"), (forge.SYMLINK, "symlink"), (forge.HAMT, "sharded")],
)
def test_what_is_not_a_file(kind: int, name: str):
    car, root = forge.single(node((), unixfs(kind, data=b"target")))
    with pytest.raises(NotAFile, match=f"a UnixFS {name}"):
        read(car, root)


# Sizes


@pytest.mark.parametrize(
    "root_block",
    [
        node((link(A[0]), link(B[0])), unixfs(filesize=9, sizes=(4, 5))),
        node((link(A[0]), link(B[0])), unixfs(filesize=10, sizes=(5, 4))),
        node((link(A[0]), link(B[0])), unixfs(filesize=0, sizes=(5, 4))),
        node((link(A[0]), link(B[0])), unixfs(filesize=8, sizes=(4, 4))),
        node((link(A[0]), link(B[0])), unixfs(sizes=(5, 3))),
        node((link(A[0]), link(B[0])), unixfs(data=b"!", filesize=9, sizes=(5, 4))),
    ],
)
def test_sizes_that_disagree(root_block: bytes):
    root = v1(forge.DAG_PB, root_block)
    with refused(SIZE_MISMATCH):
        read(forge.car(root[0], root, A, B), root[0])


def test_an_inner_node_that_holds_more_than_its_parent_says():
    root = v1(forge.DAG_PB, file_node((PAIR[0], 8)))
    with refused(SIZE_MISMATCH) as caught:
        read(forge.car(root[0], root, PAIR, A, B), root[0])
    assert "should hold 8 bytes of the file, but it holds 9" in str(caught.value)


def test_a_leaf_whose_own_size_is_wrong():
    with refused(SIZE_MISMATCH, "should hold 4 bytes"):
        read(*forge.single(node((), unixfs(data=b"alpha", filesize=4))))


@pytest.mark.parametrize("root", [A, PAIR, v1(forge.DAG_PB, pb_leaf(b"alpha"))])
def test_the_largest_file_allowed(root: tuple[bytes, bytes]):
    car = forge.car(root[0], *((PAIR, A, B) if root is PAIR else (root,)))
    size = 9 if root is PAIR else 5
    assert len(read(car, root[0], size)) == size
    with pytest.raises(OversizedFile, match=f"has {size} bytes; at most {size - 1}"):
        read(car, root[0], size - 1)


def test_a_file_is_too_large_by_its_own_words_before_its_blocks_are_looked_for():
    root = v1(forge.DAG_PB, file_node((A[0], 2**62), (B[0], 2**62)))
    with pytest.raises(OversizedFile, match=str(2**63)):
        read(forge.car(root[0], root), root[0])


# Shapes made to cost


def chain(length: int) -> list[tuple[bytes, bytes]]:
    blocks = [A]
    for _ in range(length):
        blocks.append(v1(forge.DAG_PB, file_node((blocks[-1][0], 5))))
    return blocks


def test_depth():
    deepest = chain(MAX_DEPTH)
    assert read(forge.car(deepest[-1][0], *deepest), deepest[-1][0]) == b"alpha"
    deeper = chain(MAX_DEPTH + 1)
    with refused(DAG_TOO_DEEP, str(Cid.decode(A[0]))):
        read(forge.car(deeper[-1][0], *deeper), deeper[-1][0])


def test_repeated_blocks_are_read_as_often_as_they_are_linked():
    inner = v1(forge.DAG_PB, file_node(*[(A[0], 5)] * 10))
    root = v1(forge.DAG_PB, file_node(*[(inner[0], 50)] * 10))
    assert read(forge.car(root[0], root, inner, A), root[0]) == b"alpha" * 100


@pytest.mark.parametrize("leaf", [v1(RAW, b""), v1(RAW, b"x")])
def test_a_folded_tree_of_millions_of_leaves_is_refused(leaf: tuple[bytes, bytes]):
    size, blocks = len(leaf[1]), [leaf]
    for _ in range(5):
        blocks.append(v1(forge.DAG_PB, file_node(*[(blocks[-1][0], size)] * 100)))
        size *= 100
    with pytest.raises((UnusualLayout, OversizedFile)):
        read(forge.car(blocks[-1][0], *blocks), blocks[-1][0])


def test_blocks_count_as_often_as_they_are_used():
    allowed = max_blocks(LIMIT) - 1
    empty = v1(RAW, b"")
    for links in (allowed, allowed + 1):
        root = v1(forge.DAG_PB, file_node(*[(empty[0], 0)] * links))
        car = forge.car(root[0], root, empty)
        if links == allowed:
            assert read(car, root[0]) == b""
        else:
            with refused(TOO_MANY_LINKS, f"more than the {allowed} links"):
                read(car, root[0])


def test_too_many_blocks_in_the_car():
    with refused(TOO_MANY_BLOCKS):
        read(forge.car(A[0], *[A] * (max_blocks(LIMIT) + 1)), A[0])


# dag-pb and UnixFS, bent


LINK = link(A[0])
MESSAGE = unixfs(filesize=5, sizes=(5,))


@pytest.mark.parametrize(
    ("block", "error", "reason"),
    [
        (LINK + forge.chunk(1, MESSAGE) + LINK, MALFORMED_NODE, "data stands between"),
        (forge.chunk(1, MESSAGE) + LINK + forge.chunk(1, MESSAGE), MALFORMED_NODE, "two data fields"),
        (node((), MESSAGE) * 2, MALFORMED_NODE, "two data fields"),
        (node((LINK,), MESSAGE) + forge.chunk(3, b""), MALFORMED_NODE, "field 3"),
        (number(1, 0), MALFORMED_NODE, "field 1 of wire type 0"),
        (number(2, 0), MALFORMED_NODE, "field 2 of wire type 0"),
        (b"\x0d\x00\x00\x00\x00", MALFORMED_PROTOBUF, "number 1 and the wire type 5"),
        (b"\x0b", MALFORMED_PROTOBUF, "wire type 3"),
        (b"\x02\x00", MALFORMED_PROTOBUF, "number 0"),
        (b"\x0a\x05abc", MALFORMED_PROTOBUF, "lacks 2 of its bytes"),
        (b"\x0a", TRUNCATED_VARINT, "cut off"),
        (b"\x8a\x00\x00", OVERLONG_VARINT, "more bytes than it needs"),
        (b"\x0a" + b"\xff" * 11, OVERSIZED_VARINT, "64 bits"),
        (node((forge.chunk(2, b""),), MESSAGE), MALFORMED_NODE, "no CID"),
        (node((forge.chunk(2, number(3, 5)),), MESSAGE), MALFORMED_NODE, "no CID"),
        (node((forge.chunk(2, forge.chunk(2, b"") + forge.chunk(1, A[0])),), MESSAGE), MALFORMED_NODE, "order"),
        (node((forge.chunk(2, forge.chunk(1, A[0]) * 2),), MESSAGE), MALFORMED_NODE, "repeated"),
        (node((forge.chunk(2, forge.chunk(1, A[0]) + number(3, 1) * 2),), MESSAGE), MALFORMED_NODE, "repeated"),
        (node((forge.chunk(2, forge.chunk(1, A[0]) + number(2, 1)),), MESSAGE), MALFORMED_NODE, "field 2 of wire"),
        (node((forge.chunk(2, forge.chunk(1, A[0]) + forge.chunk(3, b"")),), MESSAGE), MALFORMED_NODE, "field 3"),
        (node((forge.chunk(2, forge.chunk(1, A[0]) + number(4, 1)),), MESSAGE), MALFORMED_NODE, "field 4"),
        (node((forge.chunk(2, forge.chunk(1, b"")),), MESSAGE), TRUNCATED_VARINT, "a CID"),
        (node((forge.chunk(2, b"\x0a\x50" + A[0]),), MESSAGE), MALFORMED_PROTOBUF, "lacks"),
        (b"", MALFORMED_UNIX_FS, "missing"),
        (LINK, MALFORMED_UNIX_FS, "missing"),
        (node((), b""), MALFORMED_UNIX_FS, "no type"),
        (node((), unixfs(None, data=b"x")), MALFORMED_UNIX_FS, "no type"),
        (node((), unixfs(6)), MALFORMED_UNIX_FS, "unknown type 6"),
        (node((), unixfs(2**64 - 1)), MALFORMED_UNIX_FS, "unknown type"),
        (node((), unixfs(more=number(1, 2))), MALFORMED_UNIX_FS, "repeats the field 1"),
        (node((), unixfs(data=b"x", more=forge.chunk(2, b"x"))), MALFORMED_UNIX_FS, "repeats the field 2"),
        (node((), unixfs(more=number(7, 1) * 2)), MALFORMED_UNIX_FS, "repeats the field 7"),
        (node((), unixfs(more=number(9, 1))), MALFORMED_UNIX_FS, "field 9"),
        (node((), unixfs(more=number(2, 1))), MALFORMED_UNIX_FS, "field 2 of wire type 0"),
        (node((), unixfs(more=forge.chunk(3, b"x"))), MALFORMED_UNIX_FS, "field 3 of wire type 2"),
        (node((), unixfs(more=forge.chunk(4, b""))), MALFORMED_UNIX_FS, "empty list"),
        (node((), unixfs(sizes=(1,))), MALFORMED_UNIX_FS, "more than its 0 links"),
        (node((LINK,), unixfs(sizes=(5, 0))), MALFORMED_UNIX_FS, "more than its 1 links"),
        (node((LINK,), unixfs(more=forge.chunk(4, b"\x05\x00\x80"))), MALFORMED_UNIX_FS, "more than its 1 links"),
        (node((LINK,), unixfs(more=forge.chunk(4, b"\x85"))), TRUNCATED_VARINT, "cut off"),
        (node((LINK,), unixfs()), MALFORMED_UNIX_FS, "0 block sizes for its 1 links"),
        (node((), unixfs(more=b"\x12\x7fabc")), MALFORMED_PROTOBUF, "lacks 124 of its bytes"),
        (node((), unixfs(more=b"\x18\x80")), TRUNCATED_VARINT, "cut off"),
        (node((), unixfs(more=b"\x18\x80\x00")), OVERLONG_VARINT, "more bytes than it needs"),
    ],
)
def test_malformed_blocks(block: bytes, error: Refusal | type[DemlError], reason: str):
    root = v1(forge.DAG_PB, block)
    with refused(error, reason) as caught:
        read(forge.car(root[0], root, A), root[0])
    if error is not TRUNCATED_VARINT:
        assert str(Cid.decode(root[0])) in str(caught.value)


def test_offsets_count_from_the_beginning_of_the_block():
    block = node((LINK,), unixfs(filesize=5, sizes=(5,), more=b"\x18\x80"))
    root = v1(forge.DAG_PB, block)
    with refused(TRUNCATED_VARINT) as caught:
        read(forge.car(root[0], root, A), root[0])
    assert caught.value.offset == len(block) - 1
    assert caught.value.place == str(Cid.decode(root[0]))
