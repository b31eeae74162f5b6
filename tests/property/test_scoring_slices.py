"""However the rows of a holdout are sliced, the score is the same integer."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deml.scoring import Architecture, Scoring, load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.families import FAMILIES
from deml.scoring.metrics import METRICS
from deml.scoring.safetensors import write_tensors
from tests.support.random_models import random_architecture, random_holdout, random_model
from tests.support.scale import SCALE

ROWS = 24


def metrics_for(architecture: Architecture) -> list[str]:
    fitting = [one for one in METRICS.values() if one.task is architecture.task]
    return [one.name for one in fitting if not one.binary or architecture.classes == 2]


@pytest.mark.parametrize("family", sorted(FAMILIES))
@settings(max_examples=25 * SCALE, deadline=None)
@given(seed=st.integers(0, 10**6), cuts=st.sets(st.integers(1, ROWS - 1)))
def test_any_split_gives_the_score_of_the_whole(family: str, seed: int, cuts: set[int]) -> None:
    draw = Random(seed)
    architecture = parse_architecture(json.dumps(random_architecture(family, draw)))
    metric = parse_metric(draw.choice(metrics_for(architecture)), architecture)
    file = write_tensors(random_model(architecture, draw))
    data = write_tensors(random_holdout(architecture, draw, ROWS))
    holdout = load_holdout(architecture, metric, data, ROWS)
    whole = score(load_model(architecture, file), holdout)

    scoring = Scoring(file)
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), ROWS], strict=True):
        scoring = scoring.proceed(load_model(architecture, scoring.file), holdout, end - start)
        assert scoring.rows == end
    assert scoring.conclude(holdout) == whole


def test_more_rows_than_there_are_are_all() -> None:
    architecture = parse_architecture('{"family": "linear", "inputs": 1}')
    draw = Random(1)
    file = write_tensors(random_model(architecture, draw))
    data = write_tensors(random_holdout(architecture, draw, 5))
    holdout = load_holdout(architecture, parse_metric("mae", architecture), data, 5)
    assert Scoring(file).proceed(load_model(architecture, file), holdout, 1_000).rows == 5
