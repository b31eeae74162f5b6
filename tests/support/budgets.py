"""How long each suite took beside its budget, told at the end of a whole run; being late fails nothing."""

from __future__ import annotations

from collections import Counter

import pytest

SETTING = "suite_seconds"


class Budgets:
    """Adds up what the tests of each folder of ``tests`` took, on whichever worker."""

    def __init__(self, config: pytest.Config) -> None:
        self._whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
        lines = (one.split("=") for one in config.getini(SETTING))
        self.budgets = {name.strip(): int(seconds) for name, seconds in lines}
        self._took: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._took[report.nodeid.split("/")[1]] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._whole:
            return
        terminalreporter.section("seconds of all workers, of each suite's budget")
        for name, took in sorted(self._took.items()):
            budget = self.budgets.get(name, 0)
            terminalreporter.line(f"{name:<14} {took:5.0f} of {budget:4}", yellow=took > budget)
