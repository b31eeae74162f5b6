"""js-ipfs serves Kubo's RPC and shares no code with Kubo or with our stand-in: a second opinion on what the RPC is."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from threading import Event

import pytest

from deml.ipld import file_car, file_cid
from deml_sdk.ipfs.errors import NotPinned
from deml_sdk.ipfs.kubo import Kubo
from deml_sdk.ipfs.pins import Pin, PinState
from tests.interop.programs import JS_IPFS, running
from tests.support.ipfs_peers import content_store

SIZES = (0, 1, 262_144, 262_145, 1_000_000, 5_000_000)


def bytes_of(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubo]:
    folder = str(tmp_path_factory.mktemp("js-ipfs"))
    with running(JS_IPFS / "daemon.mjs", folder, ready=lambda line: line.startswith('"http')) as program:
        found = Kubo(json.loads(program.said) + "/api/v0")
        yield found
        found.close()


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_added_under_our_cid_and_got_back(node: Kubo, tmp_path_factory: pytest.TempPathFactory, size: int):
    content = bytes_of(size)
    assert node.add(content) == file_cid(content)
    assert node.has(file_cid(content))
    assert content_store(tmp_path_factory.mktemp("home"), node).fetch(file_cid(content), 2**25) == content


def test_a_car_comes_back_with_the_blocks_that_went(node: Kubo):
    content = bytes_of(700_000)
    node.add(content)
    blocks = list(node.stream(file_cid(content), 2**20, Event()))
    assert len(blocks) == 4
    assert sum(len(block) for _, block in blocks) < len(file_car(content))


def test_pins_are_listed_in_base_32_looked_at_and_let_go(node: Kubo):
    content = bytes_of(10_000)
    cid = node.add(content)
    assert [(one.cid, one.state) for one in node.pins(cid)] == [(str(cid), PinState.PINNED)]
    assert str(cid) in [one.cid for one in node.pins()]
    assert node.unpin(cid) == 1
    assert list(node.pins(cid)) == []
    with pytest.raises(NotPinned):
        node.unpin(cid)
    reports: list[Pin] = []
    assert node.pin(cid, "again", reports.append).state is PinState.PINNED
    assert node.look(Pin(str(cid), PinState.PINNED)).state is PinState.PINNED


def test_its_version_is_told_and_its_addresses_asked(node: Kubo):
    assert "0.18.1" in node.check()
    assert node.addresses(nearby=True) == []
