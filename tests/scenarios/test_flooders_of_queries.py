"""Parties that fill the dapp's lists until nobody can read them."""

from __future__ import annotations

from deml.base.inputs import Cancel
from deml.base.limits import MAX_ALLOWED, MAX_PAGE_SIZE
from deml.base.reports import encode_json
from deml.base.types import Address
from tests.support.course import Course
from tests.support.deployment import account
from tests.support.world import World

FLOODER = account(0xF1)
MACHINE_BUFFER_BYTES = 2**21
"""What the Cartesi Machine sends at once; a larger answer is none."""


def _any_account(number: int) -> Address:
    return Address(f"0x{number:040x}")


def test_flooder_posts_jobs_with_the_longest_allow_lists() -> None:
    """Jobs cost it gas only, and stay in the list when they are cancelled. The list breaks off, and goes on."""
    world = World()
    allow_list = tuple(map(_any_account, range(1, MAX_ALLOWED + 1)))
    jobs = 2 + MACHINE_BUFFER_BYTES // 20_000
    for variant in range(jobs):
        course = Course(world, sponsor=FLOODER, variant=variant, allow_list=allow_list)
        world.do(FLOODER, Cancel(course.id))
    listed: list[int] = []
    cursor: int | None = 0
    while cursor is not None:
        answer = world.query(f"jobs?limit={MAX_PAGE_SIZE}&cursor={cursor}")
        assert len(encode_json(answer)) <= MACHINE_BUFFER_BYTES
        listed += [job["jobId"] for job in answer["jobs"]]
        cursor = answer["next"]
    assert listed == list(range(1, jobs + 1))
    assert len(world.query("jobs")["jobs"]) < jobs


def test_flooder_holds_more_tokens_than_a_page() -> None:
    world = World()
    tokens = [_any_account(number) for number in range(1, MAX_PAGE_SIZE + 2)]
    for token in tokens:
        world.deposit(FLOODER, 1, token=token)
    held: list[str] = []
    cursor: int | None = 0
    while cursor is not None:
        answer = world.query(f"accounts/{FLOODER}?limit={MAX_PAGE_SIZE}&cursor={cursor}")
        assert len(answer["balances"]) <= MAX_PAGE_SIZE
        held += [one["token"] for one in answer["balances"]]
        cursor = answer["next"]
    assert held == tokens
