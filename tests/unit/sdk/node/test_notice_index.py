"""The index of notices: each final one is read once, whatever restarts, re-orgs, damage and other programs do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deml.base.inputs import Settle
from deml.base.outputs import DuesFixed, JobCreated
from deml.base.states import Phase
from deml.base.types import Timestamp
from deml.wire.outputs import NoticeEmission, envelope
from deml_sdk.addresses import keccak256
from deml_sdk.chain.transactions import Block
from deml_sdk.market.evidence import weigh
from deml_sdk.node.errors import NodeOnOtherFork
from deml_sdk.node.notice_index import PAGE, NoticeIndex
from deml_sdk.node.records import ACCEPTED, StoredInput, StoredOutput
from tests.support.course import ANNA, BERT, Course
from tests.support.notice_play import Chain, Fork, Node, NoticePlay
from tests.support.scale import SCALE
from tests.support.world import World


@pytest.fixture
def play(tmp_path: Path) -> NoticePlay:
    return NoticePlay(tmp_path / "index" / "notices.sqlite")


def lived(play: NoticePlay, blocks: int = 4) -> None:
    """Some blocks, the last not final."""
    for number in range(blocks):
        play.mine(1, 2, None, 1 + number % 3)
    play.follow()
    play.finalise(lag=1)


def test_final_notices_are_asked_for_once_and_found_again_by_the_next_program(play: NoticePlay):
    lived(play)
    assert play.read() == play.truth()
    assert play.node.asked == 16
    play.mine(3)
    play.follow()
    assert play.read() == play.truth()
    assert play.node.asked == 16 + 5
    play.finalise()
    assert play.read(program=1) == play.truth()
    assert play.node.asked == 16 + 5 + 5
    play.programs = [play.program()]
    assert (play.read(job=3), play.read()) == (play.truth(job=3), play.truth())
    assert play.node.asked == 16 + 5 + 5
    assert play.notes == []


def test_an_empty_application_has_none(play: NoticePlay):
    assert play.read() == []
    assert play.read(job=7) == []


def test_inputs_are_read_by_the_page_where_they_lie_close(play: NoticePlay):
    play.mine(*(1 + number % 5 for number in range(3 * PAGE + 7)))
    play.follow()
    play.finalise()
    assert play.read() == play.truth()
    assert play.node.inputs_asked <= 7


def test_a_fork_that_the_node_still_follows_is_not_taken_for_final(play: NoticePlay):
    """The node sleeps through a re-org, and the chain goes on until the node's block is long final: on another fork."""
    play.mine(1)
    play.mine(2)
    play.follow()
    assert play.read() == play.truth()
    play.reorg(1)
    play.mine(3)
    play.finalise()
    with pytest.raises(NodeOnOtherFork, match="input 1 "):
        play.read()
    play.follow()
    assert play.read() == play.truth() == [(0, 1, 1, 12), (1, 3, 2, 24)]


def test_an_input_that_a_reorg_took_away_is_not_taken_for_final(play: NoticePlay):
    play.mine(1)
    play.mine(2)
    play.follow()
    play.reorg(1)
    play.mine()
    play.finalise()
    with pytest.raises(NodeOnOtherFork):
        play.read()


def test_a_devnet_that_was_reset_has_the_same_addresses_and_another_past(play: NoticePlay):
    lived(play)
    play.read()
    play.chain, play.node = Chain(), Node()
    play.programs = [play.program()]
    assert play.read() == []
    for number in range(6):
        play.mine(9, number + 1)
    play.follow()
    play.finalise()
    assert play.read() == play.truth()


def test_a_reset_beneath_a_program_that_runs_is_noticed(play: NoticePlay):
    lived(play)
    play.read()
    play.chain.fork = play.node.fork = Fork([("0xff", ()), *((f"0xf{number}", (8, 8, 8, 8)) for number in range(5))])
    play.chain.final = 5
    assert play.read() == play.truth()


