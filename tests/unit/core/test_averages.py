"""The average of a settled job's verified models: what is told, until when, and what is held for it."""

from __future__ import annotations

import json
from itertools import permutations

import numpy as np
import pytest
from safetensors.numpy import load, save

from deml.base.bounds import JobTooLong, TooMuchMemory, TooMuchWork
from deml.base.inputs import Aggregate, Commit, CreateJob, Settle
from deml.base.limits import MAX_FILE_BYTES, MAX_JOB_SECONDS
from deml.base.outputs import Aggregated, Report, Settled
from deml.base.states import Ending, Phase
from deml.base.terms import FixedRule
from deml.base.types import Address, Amount, Score, Timestamp
from deml.core import closing
from deml.core.errors import CapacityReached, JobEnded, NothingToAggregate, NotSettled, TooLateToAggregate
from deml.ipld import file_cid
from deml.scoring import Budget, parse_architecture, parse_metric
from deml.scoring.cost import reading_cycles, set_aside, slice_cycles
from deml.scoring.errors import NoAverage
from tests.support import models
from tests.support.course import ANNA, BERT, CARO, DORA, EMIL, GUESTS, SPONSOR, STRANGER, Course, terms_from_now
from tests.support.deployment import account
from tests.support.models import PERCENT, ROWS, Content
from tests.support.slow import SLICE_ROWS
from tests.support.world import START, World

EVERYBODY = FixedRule(Amount(100), 10 * PERCENT)
"""Each of the clients that are 10 points better than the initial model is paid."""

SMALL = {"max_model_bytes": 400, "max_holdout_bytes": 2_000}
DELTA, SKIP = "layers.0.bias:delta", "layers.0.bias:skip"


def delivered(world: World | None = None, **changes: object) -> Course:
    """Anna (70), Bert (90) and Caro (65) have published; the job is not settled."""
    course = Course(world or World(), **{"rule": EVERYBODY, "aggregate": True, "allow_list": GUESTS, **changes})
    course.to_declare(anna=70, bert=90, caro=65)
    at_submit(course, ANNA, BERT, CARO)
    for client in (ANNA, BERT, CARO):
        course.deliver(client)
    return course


def at_submit(course: Course, *clients: Address) -> None:
    for client in clients:
        course.declare(client)
    course.enter(Phase.SUBMIT)


def mean_of(*contents: Content) -> Content:
    """The mean, by numpy and the safetensors library, of models of which all is in float32."""
    files = [load(one.file) for one in contents]
    sums = {name: sum(one[name].astype(np.float64) for one in files) for name in files[0]}
    return Content(save({name: (one / len(files)).astype(np.float32) for name, one in sums.items()}))


def slow_world() -> World:
    """A machine of which an input adds six models, or scores three slices of ten rows."""
    architecture = parse_architecture(models.ARCHITECTURE)
    metric = parse_metric(models.METRIC, architecture)
    a_slice = slice_cycles(architecture, metric, SLICE_ROWS)
    reading = reading_cycles(architecture, metric, ROWS, SMALL["max_model_bytes"], SMALL["max_holdout_bytes"])
    aside = set_aside(SMALL["max_model_bytes"], SMALL["max_holdout_bytes"])
    return World(Budget(aside + reading + a_slice, a_slice))


def test_the_mean_of_all_verified_models_is_told_by_anyone() -> None:
    course = delivered()
    assert [one.client for one in course.settle().models] == [ANNA, BERT, CARO]
    (told,) = course.world.do(STRANGER, Aggregate(course.id)).outputs
    assert told == Aggregated(course.id, str(mean_of(*course.models.values()).cid), 3, Score(75 * PERCENT))
    view = course.world.query(f"jobs/{course.id}")["job"]["average"]
    until = course.world.now + course.terms.window
    assert view == {
        "until": until,
        "models": 3,
        "added": 3,
        "modelCid": told.model_cid,
        "rowsDone": ROWS,
        "score": 75 * PERCENT,
    }


def test_the_order_in_which_models_arrive_does_not_matter() -> None:
    cids = set()
    for order in permutations((ANNA, BERT, CARO)):
        course = Course(World(), rule=EVERYBODY, aggregate=True)
        course.to_declare(anna=70, bert=90, caro=65)
        at_submit(course, ANNA, BERT, CARO)
        for client in order:
            course.deliver(client)
        course.settle()
        cids.add(course.world.do(STRANGER, Aggregate(course.id)).notice(Aggregated).model_cid)
    assert len(cids) == 1


