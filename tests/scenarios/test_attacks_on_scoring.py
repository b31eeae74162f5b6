"""Parties that would make validators work for nothing, keep a scoring from ending, or gain by what it shows."""

from __future__ import annotations

import json

import pytest

from deml.base.inputs import Commit, CreateJob, Declare, ScoreSlices, Settle, Slot, Upload
from deml.base.outputs import DuesFixed, Refuted, Scored, ScoringProgress
from deml.base.states import Ending, Phase, Standing
from deml.base.types import Amount, Score
from deml.core.errors import (
    AlreadyRefuted,
    BeingScored,
    CommitmentMismatch,
    NotDue,
    NothingToScore,
    NotTheSponsor,
    WrongPhase,
)
from tests.support.course import ANNA, BERT, CARO, SPONSOR, STRANGER, Course, terms_from_now
from tests.support.models import PERCENT, ROWS
from tests.support.slow import SLOW
from tests.support.world import World


def test_flooder_submits_a_model_that_cannot_succeed_again_and_again() -> None:
    """Bert declared falsely. His model is scored once; every further submission is refused before a byte is read."""
    world = World()
    course = Course(world)
    course.to_declare(bert=60, anna=80)
    course.declare(BERT, percent=80)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    assert course.submit(BERT).notice(Refuted).computed == 60 * PERCENT
    for _ in range(20):
        world.refuse(AlreadyRefuted, BERT, course.submission(BERT))
    course.enter(Phase.SUBMIT, 2)
    course.submit(ANNA)
    course.settle()
    assert (world.wallet(ANNA), world.wallet(BERT)) == (750 + 100, -100)


def test_flooder_lets_a_false_model_be_scored_slice_by_slice_again() -> None:
    """What is refuted with its last slice leaves nothing behind that could be scored once more."""
    world = World(SLOW)
    course = Course(world)
    course.to_declare(bert=60)
    course.declare(BERT, percent=80)
    course.enter(Phase.SUBMIT)
    course.deliver(BERT)
    assert not world.state.scorings
    world.refuse(NothingToScore, BERT, ScoreSlices(course.id, BERT, 1))
    world.refuse(AlreadyRefuted, BERT, course.submission(BERT))


def test_flooder_asks_for_scoring_where_there_is_none() -> None:
    """Refused in every phase, by whom it may concern and whom not, before any work is done."""
    world = World(SLOW)
    course = Course(world)
    course.join(ANNA, 70)
    for phase in (Phase.COMMIT, Phase.REVEAL, Phase.DECLARE, Phase.SUBMIT):
        if phase is not Phase.COMMIT:
            course.enter(phase)
        for client in (ANNA, BERT, SPONSOR):
            world.refuse(NothingToScore, STRANGER, ScoreSlices(course.id, client, 2**32 - 1))
        if phase is Phase.REVEAL:
            course.reveal()
        if phase is Phase.DECLARE:
            course.declare(ANNA)


def test_client_starts_its_scoring_and_lets_it_stall() -> None:
    """It fails as one who did not submit: its stake is gone, and the next in order comes to its round and its pay."""
    world = World(SLOW)
    course = Course(world)
    course.to_declare(bert=80, anna=80)
    course.declare(BERT)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.submit(BERT)
    course.enter(Phase.SUBMIT, 3)
    assert course.deliver(ANNA).all(Scored)
    course.settle()
    assert (world.wallet(ANNA), world.wallet(BERT)) == (750 + 100, -100)


def test_stranger_finishes_the_scoring_that_a_client_let_stall() -> None:
    """So nobody can hold a job up at will: the others need not wait for the deadline, nor the client to be honest."""
    world = World(SLOW)
    course = Course(world)
    course.to_declare(bert=80)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(BERT)
    while world.do(STRANGER, ScoreSlices(course.id, BERT, 1)).all(ScoringProgress):
        pass
    assert course.settle().ending == Ending.SETTLED
    assert world.wallet(BERT) == 750


def test_rival_hurries_a_scoring_along() -> None:
    """It can only bring the end nearer; the score is what it is."""
    world = World(SLOW)
    course = Course(world)
    course.to_declare(anna=80, bert=90)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    while (result := world.do(BERT, ScoreSlices(course.id, ANNA, 1))).all(ScoringProgress):
        pass
    assert result.notice(Scored).score == 80 * PERCENT


def test_rival_cannot_touch_what_is_being_scored() -> None:
    """Neither another's buffer nor another's submission changes a scoring; its own replay names the wrong sender."""
    world = World(SLOW)
    course = Course(world)
    course.to_declare(anna=80, bert=90)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    before = world.query(f"jobs/{course.id}/clients")["scorings"]
    world.refuse(CommitmentMismatch, BERT, course.submission(ANNA))
    world.do(BERT, Upload(course.id, Slot.WEIGHTS, 0, b"rubbish"))
    world.refuse(BeingScored, ANNA, Upload(course.id, Slot.WEIGHTS, 0, b"rubbish"))
    assert world.query(f"jobs/{course.id}/clients")["scorings"] == before


