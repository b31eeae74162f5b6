"""Accepting, committing, replacing a commitment, topping up."""

from __future__ import annotations

from typing import Any

import pytest

from deml.base.inputs import Accept, Cancel, Commit, CreateJob, SetPayTo, TopUp
from deml.base.outputs import Accepted, Committed, JobCreated, PayToChanged, ToppedUp
from deml.base.states import Phase, Standing
from deml.base.terms import FixedRule
from deml.base.types import ETHER, Amount
from deml.core.errors import CommitmentMismatch
from tests.support.course import ANNA, BERT, CARO, GUESTS, SPONSOR, Course, terms_from_now
from tests.support.deployment import account
from tests.support.world import TOKEN, World


def open_to_all(world: World, **changes: Any) -> Course:
    """A job with a reward for each of its guests, which asks for no stake."""
    return Course(world, rule=FixedRule(Amount(100), 20_000), stake=Amount(0), allow_list=GUESTS, **changes)


def test_a_job_is_created_as_its_terms_say() -> None:
    world = World()
    course = Course(world, escrow=5_000, stake=Amount(500))
    notice = world.history[-1].notice(JobCreated)
    assert notice == JobCreated(course.id, SPONSOR, Amount(5_000), course.terms)
    assert (course.job.escrow, course.job.clients, course.job.outcome) == (5_000, (), None)


def test_jobs_are_numbered_from_one_and_failed_ones_take_no_number() -> None:
    world = World()
    first = Course(world, variant=1)
    with pytest.raises(AssertionError, match="TARGET_NOT_ABOVE_BASELINE"):
        Course(world, variant=2, baseline=900_000)
    second = Course(world, variant=2)
    assert (first.id, second.id) == (1, 2)


def test_accept_with_a_stake() -> None:
    world = World()
    course = Course(world)
    result = course.accept(ANNA)
    assert result.outputs == (Accepted(course.id, ANNA, ANNA),)
    client = world.client(course.id, ANNA)
    assert (client.stake, client.pay_to, client.standing) == (100, ANNA, Standing.ACCEPTED)


def test_accept_without_a_stake() -> None:
    world = World()
    course = open_to_all(world)
    assert world.do(ANNA, Accept(course.id, BERT)).outputs == (Accepted(course.id, ANNA, BERT),)
    assert world.client(course.id, ANNA).pay_to == BERT


def test_accept_without_a_stake_inside_a_deposit_credits_all_of_it() -> None:
    world = World()
    course = open_to_all(world)
    result = world.deposit(ANNA, 40, Accept(course.id, ETHER))
    assert result.all(Accepted) == [Accepted(course.id, ANNA, ANNA)]
    assert result.credited == ""
    assert world.balance(ANNA) == 40


def test_what_exceeds_the_stake_is_credited() -> None:
    world = World()
    course = Course(world)
    result = world.deposit(ANNA, 130, Accept(course.id, ETHER))
    assert result.notice(Accepted).client == ANNA
    assert result.credited == ""
    assert world.balance(ANNA) == 30
    assert world.client(course.id, ANNA).stake == 100


def test_the_allow_list_lets_in_whom_it_names() -> None:
    world = World()
    course = Course(world, allow_list=(ANNA, CARO))
    course.accept(ANNA)
    assert world.deposit(BERT, 100, Accept(course.id, ETHER)).credited == "NOT_ON_ALLOW_LIST"
    course.accept(CARO)


def test_a_replacement_moves_to_the_end_of_the_order() -> None:
    world = World()
    course = Course(world)
    for client in (ANNA, BERT, CARO):
        course.join(client, 70)
    assert [one.address for one in course.job.in_commit_order()] == [ANNA, BERT, CARO]
    result = course.commit(ANNA, 80)
    assert result.outputs == (Committed(course.id, ANNA, course.commitment(ANNA)),)
    assert [one.address for one in course.job.in_commit_order()] == [BERT, CARO, ANNA]
    course.commit(BERT, 70)
    assert [one.address for one in course.job.in_commit_order()] == [CARO, ANNA, BERT]
    assert len(course.job.clients) == 3


def test_the_same_commitment_again_counts_as_a_replacement() -> None:
    world = World()
    course = Course(world)
    course.join(ANNA, 70)
    course.join(BERT, 70)
    world.do(ANNA, Commit(course.id, course.commitment(ANNA)))
    assert [one.address for one in course.job.in_commit_order()] == [BERT, ANNA]


def test_only_the_last_commitment_can_be_opened() -> None:
    world = World()
    course = Course(world)
    course.join(ANNA, 90)
    earlier = course.submission(ANNA)
    course.commit(ANNA, 70)
    course.to_declare()
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    world.refuse(CommitmentMismatch, ANNA, earlier)
    course.submit(ANNA)


