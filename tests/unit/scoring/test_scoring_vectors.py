"""The shared vectors: the engine gives what they say, and they are what the reference says now."""

from __future__ import annotations

import json

import pytest

from deml.scoring.families import FAMILIES
from deml.scoring.metrics import METRICS
from tests.support.score_vectors import outcome
from tests.support.vectors import Case, cases, load
from tests.vectors import generate_scoring


@pytest.mark.parametrize("case", [case for name in generate_scoring.FILES for case in cases(name)])
def test_the_engine_scores_a_vector(case: Case) -> None:
    assert outcome(case) == {key: case[key] for key in ("score", "refusal") if key in case}


def test_every_family_and_metric_has_vectors() -> None:
    scored = [case for name in generate_scoring.FILES for case in load(name) if "score" in case]
    assert {json.loads(case["architecture"])["family"] for case in scored} == set(FAMILIES)
    assert {case["metric"] for case in scored} == set(METRICS)


def test_names_are_unique() -> None:
    names = [case["name"] for name in generate_scoring.FILES for case in load(name)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", generate_scoring.FILES)
def test_committed_scoring_vectors_equal_generated_ones(name: str) -> None:
    assert (generate_scoring.DIRECTORY / name).read_text("utf-8") == generate_scoring.content(name)
