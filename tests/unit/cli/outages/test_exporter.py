"""`deml exporter` replays a market beside its node, while chain and node die and come back."""

from __future__ import annotations

import pytest

from deml_sdk.operate.monitor import Monitor
from tests.support.fake_chain import APP, PORTAL, FakeChain
from tests.support.fake_services import Services
from tests.support.outages import meanwhile
from tests.support.watched_market import Told, added
from tests.unit.conftest import Run, told


@pytest.mark.parametrize("service", ["chain", "node"])
def test_it_goes_on_replaying(
    services: Services, home: object, deml: Run, monkeypatch: pytest.MonkeyPatch, service: str
):
    for name, value in {"RPC_URL": services.url, "NODE_URL": services.url, "APP_ADDRESS": APP}.items():
        monkeypatch.setenv(f"DEML_{name}", value)
    monkeypatch.setenv("DEML_ERC20_PORTAL", PORTAL)
    market = Told(services, FakeChain(services))
    market.events = [added(0, 2)]
    seen: list[tuple[bool, int | None]] = []
    look = Monitor.look

    def looking(self: Monitor) -> object:
        found = look(self)
        seen.append((found.up[service], found.chain and found.chain.replayed))
        return found

    monkeypatch.setattr(Monitor, "look", looking)

    def act(count: int) -> None:
        if count == 1:
            services.dead.add(service)
        if count == 3:
            services.dead.clear()
        if count == 5:
            raise KeyboardInterrupt

    meanwhile(monkeypatch, act)
    done = deml("exporter", "--port", "0")
    assert done.exit_code == 0, done.output
    assert f"The {service} is back." in told(done)
    assert seen == [(True, 1), (False, 1), (False, 1), (True, 1), (True, 1)]
