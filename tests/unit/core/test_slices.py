"""Holdouts too large for one input: how scoring goes on, until when, and what happens around it."""

from __future__ import annotations

import pytest

from deml.base.inputs import Commit, ScoreSlices, Settle
from deml.base.outputs import DuesFixed, HoldoutRevealed, Refuted, Report, Scored, ScoringProgress
from deml.base.states import Ending, Phase, Standing
from deml.base.types import Address, Score
from deml.core.errors import (
    AlreadyRevealed,
    BeingScored,
    NoSlices,
    NotDue,
    NothingToScore,
    NothingToSettle,
    WrongPhase,
)
from tests.support import models
from tests.support.course import ANNA, BERT, CARO, SPONSOR, STRANGER, Course
from tests.support.models import PERCENT, ROWS
from tests.support.slow import INPUT_ROWS, SLICE_ROWS, SLOW
from tests.support.world import World


def slow_course(**changes: object) -> Course:
    return Course(World(SLOW), **changes)


def at_submit(course: Course, *clients: Address) -> None:
    for client in clients:
        course.declare(client)
    course.enter(Phase.SUBMIT)


def test_a_submission_scores_what_fits_and_says_how_far_it_came() -> None:
    course = slow_course()
    course.to_declare(anna=70)
    at_submit(course, ANNA)
    _, scoring = course.submit(ANNA).outputs
    assert scoring == ScoringProgress(course.id, ANNA, INPUT_ROWS, ROWS)
    client = course.world.client(course.id, ANNA)
    assert (client.standing, client.model_cid) == (Standing.SCORING, str(course.models[ANNA].cid))
    assert course.world.query(f"jobs/{course.id}/clients")["scorings"] == [
        {"jobId": course.id, "client": ANNA, "rowsDone": INPUT_ROWS, "rows": ROWS}
    ]
    course.world.refuse(BeingScored, ANNA, course.submission(ANNA))


@pytest.mark.parametrize(
    ("slices", "rows"), [(1, SLICE_ROWS), (2, 2 * SLICE_ROWS), (3, INPUT_ROWS), (2**32 - 1, INPUT_ROWS)]
)
def test_an_input_does_what_is_asked_as_far_as_it_fits(slices: int, rows: int) -> None:
    course = slow_course()
    course.to_declare(anna=70)
    at_submit(course, ANNA)
    course.submit(ANNA)
    assert course.score(ANNA, slices).notice(ScoringProgress).rows_done == INPUT_ROWS + rows