def test_a_dapp_that_was_changed_states_other_things_of_the_same_inputs(play: NoticePlay):
    lived(play)
    play.read()
    others = [(block_hash, tuple(job and job + 10 for job in jobs)) for block_hash, jobs in play.chain.fork.blocks]
    play.chain.fork = play.node.fork = Fork(others)
    play.programs = [play.program()]
    assert play.read() == play.truth()


def test_a_node_that_reads_the_chain_again_is_not_believed_to_have_forgotten(play: NoticePlay):
    lived(play)
    whole = play.read()
    play.node.fork = Fork()
    play.programs = [play.program()]
    assert play.read() == [one for one in whole if one[2] <= play.chain.final]


def damage(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    match how:
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "text":
            path.write_text("this is no database" * 100)
        case "another version":
            with closing(sqlite3.connect(path)) as database:
                database.execute("PRAGMA user_version = 99")
        case "no tables":
            with closing(sqlite3.connect(path)) as database:
                database.execute("DROP TABLE notices")
        case "a row less" | "another job" | "a mark too far":
            change = {
                "a row less": "DELETE FROM notices WHERE output = 1",
                "another job": "UPDATE notices SET job = '7' WHERE output = 1",
                "a mark too far": "UPDATE mark SET passed = passed + 1",
            }[how]
            with closing(sqlite3.connect(path)) as database, database:
                database.execute(change)


@pytest.mark.parametrize(
    "how",
    ["empty", "cut", "text", "another version", "no tables", "a row less", "another job", "a mark too far"],
)
def test_a_damaged_file_is_read_anew(play: NoticePlay, how: str):
    lived(play)
    play.read()
    assert play.path is not None
    damage(play.path, how)
    play.programs = [play.program()]
    assert play.read(job=2) == play.truth(job=2)
    assert play.notes == ([] if how == "empty" else ["The file of notices was damaged; they are read again."])
    asked = play.node.asked
    play.programs = [play.program()]
    assert play.read() == play.truth()
    assert play.node.asked == asked + 4


def test_a_file_damaged_between_two_looks_is_read_anew(play: NoticePlay):
    lived(play)
    play.read()
    assert play.path is not None
    damage(play.path, "cut")
    assert play.read(job=2) == play.truth(job=2)


@pytest.mark.parametrize("place", ["a folder", "below a file"])
def test_where_no_file_can_be_written_memory_does(tmp_path: Path, place: str):
    path = tmp_path / "place"
    if place == "a folder":
        path.mkdir()
    else:
        path.write_text("")
        path = path / "notices.sqlite"
    play = NoticePlay(path)
    lived(play)
    assert play.read() == play.truth()
    assert play.read(job=2) == play.truth(job=2)
    assert play.node.asked == 16 + 4
    assert len(play.notes) == 1
    assert "kept in memory only" in play.notes[0]


def test_a_full_disk_costs_only_the_file(play: NoticePlay, monkeypatch: pytest.MonkeyPatch):
    lived(play)
    connect = sqlite3.connect

    def full(*arguments: Any, **more: Any) -> sqlite3.Connection:
        made: sqlite3.Connection = connect(*arguments, **more)
        made.execute("PRAGMA max_page_count = 6")
        return made

    monkeypatch.setattr(sqlite3, "connect", full)
    play.mine(*([5] * 300))
    play.follow()
    play.finalise()
    assert play.read(job=5) == play.truth(job=5)
    assert "full" in play.notes[0]


def test_two_programs_at_once_lose_and_repeat_nothing(play: NoticePlay):
    """One keeps a page just before the other would."""
    lived(play)
    first, second = play.programs
    meanwhile = iter([lambda: second.read(play.chain.finalized_block())])
    outputs = play.node.outputs

    def interrupted(**given: Any) -> Iterator[StoredOutput]:
        found = list(outputs(**given))
        for act in meanwhile:
            act()
        yield from found

    play.node.outputs = interrupted  # type: ignore[method-assign]
    assert [one.output_index for one in first.read(play.chain.finalized_block())] == [one[0] for one in play.truth()]


actions = st.one_of(
    st.tuples(st.just("mine"), st.lists(st.sampled_from([1, 2, 3, None]), max_size=3)),
    st.tuples(st.just("follow"), st.none()),
    st.tuples(st.just("finalise"), st.integers(0, 3)),
    st.tuples(st.just("reorg"), st.integers(1, 3)),
    st.tuples(st.just("read"), st.tuples(st.integers(0, 1), st.sampled_from([None, 1, 2]))),
    st.tuples(st.just("restart"), st.integers(0, 1)),
    st.tuples(st.just("flip"), st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255))),
)


