"""The folder between a SuperNode and its owner's program: the app in the SuperNode is a stranger's."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from deml.base.types import Address, JobId
from deml_flower import spool as spools
from deml_flower.errors import BadOffer
from deml_flower.spool import ModelOffer, NodeAnswer, Spool
from deml_sdk.errors import StorageUnavailable

APP = Address("0x" + "a9" * 20)
OFFER = ModelOffer(APP, JobId(7), 2**64 - 1)
ANSWER = NodeAnswer("0x" + "11" * 20, "22" * 32, "33" * 65)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path)


def test_a_model_goes_in_and_a_receipt_comes_out(spool: Spool, tmp_path: Path):
    spool.offer(OFFER, b"model")
    assert list(spool.offers()) == [OFFER]
    assert spool.answer(OFFER) is None
    assert spool.take(OFFER) == b"model"
    spool.reply(OFFER, ANSWER)
    assert spool.answer(OFFER) == ANSWER
    assert list(spool.offers()) == []
    assert [one.name for one in tmp_path.iterdir()] == [f"{OFFER.stem}.answer"]


def test_both_users_of_a_group_can_read_what_is_written(spool: Spool, tmp_path: Path):
    old = os.umask(0o077)
    try:
        spool.offer(OFFER, b"model")
    finally:
        os.umask(old)
    assert (tmp_path / f"{OFFER.stem}.offer").stat().st_mode & 0o777 == 0o660


def test_a_program_that_dies_with_a_model_in_hand_takes_the_same_again(spool: Spool):
    spool.offer(OFFER, b"first")
    assert spool.take(OFFER) == b"first"
    spool.offer(OFFER, b"second")
    assert list(spool.offers()) == [OFFER]
    assert spool.take(OFFER) == b"first", "what was begun is ended"
    spool.reply(OFFER, ANSWER)
    assert spool.take(OFFER) == b"second", "an offer made meanwhile is not lost"


@pytest.mark.parametrize("app", ["../../" + APP, APP + "/x", APP.upper(), "", "0x"])
def test_a_server_cannot_name_files_outside_of_the_folder(app: str):
    with pytest.raises(BadOffer):
        ModelOffer(Address(app), JobId(7), 1)
    for job_id, node_id in ((0, 1), (-1, 1), (7, 0), (10**20, 1), (7, 10**20)):
        with pytest.raises(BadOffer):
            ModelOffer(APP, JobId(job_id), node_id)


def test_an_old_answer_is_not_taken_for_a_new_one(spool: Spool):
    spool.offer(OFFER, b"model")
    spool.take(OFFER)
    spool.reply(OFFER, NodeAnswer(refused="TOO_LATE", message="It is too late."))
    spool.offer(OFFER, b"model")
    assert spool.answer(OFFER) is None


@pytest.mark.parametrize(
    "name", ["../7.offer", "7.offer", f"{APP}-0-1.offer", f"{APP}-7-1.answer", f"{APP}-7-{'9' * 21}.offer"]
)
def test_files_of_other_names_are_let_be(spool: Spool, tmp_path: Path, name: str):
    (tmp_path / Path(name).name).write_bytes(b"x")
    assert list(spool.offers()) == []


def test_links_pipes_and_folders_are_refused_and_do_not_come_again(spool: Spool, tmp_path: Path):
    """A link would have the owner's program read a file that the SuperNode may not; a pipe would hold it for ever."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"the owner's key")
    place = tmp_path / f"{OFFER.stem}.offer"
    for make in (
        lambda: place.symlink_to(secret),
        lambda: os.mkfifo(place),
        lambda: (place / "in").mkdir(parents=True),
    ):
        make()
        assert list(spool.offers()) == [OFFER]
        with pytest.raises(BadOffer):
            spool.take(OFFER)
        spool.reply(OFFER, NodeAnswer(refused="BAD_OFFER", message="no"))
        assert list(spool.offers()) == []
    assert secret.read_bytes() == b"the owner's key"


def test_a_file_without_end_is_not_read_to_its_end(spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spools, "MAX_OFFER_BYTES", 1000)
    spool.offer(OFFER, bytes(1000))
    assert spool.take(OFFER) == bytes(1000)
    spool.reply(OFFER, ANSWER)
    spool.offer(OFFER, bytes(1001))
    with pytest.raises(BadOffer, match="larger than 1000 bytes"):
        spool.take(OFFER)


@pytest.mark.parametrize("text", ["", "[]", '"x"', '{"wallet": 7}', '{"wallet": "0x", "further": ""}', "\x00"])
def test_an_answer_that_is_none_is_refused(spool: Spool, tmp_path: Path, text: str):
    (tmp_path / f"{OFFER.stem}.answer").write_text(text)
    with pytest.raises(BadOffer):
        spool.answer(OFFER)


def test_a_folder_that_is_gone_is_an_outage(tmp_path: Path):
    gone = Spool(tmp_path / "gone")
    for act in (lambda: list(gone.offers()), lambda: gone.offer(OFFER, b""), lambda: gone.take(OFFER)):
        with pytest.raises(StorageUnavailable):
            act()


def test_answers_are_json_that_other_programs_can_read(spool: Spool, tmp_path: Path):
    spool.reply(OFFER, ANSWER)
    assert json.loads((tmp_path / f"{OFFER.stem}.answer").read_text())["commitment"] == "22" * 32
