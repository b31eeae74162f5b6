"""Memory is reserved before it is needed, freed at the end, and old records make room."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

import pytest

from deml.base.inputs import Accept, Cancel, CreateJob, Slot, Stream, TopUp, Upload, Withdraw
from deml.base.limits import (
    MAX_ALLOWED,
    MAX_ARCHITECTURE_BYTES,
    MAX_CID_TEXT_BYTES,
    MAX_PAYLOAD_BYTES,
    MAX_RESERVED_BYTES,
    MAX_TITLE_BYTES,
)
from deml.base.outputs import Accepted, DuesFixed, JobCreated, Settled
from deml.base.states import Ending, Phase
from deml.base.terms import FixedRule
from deml.base.types import ETHER, Amount, Timestamp
from deml.core.agenda import DAY_SECONDS
from deml.core.errors import CapacityReached
from deml.core.state import PARTS
from deml.scoring import BUDGET
from deml.scoring.reservation import BYTES_PER_CLIENT, COPIES, buffer_bytes
from deml.wire.inputs import encode
from tests.support.course import ANNA, BERT, CARO, GUESTS, SPONSOR, Course, terms_from_now
from tests.support.deployment import account
from tests.support.models import ROWS
from tests.support.slow import SLOW
from tests.support.world import TOKEN, World

PARAMETERS = 2
"""Of the models used here: a weight and a bias."""


def needs_of(course: Course) -> tuple[int, int, int]:
    """What is set aside for a posted job; what more with its first client; and with every further one."""
    world, job = course.world, course.job
    reserved = [world.state.progress.reserved_bytes]
    for client in (ANNA, BERT):
        course.accept(client)
        reserved.append(world.state.progress.reserved_bytes)
    assert reserved[0] == job.reserved_bytes
    assert reserved[2] == course.job.reserved_bytes
    return reserved[0], reserved[1] - reserved[0], reserved[2] - reserved[1]


def test_a_job_reserves_what_it_can_come_to_need_as_clients_come() -> None:
    course = Course(World(), max_participants=5, allow_list=GUESTS, max_model_bytes=1_000, max_holdout_bytes=2_000)
    posted, first, further = needs_of(course)
    assert posted == COPIES * replace(course.job, clients=()).record_bytes
    assert further == COPIES * BYTES_PER_CLIENT + buffer_bytes(1_000)
    assert first - further == buffer_bytes(2_000) + 8 * PARAMETERS + 8 * ROWS + buffer_bytes(1_000)


def test_a_job_of_many_rows_reserves_them_prepared_and_what_each_is_worth() -> None:
    """In float64, and a target each; but no more rows than a file of that size can have: three bytes each, at least."""
    for rows, at_most in ((500, 500), (1_000, 666)):
        course = Course(World(), max_model_bytes=1_000, max_holdout_bytes=2_000, max_rows=rows)
        _, first, further = needs_of(course)
        prepared = buffer_bytes((8 + 4) * at_most)
        assert first - further == prepared + 8 * PARAMETERS + 8 * rows + buffer_bytes(1_000)


def test_a_job_scored_in_slices_reserves_the_evidence_of_all_its_models() -> None:
    sizes = {"max_rows": 50}
    whole, sliced = (needs_of(Course(World(budget), **sizes)) for budget in (BUDGET, SLOW))
    assert [more - less for more, less in zip(sliced, whole, strict=True)] == [0, 2 * 8 * 50, 8 * 50]


def test_clients_fit_to_the_last_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    course = Course(world)
    posted, first, further = needs_of(Course(World()))
    monkeypatch.setattr("deml.core.closing.MAX_RESERVED_BYTES", posted + first + further)
    course.accept(ANNA)
    course.accept(BERT)
    order = Accept(course.id, ETHER)
    assert world.deposit(CARO, 100, order).credited == "CAPACITY_REACHED"
    assert world.balance(CARO) == 100
    monkeypatch.setattr("deml.core.closing.MAX_RESERVED_BYTES", posted + first + 2 * further)
    assert world.deposit(CARO, 100, order).credited is None


def test_a_job_without_stakes_takes_clients_by_the_same_room(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    free = {"rule": FixedRule(Amount(10), 1), "stake": Amount(0), "allow_list": GUESTS}
    course, other = Course(world, **free), Course(world, variant=1, **free)
    begin = other.terms.commit_until
    later = Course(
        world,
        variant=2,
        commit_until=Timestamp(begin + 1_000),
        holdout_until=Timestamp(begin + 2_000),
        declare_until=Timestamp(begin + 3_000),
        submit_until=Timestamp(begin + 4_000),
        **free,
    )
    other.accept(ANNA)
    monkeypatch.setattr("deml.core.closing.MAX_RESERVED_BYTES", world.state.progress.reserved_bytes)
    error = world.refuse(CapacityReached, BERT, Accept(course.id, ETHER))
    assert error.available == 0
    world.wait_until(other.terms.commit_until + 1)
    result = world.do(BERT, Accept(later.id, ETHER))
    assert [one.ending for one in result.all(Settled)] == [Ending.NOBODY_COMMITTED, Ending.NOBODY_ACCEPTED]
    assert result.notice(Accepted).job_id == later.id


def test_a_job_that_no_application_has_room_for_is_refused() -> None:
    world = World()
    size = MAX_RESERVED_BYTES // 129
    order = CreateJob(terms_from_now(world, max_participants=128, max_model_bytes=size))
    assert world.deposit(SPONSOR, 1_000, order).credited == "CAPACITY_REACHED"


def test_the_longest_overdue_jobs_make_room_first_and_only_some_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that nobody joined, posted on as many days. One input ends as many of them as it may pay."""
    world = World()
    courses = []
    for number in range(20):
        courses.append(Course(world, variant=number))
        world.wait(DAY_SECONDS)
    monkeypatch.setattr("deml.core.closing.MAX_RESERVED_BYTES", world.state.progress.reserved_bytes)
    monkeypatch.setattr("deml.core.closing.MOST_PAID", 4)
    made = world.deposit(SPONSOR, 1_000, CreateJob(terms_from_now(world, variant=99)))
    assert [one.job_id for one in made.all(Settled)] == [one.id for one in courses[:4]]
    assert made.notice(JobCreated).job_id == 21
    assert world.state.progress.open_jobs == 17


