"""Submission rounds: who is due when, who is waived, what happens when nobody looks."""

from __future__ import annotations

import pytest

from deml.base.inputs import Declare, Settle
from deml.base.outputs import Due, DuesFixed, Scored, Settled
from deml.base.states import Phase, Standing
from deml.base.terms import FixedRule
from deml.base.types import Address, Amount, Score, Timestamp
from deml.core.errors import NotDue, NothingToSettle
from tests.support.course import ANNA, BERT, CARO, DORA, EMIL, Course
from tests.support.deployment import account
from tests.support.world import World

WITNESS = account(0x99)


def dues(notice: DuesFixed) -> dict[Address, int]:
    return {one.client: one.pay for one in notice.dues}


def test_dues_are_fixed_once_and_said_once() -> None:
    course = Course(World())
    course.to_declare(anna=60, bert=80, caro=70)
    for client, min_pay in ((ANNA, 0), (BERT, 500), (CARO, 1)):
        course.declare(client, min_pay=min_pay)
    course.enter(Phase.SUBMIT)
    (notice,) = course.world.do(WITNESS, Settle(course.id)).outputs
    assert notice == DuesFixed(
        job_id=course.id,
        round=1,
        round_until=Timestamp(course.world.now + course.terms.window),
        dues=(Due(ANNA, Amount(250)), Due(BERT, Amount(500))),
        waived=(),
        failed=(),
    )
    course.world.refuse(NothingToSettle, WITNESS, Settle(course.id))


def test_a_submission_is_scored_and_said() -> None:
    course = Course(World())
    course.to_declare(anna=60)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    fixed, scored = course.submit(ANNA).outputs
    assert isinstance(fixed, DuesFixed)
    assert scored == Scored(
        course.id, ANNA, str(course.models[ANNA].cid), str(course.holdout.cid), *[Score(600_000)] * 2
    )


def test_the_order_of_commitments_decides_not_that_of_declarations() -> None:
    course = Course(World())
    course.to_declare(anna=70, bert=70)
    course.declare(BERT)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    assert dues(course.world.do(WITNESS, Settle(course.id)).notice(DuesFixed)) == {ANNA: 500}


def test_failing_round_after_round() -> None:
    """Anna, Bert and Caro claim the same; each round the first of those left is due and fails."""
    course = Course(World(), max_rounds=3)
    course.to_declare(anna=70, bert=70, caro=70, dora=60)
    for client in (ANNA, BERT, CARO, DORA):
        course.declare(client)
    for number, (client, failed) in enumerate([(ANNA, ()), (BERT, (ANNA,)), (CARO, (BERT,))], start=1):
        course.enter(Phase.SUBMIT, number)
        (notice,) = course.world.do(WITNESS, Settle(course.id)).outputs
        assert isinstance(notice, DuesFixed)
        assert dues(notice) == {client: 500}
        assert (notice.round, notice.failed, notice.waived) == (number, failed, ())
        assert notice.round_until == course.world.now + course.terms.window
    course.after_the_last_round()
    settled = course.settle()
    assert settled.ending == "nobody-submitted"
    assert settled.burnt == 300
    assert settled.payouts[3].stake == 100


def test_a_late_round_lets_in_who_was_displaced() -> None:
    course = Course(World())
    course.to_declare(anna=60, bert=70, caro=80)
    course.declare(ANNA, percent=80)
    course.declare(BERT)
    course.declare(CARO)
    course.enter(Phase.SUBMIT)
    course.world.do(WITNESS, Settle(course.id))
    course.world.refuse(NotDue, BERT, course.submission(BERT))
    course.enter(Phase.SUBMIT, 2)
    notice = course.submit(BERT).notice(DuesFixed)
    assert dues(notice) == {BERT: 500, CARO: 250}
    assert notice.failed == (ANNA,)
    course.submit(CARO)
    assert [one.pay for one in course.settle().payouts] == [0, 500, 250]


def test_settled_as_soon_as_every_due_client_is_verified() -> None:
    course = Course(World())
    course.to_declare(anna=60, bert=80)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(BERT)
    course.world.refuse(NothingToSettle, WITNESS, Settle(course.id))
    course.submit(ANNA)
    assert course.settle().ending == "settled"


def test_a_round_of_verified_clients_is_not_repeated() -> None:
    course = Course(World(), max_rounds=3)
    course.to_declare(anna=70, bert=80)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    course.enter(Phase.SUBMIT, 2)
    result = course.world.do(WITNESS, Settle(course.id))
    fixed, settled = result.notice(DuesFixed), result.notice(Settled)
    assert (fixed.round, dues(fixed), fixed.failed) == (2, {ANNA: 500}, (BERT,))
    assert settled.ending == "settled"


def test_due_pay_rises_when_one_before_has_failed() -> None:
    course = Course(World())
    course.to_declare(anna=60, bert=80)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    fixed = course.submit(BERT).notice(DuesFixed)
    assert dues(fixed) == {ANNA: 250, BERT: 500}
    course.enter(Phase.SUBMIT, 2)
    result = course.world.do(WITNESS, Settle(course.id))
    assert dues(result.notice(DuesFixed)) == {BERT: 750}
    assert result.notice(Settled).payouts[1].pay == 750


