"""Every suite of tests has a budget, and they fit into the eight minutes that `make test` may take on two cores."""

from __future__ import annotations

import re

import pytest

from tests.architecture.rules import ROOT
from tests.support.budgets import Budgets


def test_every_suite_has_a_budget_and_all_fit(pytestconfig: pytest.Config):
    budgets = Budgets(pytestconfig).budgets
    suites = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    apart = {one.removeprefix("tests/") for one in pytestconfig.getini("norecursedirs")}
    assert budgets.keys() == suites - apart, "what has a target of its own is named there, and is not recursed into"
    assert sum(budgets.values()) <= 2 * 8 * 60


def recipe(target: str) -> str:
    """A target's own lines in the Makefile, and those of the tests that it is made of."""
    found = re.search(rf"^{target}:([^#\n]*).*\n((?:\t.*\n)*)", (ROOT / "Makefile").read_text(), re.M)
    assert found, target
    needed, lines = found.groups()
    return lines + "".join(recipe(one) for one in needed.split() if one.startswith("test-"))


def test_all_that_ci_runs_has_a_budget_and_they_fit_into_its_sixty_minutes():
    (targets,) = re.findall(r"^make (.+)$", (ROOT / ".ci/run").read_text(), re.M)
    seconds = {one: [*map(int, re.findall(r'within\.sh "[^"]+" (\d+) ', recipe(one)))] for one in targets.split()}
    assert all(seconds.values()), seconds
    assert sum(map(sum, seconds.values())) <= 60 * 60, seconds