def test_models_in_any_encoding_are_averaged_as_they_are_scored() -> None:
    """Anna delivers a sparse delta, Bert half precision, Caro integers with a scale, Dora a whole model."""
    course = Course(World(), rule=EVERYBODY, aggregate=True)
    true = {client: load(models.model(70).file) for client in (ANNA, BERT, CARO, DORA)}
    one = np.float32([[1]])
    files = {
        ANNA: {"layers.0.weight": one, DELTA: np.float32([20]), SKIP: np.uint8([0])},
        BERT: {name: tensor.astype(np.float16) for name, tensor in true[BERT].items()},
        CARO: {
            "layers.0.weight": one,
            "layers.0.bias": np.int8([-53]),
            "layers.0.bias:scale": np.array(1.5, np.float32),
        },
        DORA: true[DORA],
    }
    for client, file in files.items():
        course.join(client, 70)
        course.models[client] = Content(save(file))
        course.world.do(client, Commit(course.id, course.commitment(client)))
    course.enter(Phase.REVEAL)
    course.reveal()
    course.enter(Phase.DECLARE)
    at_submit(course, *files)
    for client in files:
        course.deliver(client)
    course.settle()
    told = course.world.do(STRANGER, Aggregate(course.id)).notice(Aggregated)
    bias = np.float32([(-79.5 - 79.5 - 79.5 - 79.5) / 4])
    initial = load(course.initial.file)["layers.0.bias"]
    assert (initial + 20 == bias).all(), "the delta is meant to make Anna's model"
    assert told.model_cid == str(file_cid(save({"layers.0.weight": one, "layers.0.bias": bias})))
    assert (told.models, told.score) == (4, 70 * PERCENT)


def test_the_average_of_one_model_is_that_model() -> None:
    course = Course(World(), aggregate=True)
    course.to_declare(anna=70)
    at_submit(course, ANNA)
    course.deliver(ANNA)
    course.settle()
    told = course.world.do(SPONSOR, Aggregate(course.id)).notice(Aggregated)
    assert told == Aggregated(course.id, str(mean_of(course.models[ANNA]).cid), 1, Score(70 * PERCENT))


def test_only_who_was_due_is_in_it() -> None:
    """By `market`, Bert's model leaves nothing to pay Caro for; hers stays secret, and out of the average."""
    course = Course(World(), aggregate=True)
    course.to_declare(anna=70, bert=90, caro=65)
    at_submit(course, ANNA, BERT, CARO)
    for client in (ANNA, BERT):
        course.deliver(client)
    course.settle()
    told = course.world.do(STRANGER, Aggregate(course.id)).notice(Aggregated)
    assert told.models == 2
    assert told.model_cid == str(mean_of(course.models[ANNA], course.models[BERT]).cid)


def test_who_failed_is_not_in_it() -> None:
    course = Course(World(), rule=EVERYBODY, aggregate=True)
    course.to_declare(anna=70, bert=90)
    at_submit(course, ANNA, BERT)
    course.deliver(ANNA)
    course.after_the_last_round()
    course.settle()
    assert course.world.do(STRANGER, Aggregate(course.id)).notice(Aggregated).models == 1


@pytest.mark.parametrize("aggregate", [False, True])
def test_without_verified_models_there_is_no_average(*, aggregate: bool) -> None:
    course = Course(World(), aggregate=aggregate)
    course.to_declare(anna=70)
    at_submit(course, ANNA)
    course.after_the_last_round()
    assert course.settle().ending == Ending.NOBODY_SUBMITTED
    refusal = course.world.refuse(NothingToAggregate, STRANGER, Aggregate(course.id))
    assert refusal.ending == Ending.NOBODY_SUBMITTED
    assert course.world.query(f"jobs/{course.id}")["job"]["average"] is None
    assert_nothing_is_held(course.world)


@pytest.mark.parametrize("late", [0, 1])
def test_it_can_be_made_for_a_window_after_the_settlement_to_the_second(late: int) -> None:
    course = delivered()
    course.world.wait(50_000)
    course.settle()
    course.world.wait(course.terms.window + late)
    if late:
        course.world.refuse(TooLateToAggregate, SPONSOR, Aggregate(course.id))
    else:
        assert course.world.do(STRANGER, Aggregate(course.id)).all(Aggregated)


