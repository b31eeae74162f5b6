"""To average extreme models takes no more memory than was reserved: the sums, the mean, and what lies between."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import TypeVar

import pytest

from deml.ipld import file_cid
from deml.scoring import load_model, no_sums
from deml.scoring.averaging import mean_bytes
from deml.scoring.memory import averaging_bytes, model_bytes
from tests.support.extremes import Extreme, extremes
from tests.support.families import FAMILIES
from tests.support.scale import SCALE

AVERAGED = [one for one in FAMILIES if one != "trees"]
SMALL_OBJECTS = 2**16
"""Names, shapes and dictionaries, which are set aside with a job's terms."""

T = TypeVar("T")


@pytest.mark.parametrize("family", AVERAGED)
def test_peaks_stay_within_what_was_reserved(family: str) -> None:
    jobs = list(extremes(family, range(200, 200 + 2 * SCALE)))
    assert jobs
    for job in jobs:
        tracemalloc.start()
        try:
            average(job)
        finally:
            tracemalloc.stop()


def average(job: Extreme) -> None:
    """Add a model twice, as two inputs would, and write the mean."""
    architecture, initial = job.architecture, load_model(job.architecture, job.initial)
    before = tracemalloc.get_traced_memory()[0]
    working = before + averaging_bytes(architecture, job.max_rows, job.max_model_bytes, job.max_holdout_bytes)
    reserved = max(model_bytes(architecture), mean_bytes(architecture))

    def held() -> int:
        return tracemalloc.get_traced_memory()[0] - before

    def mean() -> bytes:
        one = within(working, lambda: no_sums(architecture).plus(load_model(architecture, job.model, initial)))
        assert held() <= reserved + SMALL_OBJECTS, job.name
        two = within(working + reserved, lambda: one.plus(load_model(architecture, job.model, initial)))
        return within(working + reserved, two.mean)

    file = mean()
    assert held() <= reserved + SMALL_OBJECTS, job.name
    within(working + reserved, lambda: file_cid(file))


def within(limit: int, work: Callable[[], T]) -> T:
    """Do something that may take at most so many bytes, together with what is there."""
    tracemalloc.reset_peak()
    made = work()
    assert tracemalloc.get_traced_memory()[1] <= limit + SMALL_OBJECTS
    return made
