"""Window ends are inclusive, and only the timestamp of the input counts."""

from __future__ import annotations

import pytest

from deml.base.inputs import Accept, Cancel, Commit, SetPayTo, Settle, TopUp
from deml.base.outputs import Settled
from deml.base.states import Ending, Phase
from deml.base.types import ETHER, Amount
from deml.core.errors import JobEnded, NotDue, NothingToSettle, WrongPhase
from deml.core.phases import phase_of
from tests.support.course import ANNA, BERT, SPONSOR, Course
from tests.support.deployment import account
from tests.support.world import World


@pytest.mark.parametrize("late", [0, 1])
def test_commit_ends_with_its_last_second(late: int) -> None:
    world = World()
    course = Course(world, stake=Amount(550))
    course.join(ANNA, 60)
    world.wait_until(course.terms.commit_until + late)
    if late:
        world.refuse(WrongPhase, ANNA, Commit(course.id, bytes(32)))
        assert world.deposit(BERT, 550, Accept(course.id, ETHER)).credited == "WRONG_PHASE"
        assert world.deposit(SPONSOR, 100, TopUp(course.id)).credited == "WRONG_PHASE"
    else:
        course.commit(ANNA, 70)
        course.join(BERT, 60)
        assert world.deposit(SPONSOR, 100, TopUp(course.id)).credited is None


@pytest.mark.parametrize("late", [0, 1])
def test_cancel_ends_with_the_commit_phase(late: int) -> None:
    world = World()
    course = Course(world)
    world.wait_until(course.terms.commit_until + late)
    if late:
        world.refuse(WrongPhase, SPONSOR, Cancel(course.id))
        assert course.settle().ending == Ending.NOBODY_ACCEPTED
    else:
        world.do(SPONSOR, Cancel(course.id))
        assert course.job.outcome is not None
        assert course.job.outcome.ending is Ending.CANCELLED
    assert world.wallet(SPONSOR) == 0


@pytest.mark.parametrize(("offset", "accepted"), [(0, False), (1, True)])
def test_reveal_begins_after_the_commit_phase(offset: int, accepted: bool) -> None:
    world = World()
    course = Course(world)
    course.join(ANNA, 60)
    world.wait_until(course.terms.commit_until + offset)
    if accepted:
        course.reveal()
    else:
        world.refuse(WrongPhase, SPONSOR, course.opening())


@pytest.mark.parametrize(("offset", "accepted"), [(0, True), (1, False)])
def test_reveal_ends_with_its_last_second(offset: int, accepted: bool) -> None:
    world = World()
    course = Course(world)
    course.join(ANNA, 60)
    world.wait_until(course.terms.holdout_until + offset)
    if accepted:
        course.reveal()
        world.refuse(NothingToSettle, ANNA, Settle(course.id))
    else:
        world.refuse(WrongPhase, SPONSOR, course.opening())
        assert course.settle().ending == Ending.HOLDOUT_NOT_REVEALED


@pytest.mark.parametrize(("edge", "offset", "accepted"), [(1, 0, False), (1, 1, True), (2, 0, True), (2, 1, False)])
def test_declare_lasts_from_edge_to_edge(edge: int, offset: int, accepted: bool) -> None:
    world = World()
    course = Course(world)
    course.join(ANNA, 60)
    course.enter(Phase.REVEAL)
    course.reveal()
    world.wait_until((course.terms.holdout_until if edge == 1 else course.terms.declare_until) + offset)
    if accepted:
        course.declare(ANNA)
    else:
        with pytest.raises(AssertionError, match="belongs to the declare phase"):
            course.declare(ANNA)


@pytest.mark.parametrize("number", [1, 2])
def test_a_round_ends_with_its_last_second(number: int) -> None:
    """In both rounds the client due may submit in the last second, and has failed in the next."""
    for late in (0, 1):
        world = World()
        course = Course(world)
        course.to_declare(anna=70, bert=60)
        course.declare(ANNA)
        course.declare(BERT)
        client = (ANNA, BERT)[number - 1]
        course.enter(Phase.SUBMIT, number)
        course.poke()
        world.wait_until(course.job.round_until + late)
        if late:
            world.refuse(NotDue, client, course.submission(client))
        else:
            course.submit(client)
            assert course.settle().ending == Ending.SETTLED


def test_the_first_round_begins_after_the_declare_phase() -> None:
    world = World()
    course = Course(world)
    course.to_declare(anna=70)
    course.declare(ANNA)
    world.wait_until(course.terms.declare_until)
    world.refuse(WrongPhase, ANNA, course.submission(ANNA))
    world.wait(1)
    course.submit(ANNA)


@pytest.mark.parametrize("count", [0, 1])
def test_unanswered_jobs_end_after_the_commit_phase(count: int) -> None:
    world = World()
    course = Course(world)
    for _ in range(count):
        course.accept(ANNA)
    world.wait_until(course.terms.commit_until)
    world.refuse(NothingToSettle, BERT, Settle(course.id))
    world.wait(1)
    assert course.settle().ending == (Ending.NOBODY_COMMITTED if count else Ending.NOBODY_ACCEPTED)


def test_inputs_with_equal_timestamps_count_in_their_order() -> None:
    world = World()
    course = Course(world)
    for client in (ANNA, BERT):
        course.accept(client)
    course.commit(BERT, 70)
    course.commit(ANNA, 70)
    course.to_declare()
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    assert course.world.do(SPONSOR, Settle(course.id)).outputs
    assert world.client(course.id, BERT).due == 500
    assert world.client(course.id, ANNA).due == 0


def test_phases_follow_the_clock_whoever_is_early() -> None:
    """A revealed holdout and a full set of declarations end no window."""
    world = World()
    course = Course(world, max_participants=1, allow_list=(ANNA,))
    course.to_declare(anna=70)
    assert phase_of(course.job, world.now) is Phase.DECLARE
    course.declare(ANNA)
    world.refuse(WrongPhase, ANNA, course.submission(ANNA))
    world.refuse(NothingToSettle, ANNA, Settle(course.id))


def test_pay_to_changes_until_the_end_and_no_longer() -> None:
    world = World()
    course = Course(world)
    course.join(ANNA, 70)
    purse = account(0x77)
    for phase in (Phase.REVEAL, Phase.DECLARE, Phase.SUBMIT):
        world.do(ANNA, SetPayTo(course.id, BERT))
        course.enter(phase)
        if phase is Phase.REVEAL:
            course.reveal()
        if phase is Phase.DECLARE:
            course.declare(ANNA)
    course.submit(ANNA)
    world.do(ANNA, SetPayTo(course.id, purse))
    settled = world.do(BERT, Settle(course.id)).notice(Settled)
    assert settled.payouts[0].pay_to == purse
    assert world.wallet(purse) == 500 + 100
    assert world.wallet(BERT) == 0
    world.refuse(JobEnded, ANNA, SetPayTo(course.id, ANNA))