def test_who_finds_no_room_has_made_some_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an input has ended stays so, though there is no room for itself yet."""
    world = World()
    for number in range(9):
        Course(world, variant=number)
    small = world.state.progress.reserved_bytes // 9
    monkeypatch.setattr("deml.core.closing.MAX_RESERVED_BYTES", 9 * small)
    monkeypatch.setattr("deml.core.closing.MOST_PAID", 4)
    world.wait(2 * DAY_SECONDS)
    large = CreateJob(terms_from_now(world, variant=99, title="x" * 200, allow_list=(ANNA,) * 290))
    assert 4 * small < 2 * (4_096 + 1_008 + 290 * 100) <= 8 * small
    first = world.deposit(SPONSOR, 1_000, large)
    assert (first.credited, len(first.all(Settled))) == ("CAPACITY_REACHED", 4)
    second = world.deposit(SPONSOR, 1_000, large)
    assert (second.credited, len(second.all(Settled))) == (None, 4)


def test_jobs_that_go_on_are_looked_at_again_when_their_time_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """Overdue is not ended: here dues can be fixed, and a round begins. A later look ends the job."""
    world = World()
    course = Course(world, max_rounds=1)
    course.to_declare(anna=80)
    course.declare(ANNA)
    monkeypatch.setattr("deml.core.closing.MAX_RESERVED_BYTES", world.state.progress.reserved_bytes)
    order = CreateJob(terms_from_now(world, variant=1))
    for notice in (DuesFixed, Settled):
        world.wait(2 * DAY_SECONDS)
        order = CreateJob(terms_from_now(world, variant=1))
        made = world.deposit(SPONSOR, 1_000, order)
        assert len(made.all(notice)) == 1
        assert (made.credited is None) == (notice is Settled)


@pytest.mark.parametrize("phase", list(Phase)[:4])
def test_every_ending_frees_what_was_reserved(phase: Phase) -> None:
    world = World()
    course = Course(world)
    course.join(ANNA, 70)
    if phase is not Phase.COMMIT:
        course.enter(Phase.REVEAL)
    if phase in (Phase.DECLARE, Phase.SUBMIT):
        course.reveal()
        course.enter(Phase.DECLARE)
    if phase is Phase.SUBMIT:
        course.declare(ANNA)
    course.after_the_last_round()
    course.settle()
    assert world.state.progress.reserved_bytes == 0
    assert not world.state.holdouts
    assert not world.state.initials
    assert not world.state.scorings
    assert not world.state.buffers


def test_the_longest_terms_fit_half_a_deposit() -> None:
    guests = tuple(account(byte % 256) for byte in range(MAX_ALLOWED))
    longest = replace(
        terms_from_now(World()),
        title="x" * MAX_TITLE_BYTES,
        spec_cid="b" * MAX_CID_TEXT_BYTES,
        initial_model_cid="b" * MAX_CID_TEXT_BYTES,
        architecture="x" * MAX_ARCHITECTURE_BYTES,
        allow_list=guests,
    )
    portal_fields = 20 + 20 + 32  # token, sender and amount come before the data
    assert len(encode(CreateJob(longest))) < (MAX_PAYLOAD_BYTES - portal_fields) // 2


def test_the_oldest_record_of_an_ended_job_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deml.core.closing.MAX_ENDED_JOBS", 3)
    world = World()
    running = Course(world, sponsor=account(0x5B))
    ended = [Course(world, variant=index) for index in range(5)]
    for course in ended:
        world.do(SPONSOR, Cancel(course.id))
    assert list(world.state.jobs) == [running.id, *(course.id for course in ended[2:])]
    assert world.query("stats")["jobs"] == 6
    assert Course(world, variant=9).id == 7


def test_large_records_make_room_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of ended jobs have a budget of bytes too: what took much is forgotten before there are many."""
    world = World()
    guests = tuple(account(byte) for byte in range(1, 101))
    courses = [Course(world, variant=index, allow_list=guests) for index in range(4)]
    monkeypatch.setattr("deml.core.closing.MAX_ENDED_BYTES", 3 * courses[0].job.record_bytes)
    for course in courses[:3]:
        world.do(SPONSOR, Cancel(course.id))
    assert list(world.state.jobs) == [1, 2, 3, 4]
    world.do(SPONSOR, Cancel(courses[3].id))
    assert list(world.state.jobs) == [2, 3, 4]


