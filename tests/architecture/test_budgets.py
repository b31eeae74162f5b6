"""Every suite of tests has a budget, and they fit into the eight minutes that `make test` may take on two cores."""

from __future__ import annotations

import pytest

from tests.architecture.rules import ROOT
from tests.support.budgets import Budgets

APART = {"interop"}
"""Suites that `make test` leaves to targets of their own, whose budgets are in the Makefile."""


def test_every_suite_has_a_budget_and_all_fit(pytestconfig: pytest.Config):
    budgets = Budgets(pytestconfig).budgets
    suites = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    assert budgets.keys() == suites - APART
    assert sum(budgets.values()) <= 2 * 8 * 60