def test_the_last_slice_verifies_the_model() -> None:
    course = slow_course()
    course.to_declare(anna=70)
    at_submit(course, ANNA)
    course.submit(ANNA)
    results = [course.score(ANNA) for _ in range((ROWS - INPUT_ROWS) // SLICE_ROWS)]
    assert [len(one.all(Scored)) for one in results] == [0] * (len(results) - 1) + [1]
    scored = results[-1].notice(Scored)
    cids = str(course.models[ANNA].cid), str(course.holdout.cid)
    assert scored == Scored(course.id, ANNA, *cids, *[Score(70 * PERCENT)] * 2)
    assert not course.world.state.scorings
    course.world.refuse(NothingToScore, STRANGER, ScoreSlices(course.id, ANNA, 1))
    assert course.settle().payouts[0].pay == 500


def test_the_last_slice_refutes_a_false_declaration() -> None:
    course = slow_course()
    course.to_declare(anna=70)
    course.declare(ANNA, percent=80)
    course.enter(Phase.SUBMIT)
    refuted = course.deliver(ANNA).notice(Refuted)
    cid = str(course.models[ANNA].cid)
    declared, computed = Score(80 * PERCENT), Score(70 * PERCENT)
    assert refuted == Refuted(course.id, ANNA, cid, declared, computed, "SCORE_MISMATCH")
    course.world.refuse(NothingToSettle, STRANGER, Settle(course.id))
    course.enter(Phase.SUBMIT, 2)
    settled = course.settle()
    assert (settled.ending, settled.burnt) == (Ending.NOBODY_SUBMITTED, 100)


def test_a_file_that_cannot_be_scored_is_refuted_at_once() -> None:
    course = slow_course()
    course.accept(ANNA)
    course.models[ANNA], course.scores[ANNA] = models.Content(b"no safetensors"), 70 * PERCENT
    course.world.do(ANNA, Commit(course.id, course.commitment(ANNA)))
    course.enter(Phase.REVEAL)
    course.reveal()
    course.enter(Phase.DECLARE)
    at_submit(course, ANNA)
    result = course.submit(ANNA)
    refuted = result.notice(Refuted)
    assert (refuted.reason, refuted.computed) == ("MALFORMED_SAFETENSORS", 0)
    assert result.notice(Report).body["reason"]["code"] == refuted.reason
    assert not course.world.state.scorings


def test_the_baseline_is_scored_in_slices_too() -> None:
    course = slow_course()
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    first = course.world.do(SPONSOR, course.opening())
    assert first.notice(ScoringProgress) == ScoringProgress(course.id, SPONSOR, INPUT_ROWS, ROWS)
    view = course.world.query(f"jobs/{course.id}")["job"]
    assert (view["opening"], view["revealed"], view["dataCid"]) == ("scoring", False, None)
    course.world.refuse(BeingScored, SPONSOR, course.opening())
    for _ in range(2):
        assert course.score(SPONSOR, 3).all(ScoringProgress)
    last = course.score(SPONSOR, 3).notice(HoldoutRevealed)
    assert last == HoldoutRevealed(course.id, str(course.holdout.cid), Score(50 * PERCENT), ROWS)
    course.world.refuse(AlreadyRevealed, SPONSOR, course.opening())
    assert course.world.state.initials.keys() == {course.id}


def test_a_baseline_must_be_confirmed_within_the_reveal_phase() -> None:
    course = slow_course()
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    course.world.do(SPONSOR, course.opening())
    course.score(SPONSOR, 3)
    course.enter(Phase.DECLARE)
    course.world.refuse(WrongPhase, SPONSOR, ScoreSlices(course.id, SPONSOR, 3))
    settled = course.settle()
    assert settled.ending == Ending.HOLDOUT_NOT_REVEALED
    assert settled.payouts[0].compensation == 100
    assert not course.world.state.scorings
    assert not course.world.state.holdouts


def test_a_sponsor_that_is_a_client_too_is_scored_as_each() -> None:
    course = slow_course()
    course.join(SPONSOR, 70)
    course.enter(Phase.REVEAL)
    course.reveal()
    course.enter(Phase.DECLARE)
    at_submit(course, SPONSOR)
    assert course.submit(SPONSOR).notice(ScoringProgress).client == SPONSOR
    while course.score(SPONSOR, 3).all(ScoringProgress):
        pass
    assert course.world.client(course.id, SPONSOR).standing is Standing.VERIFIED


@pytest.mark.parametrize("late", [0, 1])
def test_scoring_may_take_until_the_end_of_the_window_after(late: int) -> None:
    """Anna submits in the last second of her round; her model may be scored as long again, to the second."""
    course = slow_course()
    course.to_declare(anna=70)
    at_submit(course, ANNA)
    course.poke()
    course.world.wait_until(course.job.round_until)
    course.submit(ANNA)
    course.world.wait(course.terms.window + late)
    if late:
        course.world.refuse(NothingToScore, STRANGER, ScoreSlices(course.id, ANNA, 3))
        assert course.settle().ending == Ending.NOBODY_SUBMITTED
        assert not course.world.state.scorings
    else:
        while course.score(ANNA, 3).all(ScoringProgress):
            pass
        assert course.settle().ending == Ending.SETTLED


def test_a_window_for_scoring_alone_is_not_a_round() -> None:
    """Anna claims Bert's score falsely and lets her scoring stall; Bert's round comes a window later, not never."""
    course = slow_course(max_rounds=2)
    course.to_declare(anna=60, bert=70)
    course.declare(ANNA, percent=70)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    course.enter(Phase.SUBMIT, 2)
    course.world.refuse(NothingToSettle, STRANGER, Settle(course.id))
    course.world.refuse(NotDue, BERT, course.submission(BERT))
    assert course.world.query(f"jobs/{course.id}")["job"]["round"] == 1
    course.enter(Phase.SUBMIT, 3)
    notice = course.world.do(STRANGER, Settle(course.id)).notice(DuesFixed)
    end = course.world.now + course.terms.window
    assert (notice.round, notice.round_until, notice.failed) == (2, end, (ANNA,))
    course.deliver(BERT)
    assert [one.pay for one in course.settle().payouts] == [0, 500]


def test_who_is_being_scored_counts_at_its_declared_score() -> None:
    """Bert fails in round 1 while Anna is being scored: in round 2 Caro is due what she adds to both."""
    course = slow_course()
    course.to_declare(anna=60, bert=70, caro=80)
    at_submit(course, ANNA, BERT, CARO)
    course.submit(ANNA)
    course.deliver(CARO)
    course.enter(Phase.SUBMIT, 2)
    notice = course.world.do(STRANGER, Settle(course.id)).notice(DuesFixed)
    assert [(one.client, one.pay) for one in notice.dues] == [(ANNA, 250), (CARO, 500)]
    while course.score(ANNA, 3).all(ScoringProgress):
        pass
    assert [one.pay for one in course.settle().payouts] == [250, 0, 500]


def test_after_the_last_round_comes_a_window_for_scoring_alone() -> None:
    course = slow_course(max_rounds=1)
    course.to_declare(anna=60, bert=60, caro=80)
    course.declare(ANNA, percent=70)
    course.declare(BERT, percent=70)
    course.declare(CARO)
    course.enter(Phase.SUBMIT)
    course.submit(CARO)
    course.enter(Phase.SUBMIT, 2)
    course.world.refuse(NotDue, BERT, course.submission(BERT))
    while course.score(CARO, 3).all(ScoringProgress):
        pass
    settled = course.settle()
    assert (settled.ending, settled.payouts[2].pay) == (Ending.SETTLED, 750)


def test_settlement_waits_for_who_is_being_scored() -> None:
    course = slow_course()
    course.to_declare(anna=70)
    at_submit(course, ANNA)
    course.submit(ANNA)
    course.world.refuse(NothingToSettle, STRANGER, Settle(course.id))


def test_nobody_can_ask_for_no_slices() -> None:
    course = slow_course()
    course.to_declare(anna=70)
    at_submit(course, ANNA)
    course.submit(ANNA)
    course.world.refuse(NoSlices, STRANGER, ScoreSlices(course.id, ANNA, 0))


def test_the_scores_are_those_of_a_fast_machine() -> None:
    for percent in (0, 37, 50, 99, 100):
        course = slow_course()
        course.to_declare(anna=percent)
        course.declare(ANNA)
        course.enter(Phase.SUBMIT)
        if percent <= 50:
            course.world.refuse(NotDue, ANNA, course.submission(ANNA))
        else:
            assert course.deliver(ANNA).notice(Scored).score == percent * PERCENT
