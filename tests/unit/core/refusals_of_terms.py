"""Terms that are refused."""

from __future__ import annotations

import json
from dataclasses import replace

from deml.base import bounds, limits
from deml.base.errors import DemlError
from deml.base.inputs import (
    Aggregate,
    CreateJob,
    TopUp,
)
from deml.base.states import Ending, Phase
from deml.base.terms import FixedRule, MarketRule, UnknownRule
from deml.base.types import Amount, JobId, Score, Timestamp
from deml.core import errors
from deml.market import errors as market
from deml.scoring.blocks import BLOCK_NUMBERS
from deml.scoring.memory import BLOCK_ARRAYS, OBJECTS
from deml.scoring.reservation import BYTES_PER_CLIENT, RECORD_BYTES, buffer_bytes
from tests.support import models
from tests.support.course import ANNA, SPONSOR, STRANGER, WINDOW, Course
from tests.support.refusals import MEAN_OF_70, Report, reaches, reason, refused_terms
from tests.support.world import START, World

# Terms


@reaches(bounds.TermOutOfBounds, term="escrow", value=0, low=1, high=2**128 - 1)
def create_for_nothing(world: World) -> Report:
    return refused_terms(world, escrow=0)


@reaches(bounds.WindowTooShort, window="reveal", seconds=119, minimum=120)
def create_in_haste(world: World) -> Report:
    return refused_terms(world, commit_until=Timestamp(START + 2 * WINDOW - 119))


@reaches(bounds.JobTooLong, seconds=limits.MAX_JOB_SECONDS + 1, limit=limits.MAX_JOB_SECONDS)
def create_for_too_long(world: World) -> Report:
    """One round of 1,000 seconds, and as long again to score what it brought: one second too long."""
    end = START + limits.MAX_JOB_SECONDS + 1
    windows = {"declare_until": Timestamp(end - 2_000), "submit_until": Timestamp(end - 1_000)}
    return refused_terms(world, max_rounds=1, **windows)


@reaches(bounds.UnprintableTitle, position=4)
def create_with_an_escape_sequence(world: World) -> Report:
    return refused_terms(world, title="ring\x07")


@reaches(bounds.StakeTooSmall, stake=10, minimum=11)
def create_with_too_small_a_stake(world: World) -> Report:
    return refused_terms(world, escrow=1_001, stake=Amount(10))


@reaches(bounds.StakeTooSmall, stake=0, minimum=10)
def create_with_rivals_and_no_stake(world: World) -> Report:
    return refused_terms(world, rule=FixedRule(Amount(300), 1), max_participants=4, stake=Amount(0))


@reaches(market.UnknownRewardRule, kind="shapley")
def create_with_an_unknown_rule(world: World) -> Report:
    return refused_terms(world, rule=UnknownRule("shapley", b"?"))


@reaches(market.RewardTooSmall, reward=0, threshold=5)
def create_without_a_reward(world: World) -> Report:
    return refused_terms(world, rule=FixedRule(Amount(0), 5))


@reaches(market.EscrowBelowReward, escrow=1_000, reward=1_001)
def create_with_an_unaffordable_reward(world: World) -> Report:
    return refused_terms(world, rule=FixedRule(Amount(1_001), 5))


@reaches(market.TargetNotAboveBaseline, target=500_000, baseline=500_000)
def create_with_nothing_to_improve(world: World) -> Report:
    return refused_terms(world, rule=MarketRule(Score(500_000), 1))


@reaches(market.GridOutOfRange, grid=400_001, distance=400_000)
def create_with_a_grid_too_coarse(world: World) -> Report:
    return refused_terms(world, rule=MarketRule(Score(900_000), 400_001))


@reaches(bounds.SeatsTooCheap, stake=100, minimum=125)
def create_with_places_for_little(world: World) -> Report:
    return refused_terms(world, max_participants=8)


@reaches(market.TooFewRowsForTarget, distance=400_000, rows=19, needed=20)
def create_with_a_target_that_could_be_luck(world: World) -> Report:
    return refused_terms(world, confidence=950_000, min_rows=19)