def test_copycat_sees_the_weights_while_they_are_scored() -> None:
    """Slices give it days with Anna's weights before she is verified: too late to commit, to declare or to be due."""
    world = World(SLOW)
    course = Course(world)
    course.to_declare(anna=80, bert=55)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    course.models[BERT] = course.models[ANNA]
    world.refuse(WrongPhase, BERT, Commit(course.id, course.commitment(BERT)))
    world.refuse(WrongPhase, BERT, Declare(course.id, Score(80 * PERCENT), Amount(0)))
    world.refuse(NotDue, BERT, course.submission(BERT))
    world.refuse(BeingScored, ANNA, course.submission(ANNA))
    while course.score(ANNA, 3).all(ScoringProgress):
        pass
    settled = course.settle()
    assert [one.client for one in settled.models] == [ANNA]
    assert world.wallet(BERT) == 0


def test_sponsor_starts_the_baseline_to_show_the_holdout_and_lets_it_stall() -> None:
    """The holdout is out, but nothing counts as revealed: nobody declares, no model is shown, and the bond is lost."""
    world = World(SLOW)
    course = Course(world)
    course.join(ANNA, 80)
    course.enter(Phase.REVEAL)
    world.do(SPONSOR, course.opening())
    course.enter(Phase.DECLARE)
    assert course.settle().ending == Ending.HOLDOUT_NOT_REVEALED
    assert world.wallet(ANNA) == 100


def test_clients_finish_the_baseline_that_their_sponsor_let_stall() -> None:
    """Who wants the job to go on can make it: the scoring is anybody's, within the reveal phase."""
    world = World(SLOW)
    course = Course(world)
    course.join(ANNA, 80)
    course.enter(Phase.REVEAL)
    world.do(SPONSOR, course.opening())
    while world.do(ANNA, ScoreSlices(course.id, SPONSOR, 3)).all(ScoringProgress):
        pass
    assert course.job.revealed is not None
    course.enter(Phase.DECLARE)
    course.declare(ANNA)


def test_puppets_stall_one_after_another() -> None:
    """Two puppets and two rounds: each costs a stake and two windows."""
    world = World(SLOW)
    course = Course(world, max_rounds=2)
    course.to_declare(bert=80, caro=80, anna=80)
    for client in (BERT, CARO, ANNA):
        course.declare(client)
    for number, puppet in ((1, BERT), (3, CARO)):
        course.enter(Phase.SUBMIT, number)
        course.submit(puppet)
    course.enter(Phase.SUBMIT, 4)
    world.refuse(NotDue, ANNA, course.submission(ANNA))
    course.after_the_last_round()
    settled = course.settle()
    assert settled.ending == Ending.NOBODY_SUBMITTED
    assert (settled.burnt, world.wallet(ANNA)) == (200, 0)
    assert world.client(course.id, ANNA).standing is Standing.NOT_DUE


def test_nobody_looks_for_a_whole_job() -> None:
    """A scoring begun and forgotten: the first input after everything fails Bert, and lets Anna have her round."""
    world = World(SLOW)
    course = Course(world, max_rounds=2)
    course.to_declare(bert=80, anna=80)
    course.declare(BERT)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    assert course.submit(BERT).notice(ScoringProgress).rows == ROWS
    world.wait_until(course.terms.latest_end + 1)
    fixed = world.do(STRANGER, Settle(course.id)).notice(DuesFixed)
    assert (fixed.round, fixed.round_until, fixed.failed) == (2, world.now + course.terms.window, (BERT,))
    course.deliver(ANNA)
    settled = course.settle()
    assert [one.pay for one in settled.payouts] == [0, 750]


def test_only_the_sponsor_opens_the_holdout_however_long_it_takes() -> None:
    world = World(SLOW)
    course = Course(world)
    course.join(ANNA, 80)
    course.enter(Phase.REVEAL)
    world.refuse(NotTheSponsor, ANNA, course.opening())
    world.refuse(NothingToScore, ANNA, ScoreSlices(course.id, SPONSOR, 1))
    assert course.reveal().accepted


@pytest.mark.parametrize(
    ("kernel", "refusal"), [([1, 1], "LAYER_DOES_NOT_FIT"), ([32, 32], "ARCHITECTURE_OUT_OF_BOUNDS")]
)
def test_sponsor_hides_gigabytes_in_the_padding_of_tiny_images(kernel: list[int], refusal: str) -> None:
    """1,024 channels of one pixel became 63 by 63 each, for every row, where only windows were counted and priced."""
    bomb = {"kind": "conv2d", "channels": 1_024, "groups": 1_024, "stride": [32, 32], "padding": [31, 31]}
    layers = [bomb | {"kernel": kernel}, {"kind": "flatten"}, {"kind": "dense", "units": 1}]
    fields = {"family": "cnn", "task": "classification", "shape": [1_024, 1, 1], "layers": layers}
    world = World()
    order = CreateJob(terms_from_now(world, architecture=json.dumps(fields)))
    assert world.deposit(SPONSOR, 1_000, order).credited == refusal
