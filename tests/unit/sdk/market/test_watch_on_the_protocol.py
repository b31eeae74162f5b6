"""Watchers play whole jobs on the real protocol: in time, without a refused input, whatever is interrupted."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deml.base.inputs import Declare, RevealHoldout, ScoreSlices, Submit, Upload
from deml.base.outputs import HoldoutRevealed
from deml.base.terms import MarketRule
from deml.base.types import Amount, Score
from deml.scoring.safetensors import read_tensors, write_tensors
from deml_sdk.chain.tokens import Token
from deml_sdk.market.acting import acceptance, client_steps, sponsor_steps
from deml_sdk.market.acting.scoring_steps import continue_scoring
from deml_sdk.market.errors import (
    HoldoutSecret,
    NotDueNow,
    NotThisHoldout,
    NotThisModel,
    TooEarly,
    TooLate,
    WouldBeRefused,
)
from deml_sdk.market.watching.events import Claimed, Done, Failed, Over
from deml_sdk.market.words.text import details
from tests.support import models
from tests.support.course import ANNA, BASELINE, BERT, CARO, SPONSOR, WINDOW
from tests.support.market_client import WorldClient
from tests.support.models import PERCENT
from tests.support.slow import SLOW
from tests.support.watched import WatchedJob
from tests.support.world import TOKEN

CLIENTS = (ANNA, BERT, CARO)


@pytest.fixture
def play(tmp_path):
    return WatchedJob(tmp_path)


def failures(events):
    return [one for one in events if isinstance(one, Failed)]


def test_a_job_runs_to_its_end_by_itself(play):
    for client, percent in zip(CLIENTS, (70, 90, 80), strict=True):
        play.join(client, percent)
    events = play.run(SPONSOR, *CLIENTS)
    job = play.job()
    assert job.ending == "settled"
    assert failures(events) == []
    assert play.refused() == []
    assert {one.client: one.payout.pay for one in job.clients} == {ANNA: 500, BERT: 500, CARO: 0}
    assert [one.meta.sender for one in play.sent(Submit)] == [ANNA, BERT]


def test_a_job_on_a_slow_machine_runs_to_its_end_by_itself(tmp_path):
    """Neither baseline nor models fit one input; each watcher lets its own scoring go on."""
    play = WatchedJob(tmp_path, budget=SLOW)
    for client, percent in zip(CLIENTS, (70, 90, 80), strict=True):
        play.join(client, percent)
    events = play.run(SPONSOR, *CLIENTS)
    job = play.job()
    assert (job.ending, failures(events), play.refused()) == ("settled", [], [])
    assert {one.client: one.payout.pay for one in job.clients} == {ANNA: 500, BERT: 500, CARO: 0}
    assert {one.body.client: one.meta.sender for one in play.sent(ScoreSlices)} == {
        owner: owner for owner in (SPONSOR, ANNA, BERT)
    }
    assert any("scored on 30 of 100 rows" in one.text for one in events if isinstance(one, Done))


@pytest.mark.parametrize(("helps", "standings"), [(True, ["paid", "not-due"]), (False, ["failed", "paid"])])
def test_who_helps_finishes_what_another_let_stall(tmp_path, helps, standings):
    """Anna's machine dies after she submitted. Bert helps, or waits for her deadline and is due in her place."""
    play = WatchedJob(tmp_path, budget=SLOW)
    play.join(ANNA, 70)
    play.join(BERT, 70)
    anna = play.client(ANNA)
    while anna.evidence(play.id).final_dues is None:
        play.tick(SPONSOR, BERT, *([] if play.job().client(ANNA).declared else [ANNA]))
    anna.send(client_steps.submit(anna, play.job(), client_steps.record_of(anna, play.job())))
    events = play.run(SPONSOR, BERT, helps=helps)
    assert [one.standing for one in play.job().clients] == standings
    if helps:
        assert {one.meta.sender for one in play.sent(ScoreSlices) if one.body.client == ANNA} <= {SPONSOR, BERT}
        return
    assert (failures(events), play.refused()) == ([], [])
    assert [one.meta.sender for one in play.sent(Submit)] == [ANNA, BERT]


