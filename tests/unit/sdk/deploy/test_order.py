"""Orders that make no sense, and records that anybody may have written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.types import Address
from deml_sdk.deploy.errors import BadDeploymentRecord, BadOrder
from deml_sdk.deploy.order import ConsensusKind, DeploymentOrder, DeploymentRecord, machine_hash
from deml_sdk.deploy.plan import record_of

ONE, TWO = Address("0x" + "11" * 20), Address("0x" + "22" * 20)
GOOD: dict[str, Any] = {
    "template_hash": b"\x5a" * 32,
    "deployer": ONE,
    "kind": ConsensusKind.QUORUM,
    "members": (ONE, TWO),
    "epoch_length": 720,
}
RECORD = record_of(DeploymentOrder(**GOOD), 1, ONE, TWO)


@pytest.mark.parametrize(
    "changes",
    [
        {"template_hash": b"\x5a" * 31},
        {"template_hash": bytes(32)},
        {"salt": b""},
        {"members": ()},
        {"members": (ONE, ONE)},
        {"members": (ONE, Address("0x" + "00" * 20))},
        {"kind": ConsensusKind.AUTHORITY},
        {"kind": ConsensusKind.EXISTING, "members": (ONE,)},
        {"epoch_length": None},
        {"epoch_length": 0},
        {"epoch_length": 2**64},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(changes: Mapping[str, Any]):
    with pytest.raises(BadOrder):
        DeploymentOrder(**{**GOOD, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "deml-deployment/2"},
        {"chainId": "1"},
        {"chainId": True},
        {"app": "0x12"},
        {"templateHash": "0xzz"},
        {"templateHash": 7},
        {"consensus": []},
        {"consensus": {"kind": "prt", "address": ONE, "members": [ONE], "epochLength": 1}},
        {"consensus": {"kind": "quorum", "address": ONE, "members": [7], "epochLength": 1}},
        {"consensus": {"kind": "quorum", "address": ONE, "members": [ONE], "epochLength": 1.5}},
    ],
)
def test_a_record_with_a_wrong_part_is_refused(changes: Mapping[str, Any]):
    with pytest.raises(BadDeploymentRecord):
        DeploymentRecord.of_json(json.dumps({**RECORD.as_json(), **changes}), "record")


@pytest.mark.parametrize("part", list(RECORD.as_json()))
def test_a_record_without_a_part_is_refused(part: str):
    document = RECORD.as_json()
    del document[part]
    with pytest.raises(BadDeploymentRecord, match=part):
        DeploymentRecord.of_json(json.dumps(document), "record")


@given(st.binary(max_size=64) | st.text().map(str.encode))
def test_any_bytes_are_a_record_or_refused(content: bytes):
    with pytest.raises(BadDeploymentRecord):
        DeploymentRecord.of_json(content, "record")


def test_a_record_is_read_as_it_was_written():
    assert DeploymentRecord.of_json(RECORD.to_file(), "record") == RECORD


def test_a_machines_hash_is_read_from_its_folder(tmp_path: Path):
    (tmp_path / "hash").write_bytes(bytes(range(32)))
    assert machine_hash(tmp_path) == bytes(range(32))


@pytest.mark.parametrize("content", [None, b"", b"0x" + b"12" * 32, bytes(33)])
def test_what_is_no_machine_is_refused(tmp_path: Path, content: bytes | None):
    if content is not None:
        (tmp_path / "hash").write_bytes(content)
    with pytest.raises(BadOrder, match="machine"):
        machine_hash(tmp_path)