@settings(max_examples=60 * SCALE, deadline=None)
@given(st.lists(actions, max_size=30))
def test_whatever_happens_a_read_says_what_the_node_says_or_that_it_is_on_another_fork(steps: list[tuple[str, Any]]):
    folder = Path(tempfile.mkdtemp())
    play = NoticePlay(folder / "notices.sqlite")
    try:
        for name, given_ in [*steps, ("follow", None), ("read", (0, None)), ("read", (1, 1))]:
            act(play, name, given_)
    finally:
        shutil.rmtree(folder)


def act(play: NoticePlay, name: str, given_: Any) -> None:
    match name:
        case "mine":
            play.mine(*given_)
        case "finalise":
            play.finalise(given_)
        case "reorg":
            play.reorg(given_)
        case "follow":
            play.follow()
        case "restart":
            play.programs[given_] = play.program()
        case "flip":
            flip(play, *given_)
        case "read":
            program, job = given_
            try:
                assert play.read(program, job) == play.truth(job)
            except NodeOnOtherFork:
                assert play.node_contradicts()


def flip(play: NoticePlay, where: float, bits: int) -> None:
    """Change one byte of the file, and start the programs again: each trusts what it has checked."""
    assert play.path is not None
    if play.path.exists() and os.path.getsize(play.path):
        content = bytearray(play.path.read_bytes())
        content[int(where * len(content))] ^= bits
        play.path.write_bytes(content)
    play.programs = [play.program(), play.program()]


class NoticeNode:
    """The node's records of a `World`."""

    shown_url = Node.shown_url

    def __init__(self, world: World) -> None:
        self.world = world

    def outputs(self, *, start: int = 0, output_type: str | None = None) -> Iterator[StoredOutput]:
        emitted = ((result.meta.index, emission) for result in self.world.history for emission in result.emissions)
        stated = [(of, envelope(emission)) for of, emission in emitted if isinstance(emission, NoticeEmission)]
        made = [StoredOutput(index, of, 0, raw, None, None) for index, (of, raw) in enumerate(stated)]
        yield from made[start:]

    def input(self, index: int) -> StoredInput:
        meta = self.world.history[index].meta
        return StoredInput(index, 0, ACCEPTED, meta.sender, b"", meta.block_number, meta.timestamp, b"raw")

    def inputs(self, start: int = 0) -> Iterator[StoredInput]:
        return (self.input(index) for index in range(start, len(self.world.history)))


class Believing(Chain):
    def read(self, *_: Any, **__: Any) -> tuple[bytes]:
        return (keccak256(b"raw"),)


def test_only_notices_in_finalised_blocks_are_final():
    course = Course(World())
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    course.reveal()
    course.enter(Phase.DECLARE)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.world.do(BERT, Settle(course.id))
    last = len(course.world.history) - 1
    seen = NoticeIndex(NoticeNode(course.world), Believing()).read(Block(last, Timestamp(0), "0x"))  # type: ignore[arg-type]
    assert any(isinstance(one.notice, JobCreated) for one in seen)
    early, late = weigh(seen, course.id, last - 1), weigh(seen, course.id, last)
    assert isinstance(early.dues, DuesFixed)
    assert (early.final_dues, early.final_pay(ANNA)) == (None, None)
    assert late.final_pay(ANNA) == 500
    assert late.final_pay(BERT) == 0
    assert weigh(seen, course.id + 1, last).dues is None