def test_progress_is_shown(tmp_path):
    play = WatchedJob(tmp_path, budget=SLOW)
    play.join(ANNA, 70)
    play.world.wait_until(play.job().terms.commit_until + 31)
    sponsor = play.client(SPONSOR)
    sponsor.send(sponsor_steps.reveal(sponsor, play.job(), sponsor_steps.record_of(sponsor, play.job())))
    coin = Token(TOKEN, "TST", 0)
    assert "30 of 100 rows" in details(play.job(), play.world.now, coin)["holdout"]
    with pytest.raises(WouldBeRefused, match="nothing that"):
        continue_scoring(sponsor, play.job(), ANNA)
    with pytest.raises(WouldBeRefused, match="deml continue 1"):
        sponsor_steps.reveal(sponsor, play.job(), sponsor_steps.record_of(sponsor, play.job()))
    while play.job().scorings:
        made = sponsor.send(continue_scoring(sponsor, play.job(), SPONSOR)).notices
    assert isinstance(made[-1], HoldoutRevealed)


def test_a_false_declaration_is_said_to_be_refuted(play):
    play.join(ANNA, 70)
    play.world.wait_until(play.job().terms.commit_until + 31)
    play.tick(SPONSOR)
    play.world.wait_until(play.job().terms.holdout_until + 31)
    play.world.do(ANNA, Declare(play.id, Score(80 * PERCENT), Amount(0)))
    events = []
    while not play.sent(Submit):
        events += play.tick(SPONSOR, ANNA)
    assert [one.error.code() for one in failures(events)] == ["DECLARATION_REFUTED"]
    anna = play.client(ANNA)
    with pytest.raises(WouldBeRefused, match="which is final"):
        client_steps.submit(anna, play.job(), client_steps.record_of(anna, play.job()))
    play.run(SPONSOR, ANNA)
    assert (play.job().ending, len(play.sent(Submit))) == ("nobody-submitted", 1)


def test_what_a_committed_file_says_of_its_maker_is_told_and_left_out(play):
    clean = write_tensors(read_tensors(models.model(70).file))
    dirty = write_tensors(read_tensors(clean), {"host": "ward-3.hospital.example"})
    anna = play.client(ANNA)
    anna.send(acceptance.accept(anna, anna.job(play.id), ANNA))
    intent = client_steps.commit(anna, anna.job(play.id), dirty, Amount(0))
    assert any("ward-3.hospital.example" in one for one in intent.warnings)
    anna.send(intent)
    record = client_steps.record_of(anna, anna.job(play.id))
    assert anna.journal.content(record.cid) == clean
    for form in (dirty, clean):
        assert client_steps.recover(anna, anna.job(play.id), form).cid == record.cid


def test_delivered_models_and_the_holdout_are_shared_and_nothing_else(play):
    for client, percent in zip(CLIENTS, (70, 90, 80), strict=True):
        play.join(client, percent)
    assert set(play.net.files) == {str(models.model(BASELINE).cid)}
    play.run(SPONSOR, *CLIENTS)
    play.tick(SPONSOR, *CLIENTS)
    public = [models.model(BASELINE), models.model(70), models.model(90), models.holdout()]
    assert set(play.net.files) == {str(one.cid) for one in public}


def test_it_says_when_a_job_is_over(play):
    play.join(ANNA, 70)
    play.run(SPONSOR, ANNA)
    assert play.tick(ANNA)[-2:] == [Over(play.id, "settled"), Claimed((), 0)]


def test_a_score_that_earns_nothing_is_not_declared(play):
    play.join(ANNA, BASELINE)
    play.join(BERT, 70)
    play.run(SPONSOR, ANNA, BERT)
    assert [one.meta.sender for one in play.sent(Declare)] == [BERT]


def test_who_would_be_paid_too_little_keeps_its_model(play):
    play.join(ANNA, 70, min_pay=501)
    play.join(BERT, 60)
    play.run(SPONSOR, ANNA, BERT)
    assert [one.meta.sender for one in play.sent(Submit)] == [BERT]


