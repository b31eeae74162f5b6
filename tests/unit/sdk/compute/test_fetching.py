"""What comes from a stranger: folders and archives are read within bounds, and only what a result may hold."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from deml.base.errors import DemlError
from deml.ipld import Cid, file_cid
from deml.ipld.cid import DAG_PB
from deml.ipld.protobuf import bytes_field, number_field
from deml_sdk.compute import fetching
from deml_sdk.compute.errors import NotAResult
from deml_sdk.compute.fetching import from_archive, from_folder, from_ipfs
from deml_sdk.ipfs.content import ContentStore
from deml_sdk.ipfs.directory import entries, resolve
from deml_sdk.ipfs.errors import NotADirectory
from deml_sdk.ipfs.local import LocalStore
from tests.support.directories import directory_blocks

FILES = {"result.json": b"{}", "log.txt": b"done\n"}


class NoGuard:
    def check_content(self, content: bytes) -> None: ...


def store(folder: Path) -> ContentStore:
    return ContentStore(LocalStore(folder), (), None, NoGuard())


def archive(members: Mapping[str, bytes], **changes: object) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            for field, value in changes.items():
                setattr(member, field, value)
            tar.addfile(member, io.BytesIO(content))
    return made.getvalue()


def publish(to: ContentStore, tree: Mapping[str, object]) -> Cid:
    root, blocks = directory_blocks(tree)
    for cid, block in blocks:
        to.local.put(cid, block)
    return root


@pytest.mark.parametrize("within", [(), ("outputs",)])
def test_a_published_folder_is_read_by_its_cid(tmp_path: Path, within: tuple[str, ...]):
    content = store(tmp_path)
    tree: Mapping[str, object] = {**FILES, "stdout": b"noise", "model.safetensors": b"x" * 300_000}
    for one in within:
        tree = {one: tree, "exitCode": b"0"}
    found = from_ipfs(publish(content, tree), content)
    assert found == {**FILES, "model.safetensors": b"x" * 300_000}


@pytest.mark.parametrize("size", [10, 600_000])
def test_a_published_archive_is_read_by_its_cid(tmp_path: Path, size: int):
    noise = b"".join(sha256(number.to_bytes(4, "big")).digest() for number in range(size // 32))
    content = store(tmp_path)
    packed = archive({"outputs/result.json": b"{}", "outputs/model.safetensors": noise})
    assert from_ipfs(content.local.add(packed), content)["model.safetensors"] == noise


def test_a_folder_without_a_result_is_none(tmp_path: Path):
    content = store(tmp_path)
    for tree in ({}, {"outputs": {"log.txt": b""}}, {"inner": {"result.json": b"{}"}}):
        with pytest.raises(NotAResult):
            from_ipfs(publish(content, tree), content)


def test_a_block_that_is_missing_or_no_directory_is_told(tmp_path: Path):
    content = store(tmp_path)
    root, blocks = directory_blocks({"outputs": dict(FILES)})
    content.local.put(*next(one for one in blocks if one[0] == root))
    with pytest.raises(DemlError):
        from_ipfs(root, content)
    with pytest.raises(NotADirectory, match="raw leaf"):
        resolve(content.local.add(b"x"), ("a",), content.block)


@pytest.mark.parametrize("kind", [0, 2, 3, 4, 5, 99])
def test_only_a_directory_in_one_block_is_one(kind: int):
    block = bytes_field(1, number_field(1, kind))
    with pytest.raises(NotADirectory):
        entries(block, Cid.of(DAG_PB, block))


def test_hostile_directories_are_refused():
    link = bytes_field(1, file_cid(b"x").binary) + bytes_field(2, b"a")
    data = bytes_field(1, number_field(1, 1))
    for block in (
        b"",
        data + b"\x12",
        bytes_field(2, link) * 2 + data,
        bytes_field(2, bytes_field(2, b"a")) + data,
        bytes_field(2, bytes_field(1, file_cid(b"x").binary) + bytes_field(2, b"\xff")) + data,
        number_field(3, 1) + data,
    ):
        with pytest.raises(DemlError):
            entries(block, Cid.of(DAG_PB, block))


def test_only_outputs_are_taken_out_of_an_archive():
    packed = archive(
        {
            "./outputs/result.json": b"{}",
            "../result.json": b"evil",
            "/etc/passwd": b"evil",
            "outputs/../../log.txt": b"evil",
            "outputs/more/log.txt": b"evil",
            "outputs/run.sh": b"evil",
            "outputs/result.json": b"second",
        }
    )
    assert from_archive(packed, "it") == {"result.json": b"{}"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_no_results(kind: bytes):
    with pytest.raises(NotAResult, match="no result"):
        from_archive(archive({"result.json": b""}, type=kind, linkname="/etc/passwd"), "it")


def test_an_archive_that_unpacks_without_end_is_left_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetching, "MAX_ARCHIVE_BYTES", 2**20)
    bomb = gzip.compress(b"\0" * (2**20 + 1), 9)
    assert len(bomb) < 2**12
    with pytest.raises(NotAResult, match="bytes unpacked"):
        from_archive(bomb, "it")


def test_what_is_too_large_or_no_archive_is_refused():
    packed = archive({"result.json": b" " * (2**20 + 1)})
    for one in (packed, archive(FILES)[:-9], b"", b"PK\x03\x04", gzip.compress(b"no tar" * 200)):
        with pytest.raises(NotAResult):
            from_archive(one, "it")


def test_a_folder_here_is_read_as_networks_leave_it(tmp_path: Path):
    (tmp_path / "outputs").mkdir()
    with pytest.raises(NotAResult):
        from_folder(tmp_path)
    (tmp_path / "outputs/result.json").write_bytes(b"{}")
    (tmp_path / "stdout").write_bytes(b"noise")
    assert from_folder(tmp_path) == from_folder(tmp_path / "outputs") == {"result.json": b"{}"}
    (tmp_path / "outputs/result.json").write_bytes(b" " * (2**20 + 1))
    with pytest.raises(NotAResult):
        from_folder(tmp_path)
