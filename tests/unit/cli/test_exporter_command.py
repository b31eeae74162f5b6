"""`deml exporter`, typed as an operator would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.fake_chain import APP, PORTAL
from tests.support.fake_services import Services
from tests.unit.conftest import Run


@pytest.fixture
def market(services: Services, home: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    for name, value in {"RPC_URL": services.url, "NODE_URL": services.url, "APP_ADDRESS": APP}.items():
        monkeypatch.setenv(f"DEML_{name}", value)
    monkeypatch.setenv("DEML_ERC20_PORTAL", PORTAL)
    return services


def test_one_look_is_printed_as_openmetrics_or_as_json(market: Services, deml: Run):
    shown = deml("exporter", "--once")
    assert shown.exit_code == 0, shown.output
    assert 'deml_up{service="chain"} 0.0' in shown.stdout
    assert shown.stdout.endswith("# EOF\n")
    assert "chain" in shown.stderr
    scripts = deml("exporter", "--once", "--json")
    assert json.loads(scripts.stdout)["up"] == {"chain": False, "node": False}


def test_a_market_that_is_nowhere_is_refused_at_once(deml: Run):
    assert deml("exporter", "--once").exit_code == 1
