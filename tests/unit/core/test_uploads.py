"""Upload buffers: one for each sender and slot, bounded, dropped when they have served."""

from __future__ import annotations

from collections.abc import Iterator
from sys import getsizeof

import pytest

from deml.base.inputs import Codec, Slot, Stream, Upload
from deml.base.outputs import DuesFixed
from deml.base.states import Phase
from deml.base.types import Address
from deml.core.errors import (
    CommitmentMismatch,
    NobodyCommitted,
    NotAParticipant,
    NotDue,
    NotTheSponsor,
    UploadTooLarge,
    WrongPhase,
    WrongSequence,
)
from deml.core.state import BufferKey
from deml.ipld import pack
from deml.scoring.reservation import buffer_bytes
from tests.support.course import ANNA, BERT, SPONSOR, Course
from tests.support.models import Content
from tests.support.world import World


def chunks(course: Course, slot: Slot, data: bytes, size: int = 100) -> Iterator[Upload]:
    for seq, start in enumerate(range(0, len(data), size)):
        yield Upload(course.id, slot, seq, data[start : start + size])


def send_all(course: Course, owner: Address, slot: Slot, content: Content, codec: Codec = Codec.CAR) -> None:
    for one in chunks(course, slot, pack(codec, content.car)):
        course.world.do(owner, one)


def at_reveal(world: World) -> Course:
    course = Course(world)
    course.join(ANNA, 70)
    course.join(BERT, 70)
    course.enter(Phase.REVEAL)
    return course


def at_submit(world: World) -> Course:
    course = Course(world)
    course.to_declare(anna=70, bert=80)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    return course


@pytest.mark.parametrize("codec", list(Codec))
def test_a_holdout_and_an_initial_model_in_chunks(codec: Codec) -> None:
    world = World()
    course = at_reveal(world)
    send_all(course, SPONSOR, Slot.HOLDOUT, course.holdout, codec)
    send_all(course, SPONSOR, Slot.INITIAL_MODEL, course.initial)
    assert len(world.state.buffers) == 2
    world.do(SPONSOR, course.opening(holdout=Stream(codec), initial_model=Stream()))
    assert not world.state.buffers
    assert course.job.revealed is not None
    assert world.state.holdouts.keys() == {course.id}


@pytest.mark.parametrize("codec", list(Codec))
def test_weights_in_chunks(codec: Codec) -> None:
    world = World()
    course = at_submit(world)
    send_all(course, ANNA, Slot.WEIGHTS, course.models[ANNA], codec)
    world.do(ANNA, course.submission(ANNA, weights=Stream(codec)))
    assert not world.state.buffers


def test_what_an_input_brings_comes_before_what_was_uploaded() -> None:
    world = World()
    course = at_submit(world)
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 0, b"rubbish"))
    course.submit(ANNA)
    assert not world.state.buffers


def test_a_wrong_submission_keeps_the_upload_for_another_try() -> None:
    world = World()
    course = at_submit(world)
    send_all(course, ANNA, Slot.WEIGHTS, course.models[ANNA])
    world.refuse(CommitmentMismatch, ANNA, course.submission(ANNA, weights=Stream(), salt=bytes(32)))
    world.do(ANNA, course.submission(ANNA, weights=Stream()))


def test_chunk_zero_starts_again() -> None:
    world = World()
    course = at_submit(world)
    for seq in range(3):
        world.do(ANNA, Upload(course.id, Slot.WEIGHTS, seq, b"rubbish"))
    send_all(course, ANNA, Slot.WEIGHTS, course.models[ANNA])
    world.do(ANNA, course.submission(ANNA, weights=Stream()))


def test_the_first_chunk_has_number_zero() -> None:
    world = World()
    course = at_submit(world)
    problem = world.refuse(WrongSequence, ANNA, Upload(course.id, Slot.WEIGHTS, 1, b"second"))
    assert problem.expected == 0


def test_a_buffer_may_be_filled_to_its_last_byte() -> None:
    world = World()
    course = at_submit(world)
    limit = course.terms.max_model_bytes
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 0, bytes(limit - 1)))
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 1, b"."))
    assert world.state.buffers[BufferKey(course.id, ANNA, Slot.WEIGHTS)].size == limit
    world.refuse(UploadTooLarge, ANNA, Upload(course.id, Slot.WEIGHTS, 2, b"."))
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 0, b"anew"))