def test_a_pruned_job_is_unknown_and_numbers_are_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deml.core.closing.MAX_ENDED_JOBS", 1)
    world = World()
    for index in range(3):
        world.do(SPONSOR, Cancel(Course(world, variant=index).id))
    assert list(world.state.jobs) == [3]
    assert Course(world, variant=0).id == 4


class OneByOne(dict[Any, Any]):
    """A mapping in which one looks things up, and cannot look at all of them."""

    def __iter__(self) -> NoReturn:
        raise AssertionError("an input looks at everything there is")

    keys = values = items = __iter__  # type: ignore[assignment]


class Unchecked(World):
    def digest(self) -> str:
        return ""

    def check_conservation(self) -> None:
        """What the tests check looks at everything."""


def test_no_input_looks_at_everything_there_is() -> None:
    """So none becomes dearer with the number of jobs: what is counted or listed is kept so."""
    world = Unchecked()
    for part in PARTS:
        setattr(world.state, part, OneByOne())
    course, cancelled = Course(world), Course(world, variant=1)
    world.deposit(SPONSOR, 1, TopUp(course.id))
    world.deposit(SPONSOR, 1)
    world.do(SPONSOR, Withdraw(TOKEN, Amount(1), SPONSOR))
    world.do(SPONSOR, Cancel(cancelled.id))
    course.join(ANNA, 80)
    course.join(BERT, 85)
    course.enter(Phase.REVEAL)
    car = course.holdout.car
    world.do(SPONSOR, Upload(course.id, Slot.HOLDOUT, 0, car))
    world.do(SPONSOR, course.opening(holdout=Stream()))
    course.enter(Phase.DECLARE)
    for client in (ANNA, BERT):
        course.declare(client)
    course.enter(Phase.SUBMIT)
    course.deliver(ANNA)
    course.after_the_last_round()
    assert course.settle().ending == Ending.SETTLED
