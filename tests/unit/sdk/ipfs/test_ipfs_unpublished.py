"""A model before its submission and a holdout before its reveal cannot be published by accident."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from deml.base.types import Address
from deml.ipld import Cid, file_cid
from deml.ipld.cid import DAG_PB
from deml.ipld.writer import Profile
from deml_sdk.ipfs.errors import ReadOnly, SecretFile
from deml_sdk.ipfs.local import LocalStore
from deml_sdk.ipfs.version0 import version0_cid
from deml_sdk.market.journal import HoldoutRecord, Journal, ModelRecord
from deml_sdk.market.unpublished import Guard, looks_like_a_model
from tests.support.ipfs_peers import content_store

APP, WALLET = Address("0x" + "a1" * 20), Address("0x" + "b2" * 20)
MODEL = random.Random(3).randbytes(3_000_000)
HOLDOUT = b"a holdout"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A wallet that has committed to a model, and one to a holdout."""
    kept = Journal.of(tmp_path, 31337, APP, WALLET)
    kept.keep(str(file_cid(MODEL)), MODEL)
    kept.write(ModelRecord(commitment="11" * 32, job_id=7, client=WALLET, cid=str(file_cid(MODEL))))
    other = Journal.of(tmp_path, 1, APP, Address("0x" + "c3" * 20))
    other.write(
        HoldoutRecord(
            commitment="22" * 32, nonce="33" * 32, sponsor=WALLET, cid=str(file_cid(HOLDOUT)), initial_cid="bafk"
        )
    )
    return kept


def test_a_committed_model_is_refused_whichever_wallet_asks(journal: Journal, tmp_path: Path):
    with pytest.raises(SecretFile, match="a model"):
        Guard(tmp_path).check_content(MODEL)


def test_a_holdout_is_refused_before_its_reveal(journal: Journal, tmp_path: Path):
    with pytest.raises(SecretFile, match="a holdout"):
        Guard(tmp_path).check_content(HOLDOUT)


def test_other_files_are_let_through(journal: Journal, tmp_path: Path):
    Guard(tmp_path).check_content(MODEL + b"x")
    Guard(tmp_path).check_cid(file_cid(MODEL + b"x"))


@pytest.mark.parametrize(
    "cid",
    [
        file_cid(MODEL),
        Cid(0, DAG_PB, file_cid(MODEL).digest),
        file_cid(MODEL, Profile(chunk_bytes=2**20, width=1024)),
        file_cid(MODEL, Profile(chunk_bytes=2**20, width=174)),
        version0_cid(MODEL),
        file_cid(HOLDOUT),
    ],
    ids=[
        "as committed",
        "in version 0",
        "as ipfs add makes it",
        "unixfs-v1-2025",
        "1 MiB chunks",
        "a holdout whose bytes are elsewhere",
    ],
)
def test_the_cid_of_a_secret_is_refused_in_every_usual_form(journal: Journal, tmp_path: Path, cid: Cid):
    with pytest.raises(SecretFile):
        Guard(tmp_path).check_cid(cid)


def test_what_is_published_is_no_secret_any_more(journal: Journal, tmp_path: Path):
    record = journal.model(bytes.fromhex("11" * 32))
    assert record is not None
    journal.update(record, published=True)
    Guard(tmp_path).check_content(MODEL)
    Guard(tmp_path).check_cid(file_cid(MODEL))


def test_the_content_store_asks_before_it_publishes(journal: Journal, tmp_path: Path):
    public = LocalStore(tmp_path / "public")
    store = content_store(tmp_path, public, public=public)
    with pytest.raises(SecretFile):
        store.add(MODEL)
    assert public.find(file_cid(MODEL)) is None
    assert store.add(MODEL, disclosed=True) == file_cid(MODEL)
    assert public.find(file_cid(MODEL)) is not None


def test_without_a_node_nothing_is_published(tmp_path: Path):
    gateway = LocalStore(tmp_path / "gateway")
    with pytest.raises(ReadOnly):
        content_store(tmp_path, gateway).add(b"x")


def test_a_safetensors_file_looks_like_a_model():
    header = b'{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'
    assert looks_like_a_model(len(header).to_bytes(8, "little") + header)
    for other in (b"", b"{}", b'{"version": 1, "title": "a spec"}', bytes(100)):
        assert not looks_like_a_model(other)


@pytest.mark.parametrize(
    ("content", "cid"),
    [
        (b"", "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH"),
        (b"hello world", "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD"),
    ],
)
def test_known_cids_of_version_0(content: bytes, cid: str):
    assert str(version0_cid(content)) == cid
