"""The chain stands still, or nobody looks, while rounds would have passed: only who lied may be the worse for it.

Dues are computed by inputs. Six honest clients are each due only once those before it have failed; if rounds passed
unseen, the first input after them could call six of them due and failed at once.
"""

from __future__ import annotations

import pytest

from deml.base.inputs import Settle
from deml.base.outputs import DuesFixed
from deml.base.states import Ending, Phase, Standing
from deml.base.types import Amount
from tests.support.course import STRANGER, Course
from tests.support.deployment import account
from tests.support.world import World

PUPPET, ACCOMPLICE = account(0x31), account(0x32)
HONEST = tuple(account(0x50 + number) for number in range(6))


def plot() -> Course:
    """A false declaration in front, six honest clients with the same score, a verified accomplice at the end."""
    course = Course(World(), max_rounds=10, stake=Amount(100), max_participants=12)
    course.join(PUPPET, 89)
    for number, client in enumerate(HONEST):
        course.join(client, 80, variant=number)
    course.join(ACCOMPLICE, 90)
    course.enter(Phase.REVEAL)
    course.reveal()
    course.enter(Phase.DECLARE)
    course.declare(PUPPET, percent=89)
    for client in (*HONEST, ACCOMPLICE):
        course.declare(client)
    course.enter(Phase.SUBMIT)
    course.deliver(ACCOMPLICE)
    return course


@pytest.mark.parametrize("windows", [1, 7, 400])
def test_nobody_looks_for_windows_and_only_the_liar_fails(windows: int) -> None:
    course = plot()
    course.world.wait(windows * course.terms.window + 1)
    fixed = course.world.do(STRANGER, Settle(course.id)).notice(DuesFixed)
    assert (fixed.failed, fixed.round) == ((PUPPET,), 2)
    assert [one.client for one in fixed.dues] == [HONEST[0], ACCOMPLICE]
    assert fixed.round_until == course.world.now + course.terms.window
    course.world.wait_until(fixed.round_until)
    course.deliver(HONEST[0])
    settled = course.settle()
    by_client = {one.client: one for one in settled.payouts}
    assert settled.ending == Ending.SETTLED
    assert (by_client[HONEST[0]].pay, by_client[ACCOMPLICE].pay) == (750, 250)
    assert [by_client[one].stake for one in (*HONEST, ACCOMPLICE)] == [100] * 7
    assert [one.address for one in course.job.standing(Standing.FAILED)] == [PUPPET]


def test_dues_that_nobody_fixed_for_a_year_are_still_to_be_delivered_on() -> None:
    """The declare phase was the last thing that anybody saw; the client that is due then has its window."""
    course = Course(World())
    course.to_declare(anna=70)
    course.declare(course.job.clients[0].address)
    course.world.wait(366 * 24 * 3_600)
    (fixed,) = course.world.do(STRANGER, Settle(course.id)).outputs
    assert isinstance(fixed, DuesFixed)
    course.world.wait_until(fixed.round_until)
    course.deliver(course.job.clients[0].address)
    assert course.settle().payouts[0].pay == 500
