"""Each reason for which the heart refuses an input or credits a deposit is reached, with the values it names."""

from __future__ import annotations

from typing import Any

import pytest

from deml.base.errors import DemlError, catalogue
from deml.base.names import camel
from deml.core import errors
from tests.support.refusals import CASES, Case, reaches
from tests.support.world import World
from tests.unit.core import refusals_of_scores, refusals_of_taking_part, refusals_of_terms

SECTIONS = (refusals_of_taking_part, refusals_of_scores, refusals_of_terms)
"""Modules whose cases are in `CASES` once they are imported."""


@reaches(errors.UnknownQuery, path="weather/today")
def ask_for_the_weather(world: World) -> DemlError:
    with pytest.raises(errors.UnknownQuery) as caught:
        world.query("weather/today")
    return caught.value


@reaches(errors.BadQueryParameter, name="limit", value="201", expected="between 1 and 200")
def ask_for_too_much(world: World) -> DemlError:
    with pytest.raises(errors.BadQueryParameter) as caught:
        world.query("jobs?limit=201")
    return caught.value


@pytest.mark.parametrize(("error", "values", "case"), CASES, ids=[case.__name__ for _, _, case in CASES])
def test_reached(error: type[DemlError], values: dict[str, Any], case: Case) -> None:
    found = case(World())
    report = found.as_report() if isinstance(found, DemlError) else found
    assert report["code"] == error.code()
    if values:
        assert report["values"] == {camel(name): str(value) for name, value in values.items()}
    assert report["message"]
    assert "{" not in report["message"]


def test_none_is_left_out() -> None:
    """Each leaf of the heart's error modules has a case above."""
    owned = {"deml.core.errors", "deml.base.bounds", "deml.market.errors", "deml.ledger"}
    leaves = {leaf for leaf in catalogue().values() if leaf.__module__ in owned}
    assert leaves
    assert {error for error, _, _ in CASES} == leaves