def test_buffers_of_two_clients_are_apart() -> None:
    world = World()
    course = at_submit(world)
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 0, b"a"))
    world.do(BERT, Upload(course.id, Slot.WEIGHTS, 0, b"b"))
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 1, b"a"))
    buffers = {key.owner: b"".join(one.pieces) for key, one in world.state.buffers.items()}
    assert buffers == {ANNA: b"aa", BERT: b"b"}


@pytest.mark.parametrize("slot", [Slot.HOLDOUT, Slot.INITIAL_MODEL])
def test_only_the_sponsor_uploads_for_the_reveal(slot: Slot) -> None:
    world = World()
    course = at_reveal(world)
    world.refuse(NotTheSponsor, ANNA, Upload(course.id, slot, 0, b"x"))
    world.do(SPONSOR, Upload(course.id, slot, 0, b"x"))
    course.enter(Phase.DECLARE)
    world.refuse(WrongPhase, SPONSOR, Upload(course.id, slot, 1, b"x"))


@pytest.mark.parametrize("slot", [Slot.HOLDOUT, Slot.INITIAL_MODEL])
def test_nothing_is_uploaded_before_the_reveal_or_for_nobody(slot: Slot) -> None:
    world = World()
    course = Course(world)
    course.accept(ANNA)
    world.refuse(WrongPhase, SPONSOR, Upload(course.id, slot, 0, b"x"))
    course.enter(Phase.REVEAL)
    world.refuse(NobodyCommitted, SPONSOR, Upload(course.id, slot, 0, b"x"))


def test_only_due_clients_upload_weights() -> None:
    world = World()
    course = Course(world)
    course.to_declare(anna=80, bert=70)
    course.declare(ANNA)
    course.declare(BERT)
    world.refuse(WrongPhase, ANNA, Upload(course.id, Slot.WEIGHTS, 0, b"x"))
    course.enter(Phase.SUBMIT)
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 0, b"x"))
    world.refuse(NotDue, BERT, Upload(course.id, Slot.WEIGHTS, 0, b"x"))
    world.refuse(NotAParticipant, SPONSOR, Upload(course.id, Slot.WEIGHTS, 0, b"x"))


def test_the_first_upload_of_a_round_fixes_the_dues() -> None:
    world = World()
    course = at_submit(world)
    assert world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 0, b"x")).notice(DuesFixed).round == 1
    assert not world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 1, b"x")).outputs


def test_an_ending_drops_all_bytes_of_its_job_and_no_others() -> None:
    world = World()
    first = Course(world, variant=1)
    second = Course(world, variant=2)
    for course in (first, second):
        course.join(ANNA, 70)
    first.enter(Phase.REVEAL)
    for course in (first, second):
        course.reveal()
    first.enter(Phase.DECLARE)
    for course in (first, second):
        course.declare(ANNA)
    first.enter(Phase.SUBMIT)
    for course in (first, second):
        world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 0, b"x"))
    first.submit(ANNA)
    first.settle()
    assert {key.job_id for key in world.state.buffers} == {second.id}
    assert world.state.holdouts.keys() == {second.id}
    second.after_the_last_round()
    second.settle()
    assert not world.state.buffers
    assert not world.state.holdouts


def test_uploader_of_single_bytes_takes_no_more_memory_than_its_bytes() -> None:
    """Each would be an object of its own; 4,096 of them took sixty times what was reserved."""
    world = World()
    course = at_reveal(world)
    sent = b""
    for seq in range(400):
        chunk = bytes([seq % 256]) * (1 if seq < 300 else 30)
        world.do(SPONSOR, Upload(course.id, Slot.INITIAL_MODEL, seq, chunk))
        sent += chunk
    (buffer,) = world.state.buffers.values()
    assert (b"".join(buffer.pieces), buffer.chunks, buffer.size) == (sent, 400, len(sent))
    assert len(buffer.pieces) == 1
    assert sum(map(getsizeof, buffer.pieces)) < buffer_bytes(buffer.size)