def settled(world: World, *, aggregate: bool) -> Course:
    """A job of which Anna's model, right in 70 of 100 cases, is verified and paid."""
    course = Course(world, aggregate=aggregate)
    course.to_declare(anna=70)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.deliver(ANNA)
    course.settle()
    return course


@reaches(errors.NotSettled, job_id=1, phase=Phase.SUBMIT)
def average_before_settlement(world: World) -> DemlError:
    course = Course(world, aggregate=True)
    course.to_declare(anna=70)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.deliver(ANNA)
    return world.refuse(errors.NotSettled, STRANGER, Aggregate(course.id))


@reaches(errors.NothingToAggregate, job_id=1, ending=Ending.SETTLED)
def average_that_nobody_asked_for(world: World) -> DemlError:
    course = settled(world, aggregate=False)
    return world.refuse(errors.NothingToAggregate, STRANGER, Aggregate(course.id))


@reaches(errors.AlreadyAggregated, job_id=1, model_cid=MEAN_OF_70)
def average_twice(world: World) -> DemlError:
    course = settled(world, aggregate=True)
    world.do(STRANGER, Aggregate(course.id))
    return world.refuse(errors.AlreadyAggregated, STRANGER, Aggregate(course.id))


@reaches(errors.TooLateToAggregate, job_id=1, until=START + 4 * WINDOW + 1, timestamp=START + 4 * WINDOW + 2)
def average_too_late(world: World) -> DemlError:
    course = settled(world, aggregate=True)
    world.wait(WINDOW + 1)
    return world.refuse(errors.TooLateToAggregate, STRANGER, Aggregate(course.id))


@reaches(errors.UnknownPreviousJob, previous_job=1, jobs=0)
def create_after_a_job_that_never_was(world: World) -> Report:
    return refused_terms(world, previous_job=JobId(1))


@reaches(errors.TopUpWeakens, job_id=1, escrow=1_001, stakes=1_000)
def top_up_beyond_what_the_stakes_cover(world: World) -> Report:
    course = Course(world, stake=Amount(500))
    course.accept(ANNA)
    return reason(world.deposit(SPONSOR, 1, TopUp(course.id)))


@reaches(errors.HoldoutReused, job_id=1)
def create_twice_with_one_holdout(world: World) -> Report:
    terms = Course(world).terms
    return reason(world.deposit(SPONSOR, 1_000, CreateJob(replace(terms, title="Once more"))))


@reaches(
    errors.CapacityReached,
    needed=2 * (RECORD_BYTES + 4 * (21 + len(models.ARCHITECTURE)))
    + (buffer_bytes(2**13) + 8 * 2 + 8 * 100)
    + 129 * buffer_bytes(2**22)
    + 128 * 2 * BYTES_PER_CLIENT,
    available=limits.MAX_RESERVED_BYTES,
)
def create_with_too_much_to_hold(world: World) -> Report:
    return refused_terms(world, max_participants=128, max_model_bytes=2**22)


@reaches(
    bounds.TooMuchMemory,
    needed=2 * (2**13 + 2**12)
    + 16 * (2 * 2**13 + (2**13 + 1) * 2**13 + (2**13 + 1) * 2)
    + 64 * 100
    + BLOCK_ARRAYS * 8 * BLOCK_NUMBERS
    + OBJECTS,
    limit=limits.MAX_WORKING_BYTES,
)
def create_with_too_much_memory(world: World) -> Report:
    """Seventy million weights in float64."""
    fields = {"family": "mlp", "task": "classification", "inputs": 1, "hidden": [8_192, 8_192], "outputs": 2}
    return refused_terms(world, architecture=json.dumps(fields))


@reaches(bounds.TooMuchWork)
def create_with_too_much_work(world: World) -> Report:
    return refused_terms(world, max_model_bytes=limits.MAX_FILE_BYTES)


@reaches(bounds.TooManySlices, slices=455, limit=limits.MAX_SLICES)
def create_with_endless_scoring(world: World) -> Report:
    """Each row takes seven million multiply-adds."""
    fields = {"family": "mlp", "task": "classification", "inputs": 1, "hidden": [1_024] * 8, "outputs": 2}
    return refused_terms(world, architecture=json.dumps(fields), max_rows=5_000)
