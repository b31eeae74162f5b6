"""Memory is reserved before it is needed, freed at the end, and old records make room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deml.base.inputs import Cancel, CreateJob
from deml.base.limits import (
    MAX_ALLOWED,
    MAX_ARCHITECTURE_BYTES,
    MAX_CID_TEXT_BYTES,
    MAX_DEPOSIT_DATA_BYTES,
    MAX_RESERVED_BYTES,
    MAX_TITLE_BYTES,
)
from deml.base.states import Phase
from deml.core.memory import OVERHEAD_BYTES, buffer_bytes, record_bytes
from deml.scoring import BUDGET
from deml.wire.inputs import encode
from tests.support.course import ANNA, SPONSOR, Course, terms_from_now
from tests.support.deployment import account
from tests.support.slow import SLOW
from tests.support.world import World

PARAMETERS = 2
"""Of the models used here: a weight and a bias."""


def largest_buffer(room: int) -> int:
    """Most bytes whose buffer takes no more than `room`."""
    size = room
    while buffer_bytes(size) > room:
        size -= 1
    return size


def test_a_job_reserves_its_worst_case() -> None:
    course = Course(World(), max_participants=3, max_model_bytes=1_000, max_holdout_bytes=2_000)
    models = (3 + 1) * buffer_bytes(1_000)
    assert course.job.reserved_bytes == OVERHEAD_BYTES + buffer_bytes(2_000) + models + 8 * PARAMETERS


def test_a_job_of_many_rows_reserves_them_prepared() -> None:
    """In float64, and a target each; but no more rows than a file of that size can have: three bytes each, at least."""
    for rows, at_most in ((500, 500), (1_000, 666)):
        course = Course(World(), max_participants=1, max_model_bytes=1_000, max_holdout_bytes=2_000, max_rows=rows)
        prepared = buffer_bytes((8 + 4) * at_most)
        assert course.job.reserved_bytes == OVERHEAD_BYTES + prepared + 2 * buffer_bytes(1_000) + 8 * PARAMETERS


def test_a_job_scored_in_slices_reserves_the_evidence_of_all_its_models() -> None:
    sizes = {"max_participants": 3, "max_rows": 50}
    whole, sliced = (Course(World(budget), **sizes).job.reserved_bytes for budget in (BUDGET, SLOW))
    assert sliced == whole + 8 * 50 * (3 + 1)


def test_jobs_fit_to_the_last_byte() -> None:
    world = World()
    rest = MAX_RESERVED_BYTES - OVERHEAD_BYTES - buffer_bytes(8_192) - 8 * PARAMETERS
    participants = 128
    models = largest_buffer(rest // (participants + 1))
    course = Course(world, max_participants=participants, max_model_bytes=models)
    spare = rest - buffer_bytes(models) * (participants + 1)
    assert MAX_RESERVED_BYTES - world.state.reserved_bytes() == spare < OVERHEAD_BYTES
    order = CreateJob(terms_from_now(world, variant=1))
    assert world.deposit(SPONSOR, 1_000, order).credited == "CAPACITY_REACHED"
    world.do(SPONSOR, Cancel(course.id))
    assert world.deposit(SPONSOR, 1_000, order).credited is None


def test_a_job_one_byte_too_large_is_refused() -> None:
    world = World()
    models = largest_buffer((MAX_RESERVED_BYTES - OVERHEAD_BYTES - buffer_bytes(8_192) - 8 * PARAMETERS) // 129) + 1
    order = CreateJob(terms_from_now(world, max_participants=128, max_model_bytes=models))
    assert world.deposit(SPONSOR, 1_000, order).credited == "CAPACITY_REACHED"


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
    assert world.state.reserved_bytes() == 0
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
    assert len(encode(CreateJob(longest))) < MAX_DEPOSIT_DATA_BYTES // 2


def test_the_oldest_record_of_an_ended_job_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deml.core.state.MAX_ENDED_JOBS", 3)
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
    monkeypatch.setattr("deml.core.state.MAX_ENDED_BYTES", 3 * record_bytes(courses[0].job))
    for course in courses[:3]:
        world.do(SPONSOR, Cancel(course.id))
    assert list(world.state.jobs) == [1, 2, 3, 4]
    world.do(SPONSOR, Cancel(courses[3].id))
    assert list(world.state.jobs) == [2, 3, 4]


def test_a_pruned_job_is_unknown_and_numbers_are_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deml.core.state.MAX_ENDED_JOBS", 1)
    world = World()
    for index in range(3):
        world.do(SPONSOR, Cancel(Course(world, variant=index).id))
    assert list(world.state.jobs) == [3]
    assert Course(world, variant=0).id == 4