def test_the_next_in_line_delivers_when_another_fails(play):
    play.join(ANNA, 90)
    play.join(BERT, 80)
    events = []
    while play.world.now <= play.job().terms.declare_until:
        events += play.tick(SPONSOR, ANNA, BERT)
    play.run(SPONSOR, BERT)
    job = play.job()
    assert job.ending == "settled"
    assert job.client(ANNA).standing == "failed"
    assert job.client(BERT).payout.pay == 750
    assert play.refused() == []


def test_a_sponsor_that_never_reveals_pays_the_bond(play):
    play.join(ANNA, 70)
    play.run(ANNA)
    assert play.job().ending == "holdout-not-revealed"
    assert play.job().client(ANNA).payout.compensation == 100
    assert play.sent(RevealHoldout) == []


def test_an_unanswered_job_comes_back(play):
    play.run(SPONSOR)
    assert play.job().ending == "nobody-accepted"
    assert play.sent(RevealHoldout) == []


def test_large_files_are_uploaded_and_broken_uploads_continued(tmp_path, monkeypatch):
    play = WatchedJob(tmp_path, max_model_bytes=300_000, max_holdout_bytes=300_000)
    monkeypatch.setattr("deml_sdk.market.uploads.CHUNK_BYTES", 50)
    monkeypatch.setattr("deml_sdk.market.uploads.MAX_PAYLOAD_BYTES", 600)
    play.join(ANNA, 70)
    send = WorldClient.send

    def break_off(self, intent):
        if isinstance(intent.inputs[-1], RevealHoldout | Submit) and len(intent.inputs) > 2:
            send(self, replace(intent, calls=intent.calls[:2]))
            raise KeyboardInterrupt
        return send(self, intent)

    monkeypatch.setattr(WorldClient, "send", break_off)
    ticks = 0
    while not play.job().ended:
        ticks += 1
        assert ticks < 300
        try:
            play.tick(SPONSOR, ANNA)
        except KeyboardInterrupt:
            continue
    assert play.job().ending == "settled"
    assert play.refused() == []
    assert len(play.sent(Upload)) > 8
    assert [one.body.seq for one in play.sent(Upload) if one.body.slot == 2] == list(
        range(sum(one.body.slot == 2 for one in play.sent(Upload)))
    )


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(45, 95), min_size=1, max_size=3),
    st.lists(st.integers(0, 600), min_size=3, max_size=3),
    st.integers(0, 100),
    st.integers(1, 20_000),
)
def test_whoever_watches_is_paid_what_is_due(percents, least, finality, grid):
    with tempfile.TemporaryDirectory() as home:
        play = WatchedJob(Path(home), finality, rule=MarketRule(Score(90 * PERCENT), grid))
        clients = CLIENTS[: len(percents)]
        for client, percent, min_pay in zip(clients, percents, least, strict=False):
            play.join(client, percent, min_pay)
        play.run(SPONSOR, *clients)
        assert play.refused() == []
        assert play.job().ending in ("settled", "nobody-declared", "nobody-due")
        for client in play.job().clients:
            assert client.payout.stake == 100
            if client.standing == "paid":
                assert client.payout.pay >= client.min_pay


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_nobody_who_comes_and_goes_sends_what_is_refused(data):
    with tempfile.TemporaryDirectory() as home:
        play = WatchedJob(Path(home), data.draw(st.integers(0, 60)))
        for client in CLIENTS:
            play.join(client, data.draw(st.integers(50, 90)), variant=CLIENTS.index(client))
        everybody = (SPONSOR, *CLIENTS)
        ticks = 0
        while not play.job().ended:
            ticks += 1
            awake = everybody if ticks > 120 else data.draw(st.lists(st.sampled_from(everybody), unique=True))
            play.tick(*awake)
            assert ticks < 400
        assert play.refused() == []
        for one in play.sent(Submit):
            assert one.meta.timestamp > play.job().terms.declare_until


