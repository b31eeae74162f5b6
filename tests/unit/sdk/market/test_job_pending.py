"""What was sent is remembered until its outcome is known, also by the next program."""

from __future__ import annotations

import pytest

from deml_sdk.market.pending import FORGET_SECONDS, Pending


@pytest.fixture
def clock():
    return [1_000.0]


@pytest.fixture
def pending(tmp_path, clock):
    return Pending(tmp_path / "pending", lambda: clock[0])


def test_it_is_remembered_by_job(pending, tmp_path, clock):
    pending.add("0xaa", 1)
    pending.add("0xbb", 2)
    pending.add("0xcc", None)
    again = Pending(tmp_path / "pending", lambda: clock[0])
    assert again.of(1) == ["0xaa"]
    assert again.of(2) == ["0xbb"]


def test_what_is_settled_is_forgotten(pending):
    pending.add("0xaa", 1)
    pending.settled("0xaa")
    pending.settled("0xaa")
    assert pending.of(1) == []


def test_what_must_have_been_dropped_is_forgotten(pending, clock):
    pending.add("0xaa", 1)
    clock[0] += FORGET_SECONDS
    assert pending.of(1) == ["0xaa"]
    clock[0] += 1
    assert pending.of(1) == []


def test_nothing_was_sent_at_first(pending):
    assert pending.of(1) == []
