"""The shared vectors: the engine gives what they say, and they are what the reference says now."""

from __future__ import annotations

import pytest

from deml.scoring.families import FAMILIES
from deml.scoring.metrics import METRICS
from tests.support.score_vectors import outcome
from tests.support.vectors import Case, cases, load
from tests.vectors import generate_scoring, scoring_cases


@pytest.mark.parametrize("case", cases("scoring.json"))
def test_the_engine_scores_a_vector(case: Case) -> None:
    assert outcome(case) == {key: case[key] for key in ("score", "refusal") if key in case}


def test_every_family_and_metric_has_vectors() -> None:
    assert {case.architecture["family"] for case in scoring_cases.CASES} == set(FAMILIES)
    assert {case["metric"] for case in load("scoring.json") if "score" in case} == set(METRICS)


def test_names_are_unique() -> None:
    names = [case["name"] for case in load("scoring.json")]
    assert len(names) == len(set(names))


def test_committed_scoring_vectors_equal_generated_ones() -> None:
    assert generate_scoring.PATH.read_text("utf-8") == generate_scoring.content()
