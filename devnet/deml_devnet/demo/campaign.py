"""Act four: a campaign. Three clinics, three rounds, one model that is better than any of them could make alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from deml.base.states import Phase
from deml.base.types import JobId
from deml.scoring import conclude, evidence, load_holdout, load_model, parse_architecture, parse_metric
from deml_devnet.demo.cast import Actor
from deml_devnet.demo.data import DemoRows
from deml_devnet.demo.digits import ROUND_ROWS, ROUNDS, share_out_digits
from deml_devnet.demo.models import METRIC, Problem, initial_model, trained
from deml_devnet.demo.stage import Stage
from deml_learn.trainers.plan import TrainingOptions
from deml_learn.training.hyperparameters import Hyperparameters
from deml_sdk.campaigns.folder import CampaignFolder
from deml_sdk.campaigns.rounds import Campaign
from deml_sdk.campaigns.run import CampaignRunner, RoundEnded, RoundOpened
from deml_sdk.data.holdout import data_file
from deml_sdk.scores import score_text

DIGITS: Final = Problem(json.dumps({"family": "logistic", "inputs": 64, "outputs": 10}), "digit")

BRIEF: Final = Hyperparameters(epochs=2, learning_rate=0.01, validation=0.0)
"""How long the sponsor trains its first model."""

EFFORTS: Final = tuple(
    TrainingOptions(epochs=epochs, learning_rate=rate, validation=0.0)
    for epochs, rate in ((3, 0.02), (4, 0.02), (30, 0.01))
)
"""How long a clinic trains in each round: briefly at first, for their average pulls together what pulls apart."""

ALONE: Final = TrainingOptions(epochs=100, learning_rate=0.01, validation=0.0)
"""What a clinic does alone: nearly three times as many passes over its rows as in all rounds together."""

JOB: Final = """\
title = "Read digits off forms"
aggregate = true

[model]
architecture = '{architecture}'
metric = "{metric}"
initial = "digits.safetensors"

[holdout]
file = "digits.csv"
label = "digit"

[reward]
rule = "fixed"
reward = "50"
threshold = 54_000
escrow = "150"
stake = "50"
confidence = "95%"
bond = "20%"

[windows]
commit = "10m"
reveal = "10m"
declare = "10m"
submit = "10m"
rounds = 4

[limits]
participants = 3
"""
"""Fifty for each clinic whose model adds more than luck could on 300 rows: 0.0534 of a Brier score of ten digits."""


class NotBetterTogether(Exception):
    """The campaign's model is no better than what a clinic reaches alone; then the demo must fail."""

    def __init__(self, together: int, alone: int) -> None:
        super().__init__(f"together {together}, alone {alone}")


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the campaign has come to, on rows that nobody saw; Brier scores and hits in ppm, clinics in order."""

    jobs: tuple[JobId, ...]
    first: tuple[int, int]
    together: tuple[int, int]
    alone: tuple[tuple[int, int], ...]

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {"jobs": list(self.jobs), "first": self.first, "together": self.together, "alone": self.alone}


def play(stage: Stage, clinics: tuple[Actor, ...]) -> Learnt:
    """Play the act up to the last round's end, and compare."""
    story, parts = stage.story, share_out_digits()
    story.act(
        "Act four: a campaign",
        "Three clinics have handwritten digits read off their forms, each with other digits than the rest. A sponsor "
        f"pays for {ROUNDS} rounds; each starts from whatever scored best before, the clinics' average included.",
    )
    with stage.timed("act four"):
        rows = parts.sponsor.save(stage.folder / "digits.csv", parts.columns, DIGITS.label)
        sample = parts.sample.save(stage.folder / "digits-sample.csv", parts.columns, DIGITS.label)
        initial = initial_model(sample, DIGITS, BRIEF)
        (stage.folder / "digits.safetensors").write_bytes(initial)
        job = stage.folder / "digits.toml"
        job.write_text(JOB.format(architecture=DIGITS.architecture, metric=METRIC), encoding="utf-8")
        for clinic, own in zip(clinics, parts.clinics, strict=True):
            own.save(stage.folder / f"{clinic.account}-digits.csv", parts.columns, DIGITS.label)
        folder = stage.folder / "campaign"
        sponsor = stage.sponsor.client
        sponsor.new_campaign(folder, job_file=job, data=rows, rounds=ROUNDS, budget="450", seed=1)
        story.tell(f"Sponsor: shares {len(parts.sponsor)} rows out into {ROUNDS} sealed parts of {ROUND_ROWS}.")
        runner = CampaignRunner(sponsor, CampaignFolder(folder))
        jobs = tuple(_round(stage, runner, clinics, number) for number in range(ROUNDS))
        found = sponsor.campaign(jobs[0])
        _tell_rounds(stage, found, clinics)
        alone = tuple(_scores(_alone(stage, clinic, initial), parts.unseen) for clinic in clinics)
        learnt = Learnt(
            jobs, _scores(initial, parts.unseen), _scores(sponsor.campaign_model(jobs[0]), parts.unseen), alone
        )
    _compare(stage, learnt, clinics, len(parts.unseen))
    return learnt


