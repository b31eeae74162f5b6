"""A term beyond its bounds is refused with its value and the bounds; one at a bound is not."""

from __future__ import annotations

from typing import Any

import pytest

from deml.base import bounds, limits
from deml.base.types import Amount, Score, Timestamp
from tests.support.course import WINDOW, Course, terms_from_now
from tests.support.refusals import refused_terms
from tests.support.world import START, World

BOUNDS: list[tuple[str, dict[str, Any], int, int, int]] = [
    ("title, in bytes,", {"title": ""}, 0, 1, 200),
    ("title, in bytes,", {"title": "é" * 101}, 202, 1, 200),
    ("architecture, in bytes,", {"architecture": ""}, 0, 1, 8_192),
    ("architecture, in bytes,", {"architecture": " " * 8_193}, 8_193, 1, 8_192),
    ("baseline", {"baseline": Score(2**40 + 1)}, 2**40 + 1, -(2**40), 2**40),
    ("baseline", {"baseline": Score(-(2**40) - 1)}, -(2**40) - 1, -(2**40), 2**40),
    ("maxRounds", {"max_rounds": 0}, 0, 1, 16),
    ("maxRounds", {"max_rounds": 17}, 17, 1, 16),
    ("bondBps", {"bond_bps": 499}, 499, 500, 10_000),
    ("bondBps", {"bond_bps": 10_001}, 10_001, 500, 10_000),
    ("maxParticipants", {"max_participants": 0}, 0, 1, 128),
    ("maxParticipants", {"max_participants": 129}, 129, 1, 128),
    ("maxModelBytes", {"max_model_bytes": 0}, 0, 1, limits.MAX_FILE_BYTES),
    ("maxModelBytes", {"max_model_bytes": 2**25 + 1}, 2**25 + 1, 1, limits.MAX_FILE_BYTES),
    ("maxHoldoutBytes", {"max_holdout_bytes": 0}, 0, 1, limits.MAX_FILE_BYTES),
    ("maxHoldoutBytes", {"max_holdout_bytes": 2**25 + 1}, 2**25 + 1, 1, limits.MAX_FILE_BYTES),
    ("maxRows", {"max_rows": 0}, 0, 1, 1_000_000),
    ("maxRows", {"max_rows": 1_000_001}, 1_000_001, 1, 1_000_000),
    ("minRows", {"min_rows": 0}, 0, 1, 100),
    ("minRows", {"min_rows": 101}, 101, 1, 100),
    ("confidence", {"confidence": 1}, 1, 500_000, 999_000),
    ("confidence", {"confidence": 999_001}, 999_001, 500_000, 999_000),
    ("evidenceCut", {"evidence_cut": 1}, 1, 0, 0),
]


@pytest.mark.parametrize(("term", "changes", "value", "low", "high"), BOUNDS)
def test_a_term_beyond_its_bounds(term: str, changes: dict[str, Any], value: int, low: int, high: int) -> None:
    found = refused_terms(World(), **changes)
    assert found["code"] == "TERM_OUT_OF_BOUNDS"
    assert found["values"] == {"term": term, "value": str(value), "low": str(low), "high": str(high)}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"metric": "macro_f1"}, "NO_PAIRING"),
        ({"metric": "log_loss"}, "CUT_OUT_OF_RANGE"),
        ({"evidence_cut": 1}, "CUT_OUT_OF_RANGE"),
    ],
)
def test_luck_that_cannot_be_told(changes: dict[str, Any], code: str) -> None:
    sure = {"confidence": 950_000, "min_rows": 100}
    assert refused_terms(World(), **sure, **changes)["code"] == code


@pytest.mark.parametrize("window", ["commit", "reveal", "declare", "submit"])
@pytest.mark.parametrize("seconds", [119, 0, -1])
def test_a_window_too_short(window: str, seconds: int) -> None:
    world = World()
    terms = terms_from_now(world)
    names = ["commit_until", "holdout_until", "declare_until", "submit_until"]
    index = ["commit", "reveal", "declare", "submit"].index(window)
    begin = world.now if index == 0 else getattr(terms, names[index - 1])
    changes: dict[str, Any] = {names[index]: Timestamp(begin + seconds)}
    for later in range(index + 1, 4):
        changes[names[later]] = Timestamp(begin + seconds + later * WINDOW)
    found = refused_terms(world, **changes)
    assert found["code"] == "WINDOW_TOO_SHORT"
    assert found["values"] == {"window": window, "seconds": str(seconds), "minimum": "120"}


def test_windows_at_their_limits_are_taken() -> None:
    world = World()
    ends = ("commit_until", "holdout_until", "declare_until", "submit_until")
    shortest: dict[str, Any] = {name: Timestamp(START + 120 * index) for index, name in enumerate(ends, start=1)}
    assert Course(world, **shortest, max_rounds=16).job.terms.window == 120
    end = START + limits.MAX_JOB_SECONDS
    windows = {"declare_until": Timestamp(end - 2_000), "submit_until": Timestamp(end - 1_000)}
    longest = Course(world, variant=1, max_rounds=1, **windows)
    assert longest.terms.latest_end - START == limits.MAX_JOB_SECONDS


@pytest.mark.parametrize(("term", "changes", "value", "low", "high"), BOUNDS)
def test_a_term_at_its_bounds(term: str, changes: dict[str, Any], value: int, low: int, high: int) -> None:
    """Where a value beyond a bound is refused, the bound itself is not; other checks may still object."""
    (name,) = changes
    for bound in (low, high):
        at_bound = "x" * bound if isinstance(changes[name], str) else bound
        terms = terms_from_now(World(), **{name: at_bound})
        bounds.check_terms(terms, Amount(1_000), START)
