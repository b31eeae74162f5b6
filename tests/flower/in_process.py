"""A federation in one process: Flower's own apps and messages, a real market, and time that passes when somebody waits.

Whoever waits for another, waits by `sleep`; there time passes in the market, and the keepers look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, Context, Error, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid
from flwr.serverapp.strategy import FedAvg, Result, Strategy
from flwr.supercore.run import Run
from flwr.supercore.task_identity import TaskIdentity

from deml.base.types import Amount
from deml.scoring.safetensors import read_tensors
from deml_flower import mod, rounds
from deml_flower.keeper import KeeperEvent, NodeKeeper, Policy
from deml_flower.matching import Fate
from deml_flower.mod import deml_mod
from deml_flower.strategy import DemlStrategy
from tests.support.campaign_party import Unattended, model_from
from tests.support.served_world import ServedWorld

TENSORS = {"w": "layers.0.weight", "b": "layers.0.bias"}
STEP = 320
"""Seconds that a look at the chain takes: each window, which has 600, is looked at while one may still act in it."""

RAISED = 2
"""Flower's code of an app that raised."""


def arrays_for(threshold: float) -> ArrayRecord:
    """A model that calls x large from a threshold on."""
    tensors = read_tensors(model_from(threshold))
    return ArrayRecord({key: Array(tensors[name].astype(np.float64)) for key, name in TENSORS.items()})


def threshold_of(arrays: ArrayRecord) -> float:
    return 0.25 - float(arrays["b"].numpy()[0])


class Hospital:
    """A SuperNode with an app that "learns" given thresholds, a round each, and its owner's program."""

    def __init__(self, party: Unattended, name: str, node_id: int, learns: dict[int, float], examples: int = 1) -> None:
        self.name, self.node_id, self.learns, self.examples = name, node_id, learns, examples
        self.reachable, self.running = True, True
        self.sent: list[Message] = []
        self.events: list[KeeperEvent] = []
        self.folder = party.home / name / "updates"
        self.folder.mkdir(parents=True)
        sponsors = frozenset({party.sponsor().account})
        self.policy = Policy(sponsors, max_stake=Amount(200), min_pay=Amount(0))
        self._party = party
        self.app = self.plain_app([deml_mod])
        self.settings: dict[str, Any] = {"deml-folder": str(self.folder), "deml-wait": 30}

    def plain_app(self, mods: list[Any]) -> ClientApp:
        app = ClientApp(mods=mods)

        @app.train()
        def train(message: Message, context: Context) -> Message:
            assert set(message.content) == {"arrays", "config"}, "the app sees what it always saw"
            learnt = arrays_for(self.learns[int(str(message.content["config"]["server-round"]))])
            metrics = MetricRecord({"num-examples": self.examples})
            return Message(RecordDict({"arrays": learnt, "metrics": metrics}), reply_to=message)

        return app

    @property
    def wallet(self) -> str:
        return self._party.client(self.name).account

    def keeper(self) -> NodeKeeper:
        return NodeKeeper(self._party.client(self.name), self.folder, self.policy)

    def look(self) -> None:
        """Have the owner's program, begun anew, look once."""
        if self.running:
            self.events += list(self.keeper().look())

    def answer(self, message: Message) -> Message:
        """Run the app as flwr's own process does."""
        context = Context(1, self.node_id, self.settings, RecordDict(), {})
        message.metadata.__dict__["_dst_node_id"] = self.node_id
        try:
            reply = self.app(message, context)
        except Exception as error:  # noqa: BLE001 - so does flwr
            reply = Message(Error(RAISED, str(error)), reply_to=message)
        self.sent.append(reply)
        return reply