def finish(stage: Stage) -> None:
    """Let the campaign's program claim what came back; it says that it is over."""
    runner = CampaignRunner(stage.sponsor.client, CampaignFolder(stage.folder / "campaign"))
    list(runner.look())


def _round(stage: Stage, runner: CampaignRunner, clinics: tuple[Actor, ...], number: int) -> JobId:
    (opened,) = (one for one in runner.look() if isinstance(one, RoundOpened))
    job_id = opened.job_id
    stage.finalise()
    start = stage.sponsor.client.file(job_id, stage.job(job_id).terms.initial_model_cid)
    for clinic in clinics:
        clinic.take_part(job_id)
        table = stage.folder / f"{clinic.account}-digits.csv"
        clinic.commit(job_id, trained(start, table, stage.sandbox, EFFORTS[number], DIGITS).file)
    stage.enter(job_id, Phase.REVEAL)
    list(runner.look())
    stage.enter(job_id, Phase.DECLARE)
    _quietly(stage, job_id, clinics)
    stage.enter_rounds(job_id)
    clinics[0].client.send(clinics[0].client.settle(job_id))
    stage.finalise()
    _quietly(stage, job_id, clinics)
    if not stage.job(job_id).ended:
        clinics[0].client.send(clinics[0].client.settle(job_id))
        stage.finalise()
    while not any(isinstance(one, RoundEnded) for one in list(runner.look())):
        stage.finalise()
    return job_id


def _quietly(stage: Stage, job_id: JobId, clinics: tuple[Actor, ...]) -> None:
    """Let the clinics do what is due."""
    for clinic in clinics:
        clinic.watch(job_id)
    stage.finalise()


def _alone(stage: Stage, clinic: Actor, initial: bytes) -> bytes:
    table = stage.folder / f"{clinic.account}-digits.csv"
    return trained(initial, table, stage.sandbox, ALONE, DIGITS).file


def _scores(model: bytes, rows: DemoRows) -> tuple[int, int]:
    """Brier score, and part of the rows that are read right; both in ppm."""
    architecture = parse_architecture(DIGITS.architecture)
    read = load_model(architecture, model)
    content = data_file(architecture, rows.x, rows.y.astype(np.float64))
    holdouts = (load_holdout(architecture, parse_metric(one, architecture), content, len(rows)) for one in _METRICS)
    brier, hits = (conclude(one, evidence(read, one, slice(None))) for one in holdouts)
    return brier, hits


_METRICS: Final = (METRIC, "accuracy")


def _tell_rounds(stage: Stage, found: Campaign, clinics: tuple[Actor, ...]) -> None:
    rows = []
    for number, one in enumerate(found.rounds, start=1):
        raw = {client.client: client.score for client in one.clients}
        scores = [score_text(raw[clinic.address] or 0) for clinic in clinics]
        average = "" if one.average is None else score_text(one.average.score)
        start = "the sponsor's" if one.origin is None else f"the {one.origin}"
        rows.append((str(number), start, score_text(one.terms.baseline), *scores, average, stage.amount(one.spent)))
    columns = ("round", "starts from", "baseline", *(one.name for one in clinics), "their average", "spent")
    stage.story.table(columns, rows)


def _compare(stage: Stage, learnt: Learnt, clinics: tuple[Actor, ...], rows: int) -> None:
    named = [
        ("the first model", learnt.first),
        *((f"{one.name}, alone", reached) for one, reached in zip(clinics, learnt.alone, strict=True)),
        ("the campaign's model", learnt.together),
    ]
    stage.story.tell(f"On {rows} digits that nobody saw, 0 being the perfect Brier score:")
    table = [(name, score_text(brier), f"{hits / 10_000:.1f} %") for name, (brier, hits) in named]
    stage.story.table(("model", "Brier", "read right"), table)
    best = max(brier for brier, _ in learnt.alone)
    if learnt.together[0] <= best:
        raise NotBetterTogether(learnt.together[0], best)
    stage.story.tell(
        "Alone, each clinic trained on from the first model, nearly three times as long as in all rounds together. "
        "No row left a clinic."
    )
