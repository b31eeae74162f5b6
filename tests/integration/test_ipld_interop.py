"""CIDs and blocks equal to those of Helia, and CARs exchanged with ipfs-car, on files of 0 B to 5 MB."""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from deml.ipld import Cid, file_car, file_cid, read_file
from deml.ipld.car import read_blocks, read_header
from deml.ipld.writer import KUBO_CID_V1, Profile
from tests.support.helia import helia

ROOT = Path(__file__).resolve().parents[2]
CHUNK = KUBO_CID_V1.chunk_bytes
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2**20, 5_000_000)

LARGEST = 2**23

IPFS_CAR_PROFILE = Profile(chunk_bytes=2**20, width=1024)
"""What ipfs-car uses (IPIP-499's unixfs-v1-2025)."""

MANY_CHUNKS = Profile(chunk_bytes=1_000, width=174)
"""Kubo's width over small chunks, so that files of less than a megabyte need more than one level."""

NARROW = Profile(chunk_bytes=100, width=3)
"""A deep tree."""


@dataclass(frozen=True)
class Case:
    """A file and how to cut it: `size` random bytes, `repeat` times over, so that chunks may be equal."""

    size: int
    profile: Profile = KUBO_CID_V1
    repeat: int = 1
    cid_version: int = 1
    raw_leaves: bool = True

    @property
    def name(self) -> str:
        leaves = "raw" if self.raw_leaves else "pb"
        cut = f"{self.profile.chunk_bytes}x{self.profile.width}"
        return f"{self.size}x{self.repeat}-{cut}-v{self.cid_version}-{leaves}"

    @property
    def data(self) -> bytes:
        return random.Random(self.size).randbytes(self.size) * self.repeat


OURS = (
    *(Case(size) for size in SIZES),
    *(Case(size, MANY_CHUNKS) for size in (174_000, 174_001, 400_000)),
    *(Case(size, NARROW) for size in (301, 900, 901, 8_123)),
    Case(CHUNK, repeat=4),
    Case(100, NARROW, repeat=30),
)
THEIRS = (
    *(Case(size, cid_version=0, raw_leaves=False) for size in (0, 1, CHUNK, CHUNK + 1, 2**20)),
    Case(2**20, cid_version=1, raw_leaves=False),
    Case(8_123, NARROW, cid_version=0, raw_leaves=False),
    Case(8_123, NARROW, cid_version=0, raw_leaves=True),
    Case(400_000, Profile(chunk_bytes=65_536, width=2)),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[Case, tuple[str, bytes]]:
    """The root and the CAR that Helia makes of each case."""
    folder = tmp_path_factory.mktemp("helia")
    cases = OURS + THEIRS
    jobs = []
    for case in cases:
        (folder / case.name).write_bytes(case.data)
        jobs.append(
            {
                "do": "add",
                "file": str(folder / case.name),
                "chunkBytes": case.profile.chunk_bytes,
                "width": case.profile.width,
                "cidVersion": case.cid_version,
                "rawLeaves": case.raw_leaves,
                "car": str(folder / f"{case.name}.car"),
            }
        )
    roots = helia(jobs)
    return {case: (root, (folder / f"{case.name}.car").read_bytes()) for case, root in zip(cases, roots, strict=True)}


@pytest.mark.parametrize("case", OURS, ids=lambda case: case.name)
def test_equal_cids_and_blocks(case: Case, made: dict[Case, tuple[str, bytes]]):
    root, car = made[case]
    assert str(file_cid(case.data, case.profile)) == root
    ours = file_car(case.data, case.profile)
    assert read_header(ours) == read_header(car)
    blocks = dict(read_blocks(car))
    assert dict(read_blocks(ours)) == blocks
    assert len(list(read_blocks(ours))) == len(blocks)


@pytest.mark.parametrize("case", OURS + THEIRS, ids=lambda case: case.name)
def test_their_cars_are_read(case: Case, made: dict[Case, tuple[str, bytes]]):
    root, car = made[case]
    for wanted in (Cid.parse(root), Cid.parse(root).v1()):
        assert read_file(car, wanted, LARGEST) == case.data


def ipfs_car(*arguments: str) -> bytes:
    program = ["node", str(ROOT / "node_modules" / "ipfs-car" / "bin.js")]
    return subprocess.run([*program, *arguments], capture_output=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("size", [0, 1, CHUNK + 1, 5_000_000])
def test_ipfs_car_unpacks_ours(size: int, tmp_path: Path):
    data = Case(size).data
    path = tmp_path / "ours.car"
    path.write_bytes(file_car(data))
    assert ipfs_car("roots", str(path)).decode().split() == [str(file_cid(data))]
    assert ipfs_car("unpack", str(path)) == data


@pytest.mark.parametrize("size", [0, 1, 2**20, 2**20 + 1, 5_000_000])
def test_what_ipfs_car_packs_is_read_and_has_our_cid(size: int, tmp_path: Path):
    data = Case(size).data
    source, packed = tmp_path / "file", tmp_path / "theirs.car"
    source.write_bytes(data)
    root = Cid.parse(ipfs_car("pack", str(source), "--no-wrap", "--output", str(packed)).decode().strip())
    assert root == file_cid(data, IPFS_CAR_PROFILE)
    assert read_file(packed.read_bytes(), root, size) == data
