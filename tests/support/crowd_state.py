"""Who is in the crowd, and what it remembers of what it did."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from deml.base.inputs import (
    Submit,
)
from deml.base.states import Standing
from deml.base.types import Address, Amount, JobId, Score, Timestamp
from tests.support import models, naive, plots
from tests.support.course import ANNA, BERT, CARO, DORA, EMIL, SPONSOR, Course
from tests.support.crowd_averages import Averages
from tests.support.deployment import DEPLOYMENT, account
from tests.support.slow import SLOW
from tests.support.world import TOKEN, Result, World

Move = Callable[[], Result]

HONEST: Final = (ANNA, BERT)
OTHERS: Final = (CARO, DORA, EMIL)
CLIENTS: Final = (*HONEST, *OTHERS)
SPONSORS: Final = (SPONSOR, account(0x5B))
STRANGER: Final = account(0x66)
HOSTILE: Final = (*OTHERS, *SPONSORS, STRANGER)
TOKENS: Final = (TOKEN, account(0x71))
OPEN_JOBS: Final = 4
PORTALS: Final = (
    DEPLOYMENT.ether_portal,
    DEPLOYMENT.erc20_portal,
    DEPLOYMENT.erc721_portal,
    DEPLOYMENT.erc1155_single_portal,
    DEPLOYMENT.erc1155_batch_portal,
)
PLOTS: Final = (plots.squat, plots.hoard, plots.climb, plots.repeat)
ROOM_FOR_TERMS: Final = 20_000
"""Bytes; more than the terms of any job here set aside."""
_PERCENTS: Final = {str(models.model(percent).cid): percent for percent in range(101)}


class CrowdState:
    """A world full of people, and what they know."""

    def __init__(self, seed: int, *, scheming: bool = False) -> None:
        self.rng = random.Random(seed)
        self.world = World(SLOW)
        self.courses: dict[JobId, Course] = {}
        self.reveals: dict[JobId, bool] = {}
        self.verified: dict[tuple[JobId, Address], Amount] = {}
        self.submitted: dict[tuple[JobId, Address], Submit] = {}
        self.fates: dict[tuple[JobId, Address], naive.Fate] = {}
        self.sealed: dict[tuple[JobId, Address], tuple[bytes, ...]] = {}
        self.published: list[Submit] = []
        self.commitments: dict[JobId, dict[Address, bytes]] = {}
        self.declared: dict[tuple[JobId, Address], Score] = {}
        self.revealed: list[JobId] = []
        self.fixed: dict[tuple[JobId, int], Timestamp] = {}
        self.failed: list[tuple[JobId, Address]] = []
        self.percents = dict(_PERCENTS)
        self.seen: Counter[str] = Counter()
        self.averages = Averages(self.world, self.courses)
        self.pending: list[Move] = []
        self.scheming = scheming
        self.honest, self.puppets, self.stranger = HONEST, OTHERS, STRANGER
        self._mismatches: Counter[tuple[JobId, Address, int]] = Counter()
        self._variant = 0


def ends(course: Course) -> Iterator[int]:
    terms = course.terms
    yield from (terms.commit_until, terms.holdout_until, terms.declare_until)
    if course.job.round:
        yield course.job.round_until
        yield from (one.scored_by for one in course.job.standing(Standing.SCORING))
