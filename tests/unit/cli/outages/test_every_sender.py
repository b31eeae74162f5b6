"""Every command that sends, typed as a user would, with chain or node killed for a while as soon as it has begun."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from deml.base.inputs import ScoreSlices
from tests.support.fake_services import Services
from tests.support.outages import kill_once, meanwhile, revive_after, settings
from tests.support.served_world import ServedWorld, bodies
from tests.support.slow import SLOW
from tests.support.stages import Stage, StagedJob
from tests.support.world import World
from tests.unit.conftest import Run, told

ELSEWHERE = "0x" + "0e" * 20


@dataclass(frozen=True)
class Case:
    """A command, who types it, and how far the job has come by then."""

    words: tuple[str, ...]
    stage: Stage
    wallet: str = "client1"
    adds_input: bool = True
    aggregate: bool = False

    def __str__(self) -> str:
        return " ".join(self.words[:2] if self.words[0] == "job" else self.words[:1])


CASES = (
    Case(("job", "post", "job.toml"), Stage.NONE, "sponsor"),
    Case(("job", "top-up", "1", "50"), Stage.OPEN, "sponsor"),
    Case(("job", "cancel", "1"), Stage.OPEN, "sponsor"),
    Case(("job", "reveal", "1"), Stage.COMMITTED, "sponsor"),
    Case(("accept", "1"), Stage.OPEN),
    Case(("set-pay-to", "1", ELSEWHERE), Stage.ACCEPTED),
    Case(("commit", "1", "model.safetensors"), Stage.ACCEPTED),
    Case(("declare", "1"), Stage.REVEALED),
    Case(("settle", "1"), Stage.DECLARED),
    Case(("submit", "1"), Stage.DUE),
    Case(("withdraw", "40"), Stage.OPEN),
    Case(("job", "next", "1", "--holdout", "fresh.safetensors"), Stage.SETTLED, "sponsor"),
    Case(("job", "aggregate", "1"), Stage.SETTLED, aggregate=True),
    Case(("claim",), Stage.SETTLED, adds_input=False),
    Case(("record", "1"), Stage.SETTLED, adds_input=False),
)
"""`continue` has a test of its own, and needs a slower machine."""


def ready(served: ServedWorld, home: Path, case: Case) -> None:
    play = StagedJob(served, home, changes={"aggregate": case.aggregate})
    play.until(case.stage)
    if case.words[0] == "withdraw":
        served.world.deposit(play.client("client1").account, 40, b"no order")
    served.claimed = case.stage is Stage.SETTLED


@pytest.mark.parametrize(
    ("method", "service"),
    [
        ("eth_sendRawTransaction", "chain"),
        ("eth_getTransactionReceipt", "chain"),
        ("eth_sendRawTransaction", "node"),
    ],
)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_goes_on(
    served: ServedWorld,
    home: Path,
    deml: Run,
    monkeypatch: pytest.MonkeyPatch,
    case: Case,
    method: str,
    service: str,
):
    if service == "node" and not case.adds_input:
        method, service = "eth_getTransactionReceipt", "chain"
    ready(served, home, case)
    before, executed = len(served.world.history), served.executed
    kill_once(served.services, method, service)
    revive_after(monkeypatch, served.services, 3)
    done = deml(*case.words, "--yes", "--json", "--wallet", case.wallet)
    assert done.exit_code == 0, done.output
    assert f"The {service} at" in told(done)
    assert "Waiting for it since" in told(done)
    assert "It is back after" in told(done)
    added = served.world.history[before:]
    assert [one.accepted for one in added] == [True] * len(added)
    assert len(added) == (1 if case.adds_input else 0), "once, and not twice"
    assert served.executed - executed == (0 if case.adds_input else 1)


@pytest.mark.parametrize("method", ["cartesi_getInput", "eth_sendRawTransaction"])
def test_continue_goes_on_to_the_next_client(
    services: Services, home: Path, deml: Run, monkeypatch: pytest.MonkeyPatch, method: str
):
    served = ServedWorld(services, world=World(SLOW))
    settings(monkeypatch, served)
    StagedJob(served, home, members=("client1", "client2")).until(Stage.DELIVERED)
    kill_once(services, method, "node" if method.startswith("cartesi") else "chain")
    inspect = services.pages["POST", f"/inspect/{served.world.app}"]
    killed: list[str] = []

    def dying_between(body: bytes) -> tuple[int, bytes]:
        """Die once more, where the second client's scoring is about to be looked at."""
        found = inspect(body)
        if bodies(served.world, ScoreSlices)[before:] and not killed:
            killed.append("node")
            services.dead.add("node")
        return found

    before = len(bodies(served.world, ScoreSlices))
    services.pages["POST", f"/inspect/{served.world.app}"] = dying_between
    meanwhile(monkeypatch, lambda count: services.dead.clear() if count % 3 == 0 else None)
    done = deml("continue", "1", "--yes", "--json", "--wallet", "client1")
    assert done.exit_code == 0, done.output
    assert killed
    assert told(done).count("Waiting for it since") >= 2
    assert len({one.client for one in bodies(served.world, ScoreSlices)[before:]}) == 2


@pytest.mark.parametrize(
    ("words", "stage", "wallet"),
    [(("submit", "1"), Stage.DUE, "client1"), (("job", "reveal", "1"), Stage.COMMITTED, "sponsor")],
)
def test_what_is_sent_is_shared_when_the_content_store_is_back(
    served: ServedWorld,
    home: Path,
    deml: Run,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    stage: Stage,
    wallet: str,
):
    StagedJob(served, home).until(stage)
    shared = len(served.files.files)
    served.services.dead.add("ipfs")
    revive_after(monkeypatch, served.services, 3)
    done = deml(*words, "--yes", "--json", "--wallet", wallet)
    assert done.exit_code == 0, done.output
    assert "Waiting for it since" in told(done)
    assert len(served.files.files) == shared + 1
