"""Two thousand random (model, data) pairs over all families, encodings and metrics: engine and reference, bit for bit.

The same pairs are replayed on other processors with other BLASes by ``make test-riscv``.
"""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.families import FAMILIES
from tests.support import reference_metrics
from tests.support.families import forward
from tests.support.random_pairs import NUMBER, Pair, pairs
from tests.support.random_tensors import ENCODINGS

PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_engine_and_reference_agree(part: int):
    compared = [compare(pair) for pair in pairs(range(part, NUMBER, PARTS))]
    assert len(compared) == NUMBER // PARTS


def compare(pair: Pair) -> None:
    architecture = parse_architecture(json.dumps(pair.fields))
    initial = load_model(architecture, pair.initial) if pair.initial else None
    model = load_model(architecture, pair.model, initial)
    holdout = load_holdout(architecture, parse_metric(pair.metric, architecture), pair.holdout, len(pair.rows))
    outputs = [forward(pair.fields, pair.tensors, row) for row in pair.rows]
    computed = architecture.forward(model.compiled, holdout.prepared)
    assert [[Fraction(value) for value in row] for row in computed.tolist()] == outputs, pair.name
    assert score(model, holdout) == reference_metrics.score(pair.metric, outputs, pair.targets), pair.name


def test_every_family_meets_every_encoding():
    met = {(pair.fields["family"], pair.name.split()[3]) for pair in pairs(range(len(FAMILIES) * len(ENCODINGS)))}
    assert met == {(family, encoding) for family in FAMILIES for encoding in ENCODINGS}


def test_pairs_are_the_same_whenever_they_are_made():
    first, second = (next(pairs(range(3, 4))) for _ in range(2))
    assert first == second
    assert np.frombuffer(first.model[:8], "<u8")[0] < len(first.model)