def test_set_pay_to_zero_means_oneself() -> None:
    world = World()
    course = Course(world)
    course.accept(ANNA, pay_to=BERT)
    assert world.do(ANNA, SetPayTo(course.id, ETHER)).outputs == (PayToChanged(course.id, ANNA, ANNA),)
    assert world.client(course.id, ANNA).pay_to == ANNA


def test_a_top_up_raises_the_escrow() -> None:
    world = World()
    course = Course(world, stake=Amount(150))
    assert world.deposit(SPONSOR, 500, TopUp(course.id)).outputs == (ToppedUp(course.id, Amount(1_500)),)
    course.to_declare(anna=90)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    assert course.settle().payouts[0].pay == 1_500


def test_a_top_up_may_fill_the_escrow_to_the_brim() -> None:
    world = World()
    course = Course(world, stake=Amount(2**128 // 10 + 1))
    world.deposit(SPONSOR, 2**128 - 1 - 1_000, TopUp(course.id))
    assert course.job.escrow == 2**128 - 1
    world.do(SPONSOR, Cancel(course.id))
    assert world.wallet(SPONSOR) == 0


def test_a_top_up_must_leave_the_stakes_a_hundredth_of_the_escrow() -> None:
    """Clients staked 100; an escrow above 10,000 would make a false declaration too cheap. The deposit is credited."""
    world = World()
    course = Course(world, allow_list=GUESTS)
    assert world.deposit(SPONSOR, 9_001, TopUp(course.id)).credited == "STAKE_TOO_SMALL"
    assert (course.job.escrow, world.balance(SPONSOR)) == (1_000, 9_001)
    assert world.deposit(SPONSOR, 9_000, TopUp(course.id)).credited is None


def test_a_top_up_of_a_job_without_rivalry_needs_no_stake() -> None:
    """Every client can earn the fixed reward, so none can displace another, however large the escrow."""
    world = World()
    course = open_to_all(world)
    course.accept(ANNA)
    assert world.deposit(SPONSOR, 10**9, TopUp(course.id)).credited is None


def test_a_top_up_must_leave_it_costly_to_take_all_places() -> None:
    """Ten places of 100 each cost the escrow of 1,000; and no more than that."""
    world = World()
    course = Course(world)
    assert world.deposit(SPONSOR, 1, TopUp(course.id)).credited == "SEATS_TOO_CHEAP"
    assert course.job.escrow == 1_000


def test_a_top_up_must_not_lower_the_protection_of_who_has_accepted() -> None:
    """Two rounds of a stake of 600 cover an escrow of 1,200, and anybody who accepted has seen that."""
    world = World()
    course = Course(world, stake=Amount(600))
    assert world.deposit(SPONSOR, 500, TopUp(course.id)).credited is None
    assert world.deposit(SPONSOR, -500 % 2**128, TopUp(course.id)).credited is not None
    course.accept(ANNA)
    assert world.deposit(SPONSOR, 1, TopUp(course.id)).credited == "TOP_UP_WEAKENS"
    assert course.job.escrow == 1_500


def test_strangers_can_take_all_places_only_at_the_price_of_the_escrow() -> None:
    """Ten places: a stake of a tenth will do. Where an allow-list leaves none to strangers, any will."""
    world = World()
    for variant, (changes, code) in enumerate(
        (
            ({"stake": Amount(99)}, "SEATS_TOO_CHEAP"),
            ({"stake": Amount(100)}, None),
            ({"stake": Amount(250), "max_participants": 4}, None),
            ({"stake": Amount(249), "max_participants": 4}, "SEATS_TOO_CHEAP"),
            ({"stake": Amount(10), "allow_list": GUESTS}, None),
            ({"stake": Amount(10), "allow_list": GUESTS, "max_participants": 4}, "SEATS_TOO_CHEAP"),
        )
    ):
        order = CreateJob(terms_from_now(world, variant=variant, **changes))
        assert world.deposit(SPONSOR, 1_000, order).credited == code, changes


def test_a_cancelled_job_returns_the_escrow_and_frees_its_memory() -> None:
    world = World()
    course = Course(world)
    assert world.state.progress.reserved_bytes == course.job.reserved_bytes > 0
    (transfer,) = world.do(SPONSOR, Cancel(course.id)).transfers
    assert (transfer.token, transfer.to, transfer.amount) == (TOKEN, SPONSOR, 1_000)
    assert world.state.progress.reserved_bytes == 0


def test_one_account_may_be_in_several_jobs_and_sponsor_one_itself() -> None:
    world = World()
    first, second = Course(world), Course(world, sponsor=account(0x5B))
    for course in (first, second):
        course.join(ANNA, 70)
        course.join(SPONSOR, 80)
    assert world.client(first.id, SPONSOR).standing is Standing.COMMITTED
