"""The journal keeps what opens a commitment, through crashes and for the owner's eyes only."""

from __future__ import annotations

import os
import stat

import pytest

from deml.base.types import Address, Amount, Score
from deml_sdk.market.errors import DamagedRecord, FileNotKept
from deml_sdk.market.journal import HoldoutRecord, Journal, ModelRecord

WALLET = Address("0x" + "a1" * 20)
COMMITMENT = bytes(range(32))
MODEL = ModelRecord(commitment=COMMITMENT.hex(), job_id=3, client=WALLET, cid="bafkmodel", min_pay=Amount(10**30))
HOLDOUT = HoldoutRecord(commitment="ff" * 32, nonce="ee" * 32, sponsor=WALLET, cid="bafkdata", initial_cid="bafkinit")


@pytest.fixture
def journal(tmp_path):
    return Journal.of(tmp_path, 31337, Address("0x" + "cc" * 20), WALLET)


def test_finds_records_by_commitment(journal):
    journal.write(MODEL)
    journal.write(HOLDOUT)
    assert journal.model(COMMITMENT) == MODEL
    assert journal.holdout(bytes.fromhex("ff" * 32)) == HOLDOUT
    assert list(journal.records()) == [MODEL, HOLDOUT]


def test_knows_nothing_of_other_commitments_and_kinds(journal):
    journal.write(HOLDOUT)
    assert journal.model(COMMITMENT) is None
    assert journal.model(bytes.fromhex("ff" * 32)) is None


def test_an_update_lasts(journal, tmp_path):
    journal.write(MODEL)
    journal.update(MODEL, score=Score(-5), published=True)
    again = Journal.of(tmp_path, 31337, Address("0x" + "cc" * 20), WALLET)
    found = again.model(COMMITMENT)
    assert (found.score, found.published, found.min_pay) == (-5, True, 10**30)


def test_wallets_and_applications_do_not_mix(journal, tmp_path):
    journal.write(MODEL)
    assert list(Journal.of(tmp_path, 31337, Address("0x" + "dd" * 20), WALLET).records()) == []
    assert list(Journal.of(tmp_path, 1, Address("0x" + "cc" * 20), WALLET).records()) == []


def test_keeps_files_for_the_owner_only(journal):
    path = journal.keep("bafkmodel", b"weights")
    assert journal.content("bafkmodel") == b"weights"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_is_not_there_is_an_error_with_advice(journal):
    with pytest.raises(FileNotKept) as caught:
        journal.content("bafknone")
    assert "--model" in caught.value.advice()


def test_a_crash_while_writing_leaves_the_old_record(journal, monkeypatch):
    journal.write(MODEL)

    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        journal.update(MODEL, score=Score(1))
    monkeypatch.undo()
    assert list(journal.records()) == [MODEL]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "model"}', '{"kind": "other"}', "null"])
def test_a_damaged_record_is_named(journal, text):
    journal.write(MODEL)
    (path,) = journal.directory.glob("*.json")
    path.write_text(text)
    with pytest.raises(DamagedRecord, match=path.name):
        journal.model(COMMITMENT)
