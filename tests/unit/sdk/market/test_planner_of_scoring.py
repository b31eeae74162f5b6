"""What a wallet does about scoring that one input could not finish."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deml.base.outputs import ScoringProgress
from deml.base.states import Opening
from deml.base.types import Timestamp
from deml_sdk.market.due.actions import (
    Continue,
)
from deml_sdk.market.due.planner import plan, why_settle
from deml_sdk.market.evidence import Evidence
from tests.unit.sdk.market.test_planner import (
    ALICE,
    BOB,
    HOLDOUT,
    JOB,
    MODEL,
    NOTHING,
    SPONSOR,
    at,
    declared,
    dues,
    job,
    participant,
)


class TestScoring:
    """Holdouts too large for one input."""

    @staticmethod
    def scored(*owners, clients=(), opening="confirmed", round_until=None):
        revealed = opening == "confirmed"
        scorings = tuple(ScoringProgress(JOB, owner, 30, 100) for owner in owners)
        return replace(
            job(*clients, revealed=revealed), scorings=scorings, opening=Opening(opening), round_until=round_until
        )

    def test_the_sponsor_goes_on_with_its_baseline_without_waiting_for_finality(self):
        opened = self.scored(SPONSOR, clients=(participant(),), opening="scoring")
        assert plan(at(500, 1_990), opened, NOTHING, SPONSOR, holdout=HOLDOUT).actions == (Continue(JOB, SPONSOR, 30),)

    def test_not_after_the_reveal_phase(self):
        opened = self.scored(SPONSOR, clients=(participant(),), opening="scoring")
        assert plan(at(2_001), opened, NOTHING, SPONSOR, holdout=HOLDOUT).actions == ()

    def test_a_refuted_sponsor_waits_for_the_end(self):
        refuted = self.scored(clients=(participant(),), opening="refuted")
        found = plan(at(1_500), refuted, NOTHING, SPONSOR, holdout=HOLDOUT)
        assert (found.actions, found.until) == ((), 2_001)

    @pytest.mark.parametrize(
        ("who", "helps", "acts"), [(ALICE, False, True), (BOB, False, False), (BOB, True, True), (SPONSOR, True, True)]
    )
    def test_clients_go_on_with_their_own_and_helpers_with_all(self, who, helps, acts):
        alice = replace(declared(status="scoring"), scored_by=Timestamp(5_000))
        running = self.scored(ALICE, clients=(alice, declared(BOB, 2, status="not-due")), round_until=Timestamp(4_000))
        found = plan(at(3_500), running, Evidence(True, dues(1, alice=100), dues(1, alice=100)), who, helps=helps)
        assert found.actions == ((Continue(JOB, ALICE, 30),) if acts else ())

    @pytest.mark.parametrize(("now", "settles"), [(4_000, False), (4_001, False), (5_000, False), (5_001, True)])
    def test_nobody_settles_while_the_only_one_due_is_being_scored(self, now, settles):
        alice = replace(declared(status="scoring"), scored_by=Timestamp(5_000))
        running = self.scored(ALICE, clients=(alice,), round_until=Timestamp(4_000))
        assert bool(why_settle(running, Evidence(True, dues(1, alice=100)), Timestamp(now))) == settles

    def test_a_round_is_over_for_those_who_sent_nothing(self):
        alice = replace(declared(status="scoring"), scored_by=Timestamp(5_000))
        running = self.scored(ALICE, clients=(alice, declared(BOB, 2, status="due")), round_until=Timestamp(4_000))
        reason = why_settle(running, Evidence(True, dues(1, alice=100, bob=50)), Timestamp(4_001))
        assert reason == "round 1 is over and 1 due model(s) are missing"

    def test_after_the_last_round_settling_waits_for_the_scoring(self):
        """The dapp would refuse it: no dues are fixed any more, and the job is not at its end."""
        alice = replace(declared(status="scoring"), scored_by=Timestamp(7_000))
        running = self.scored(ALICE, clients=(alice, declared(BOB, 2, status="due")), round_until=Timestamp(6_000))
        proof = Evidence(True, dues(3, alice=100, bob=50))
        assert why_settle(running, proof, Timestamp(6_001)) is None
        assert why_settle(running, proof, Timestamp(7_001)) is not None

    def test_a_refuted_client_fails_with_the_window_that_prolonged_its_round(self):
        alice = declared(status="refuted")
        running = self.scored(clients=(alice,), round_until=Timestamp(5_000))
        proof = Evidence(True, dues(1, alice=100))
        assert why_settle(running, proof, Timestamp(5_000)) is None
        assert why_settle(running, proof, Timestamp(5_001)) is not None
        assert plan(at(4_500), running, proof, ALICE, MODEL).actions == ()
