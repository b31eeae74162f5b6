"""Plots that take several inputs: what the attacks on protocol 1 were made of, for a `Crowd` to try at random.

Each sends its first input and leaves the rest to the crowd's next steps; whatever comes between them may spoil it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from deml.base.inputs import Accept, Settle
from deml.base.outputs import JobCreated
from deml.base.states import AWAITED, Phase
from deml.base.types import ETHER, Address
from deml.core.phases import phase_of
from deml.wire import inputs
from tests.support import models
from tests.support.course import Course
from tests.support.deployment import account
from tests.support.world import Result

if TYPE_CHECKING:
    from tests.support.crowd import Crowd

SQUATTERS: Final = tuple(account(byte) for byte in range(0x81, 0x87))
"""As many as there can be places."""

REPEATS: Final = 6
"""Wrong files in a row: more than are looked at."""


def squat(crowd: Crowd) -> Result:
    """Take all places that are left in a job, and never commit."""
    open_ones = [
        course
        for _, course in crowd.running()
        if phase_of(course.job, crowd.world.now) is Phase.COMMIT and not course.terms.allow_list
    ]
    if not open_ones:
        return crowd.anything()
    return _in_turn(crowd, [partial(_take_place, crowd, crowd.rng.choice(open_ones), one) for one in SQUATTERS])


def hoard(crowd: Crowd) -> Result:
    """Open a job, whose places squatters take: each sets memory aside."""
    made = crowd.new_job()
    for posted in made.all(JobCreated):
        course = crowd.courses[posted.job_id]
        crowd.pending += [partial(_take_place, crowd, course, one) for one in SQUATTERS]
    return made


def climb(crowd: Crowd) -> Result:
    """Have puppets commit to true models of many scores, a step from one to the next."""
    joined = [
        (course, client.address)
        for _, course in crowd.running()
        if phase_of(course.job, crowd.world.now) is Phase.COMMIT
        for client in course.job.clients
        if client.address in crowd.puppets
    ]
    if not joined:
        return crowd.anything()
    chosen, _ = crowd.rng.choice(joined)
    first = crowd.rng.randint(48, 70)
    steps = [client for course, client in joined if course is chosen]
    return _in_turn(crowd, [partial(_commit, chosen, client, first + 2 * place) for place, client in enumerate(steps)])


def shave(crowd: Crowd) -> Result:
    """Of the puppets' models, declare the one just below what somebody honest has declared; the others stay silent."""
    for _, course in crowd.running():
        job = course.job
        if phase_of(job, crowd.world.now) is not Phase.DECLARE or job.revealed is None:
            continue
        seen = [one.declared for one in job.clients if one.address in crowd.honest and one.declared is not None]
        puppets = [
            one
            for one in job.clients
            if one.address in crowd.puppets
            and one.declared is None
            and crowd.knows(course, one)
            and any(course.scores[one.address] < declared for declared in seen)
        ]
        if puppets:
            nearest = max(puppets, key=lambda one: course.scores[one.address])
            crowd.seen["shaved"] += 1
            return course.declare(nearest.address, None, 0)
    return crowd.anything()


def repeat(crowd: Crowd) -> Result:
    """A due client sends what it did not commit to, again and again: to read it costs the machine more than to send."""
    due = [
        (course, client.address)
        for _, course in crowd.running()
        for client in crowd.current(course.job).standing(*AWAITED)
        if client.address in crowd.puppets and client.address in course.models
    ]
    if not due:
        return crowd.anything()
    course, client = crowd.rng.choice(due)
    other = models.model(0, 7)
    wrong = inputs.encode(course.submission(client, weights=other.stream()))
    return _in_turn(crowd, [partial(crowd.world.send, client, wrong)] * REPEATS)


def oversleep(crowd: Crowd) -> None:
    """Let several windows pass in which nobody but who is due does anything; then somebody pokes."""
    rounds = [course for _, course in crowd.running() if phase_of(course.job, crowd.world.now) is Phase.SUBMIT]
    if rounds:
        course = crowd.rng.choice(rounds)
        crowd.pass_time(crowd.world.now + crowd.rng.randint(2, 5) * course.terms.window)
        crowd.pending.append(partial(crowd.world.send, crowd.stranger, inputs.encode(Settle(course.id))))
        crowd.seen["poked windows late"] += 1


def _in_turn(crowd: Crowd, moves: list[partial[Result]]) -> Result:
    first, *rest = moves
    crowd.pending += rest
    return first()


def _commit(course: Course, client: Address, percent: int) -> Result:
    """Commit if it is still time."""
    if phase_of(course.job, course.world.now) is Phase.COMMIT and course.job.client(client) is not None:
        return course.commit(client, percent)
    return course.world.send(client, b"too late")


def _take_place(crowd: Crowd, course: Course, squatter: Address) -> Result:
    """Accept; once all places are held so, no less than the escrow is locked up."""
    world, order = crowd.world, Accept(course.id, ETHER)
    if not course.terms.stake:
        result = world.send(squatter, inputs.encode(order))
    else:
        result = world.deposit(squatter, course.terms.stake, order, course.terms.reward_token)
    if result.credited == "CAPACITY_REACHED":
        crowd.seen["capacity held"] += 1
    job = course.job
    if len(job.clients) == job.terms.max_participants and all(one.address in SQUATTERS for one in job.clients):
        crowd.seen["all places squatted"] += 1
        assert sum(one.stake for one in job.clients) >= job.escrow
    return result
