"""The block store: what goes in comes out, checked; what is not there or makes no sense is refused."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import requests

from deml.ipld import Cid, file_car, file_cid, read_file
from deml.ipld.car import read_blocks, read_header
from deml.ipld.cid import DAG_PB, RAW
from deml.ipld.errors import WrongBlockHash
from deml_devnet.blocks.__main__ import application
from deml_devnet.blocks.errors import BlockNotStored
from deml_devnet.blocks.store import BlockFolder
from deml_devnet.http_server import HttpServer

SMALL = b"hello world"
LARGE = b"".join(sha256(bytes([i % 256, i // 256])).digest() * 64 for i in range(400))
IPFS_CAR = Path(__file__).parents[3] / "node_modules/.bin/ipfs-car"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = BlockFolder(tmp_path_factory.mktemp("blocks"))
    with HttpServer(application(store)) as server:
        for content in (SMALL, LARGE):
            files = {"file": ("file.car", file_car(content), "application/vnd.ipld.car")}
            answer = requests.post(f"{server.url}/api/v0/dag/import?pin-roots=true", files=files, timeout=10)
            assert answer.json() == {"Root": {"Cid": {"/": str(file_cid(content))}, "PinErrorMsg": ""}}
        yield server.url


def get(url: str, cid: object, query: str = "", **headers: str) -> requests.Response:
    return requests.get(f"{url}/ipfs/{cid}{query}", headers=headers, timeout=10)


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["one block", "a tree"])
def test_a_file_comes_back_as_a_car(url: str, content: bytes):
    cid = file_cid(content)
    for query in ("?format=car", "?format=car&dag-scope=all", "?format=car&dag-scope=entity"):
        response = get(url, cid, query)
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/vnd.ipld.car; version=1; order=dfs; dups=n"
        assert response.content == file_car(content)
    assert read_file(response.content, cid, 2**24) == content


def test_a_block_comes_back_raw(url: str):
    cid = file_cid(SMALL)
    response = get(url, cid, "?format=raw", Origin="http://localhost:3000")
    assert response.content == SMALL
    assert response.headers["content-type"] == "application/vnd.ipld.raw"
    assert response.headers["etag"] == f'"{cid}.raw"'
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["access-control-allow-origin"] == "*"


def test_every_block_of_a_tree_can_be_asked_for(url: str):
    for cid, block in read_blocks(file_car(LARGE)):
        assert get(url, cid, "?format=raw").content == block


def test_the_root_alone(url: str):
    cid = file_cid(LARGE)
    car = get(url, cid, "?format=car&dag-scope=block").content
    assert read_header(car) == (cid,)
    assert [found for found, _ in read_blocks(car)] == [cid]


def test_the_accept_header_works_as_well_as_the_query(url: str):
    cid = file_cid(SMALL)
    assert get(url, cid, Accept="application/vnd.ipld.raw").content == SMALL
    assert get(url, cid, Accept="application/vnd.ipld.car; version=1").content == file_car(SMALL)
    assert get(url, cid, "?format=raw", Accept="application/vnd.ipld.car").content == SMALL


def test_cids_of_other_forms_name_the_same_block(url: str):
    cid = file_cid(LARGE)
    assert cid.codec == DAG_PB
    old = Cid(0, DAG_PB, cid.digest)
    assert get(url, old, "?format=raw").content == get(url, cid, "?format=raw").content


def test_a_head_tells_without_sending(url: str):
    response = requests.head(f"{url}/ipfs/{file_cid(LARGE)}?format=car", timeout=10)
    assert response.status_code == 200
    assert response.headers["content-length"] == str(len(file_car(LARGE)))
    assert response.content == b""
    assert requests.head(f"{url}/ipfs/{file_cid(b'absent')}?format=raw", timeout=10).status_code == 404


def test_what_a_client_has_is_not_sent_again(url: str):
    cid = file_cid(SMALL)
    assert get(url, cid, "?format=raw", **{"If-None-Match": f'"{cid}.raw"'}).status_code == 304


def test_the_empty_probe_is_answered(url: str):
    response = get(url, "bafkqaaa", "?format=raw")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{file_cid(b'absent')}?format=raw", 404),
        (f"{file_cid(b'absent')}?format=car", 404),
        (f"{file_cid(SMALL)}", 406),
        (f"{file_cid(SMALL)}?format=tar", 406),
        (f"{file_cid(SMALL)}?format=car&dag-scope=some", 400),
        ("nonsense?format=raw", 400),
        (f"{file_cid(SMALL)}/path?format=raw", 404),
    ],
)
def test_what_cannot_be_answered(url: str, path: str, status: int):
    assert get(url, path).status_code == status


def test_a_car_with_a_wrong_block_is_refused(url: str):
    car = bytearray(file_car(LARGE))
    car[-1] ^= 1
    answer = requests.post(f"{url}/api/v0/dag/import", files={"file": bytes(car)}, timeout=10)
    assert answer.status_code == 500
    assert "does not hash" in answer.json()["Message"]


def test_kubos_way_to_get_a_file(url: str):
    cid = file_cid(LARGE)
    assert requests.post(f"{url}/api/v0/dag/export?arg={cid}", timeout=10).content == file_car(LARGE)
    assert requests.post(f"{url}/api/v0/block/get?arg={file_cid(SMALL)}", timeout=10).content == SMALL
    assert requests.post(f"{url}/api/v0/dag/export?arg={file_cid(b'absent')}", timeout=10).status_code == 500
    assert "Version" in requests.post(f"{url}/api/v0/version", timeout=10).json()
    assert requests.get(f"{url}/api/v0/version", timeout=10).status_code == 405


def test_an_independent_tool_reads_what_the_gateway_sends(url: str, tmp_path: Path):
    car = tmp_path / "file.car"
    car.write_bytes(get(url, file_cid(LARGE), "?format=car").content)
    command = [str(IPFS_CAR), "unpack", str(car), "--output", str(tmp_path / "file")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert (tmp_path / "file").read_bytes() == LARGE


def test_blocks_survive_on_disk_and_rot_is_noticed(tmp_path: Path):
    cid = Cid.of(RAW, SMALL)
    BlockFolder(tmp_path).put(cid, SMALL)
    store = BlockFolder(tmp_path)
    assert store.has(cid)
    assert store.get(cid) == SMALL
    (stored,) = (path for path in tmp_path.rglob("*") if path.is_file())
    stored.write_bytes(b"rotten")
    with pytest.raises(WrongBlockHash):
        store.get(cid)
    with pytest.raises(BlockNotStored):
        store.get(Cid.of(RAW, b"absent"))
