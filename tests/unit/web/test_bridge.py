"""The Python that the page scores with: the numbers that the command declares."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deml.wire.terms import TERMS
from tests.support import models
from tests.support.course import BASELINE, terms_from_now
from tests.support.loose_file import loose_module
from tests.support.world import World


@pytest.fixture
def bridge():
    return loose_module("web/src/python/bridge.py")


@pytest.mark.parametrize(
    ("percent", "confidence", "credited"), [(58, 0, 580_000), (58, 950_000, 500_000), (60, 950_000, 544_721)]
)
def test_the_tab_credits_what_the_machine_does(bridge, percent, confidence, credited):
    terms = replace(terms_from_now(World()), confidence=confidence, min_rows=models.ROWS if confidence else 1)
    initial, model, holdout = models.model(BASELINE), models.model(percent), models.holdout()
    found = bridge.credited(TERMS.form.write(terms), initial.file, model.file, holdout.file)
    assert found == {"baseline": BASELINE * 10_000, "score": percent * 10_000, "credited": credited}