class TestStepsRefuseLocally:
    def test_to_commit_too_late(self, play):
        anna = play.client(ANNA)
        anna.send(acceptance.accept(anna, anna.job(play.id), ANNA))
        anna.sent.clear()
        play.world.wait(WINDOW - 10)
        with pytest.raises(TooLate):
            client_steps.commit(anna, anna.job(play.id), models.model(70).file, Amount(0))
        assert anna.sent == []

    def test_to_reveal_before_commits_are_final(self, play):
        play.join(ANNA, 70)
        sponsor = play.client(SPONSOR)
        play.world.wait(WINDOW + 10)
        record = sponsor_steps.record_of(sponsor, play.job())
        with pytest.raises(TooEarly):
            sponsor_steps.reveal(sponsor, play.job(), record)
        assert sponsor.sent == []

    def test_to_submit_what_is_not_due(self, play):
        record = play.join(ANNA, 70)
        anna = play.client(ANNA)
        with pytest.raises(NotDueNow):
            client_steps.submit(anna, anna.job(play.id), record)
        assert anna.sent == []

    def test_to_submit_on_dues_that_are_not_final(self, play):
        record = play.join(ANNA, 70)
        while not play.job().declared:
            play.tick(SPONSOR, ANNA)
        play.world.wait_until(play.job().terms.declare_until + 31)
        anna = play.client(ANNA)
        anna.send(client_steps.settle(anna, play.job()))
        with pytest.raises(NotDueNow):
            client_steps.submit(anna, anna.job(play.id), record)
        play.world.wait(30)
        anna.send(client_steps.submit(anna, anna.job(play.id), record))
        assert play.refused() == []

    def test_to_score_before_the_reveal(self, play):
        record = play.join(ANNA, 70)
        with pytest.raises(HoldoutSecret):
            client_steps.evaluate(play.client(ANNA), play.job(), record)

    def test_to_open_a_commitment_with_another_file(self, play, tmp_path):
        play.join(ANNA, 70)
        elsewhere = WorldClient(play.net, ANNA, tmp_path / "new disk")
        with pytest.raises(NotThisModel):
            client_steps.recover(elsewhere, play.job(), models.model(71).file)
        client_steps.recover(elsewhere, play.job(), models.model(70).file)
        assert client_steps.record_of(elsewhere, play.job()) is not None

    def test_to_reveal_another_holdout(self, play, tmp_path):
        play.join(ANNA, 70)
        elsewhere = WorldClient(play.net, SPONSOR, tmp_path / "new disk")
        assert sponsor_steps.record_of(elsewhere, play.job()) is None
        with pytest.raises(NotThisHoldout):
            sponsor_steps.recover(elsewhere, play.job(), models.holdout(1).file, models.model(BASELINE).file)
        with pytest.raises(NotThisHoldout):
            sponsor_steps.recover(elsewhere, play.job(), models.holdout().file, models.model(51).file)
        sponsor_steps.recover(elsewhere, play.job(), models.holdout().file, models.model(BASELINE).file)
        assert sponsor_steps.record_of(elsewhere, play.job()) is not None

    def test_what_the_dapp_would_refuse(self, play):
        play.join(ANNA, 70)
        anna, sponsor = play.client(ANNA), play.client(SPONSOR)
        with pytest.raises(WouldBeRefused, match="accepted it already"):
            acceptance.accept(anna, play.job(), ANNA)
        with pytest.raises(WouldBeRefused, match="1 accepted"):
            sponsor_steps.cancel(sponsor, play.job())
        with pytest.raises(WouldBeRefused, match="only its sponsor"):
            sponsor_steps.top_up(anna, play.job(), Amount(1))
        with pytest.raises(WouldBeRefused, match="up to date"):
            client_steps.settle(anna, play.job())
        while not play.job().declared:
            play.tick(SPONSOR, ANNA)
        with pytest.raises(WouldBeRefused, match="declared"):
            client_steps.declare(anna, play.job(), Score(0), Amount(0))
        play.run(SPONSOR, ANNA)
        with pytest.raises(WouldBeRefused, match="has ended"):
            client_steps.settle(anna, play.job())
        assert play.refused() == []

    def test_to_join_where_there_is_no_place(self, tmp_path):
        play = WatchedJob(tmp_path, allow_list=(ANNA, BERT), max_participants=1, stake=Amount(1_000))
        play.join(ANNA, 70)
        with pytest.raises(WouldBeRefused, match="places are taken"):
            acceptance.accept(play.client(BERT), play.job(), BERT)
        with pytest.raises(WouldBeRefused, match="allow-list"):
            acceptance.accept(play.client(CARO), play.job(), CARO)