class InProcess(Grid):
    """A SuperLink of the hospitals that are reachable; what passes it is what its operator sees."""

    def __init__(self, hospitals: list[Hospital]) -> None:
        self.hospitals = {one.node_id: one for one in hospitals}
        self.waiting: dict[str, Message] = {}
        self.seen: list[bytes] = []
        self._count = 0

    def set_run(self, run: Run) -> None:
        raise NotImplementedError

    @property
    def run(self) -> Run:
        raise NotImplementedError

    def create_message(self, *given: Any, **named: Any) -> Message:
        raise NotImplementedError

    def get_node_ids(self) -> Iterable[int]:
        return list(self.hospitals)

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        names = []
        for one in messages:
            self._count += 1
            name = f"message {self._count}"
            one.metadata.__dict__["_message_id"] = name
            copy = Message(RecordDict(dict(one.content)), one.metadata.dst_node_id, one.metadata.message_type)
            copy.metadata.__dict__["_message_id"] = name
            self.waiting[name] = copy
            names.append(name)
        return names

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        replies = []
        asked = [(self.waiting[one].metadata.dst_node_id, one) for one in message_ids if one in self.waiting]
        for node_id, name in sorted(asked):
            message = self.waiting[name]
            if self.hospitals[node_id].reachable:
                del self.waiting[name]
                reply = self.hospitals[node_id].answer(message)
                self.seen += [one.data for record in _records(reply) for one in record.values()]
                replies.append(reply)
        return replies

    def send_and_receive(self, messages: Iterable[Message], *, timeout: float | None = None) -> Iterable[Message]:
        return self.pull_messages(list(self.push_messages(messages)))


def _records(reply: Message) -> Iterable[ArrayRecord]:
    return reply.content.array_records.values() if reply.has_content() else ()


class PaidFederation:
    """A sponsor's campaign, hospitals, and a server that can be begun again."""

    def __init__(
        self, served: ServedWorld, home: Path, monkeypatch: pytest.MonkeyPatch, *, played: int = 2, budget: str = "2400"
    ) -> None:
        monkeypatch.setattr(TaskIdentity, "_run_id", 1)
        monkeypatch.setattr(TaskIdentity, "_node_id", 1)
        monkeypatch.setattr(TaskIdentity, "_task_id", 1)
        self.served, self.played = served, played
        self.party = Unattended(served, home, rounds=played, budget=budget)
        self.hospitals: list[Hospital] = []
        self.on_wait: Callable[[], None] = lambda: None
        seconds = count()
        monkeypatch.setattr(mod, "time", SimpleNamespace(sleep=lambda _: self.wait(0), monotonic=lambda: next(seconds)))
        monkeypatch.setattr(rounds, "time", SimpleNamespace(sleep=lambda _: self.wait(STEP)))

    def hospital(self, name: str, learns: dict[int, float], **given: Any) -> Hospital:
        made = Hospital(self.party, name, 100 + len(self.hospitals), learns, **given)
        self.hospitals.append(made)
        return made

    def wait(self, seconds: int) -> None:
        """Let time pass; the keepers look."""
        self.on_wait()
        self.served.world.wait(seconds)
        for one in self.hospitals:
            one.look()

    def server(self, kind: Callable[..., Strategy] = FedAvg) -> DemlStrategy:
        nodes = len(self.hospitals)
        strategy = kind(fraction_evaluate=0.0, min_train_nodes=nodes, min_available_nodes=nodes)
        sponsor = self.party.sponsor()
        return DemlStrategy(strategy, sponsor=sponsor, campaign=self.party.folder, tensors=TENSORS, every=0)

    def start(self, server: DemlStrategy | None = None, start: float = 100) -> Result:
        self.link = InProcess(self.hospitals)
        return (server or self.server()).start(self.link, arrays_for(start), num_rounds=self.played)

    def paid(self, name: str) -> int:
        """What a wallet has received in all, beyond its stakes."""
        account = self.party.client(name).account
        clients = self.party.sponsor().campaign(1).clients
        return sum(sum(one.earned.values()) for one in clients if one.client == account)


Make = Callable[..., PaidFederation]


def fates(federation: PaidFederation, server: DemlStrategy, number: int = 1) -> dict[int, Fate]:
    return {one.node_id - 100: one.fate for one in server.outcomes[number]}


def refused(hospital: Hospital) -> str:
    """The error that a hospital's only reply was."""
    (reply,) = hospital.sent
    return reply.error.reason or ""