@pytest.mark.parametrize("late", [1, 2, 3, 1_000])
def test_however_late_it_is_one_round_begins_and_lasts_a_whole_window(late: int) -> None:
    """Nobody looked for so many windows: still everybody in turn has one in which its dues can be read."""
    course = Course(World(), max_rounds=3)
    course.to_declare(anna=70, bert=70, caro=70, dora=70)
    for client in (ANNA, BERT, CARO, DORA):
        course.declare(client)
    for number, (due, failed) in enumerate([(ANNA, ()), (BERT, (ANNA,)), (CARO, (BERT,))], start=1):
        course.world.wait(late * course.terms.window + 1)
        (notice,) = course.world.do(WITNESS, Settle(course.id)).outputs
        assert isinstance(notice, DuesFixed)
        assert (notice.round, dues(notice), notice.failed) == (number, {due: 500}, failed)
        assert notice.round_until == course.world.now + course.terms.window
    course.world.wait(late * course.terms.window + 1)
    assert course.settle().burnt == 300


def test_a_client_may_submit_in_the_round_that_its_own_input_begins() -> None:
    course = Course(World())
    course.to_declare(anna=60, bert=70)
    course.declare(ANNA, percent=70)
    course.declare(BERT)
    course.enter(Phase.SUBMIT, 2)
    result = course.submit(BERT)
    assert result.notice(DuesFixed).round == 2
    assert result.notice(Scored).client == BERT
    assert course.settle().payouts[1].pay == 500


def test_after_max_rounds_there_is_no_further_one() -> None:
    course = Course(World(), max_rounds=1)
    course.to_declare(anna=60, bert=70)
    course.declare(ANNA, percent=70)
    course.declare(BERT)
    course.enter(Phase.SUBMIT, 2)
    course.world.refuse(NotDue, BERT, course.submission(BERT))
    settled = course.settle()
    assert settled.ending == "nobody-submitted"
    assert [one.stake for one in settled.payouts] == [0, 100]


def test_a_waiver_is_final_and_its_score_never_counts() -> None:
    """Bert asks for more than he adds to Anna; he stays out when Anna has failed, and Caro's pay ignores him."""
    course = Course(World())
    course.to_declare(anna=60, bert=70, caro=80)
    course.declare(ANNA)
    course.declare(BERT, min_pay=251)
    course.declare(CARO)
    course.enter(Phase.SUBMIT)
    notice = course.submit(CARO).notice(DuesFixed)
    assert (dues(notice), notice.waived) == ({ANNA: 250, CARO: 500}, (BERT,))
    course.enter(Phase.SUBMIT, 2)
    result = course.world.do(WITNESS, Settle(course.id))
    notice = result.notice(DuesFixed)
    assert (dues(notice), notice.waived, notice.failed) == ({CARO: 750}, (), (ANNA,))
    bert = course.world.client(course.id, BERT)
    assert bert.standing is Standing.WAIVED
    assert result.notice(Settled).payouts[1].stake == 100


def test_a_client_may_be_waived_in_a_later_round() -> None:
    course = Course(World())
    course.to_declare(anna=80, bert=70, caro=60, dora=65)
    course.declare(ANNA)
    course.declare(BERT, min_pay=501)
    course.declare(CARO)
    course.declare(DORA)
    course.enter(Phase.SUBMIT, 2)
    notice = course.submit(CARO).notice(DuesFixed)
    assert (dues(notice), notice.waived) == ({CARO: 250, DORA: 125}, (BERT,))


def test_a_minimum_met_exactly_is_met() -> None:
    course = Course(World())
    course.to_declare(anna=60)
    course.declare(ANNA, min_pay=250)
    course.enter(Phase.SUBMIT)
    assert dues(course.submit(ANNA).notice(DuesFixed)) == {ANNA: 250}


def test_fixed_rewards_pass_to_the_next_in_order() -> None:
    """Two rewards, four that qualify; the first two fail, the next two follow."""
    course = Course(World(), rule=FixedRule(Amount(400), 100_000))
    course.to_declare(anna=60, bert=60, caro=60, dora=90, emil=59)
    for client in (ANNA, BERT, CARO, DORA, EMIL):
        course.declare(client)
    course.enter(Phase.SUBMIT)
    assert dues(course.world.do(WITNESS, Settle(course.id)).notice(DuesFixed)) == {ANNA: 400, BERT: 400}
    course.enter(Phase.SUBMIT, 2)
    notice = course.submit(DORA).notice(DuesFixed)
    assert (dues(notice), notice.failed) == ({CARO: 400, DORA: 400}, (ANNA, BERT))
    course.submit(CARO)
    settled = course.settle()
    assert [one.pay for one in settled.payouts] == [0, 0, 400, 400, 0]
    assert [one.compensation for one in settled.payouts] == [0, 0, 100, 100, 0]


def test_a_fixed_reward_below_the_minimum_takes_no_place() -> None:
    course = Course(World(), rule=FixedRule(Amount(1_000), 1))
    course.to_declare(anna=60, bert=60)
    course.declare(ANNA, min_pay=1_001)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    notice = course.submit(BERT).notice(DuesFixed)
    assert (dues(notice), notice.waived) == ({BERT: 1_000}, ())


def test_scores_at_the_very_limits_can_be_declared() -> None:
    course = Course(World())
    course.to_declare(anna=60, bert=60)
    course.world.do(ANNA, Declare(course.id, Score(-(2**40)), Amount(2**128 - 1)))
    course.world.do(BERT, Declare(course.id, Score(2**40), Amount(0)))
    course.enter(Phase.SUBMIT)
    assert dues(course.world.do(WITNESS, Settle(course.id)).notice(DuesFixed)) == {BERT: 1_000}


def test_who_did_not_declare_is_no_part_of_the_rounds() -> None:
    course = Course(World())
    course.to_declare(anna=90, bert=60)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    assert dues(course.submit(BERT).notice(DuesFixed)) == {BERT: 250}
    settled = course.settle()
    assert [one.stake for one in settled.payouts] == [100, 100]
    assert course.world.client(course.id, ANNA).standing is Standing.COMMITTED
