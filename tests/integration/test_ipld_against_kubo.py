"""Blocks exchanged with Kubo itself: it reads the DAGs we make, and we read those it makes.

The library build of Kubo adds files as version 0 CIDs over dag-pb leaves only; that its version 1 CIDs equal ours is
shown through Helia, which agrees with it here and with us in ``test_ipld_interop.py``.
"""

from __future__ import annotations

import base64
import json
import platform
import random
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from deml.ipld import Cid, dag_pb, file_cid, read_file
from deml.ipld.car import write_car
from deml.ipld.cid import DAG_PB
from deml.ipld.writer import Profile, file_blocks
from deml_sdk.ipfs.directory import resolve
from deml_sdk.ipfs.errors import NotADirectory
from deml_sdk.ipfs.version0 import version0_cid
from tests.support.helia import helia

pytestmark = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="kubo-python is built for x86-64 Linux only"
)

HERE = Path(__file__).resolve().parent
CHUNK = 262_144
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2**20, 20_000_000)
MULTIHASH = b"\x12\x20"


def content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def kubo(repo: Path, *commands: tuple[str, ...]) -> list[str | bool]:
    peer = [sys.executable, str(HERE / "kubo_peer.py"), str(repo)]
    # It writes kubo.log where it runs.
    where = repo.parent
    done = subprocess.run(
        peer, input=json.dumps(commands), capture_output=True, text=True, check=True, timeout=60, cwd=where
    )
    return list(json.loads(done.stdout.splitlines()[-1]))


def block_path(repo: Path, multihash: bytes) -> Path:
    """Where Kubo's flatfs datastore keeps a block: sharded by the last letters but one of its name."""
    name = base64.b32encode(multihash).decode().rstrip("=")
    return repo / "blocks" / name[-3:-1] / f"{name}.data"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kubo") / "repo"
    kubo(path)
    return path


@pytest.fixture(scope="module")
def added(repo: Path) -> dict[int, str]:
    """CIDs that Kubo gives the files, by size."""
    files = [repo.parent / f"file-{size}" for size in SIZES]
    for path, size in zip(files, SIZES, strict=True):
        path.write_bytes(content(size))
    cids = kubo(repo, *(("add", str(path)) for path in files))
    return {size: str(cid) for size, cid in zip(SIZES, cids, strict=True)}


def all_blocks(repo: Path, root: Cid) -> list[tuple[Cid, bytes]]:
    """The blocks of a tree in Kubo's datastore, which keeps no CIDs but multihashes."""
    blocks = {}
    pending = [root]
    while pending:
        cid = pending.pop()
        blocks[cid] = block_path(repo, MULTIHASH + cid.digest).read_bytes()
        if cid.codec == DAG_PB:
            pending += dag_pb.decode(memoryview(blocks[cid]), cid, max_links=174).links
    return list(blocks.items())


@pytest.mark.parametrize("size", SIZES)
def test_a_file_added_by_kubo_is_read(size: int, repo: Path, added: dict[int, str]):
    root = Cid.parse(added[size])
    car = write_car([root], all_blocks(repo, root))
    assert read_file(car, root, size) == content(size)


@pytest.mark.parametrize("size", SIZES)
def test_kubo_and_we_give_the_same_version_0_cids(size: int, added: dict[int, str]):
    assert str(version0_cid(content(size))) == added[size]


def test_kubo_and_helia_give_the_same_cids(repo: Path, added: dict[int, str]):
    options = {"do": "add", "chunkBytes": CHUNK, "width": 174, "cidVersion": 0, "rawLeaves": False}
    jobs = [
        {"file": str(repo.parent / f"file-{size}"), "car": str(repo.parent / f"{size}.car"), **options}
        for size in SIZES
    ]
    assert helia(jobs) == list(added.values())


def test_kubo_reads_what_we_write(repo: Path, tmp_path: Path):
    profiles = {size: Profile(CHUNK, 174) for size in SIZES} | {30_001: Profile(chunk_bytes=100, width=3)}
    commands = []
    for size, profile in profiles.items():
        root, blocks = file_blocks(content(size), profile)
        for cid, block in blocks:
            path = block_path(repo, MULTIHASH + cid.digest)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(block)
        commands.append(("get", str(root), str(tmp_path / str(size))))
    assert kubo(repo, *commands) == [True] * len(profiles)
    for size in profiles:
        assert (tmp_path / str(size)).read_bytes() == content(size)


def test_a_directory_added_by_kubo_is_read(repo: Path, tmp_path: Path):
    (tmp_path / "result/outputs").mkdir(parents=True)
    (tmp_path / "result/exitCode").write_bytes(b"0")
    (tmp_path / "result/outputs/result.json").write_bytes(b"{}")
    (tmp_path / "result/outputs/model.safetensors").write_bytes(content(CHUNK + 1))
    [root] = kubo(repo, ("add", str(tmp_path / "result")))
    place = resolve(Cid.parse(str(root)), ("outputs", "model.safetensors"), partial(block_of, repo))
    assert place is not None
    assert read_file(write_car([place], all_blocks(repo, place)), place, CHUNK + 1) == content(CHUNK + 1)
    assert resolve(Cid.parse(str(root)), ("outputs", "log.txt"), partial(block_of, repo)) is None
    with pytest.raises(NotADirectory, match="a file"):
        resolve(place, ("x",), partial(block_of, repo))


def block_of(repo: Path, cid: Cid) -> bytes:
    return block_path(repo, MULTIHASH + cid.digest).read_bytes()


def test_kubo_gives_hello_world_its_known_cid(repo: Path, tmp_path: Path):
    (tmp_path / "hello").write_bytes(b"hello world")
    assert kubo(repo, ("add", str(tmp_path / "hello"))) == ["Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD"]
    assert str(file_cid(b"hello world")) == "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