def test_pay_does_not_wait_for_it_nor_depend_on_it() -> None:
    with_it, without = delivered(), delivered(aggregate=False)
    paid, expected = with_it.settle(), without.settle()
    assert paid == expected
    assert not with_it.world.do(STRANGER, Aggregate(with_it.id)).transfers
    assert with_it.world.wallets == without.world.wallets


def test_an_input_does_as_many_steps_as_fit() -> None:
    course = delivered(slow_world(), **SMALL)
    course.settle()
    progress = []
    while not (result := course.world.do(STRANGER, Aggregate(course.id))).all(Aggregated):
        (said,) = [one.body["aggregate"] for one in result.all(Report)]
        view = course.world.query(f"jobs/{course.id}")["job"]["average"]
        assert (said["added"], said["rowsDone"]) == (view["added"], view["rowsDone"])
        progress.append((said["added"], view["modelCid"] is not None, said["rowsDone"]))
    assert progress == [(3, True, 10), (3, True, 40), (3, True, 70)]
    fast = delivered()
    fast.settle()
    assert result.outputs == fast.world.do(STRANGER, Aggregate(fast.id)).outputs
    assert_nothing_is_held(course.world)


def test_models_are_added_a_few_at_a_time() -> None:
    """Seven of them take two inputs before there is a file."""
    course = Course(slow_world(), rule=EVERYBODY, aggregate=True, **SMALL)
    clients = (ANNA, BERT, CARO, DORA, EMIL, STRANGER, account(0xF6))
    for number, client in enumerate(clients):
        course.join(client, 70 + number)
    course.enter(Phase.REVEAL)
    course.reveal()
    course.enter(Phase.DECLARE)
    at_submit(course, *clients)
    for client in reversed(clients):
        course.deliver(client)
    course.settle()
    first = course.world.do(STRANGER, Aggregate(course.id)).notice(Report).body["aggregate"]
    assert first == {"jobId": course.id, "models": 7, "added": 6, "rowsDone": 0}
    assert len(course.world.state.verified) == 1, "a model that has been added is kept no longer"
    while not (result := course.world.do(STRANGER, Aggregate(course.id))).all(Aggregated):
        pass
    assert result.notice(Aggregated).model_cid == str(mean_of(*course.models.values()).cid)


def test_a_half_made_average_is_given_up_with_its_window() -> None:
    course = delivered(slow_world(), **SMALL)
    course.settle()
    course.world.do(STRANGER, Aggregate(course.id))
    course.world.wait(course.terms.window + 1)
    course.world.refuse(TooLateToAggregate, STRANGER, Aggregate(course.id))


def test_what_it_is_made_of_is_held_until_it_is_told() -> None:
    course = delivered()
    state, before = course.world.state, course.job.reserved_bytes
    kept = {key.owner: file for key, file in state.verified.items()}
    assert kept == {client: content.file for client, content in course.models.items()}
    course.settle()
    assert (state.progress.open_jobs, state.progress.reserved_bytes) == (1, before)
    assert state.holdouts.keys() == state.initials.keys() == {course.id}
    assert state.initials[course.id].qualities is None
    course.world.do(STRANGER, Aggregate(course.id))
    assert_nothing_is_held(course.world)


def test_what_is_no_longer_needed_is_free_at_once() -> None:
    """Two of three clients fail: their places in memory are free from the settlement on."""
    course = Course(World(), rule=EVERYBODY, aggregate=True)
    course.to_declare(anna=70, bert=90, caro=65)
    at_submit(course, ANNA, BERT, CARO)
    course.deliver(CARO)
    course.after_the_last_round()
    before, progress = course.job.reserved_bytes, course.world.state.progress
    course.settle()
    freed = before - course.job.reserved_bytes
    assert freed == 2 * course.job.needs.seat
    assert course.world.state.progress.reserved_bytes == progress.reserved_bytes - freed


def assert_nothing_is_held(world: World) -> None:
    state = world.state
    for part in (state.buffers, state.holdouts, state.initials, state.scorings, state.verified, state.averages):
        assert not part
    assert (state.progress.open_jobs, state.progress.reserved_bytes) == (0, 0)
    assert not state.places


def test_a_job_without_an_average_keeps_no_models() -> None:
    course = delivered(aggregate=False)
    assert not course.world.state.verified
    course.settle()
    assert_nothing_is_held(course.world)


