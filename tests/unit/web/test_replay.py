"""The Python that the page replays a market with: what it remembers can be kept, and gone on from, and nothing else."""

from __future__ import annotations

import importlib
import json
import pickle
from dataclasses import asdict

import pytest

from deml.base.states import Phase
from tests.support.course import ANNA, BERT, STRANGER, Course
from tests.support.crowd import Crowd
from tests.support.deployment import DEPLOYMENT
from tests.support.digest import digest
from tests.support.loose_file import loose_module
from tests.support.slow import INPUT_ROWS, SLICE_ROWS, SLOW
from tests.support.world import TOKEN, World

PROGRAM = b"the archive"


@pytest.fixture(scope="module")
def page():
    return loose_module("web/src/python/replay.py")


@pytest.fixture
def begin(page):
    return lambda program=PROGRAM, **changes: page.PageReplay({**asdict(DEPLOYMENT), **changes}, program)


@pytest.fixture(scope="module")
def history():
    crowd = Crowd(seed=0)
    for _ in range(60):
        crowd.step()
    return crowd.world.history


def run(replay, inputs):
    return [replay.run({**asdict(one.meta)}, one.payload) for one in inputs]


def test_a_replay_goes_on_from_every_snapshot_as_if_it_had_never_stopped(begin, history):
    whole = begin()
    for begun in range(0, len(history), 8):
        kept = whole.snapshot()
        other = begin()
        assert other.restore(kept["state"], kept["digest"])
        inputs = history[begun : begun + 8]
        assert run(other, inputs) == run(whole, inputs)
        assert digest(other._state) == digest(whole._state)


def test_a_job_with_scores_and_models_in_the_making_survives(begin):
    world = World()
    course = Course(world, aggregate=True)
    course.to_declare(anna=60, bert=80)
    for client in (ANNA, BERT):
        course.declare(client)
    first = begin()
    run(first, world.history)
    kept = first.snapshot()
    other = begin()
    assert other.restore(kept["state"], kept["digest"])
    assert digest(other._state) == digest(world.state)


def test_a_snapshot_that_was_changed_is_not_gone_on_from(begin, history):
    first = begin()
    run(first, history)
    kept = first.snapshot()
    flipped = bytearray(kept["state"])
    flipped[len(flipped) // 2] ^= 1
    other = begin()
    empty = digest(other._state)
    assert not other.restore(bytes(flipped), kept["digest"])
    assert not other.restore(kept["state"][:-1], kept["digest"])
    assert digest(other._state) == empty


def test_a_snapshot_of_another_program_or_market_is_not_gone_on_from(begin, history):
    first = begin()
    run(first, history)
    kept = first.snapshot()
    assert not begin(program=b"a newer archive").restore(kept["state"], kept["digest"])
    assert not begin(ether_portal="0x" + "7" * 40).restore(kept["state"], kept["digest"])


class Calls:
    """Something whose pickle calls a function."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize(
    "hostile",
    [
        Calls(eval, "1"),
        Calls(print, "hello"),
        Calls(getattr, "x", "upper"),
        Calls(importlib.import_module, "os"),
    ],
    ids=["eval", "print", "getattr", "import"],
)
def test_a_snapshot_with_a_call_is_refused_even_where_its_digest_fits(begin, hostile):
    replay = begin()
    state = pickle.dumps({"jobs": hostile}, protocol=5)
    with pytest.raises(pickle.UnpicklingError, match="does not name"):
        replay.restore(state, replay._digest(state))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("deml.shell.bugs", "attempt"),
        ("deml.scoring.families.trees", "np"),
        ("deml.base.inputs", "dataclass"),
        ("deml.core.state", "State.__init__.__globals__"),
        ("numpy", "load"),
    ],
)
def test_a_snapshot_cannot_reach_through_a_module_of_ours(begin, module, name):
    replay = begin()
    state = f"c{module}\n{name}\n.".encode()
    with pytest.raises(pickle.UnpicklingError, match="does not name"):
        replay.restore(state, replay._digest(state))


def test_jobs_are_told_once_each_time_that_they_change(begin):
    world = World()
    course = Course(world)
    course.to_declare(anna=60)
    replay = begin()
    run(replay, world.history)
    (told,) = replay.changed()
    assert json.loads(told["job"])["job"]["jobId"] == course.id
    assert [one["client"] for page in told["clients"] for one in json.loads(page)["clients"]] == [ANNA]
    assert replay.changed() == []
    before = len(world.history)
    course.declare(ANNA)
    run(replay, world.history[before:])
    (told,) = replay.changed()
    assert json.loads(told["clients"][0])["clients"][0]["declared"] == 600_000


def test_a_job_is_told_again_when_a_score_in_the_making_has_come_further(begin):
    world = World(SLOW)
    course = Course(world)
    course.to_declare(anna=70)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    replay = begin()
    replay._state.budget = SLOW
    run(replay, world.history)
    rows = [INPUT_ROWS, INPUT_ROWS + SLICE_ROWS]
    for done in rows:
        (told,) = replay.changed()
        (scoring,) = json.loads(told["clients"][0])["scorings"]
        assert scoring["rowsDone"] == done
        assert replay.changed() == []
        before = len(world.history)
        course.score(ANNA)
        run(replay, world.history[before:])


def test_what_is_owed_outside_of_jobs_is_told_as_inspect_tells_it(begin):
    world = World()
    for owner, amount in [(ANNA, 7), (STRANGER, 9), (ANNA, 1)]:
        world.deposit(owner, amount)
    replay = begin()
    assert replay.balances() == []
    run(replay, world.history)
    for owner, amount in [(ANNA, "8"), (STRANGER, "9")]:
        told = [{key: one[key] for key in ("token", "amount")} for one in replay.balances() if one["account"] == owner]
        assert told == [{"token": TOKEN, "amount": amount}] == world.query(f"accounts/{owner}")["balances"]
