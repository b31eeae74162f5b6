"""README's lines, and every next step that they print, typed literally: as sponsor and as client, with own tables.

The market is a `ServedWorld`: the real protocol behind HTTP, where time passes as fast as the test wants.
"""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from deml.base.inputs import Settle
from deml.base.states import Ending
from deml.base.types import JobId
from deml.wire.abi import decode_values
from deml.wire.inputs import encode
from deml_devnet.repository import NODE_MODULES
from deml_sdk.chain.contracts import EVM_ADVANCE
from deml_sdk.client import Client
from tests.integration.devnet.live_chain import live_chain
from tests.support.deployment import DEPLOYMENT
from tests.support.fake_services import Services, serving
from tests.support.served_world import ServedWorld
from tests.support.typed import Typist, commands_of
from tests.support.world import TOKEN

README = Path(__file__).parents[3] / "README.md"
ROUNDS = 40
"""Looks of the two watchers until the job must have ended: its windows last hours."""


OTHERS = (
    "deml leaderboard --wallet client1",
    "deml history --wallet client1",
    "deml history --wallet sponsor",
    "deml job leaderboard 1 --wallet client1",
    "deml job show 1 --wallet sponsor",
    "deml job list",
    "deml notices",
    "deml notices --job 1",
    "deml vouchers --all",
    "deml score 1 small.safetensors",
    "deml expand 1 small.safetensors",
    "deml wallet list",
    "deml wallet show client1",
    "deml wallet balance client1",
    "deml model inspect model.safetensors --rows 5000",
    "deml config show",
    "deml cid my.csv",
    "deml encode settle --job-id 1",
)
"""More screens, of all kinds; README's own are looked at, too."""


def table(rows: int, seed: int) -> str:
    """Patients in words and numbers; the diagnosis is a word, too, and follows from the others, but for some luck."""
    draw = random.Random(seed)
    lines = ["age,dose,ward,smoker,diagnosis"]
    for _ in range(rows):
        age, dose = draw.randint(20, 90), round(draw.uniform(0, 5), 2)
        ward, smoker = draw.choice(["north", "south", "town"]), draw.choice(["yes", "no"])
        risk = (age - 55) / 12 + (1.5 if smoker == "yes" else -1.5) + (1 if ward == "town" else -0.5) - dose / 4
        lines.append(f"{age},{dose},{ward},{smoker},{'ill' if risk + draw.gauss(0, 0.7) > 0 else 'healthy'}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def typist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for name, (rows, seed) in {
        "sample.csv": (24, 1),
        "holdout.csv": (400, 2),
        "my.csv": (500, 3),
        "validation.csv": (200, 4),
    }.items():
        (tmp_path / name).write_text(table(rows, seed))
    with serving() as services:
        yield typist_on(services, tmp_path, monkeypatch)


def typist_on(services: Services, home: Path, monkeypatch: pytest.MonkeyPatch) -> Typist:
    served = ServedWorld(services)
    settings = {
        "RPC_URL": services.url,
        "NODE_URL": services.url,
        "APP_ADDRESS": served.world.app,
        "ERC20_PORTAL": DEPLOYMENT.erc20_portal,
        "SAFE_TRANSFER": DEPLOYMENT.safe_transfer,
        "TOKEN": TOKEN,
        "HOME": str(home / "home"),
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"DEML_{name}", value)
    monkeypatch.delenv("DEML_WALLET", raising=False)
    monkeypatch.setattr(Client, "content", served.files)
    return Typist(served, monkeypatch)


@pytest.mark.sandbox
def test_readme_and_every_printed_next_step_work_as_printed(typist: Typist):
    sponsor, client = list(commands_of(README, "### As a sponsor")), list(commands_of(README, "### As a client"))
    watchers = [one for one in (*sponsor, *client) if one.startswith("deml watch")]
    open_at = next(at for at, one in enumerate(sponsor) if one.startswith("deml watch"))
    commit_at = next(at for at, one in enumerate(client) if one.startswith("deml watch"))
    for line in sponsor[:open_at]:
        typist.type(line)
    typist.type_what_was_printed()
    for line in client[:commit_at]:
        typist.type(line)
        typist.type_what_was_printed()
    job = typist.served.world.job(1)
    for _ in range(ROUNDS):
        for line in watchers:
            typist.type(line)
        if (job := typist.served.world.job(1)).outcome is not None:
            break
        typist.served.world.wait(1_200)
    assert job.outcome is not None
    assert job.outcome.ending is Ending.SETTLED, [one.standing for one in job.clients]
    for line in (*sponsor[open_at + 1 :], *client[commit_at + 1 :], *OTHERS):
        typist.type(line)
    assert "paid" in typist.screens["deml job leaderboard 1 --wallet client1"]
    if folder := os.environ.get("DEML_TEST_SCREENS"):
        Path(folder).write_text("".join(f"$ {line}\n{text}\n" for line, text in typist.screens.items()))
    assert len(typist.printed) >= 8, "next steps are printed, and have been typed"


def test_readmes_line_for_cast_adds_an_input_to_the_real_input_box(tmp_path: Path):
    """With npm's `cast`, as anybody without `deml` would."""
    (line,) = commands_of(README, "### With `cast` instead of `deml`")
    cast = tmp_path / "cast"
    cast.write_text(f'#!/bin/sh\nexec node "{NODE_MODULES}/@foundry-rs/cast/bin.mjs" "$@"\n')
    cast.chmod(0o755)
    with live_chain(tmp_path / "chain") as live:
        box, app = live.contracts.input_box, live.contracts.app_address
        environment = {
            **os.environ,
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "ETH_RPC_URL": live.chain.url,
            "INPUT_BOX": box,
            "APP": app,
        }
        command = ["sh", "-c", f"{line} --unlocked --from {live.accounts[1]}"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        (count,) = live.chain.view(box, ["uint256"], "getNumberOfInputs(address)", app)
        (log,) = live.chain.rpc("eth_getLogs", [{"address": box, "fromBlock": "0x0"}])
    assert count == 1
    (raw,) = decode_values("InputAdded", ["bytes"], bytes.fromhex(log["data"][2:]))
    assert EVM_ADVANCE.decode(raw)[-1] == encode(Settle(JobId(1)))
