"""A few real jobs in different phases, to look around: paid, being published, open to join."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

from rich.console import Console

from deml.base.states import Phase
from deml.base.types import JobId
from deml_devnet.chain.deployment import DevnetDeployment
from deml_devnet.chain.local import LocalChain
from deml_devnet.demo.cast import Actor
from deml_devnet.demo.data import LABEL, Parts, share_out
from deml_devnet.demo.job_files import FIXED, MARKET, job_file_of
from deml_devnet.demo.models import ARCHITECTURE, METRIC, initial_model, trained
from deml_devnet.demo.stage import Stage
from deml_devnet.demo.story import Story
from deml_devnet.layout import Layout
from deml_learn.sandbox.unconfined import Unconfined
from deml_sdk.jobspec.answers import Answers, make_spec

CLIENTS: Final = 3
PLACES: Final = 6
SAMPLE: Final = "sample.csv"
CLINIC: Final = "clinic.csv"
"""Rows that fit the open job, for whoever looks around, in the devnet's folder."""

DESCRIPTION: Final = "Measurements of cell nuclei in fine needle aspirates. Diagnosis: 0 is malignant, 1 benign."


def play(console: Console, layout: Layout, deployment: DevnetDeployment, folder: Path) -> list[JobId]:
    """Post three jobs on a running devnet, and bring them into different phases.

    Parameters
    ----------
    console
        Where it is told what happens.
    layout, deployment
        The devnet.
    folder
        Where the parties keep their files; they are forgotten with it.

    Returns
    -------
    list of int
        Numbers of the jobs: one that is paid, one whose models are being published, one that is open.
    """
    with closing(LocalChain(deployment.rpc_url)) as chain:
        stage = Stage(folder, layout, deployment, chain, Story(console), Unconfined())
        parts = share_out()
        parts.clinics[CLIENTS - 1].save(layout.folder / CLINIC, parts.columns)
        with closing(stage):
            return _play(stage, parts)


def _play(stage: Stage, parts: Parts) -> list[JobId]:
    initial = initial_model(parts.sample.save(stage.folder / SAMPLE, parts.columns))
    (stage.folder / "initial.safetensors").write_bytes(initial)
    clients = [stage.actor(f"Client {number}", f"client{number}") for number in range(1, CLIENTS + 1)]
    models = [
        trained(initial, rows.save(stage.folder / f"{one.account}.csv", parts.columns), stage.sandbox).file
        for one, rows in zip(clients, parts.clinics, strict=True)
    ]
    paid = _post(stage, parts, "Tell tumours apart", FIXED, 0)
    _take_part(stage, paid, clients, models)
    _until_declared(stage, paid, clients)
    stage.settle(paid, clients[0])
    stage.watch(paid, *clients)
    stage.leave_round(paid)
    stage.settle(paid, clients[0])
    stage.pay(stage.sponsor, *clients)
    publishing = _post(stage, parts, "Breast tumours: benign or malignant", MARKET, 1)
    _take_part(stage, publishing, clients, models)
    _until_declared(stage, publishing, clients[:2])
    stage.settle(publishing, clients[0])
    joining = _post(stage, parts, "Tell tumours apart, second round", MARKET, 2)
    _take_part(stage, joining, clients[:2], models)
    return [paid, publishing, joining]


def _post(stage: Stage, parts: Parts, title: str, rule: str, number: int) -> JobId:
    holdout = parts.holdouts[number].save(stage.folder / f"holdout-{number}.csv", parts.columns)
    said = Answers(
        data=stage.folder / SAMPLE,
        label=LABEL,
        title=title,
        description=DESCRIPTION,
        architecture=ARCHITECTURE,
        metric=METRIC,
    )
    spec = stage.folder / f"spec-{number}.json"
    spec.write_bytes(make_spec(said, lambda _question, default, _option: default or "").file())
    return stage.post(job_file_of(spec.name, holdout.name, rule, PLACES))


def _take_part(stage: Stage, job_id: JobId, clients: list[Actor], models: list[bytes]) -> None:
    for client, model in zip(clients, models, strict=False):
        client.take_part(job_id)
        client.commit(job_id, model)
    stage.finalise()


def _until_declared(stage: Stage, job_id: JobId, clients: list[Actor]) -> None:
    stage.enter(job_id, Phase.REVEAL)
    stage.watch(job_id, stage.sponsor)
    stage.enter(job_id, Phase.DECLARE)
    stage.watch(job_id, *clients)
    stage.enter_rounds(job_id)
