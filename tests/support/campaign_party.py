"""A campaign on a served world: its sponsor's files, and clients that take part in each round by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deml.base.types import NOTHING, JobId
from deml_sdk.campaigns.folder import CampaignFolder
from deml_sdk.campaigns.run import CampaignEvent, CampaignRunner
from deml_sdk.client import Client
from deml_sdk.market.watching.watch import Watcher
from tests.support import models
from tests.support.course import BASELINE
from tests.support.served_world import ServedWorld

Brings = Mapping[int, Mapping[str, bytes]]
"""By round, which client commits to which model."""

ROUND_ROWS = 100
TICK = 200
"""Seconds between two looks: what happens in one is final at the next."""

JOB = """\
title = "Tell small from large"
aggregate = {aggregate}

[model]
architecture = '{architecture}'
metric = "accuracy"
initial = "initial.safetensors"

[holdout]
file = "unused.safetensors"
label = "large"

[reward]
rule = "fixed"
reward = "200"
threshold = 50_000
confidence = "0%"
escrow = "800"
stake = "200"
bond = "20%"

[windows]
commit = "10m"
reveal = "10m"
declare = "10m"
submit = "10m"
rounds = 2

[limits]
participants = 4
model_bytes = 4_096
"""


def model_from(threshold: float) -> bytes:
    """A model that calls x large from a threshold on; its average with another is one from halfway between."""
    return models.safetensors(
        {"layers.0.weight": ("F32", (1, 1), [1.0]), "layers.0.bias": ("F32", (1,), [0.25 - threshold])}
    )


def write_files(folder: Path, rounds: int = 3, *, aggregate: bool = False) -> tuple[Path, Path]:
    """Write a job file, and rows for so many rounds; a model of `models` scores on each part what it is made for."""
    (folder / "initial.safetensors").write_bytes(models.model(BASELINE).file)
    job, data = folder / "job.toml", folder / "rows.csv"
    job.write_text(JOB.format(architecture=models.ARCHITECTURE, aggregate=str(aggregate).lower()))
    rows = [x + part / (4 * rounds) for x in range(ROUND_ROWS) for part in range(rounds)]
    data.write_text("\n".join(["x,large", *(f"{x},{int(x >= ROUND_ROWS // 2)}" for x in rows)]) + "\n")
    return job, data


class Unattended:
    """A sponsor whose program runs a campaign, and clients who join each round with the models they are given."""

    def __init__(
        self, served: ServedWorld, home: Path, rounds: int = 3, *, budget: str = "2400", aggregate: bool = False
    ) -> None:
        self.served, self.home = served, home
        self._clients: dict[str, Client] = {}
        job, data = write_files(home, rounds, aggregate=aggregate)
        self.folder = home / "campaign"
        self.sponsor().new_campaign(self.folder, job_file=job, data=data, rounds=rounds, budget=budget, seed=1)
        self.joined: set[int] = set()
        self.over = False

    def sponsor(self) -> Client:
        return self.client("sponsor")

    def client(self, name: str) -> Client:
        """A party's client; what the world pays is in its wallet at once, so vouchers are none of its business."""
        if name not in self._clients:
            self._clients[name] = self.served.client(name, self.home)
            self._clients[name].__dict__["vouchers"] = lambda _receiver=None: iter(())
        return self._clients[name]

    def restart(self) -> None:
        """Begin all programs anew: what they know is what lies on their disks."""
        self._clients.clear()

    def look(self) -> list[CampaignEvent]:
        """Let time pass, and a runner that is made anew look once."""
        self.served.world.wait(TICK)
        runner = CampaignRunner(self.sponsor(), CampaignFolder(self.folder))
        events = list(runner.look())
        self.over = runner.over
        return events

    def run(self, brings: Brings, looks: int = 400) -> list[CampaignEvent]:
        """Run to the end."""
        events: list[CampaignEvent] = []
        for _ in range(looks):
            events += self.look()
            self.take_part(brings)
            if self.over:
                return events
        raise AssertionError("the campaign does not end")

    def take_part(self, brings: Brings) -> None:
        """Let clients do what is due for them."""
        plan = CampaignFolder(self.folder).read()
        for number, one in enumerate(plan.rounds, start=1):
            if one.job_id is None or one.ending is not None:
                continue
            for name, model in brings.get(number, {}).items():
                client = self.client(name)
                if one.job_id not in self.joined:
                    client.send(client.accept(one.job_id))
                    client.send(client.commit(one.job_id, model, NOTHING))
                list(Watcher(client).round([one.job_id]))
            self.joined.add(one.job_id)

    def jobs(self) -> list[JobId]:
        """The jobs that the world has."""
        return sorted(self.served.world.state.jobs)
