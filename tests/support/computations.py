"""Computations for tests: a small job with published models, all inputs of its world, and what honest programs find."""

from __future__ import annotations

import json
from pathlib import Path

from deml.base.states import Phase
from deml_learn.compute.program import computed, trainer
from deml_sdk.chain.contracts import EVM_ADVANCE
from deml_sdk.compute.prepare import PreparedComputation, to_replay, to_score, to_train
from deml_sdk.compute.request import TrainingRecipe
from deml_sdk.compute.result import RESULT
from tests.support import models
from tests.support.course import ANNA, BERT, Course
from tests.support.deployment import DEPLOYMENT
from tests.support.market_client import Net, WorldClient
from tests.support.world import World


class Published:
    """A job whose two clients have published their models."""

    def __init__(self, home: Path) -> None:
        self.world = World()
        self.course = Course(self.world)
        self.course.to_declare(anna=70, bert=80)
        for client in (ANNA, BERT):
            self.course.declare(client)
        self.course.enter(Phase.SUBMIT)
        for client in (ANNA, BERT):
            self.course.deliver(client)
        self.client = WorldClient(Net(self.world, 0), ANNA, home)

    @property
    def inputs(self) -> list[bytes]:
        """All inputs, as the InputBox makes them."""
        made = []
        for one in self.world.history:
            meta = one.meta
            words = (meta.chain_id, meta.app, meta.sender, meta.block_number, meta.timestamp, 7, meta.index)
            made.append(EVM_ADVANCE.encode((*words, one.payload)))
        return made

    def to_score(self) -> PreparedComputation:
        return to_score(self.client, self.client.job(self.course.id))

    def to_replay(self) -> PreparedComputation:
        return to_replay(self.client, self.course.id, self.inputs, DEPLOYMENT)


def to_train_on_rows(family: str = "logistic", **changes: int | float | str | bool) -> PreparedComputation:
    """A training on the hundred rows of `models.holdout`."""
    architecture = {"family": family, "inputs": 1, "outputs": 1}
    if family == "trees":
        architecture |= {"task": "classification", "outputs": 2, "trees": 3, "nodes": 7, "depth": 2}
    values = {
        "architecture": json.dumps(architecture),
        "metric": models.METRIC,
        "epochs": 5,
        "batch": 32,
        "learning_rate": 0.05,
        "l2": 1e-4,
        "validation": 0.2,
        "seed": 7,
        "half": False,
    }
    return to_train(TrainingRecipe(**{**values, **changes}), models.holdout().file)


def honest(prepared: PreparedComputation, folder: Path) -> dict[str, bytes]:
    """What an honest machine sends back, log and all."""
    prepared.write(folder)
    with (folder / "log.txt").open("w+") as log:
        return computed(prepared.request, folder / "inputs", log, trainer())


def said(result: dict[str, bytes]) -> dict:
    return json.loads(result[RESULT])


def saying(result: dict[str, bytes], document: dict) -> dict[str, bytes]:
    """The same result, with another document in the form that results have."""
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return {**result, RESULT: text.encode()}
