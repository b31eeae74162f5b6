"""Any file survives any cut; any damage to a CAR is an expected failure or does no harm."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from deml.base.errors import DemlError
from deml.base.inputs import Codec
from deml.ipld import Cid, file_car, file_cid, pack, read_file, unpack
from deml.ipld.car import read_blocks, read_header, write_car
from deml.ipld.writer import Profile, file_blocks
from tests.property.expected_failures import attempt
from tests.unit.ipld import forge

LIMIT = 10_000
timeless = settings(deadline=None)

profiles = st.builds(Profile, chunk_bytes=st.integers(8, 64), width=st.integers(2, 5))
files = st.builds(lambda pattern, times: (pattern * times)[:600], st.binary(max_size=600), st.integers(1, 30))


@timeless
@given(files, profiles, st.data())
def test_a_written_file_is_read_whatever_the_order_of_its_blocks(data: bytes, profile: Profile, choice: st.DataObject):
    root, blocks = file_blocks(data, profile)
    assert root == file_cid(data, profile)
    assert read_file(file_car(data, profile), root, LIMIT) == data
    shuffled = choice.draw(st.permutations([*blocks, *blocks[:3]]))
    assert read_file(write_car([root], shuffled), root, LIMIT) == data


@st.composite
def trees(draw: st.DrawFn, depth: int = 4) -> tuple[bytes, bytes, list[tuple[bytes, bytes]]]:
    """(binary CID, file, blocks) of a sound DAG of any shape, parents before their children."""
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        data = draw(st.binary(max_size=20))
        kind = draw(st.sampled_from((None, forge.FILE, forge.RAW_TYPE)))
        block = data if kind is None else forge.pb_leaf(data, kind)
        root = forge.cid_v1(forge.RAW, block) if kind is None else draw(st.sampled_from(node_cids(block)))
        return root, data, [(root, block)]
    children = draw(st.lists(trees(depth - 1), max_size=4))
    inline = draw(st.none() | st.binary(max_size=5))
    block = forge.file_node(*((cid, len(data)) for cid, data, _ in children), inline=inline)
    root = draw(st.sampled_from(node_cids(block)))
    data = (inline or b"") + b"".join(data for _, data, _ in children)
    return root, data, [(root, block), *(pair for _, _, blocks in children for pair in blocks)]


def node_cids(block: bytes) -> tuple[bytes, bytes]:
    return forge.cid_v0(block), forge.cid_v1(forge.DAG_PB, block)


@timeless
@given(trees())
def test_a_sound_dag_of_any_shape_is_read(tree):
    root, data, blocks = tree
    assert read_file(forge.car(root, *blocks), Cid.decode(root), LIMIT) == data


@timeless
@given(trees(), st.data())
def test_no_block_can_be_left_out(tree, choice: st.DataObject):
    root, _, blocks = tree
    left_out = Cid.decode(choice.draw(st.sampled_from(blocks))[0]).v1()
    car = forge.car(root, *(pair for pair in blocks if Cid.decode(pair[0]).v1() != left_out))
    failure = attempt(lambda: read_file(car, Cid.decode(root), LIMIT))
    assert isinstance(failure, DemlError)
    assert (failure.code(), failure.values) == ("MISSING_BLOCK", {"cid": str(left_out)})


damage = st.lists(
    st.tuples(st.sampled_from(["flip", "cut", "insert", "repeat"]), st.integers(0, 10**6), st.integers(1, 255)),
    min_size=1,
    max_size=4,
)


def damaged(raw: bytes, blows: list[tuple[str, int, int]]) -> bytes:
    for blow, place, byte in blows:
        at = place % (len(raw) + 1)
        if blow == "cut":
            raw = raw[:at]
        elif blow == "insert":
            raw = raw[:at] + bytes([byte]) + raw[at:]
        elif blow == "repeat":
            raw = raw[:at] + raw[at : at + byte] + raw[at:]
        elif at < len(raw):
            raw = raw[:at] + bytes([raw[at] ^ byte]) + raw[at + 1 :]
    return raw


@timeless
@given(files, profiles, damage, st.sampled_from(Codec))
def test_damage_in_transport_never_changes_the_file(data: bytes, profile: Profile, blows, codec: Codec):
    root = file_cid(data, profile)
    stream = damaged(pack(codec, file_car(data, profile)), blows)
    outcome = attempt(lambda: read_file(unpack(codec, stream, 10 * LIMIT), root, LIMIT))
    assert isinstance(outcome, DemlError) or outcome == data


@timeless
@given(trees(), damage, st.data())
def test_a_damaged_block_that_is_hashed_anew_is_a_file_or_an_expected_failure(tree, blows, choice: st.DataObject):
    """Its author has recomputed every CID above it, so only its form and the sizes can give it away."""
    blocks = tree[2]
    position = choice.draw(st.integers(0, len(blocks) - 1))
    cid, block = blocks[position]
    blocks[position] = (cid, damaged(block, blows))
    hash_anew(blocks)
    root = blocks[0][0]
    assert isinstance(attempt(lambda: read_file(forge.car(root, *blocks), Cid.decode(root), LIMIT)), DemlError | bytes)


def hash_anew(blocks: list[tuple[bytes, bytes]]) -> None:
    """Give every block its true CID again, children before parents, and put it into the links to it."""
    for position in reversed(range(len(blocks))):
        cid, block = blocks[position]
        true = forge.cid_v0(block) if len(cid) == 34 else forge.cid_v1(cid[1], block)
        blocks[:] = [(other, text.replace(cid, true)) for other, text in blocks]
        blocks[position] = (true, block)


@timeless
@given(st.binary(max_size=200))
def test_any_bytes_as_any_input(raw: bytes):
    node = forge.v1(forge.DAG_PB, raw)
    message = forge.v1(forge.DAG_PB, forge.node((), raw))
    link = forge.v1(forge.DAG_PB, forge.node((forge.chunk(2, raw),), forge.unixfs(sizes=(0,))))
    attempt(lambda: Cid.decode(raw))
    attempt(lambda: Cid.parse(raw.decode("latin-1")))
    attempt(lambda: unpack(Codec.ZLIB, raw, 100))
    attempt(lambda: unpack(Codec.ZLIB, b"\x78\x9c" + raw, 100))
    attempt(lambda: read_header(forge.uvarint(len(raw)) + raw))
    attempt(lambda: list(read_blocks(raw)))
    attempt(lambda: list(read_blocks(forge.car(node[0]) + raw)))
    for root, block in (node, message, link):
        car = forge.car(root, (root, block))
        assert isinstance(
            attempt(lambda car=car, root=root: read_file(car, Cid.decode(root), LIMIT)), DemlError | bytes
        )
