"""Every suite of tests has a budget, and they fit into the eight minutes that `make test` may take on two cores."""

from __future__ import annotations

import pytest

from tests.architecture.rules import ROOT
from tests.support.budgets import Budgets


def test_every_suite_has_a_budget_and_all_fit(pytestconfig: pytest.Config):
    budgets = Budgets(pytestconfig).budgets
    suites = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    apart = {one.removeprefix("tests/") for one in pytestconfig.getini("norecursedirs")}
    assert budgets.keys() == suites - apart, "what has a target of its own is named there, and is not recursed into"
    assert sum(budgets.values()) <= 2 * 8 * 60
