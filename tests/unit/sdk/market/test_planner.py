"""The planner acts in time, on finalised facts only, and for its own wallet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.answers import Participant
from deml.base.outputs import Due, DuesFixed
from deml.base.states import Opening, Phase, Standing
from deml.base.terms import FixedRule, MarketRule, Terms
from deml.base.types import Address, Amount, JobId, Score, Timestamp
from deml_sdk.market.due.actions import (
    DeclareScore,
    Evaluate,
    PublishModel,
    Reveal,
    SettleJob,
    ShareHoldout,
    ShareModel,
)
from deml_sdk.market.due.planner import Plan, plan, why_settle
from deml_sdk.market.evidence import Evidence
from deml_sdk.market.journal import HoldoutRecord, ModelRecord
from deml_sdk.market.schedule import Clock
from deml_sdk.market.view import Job

SPONSOR = Address("0x" + "50" * 20)
ALICE = Address("0x" + "a1" * 20)
BOB = Address("0x" + "b0" * 20)
STRANGER = Address("0x" + "99" * 20)
JOB = JobId(7)

TERMS = Terms(
    title="t",
    spec_cid="",
    initial_model_cid="initial",
    architecture="{}",
    metric="accuracy",
    baseline=Score(500_000),
    holdout_commitment=bytes(32),
    reward_token=Address("0x" + "70" * 20),
    rule=MarketRule(Score(900_000), 1_000),
    commit_until=Timestamp(1_000),
    holdout_until=Timestamp(2_000),
    declare_until=Timestamp(3_000),
    submit_until=Timestamp(4_000),
    max_rounds=3,
    stake=Amount(10),
    bond_bps=500,
    max_participants=10,
    max_model_bytes=1_000,
    max_holdout_bytes=1_000,
    max_rows=10,
    min_rows=1,
    confidence=0,
    evidence_cut=0,
    previous_job=JobId(0),
)


def participant(client=ALICE, status="committed", order=1, **values):
    unknown = dict.fromkeys(("declared", "score", "min_pay", "due", "model_cid", "scored_by", "payout"))
    commitment = b"\1" * 32 if order else None
    return Participant(client, client, Amount(10), Standing(status), commitment, order, **unknown | values)


def job(*clients, revealed=False, ended=None, terms=TERMS):
    return Job(
        as_of=Timestamp(0),
        job_id=JOB,
        sponsor=SPONSOR,
        phase=Phase.COMMIT,
        ending=ended,
        round=0,
        round_until=None,
        escrow=Amount(1_000),
        participants=len(clients),
        committed=sum(one.order is not None for one in clients),
        declared=sum(one.declared is not None for one in clients),
        revealed=revealed,
        opening=Opening.CONFIRMED if revealed else None,
        data_cid="holdout" if revealed else None,
        rows=5 if revealed else None,
        sponsor_refund=None,
        burnt=None,
        average=None,
        terms=terms,
        clients=clients,
    )


MODEL = ModelRecord(commitment="01" * 32, job_id=7, client=ALICE, cid="model", min_pay=Amount(0))
HOLDOUT = HoldoutRecord(commitment="00" * 32, nonce="00" * 32, sponsor=SPONSOR, cid="holdout", initial_cid="initial")


def dues(number, **pays):
    accounts = {"alice": ALICE, "bob": BOB}
    listed = tuple(Due(accounts[name], Amount(pay)) for name, pay in pays.items())
    return DuesFixed(JOB, number, TERMS.round_end(number), listed, (), ())


def at(finalised, latest=None):
    return Clock(Timestamp(finalised), Timestamp(finalised if latest is None else latest))


NOTHING = Evidence(created=True)


def declared(client=ALICE, order=1, score=800_000, status="declared"):
    return participant(client, status, order, declared=Score(score))


def test_a_stranger_has_nothing_to_do():
    assert plan(at(9_000), job(participant(), revealed=True), NOTHING, STRANGER).actions == ()


class TestSponsor:
    def test_reveals_in_the_reveal_phase(self):
        assert plan(at(1_001), job(participant()), NOTHING, SPONSOR, holdout=HOLDOUT).actions == (Reveal(JOB),)

    def test_waits_until_the_commit_phase_is_over_in_a_finalised_block(self):
        found = plan(at(1_000, 1_500), job(participant()), NOTHING, SPONSOR, holdout=HOLDOUT)
        assert found.actions == ()
        assert found.until == 1_001

    def test_keeps_the_holdout_when_the_window_is_about_to_close(self):
        found = plan(at(1_500, 1_941), job(participant()), NOTHING, SPONSOR, holdout=HOLDOUT)
        assert found.actions == ()
        assert "too late" in found.waiting_for

    def test_keeps_the_holdout_when_nobody_committed_and_settles(self):
        idle = job(participant(order=None))
        assert plan(at(1_024), idle, NOTHING, SPONSOR, holdout=HOLDOUT).actions == ()
        found = plan(at(1_025), idle, NOTHING, SPONSOR, holdout=HOLDOUT)
        assert found.actions == (SettleJob(JOB, "nobody committed to a model"),)

    def test_settles_at_once_when_nobody_accepted(self):
        assert plan(at(1_001), job(), NOTHING, SPONSOR, holdout=HOLDOUT).actions == (SettleJob(JOB, "nobody accepted"),)

    def test_asks_for_a_holdout_that_is_not_here(self):
        found = plan(at(1_001), job(participant()), NOTHING, SPONSOR)
        assert found.actions == ()
        assert "--holdout" in found.waiting_for

    def test_publishes_a_revealed_holdout_once(self):
        revealed = job(participant(), revealed=True)
        assert plan(at(1_900), revealed, NOTHING, SPONSOR, holdout=HOLDOUT).actions == (ShareHoldout(JOB),)
        done = replace(HOLDOUT, published=True)
        assert plan(at(1_900), revealed, NOTHING, SPONSOR, holdout=done).actions == ()


class TestDeclaring:
    REVEALED = job(participant(), revealed=True)

    def test_scores_first(self):
        assert plan(at(2_001), self.REVEALED, NOTHING, ALICE, MODEL).actions == (Evaluate(JOB),)

    def test_then_declares_what_was_scored(self):
        scored = replace(MODEL, credited=Score(800_000), min_pay=Amount(3))
        found = plan(at(2_001), self.REVEALED, NOTHING, ALICE, scored)
        assert found.actions == (DeclareScore(JOB, Score(800_000), Amount(3)),)

    @pytest.mark.parametrize("score", [0, 500_000, 500_999])
    def test_keeps_a_score_to_itself_that_earns_nothing(self, score):
        found = plan(at(2_001), self.REVEALED, NOTHING, ALICE, replace(MODEL, credited=Score(score)))
        assert found.actions == ()
        assert "not declared" in found.waiting_for

    def test_keeps_a_score_to_itself_that_would_be_waived(self):
        dear = replace(MODEL, credited=Score(800_000), min_pay=Amount(751))
        assert plan(at(2_001), self.REVEALED, NOTHING, ALICE, dear).actions == ()

    def test_declares_nothing_before_a_least_pay_is_chosen_and_asks_for_it_from_the_start(self):
        unchosen = replace(MODEL, credited=Score(800_000), min_pay=None)
        for clock in (at(900), at(2_001)):
            found = plan(clock, self.REVEALED, NOTHING, ALICE, unchosen)
            assert found.actions == ()
            assert "--min-pay" in found.waiting_for
        assert "--min-pay" not in plan(at(900), self.REVEALED, NOTHING, ALICE, MODEL).waiting_for

    def test_asks_for_no_least_pay_where_every_due_client_gets_the_same(self):
        revealed = job(participant(), revealed=True, terms=replace(TERMS, rule=FixedRule(Amount(100), 10_000)))
        unchosen = replace(MODEL, credited=Score(800_000), min_pay=None)
        assert plan(at(2_001), revealed, NOTHING, ALICE, unchosen).actions == (
            DeclareScore(JOB, Score(800_000), Amount(0)),
        )

    def test_knows_the_fixed_rule(self):
        terms = replace(TERMS, rule=FixedRule(Amount(100), 10_000))
        revealed = job(participant(), revealed=True, terms=terms)
        below, above = (replace(MODEL, credited=Score(score)) for score in (509_999, 510_000))
        assert plan(at(2_001), revealed, NOTHING, ALICE, below).actions == ()
        assert plan(at(2_001), revealed, NOTHING, ALICE, above).actions == (
            DeclareScore(JOB, Score(510_000), Amount(0)),
        )

    def test_does_not_declare_before_the_reveal_phase_is_final(self):
        scored = replace(MODEL, credited=Score(800_000))
        assert plan(at(2_000, 2_400), self.REVEALED, NOTHING, ALICE, scored).actions == ()

    def test_does_not_declare_without_a_holdout(self):
        scored = replace(MODEL, credited=Score(800_000))
        found = plan(at(2_001), job(participant()), NOTHING, ALICE, scored)
        assert found.actions == (SettleJob(JOB, "the holdout was not revealed"),)

    def test_says_when_it_is_too_late(self):
        found = plan(at(2_100, 2_999), self.REVEALED, NOTHING, ALICE, MODEL)
        assert found.actions == ()
        assert "too late" in found.waiting_for

    def test_asks_for_a_model_that_is_not_here(self):
        found = plan(at(2_001), self.REVEALED, NOTHING, ALICE)
        assert found.actions == ()
        assert f"'deml recover {JOB} FILE'" in found.waiting_for

    def test_a_model_that_is_not_here_is_missed_while_there_is_time_to_look_for_it(self):
        found = plan(at(500), job(participant()), NOTHING, ALICE)
        assert "not on this machine" in found.waiting_for


class TestSubmitting:
    DUE = job(declared(status="due"), revealed=True)

    def test_has_the_dues_fixed_first(self):
        assert plan(at(3_001), self.DUE, NOTHING, ALICE, MODEL).actions == (SettleJob(JOB, "dues can be fixed"),)

    def test_delivers_on_final_dues(self):
        evidence = Evidence(True, dues(1, alice=750), dues(1, alice=750))
        assert plan(at(3_100), self.DUE, evidence, ALICE, MODEL).actions == (PublishModel(JOB, 1, Amount(750)),)

    def test_keeps_the_weights_until_the_dues_are_final(self):
        found = plan(at(3_100), self.DUE, Evidence(True, dues(1, alice=750)), ALICE, MODEL)
        assert found.actions == ()
        assert "finalised" in found.waiting_for

    def test_keeps_the_weights_when_newer_dues_are_not_final(self):
        evidence = Evidence(True, dues(2, alice=750), dues(1, bob=750))
        assert plan(at(4_100), self.DUE, evidence, ALICE, MODEL).actions == ()

    def test_keeps_the_weights_when_not_due(self):
        evidence = Evidence(True, dues(1, bob=750), dues(1, bob=750))
        assert plan(at(3_100), self.DUE, evidence, ALICE, MODEL).actions == ()

    def test_keeps_the_weights_when_the_round_is_about_to_close(self):
        evidence = Evidence(True, dues(1, alice=750), dues(1, alice=750))
        assert plan(at(3_500, 3_941), self.DUE, evidence, ALICE, MODEL).actions == ()

    def test_settles_once_everything_is_delivered(self):
        delivered = job(declared(status="verified"), revealed=True)
        evidence = Evidence(True, dues(1, alice=750), dues(1, alice=750), Timestamp(3_200))
        done = replace(MODEL, published=True)
        found = plan(at(3_201), delivered, evidence, ALICE, done)
        assert found.actions == (SettleJob(JOB, "every due model is delivered"),)

    def test_lets_another_settle_first(self):
        delivered = job(declared(status="verified"), declared(BOB, 2, status="not-due"), revealed=True)
        evidence = Evidence(True, dues(1, alice=750), dues(1, alice=750), Timestamp(3_200))
        assert plan(at(3_201), delivered, evidence, BOB, MODEL).actions == ()
        assert isinstance(plan(at(3_224), delivered, evidence, BOB, MODEL).actions[0], SettleJob)

    def test_has_a_silent_client_failed_when_its_round_is_over(self):
        two = job(declared(status="not-due"), declared(BOB, 2, 900_000, "due"), revealed=True)
        evidence = Evidence(True, dues(1, bob=750), dues(1, bob=750))
        assert plan(at(4_000), two, evidence, ALICE, MODEL).actions == ()
        assert isinstance(plan(at(4_001), two, evidence, ALICE, MODEL).actions[0], SettleJob)


def test_an_ended_job_only_has_its_files_published():
    ended = job(declared(status="paid"), revealed=True, ended="settled")
    assert plan(at(9_000), ended, NOTHING, ALICE, MODEL) == Plan((ShareModel(JOB),))
    assert plan(at(9_000), ended, NOTHING, ALICE, replace(MODEL, published=True)) == Plan()
    assert why_settle(ended, NOTHING, Timestamp(9_000)) is None


times = st.integers(0, 8_000)
statuses = st.sampled_from(["accepted", "committed", "declared", "not-due", "due", "waived", "failed", "verified"])


@st.composite
def situations(draw):
    finalised = draw(times)
    clock = Clock(Timestamp(finalised), Timestamp(finalised + draw(st.integers(0, 2_000))))
    clients = []
    for order, account in enumerate(draw(st.permutations([ALICE, BOB])), start=1):
        status = draw(statuses)
        score = None if status in ("accepted", "committed") else Score(draw(st.integers(400_000, 1_000_000)))
        clients.append(participant(account, status, None if status == "accepted" else order, declared=score))
    shown = job(*clients, revealed=draw(st.booleans()), ended=draw(st.sampled_from([None, None, None, "settled"])))
    rounds = [dues(k, alice=draw(st.integers(1, 900)), bob=draw(st.integers(1, 900))) for k in (1, 2, 3)]
    final, known = sorted(draw(st.tuples(st.integers(0, 3), st.integers(0, 3))))
    by_count = [None, *rounds]
    evidence = Evidence(draw(st.booleans()), by_count[known], by_count[final])
    score = draw(st.none() | st.integers(400_000, 1_000_000).map(Score))
    model = draw(st.none() | st.just(replace(MODEL, credited=score)))
    holdout = draw(st.sampled_from([None, HOLDOUT, replace(HOLDOUT, published=True)]))
    return clock, shown, evidence, draw(st.sampled_from([SPONSOR, ALICE, BOB])), model, holdout


@given(situations())
def test_nothing_becomes_public_too_early_too_late_or_on_doubt(situation):
    clock, shown, evidence, wallet, model, holdout = situation
    for action in plan(*situation).actions:
        match action:
            case Reveal():
                assert wallet == SPONSOR
                assert holdout is not None
                assert shown.committed
                assert shown.data_cid is None
                assert clock.finalised > 1_000
                assert clock.latest <= 2_000 - 60
            case DeclareScore(credited=credited):
                assert shown.client(wallet).declared is None
                assert shown.data_cid is not None
                assert credited == model.credited
                assert clock.finalised > 2_000
                assert clock.latest <= 3_000 - 60
            case PublishModel(round=number, pay=pay):
                assert evidence.final_dues == evidence.dues
                assert Due(wallet, pay) in evidence.final_dues.dues
                assert pay > 0
                assert number == evidence.final_dues.round
                assert shown.client(wallet).standing not in ("waived", "failed", "verified")
                assert TERMS.round_end(number - 1) < clock.finalised
                assert clock.latest <= TERMS.round_end(number) - 60
            case ShareHoldout():
                assert shown.data_cid
            case ShareModel():
                assert shown.client(wallet).standing == "verified"
            case SettleJob():
                assert why_settle(shown, evidence, clock.finalised)


@given(situations())
def test_an_ended_job_is_left_alone(situation):
    clock, shown, *rest = situation
    found = plan(clock, replace(shown, ending="settled"), *rest)
    assert all(isinstance(action, ShareModel | ShareHoldout) for action in found.actions)


@given(situations())
def test_there_is_always_something_to_do_or_to_wait_for_before_the_end(situation):
    clock, shown, *rest = situation
    if not shown.ended:
        found = plan(clock, shown, *rest)
        assert found.actions or found.waiting_for


@given(situations())
def test_no_wait_ends_in_the_past(situation):
    found = plan(*situation)
    if not found.actions and found.until is not None and situation[0].latest == situation[0].finalised:
        assert found.until > situation[0].finalised