def test_memory_is_reserved_for_it_from_the_start() -> None:
    plain, wanted = Course(World()), Course(World(), aggregate=True)
    for course in (plain, wanted):
        course.accept(ANNA)
    numbers, file = 8 * 2, len(mean_of(models.model(70)).file)
    assert wanted.job.reserved_bytes - plain.job.reserved_bytes >= max(numbers, file)


def test_who_needs_room_frees_averages_that_were_not_made_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    held = delivered(world)
    held.settle()
    monkeypatch.setattr(closing, "MAX_RESERVED_BYTES", world.state.progress.reserved_bytes + 1)
    order = CreateJob(terms_from_now(world, variant=1))
    result = world.deposit(SPONSOR, 1_000, order)
    assert result.credited == CapacityReached.code(), "an average that can still be made is not given up"
    world.wait_until((held.job.average.until // 86_400 + 1) * 86_400)
    order = CreateJob(terms_from_now(world, variant=1))
    assert world.deposit(SPONSOR, 1_000, order).credited is None
    assert not world.state.verified
    world.refuse(TooLateToAggregate, STRANGER, Aggregate(held.id))


def test_a_job_that_others_settle_late_can_still_be_averaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who needs room settles a job that nobody cared for; its window begins then."""
    world = World()
    course = delivered(world)
    world.wait(10 * 86_400)
    monkeypatch.setattr(closing, "MAX_RESERVED_BYTES", world.state.progress.reserved_bytes + 1)
    result = world.deposit(SPONSOR, 1_000, CreateJob(terms_from_now(world, variant=1)))
    assert result.credited == CapacityReached.code()
    assert result.notice(Settled).job_id == course.id
    world.wait(course.terms.window)
    assert world.do(STRANGER, Aggregate(course.id)).all(Aggregated)


def test_a_settled_job_has_ended_whether_or_not_its_average_is_made() -> None:
    course = delivered()
    course.settle()
    course.world.refuse(JobEnded, STRANGER, Settle(course.id))
    assert course.world.query("jobs?phase=ended")["jobs"][0]["ending"] == "settled"
    course.world.do(STRANGER, Aggregate(course.id))
    course.world.refuse(JobEnded, STRANGER, Settle(course.id))


def test_it_is_not_made_before_the_settlement() -> None:
    course = delivered()
    course.world.refuse(NotSettled, STRANGER, Aggregate(course.id))
    assert course.settle().ending == Ending.SETTLED


def refusal_at_creation(**changes: object) -> str | None:
    world = World()
    return world.deposit(SPONSOR, 1_000, CreateJob(terms_from_now(world, aggregate=True, **changes))).credited


def test_terms_may_not_ask_for_what_has_no_meaning() -> None:
    forest = {"task": "classification", "inputs": 1, "outputs": 2, "trees": 2, "nodes": 7, "depth": 2}
    architecture = json.dumps({"family": "trees", **forest})
    assert refusal_at_creation(architecture=architecture) == NoAverage.code()


def test_terms_may_not_ask_for_what_does_not_fit() -> None:
    """A million weights by sparse deltas of a few kilobytes: each model is cheap, but their mean is not."""
    assert refusal_at_creation(max_model_bytes=MAX_FILE_BYTES) == TooMuchWork.code()
    wide = {"family": "mlp", "task": "classification", "inputs": 8_192, "hidden": [1_500], "outputs": 2}
    assert refusal_at_creation(architecture=json.dumps(wide)) in (TooMuchMemory.code(), TooMuchWork.code())


def test_the_window_for_it_counts_among_the_days_of_a_job() -> None:
    end = START + MAX_JOB_SECONDS
    windows = {"declare_until": Timestamp(end - 2_000), "submit_until": Timestamp(end - 1_000), "max_rounds": 1}
    assert Course(World(), **windows).id
    assert refusal_at_creation(**windows) == JobTooLong.code()


def test_jobs_are_averaged_each_by_itself() -> None:
    world = World()
    first, second = delivered(world), delivered(world, variant=1, max_rounds=1)
    for course in (first, second):
        course.settle()
    told = [world.do(STRANGER, Aggregate(course.id)).notice(Aggregated) for course in (second, first)]
    assert [one.job_id for one in told] == [second.id, first.id]
    assert_nothing_is_held(world)
