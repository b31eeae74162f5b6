"""No family, trainer or path accepts a privacy budget and does not spend it: refused before anything is trained."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path
from random import Random

import numpy as np
import pytest

from deml.scoring import parse_architecture, parse_metric
from deml.scoring.families import FAMILIES
from deml.scoring.families.dense import Dense
from deml.scoring.families.embedding_bag import EmbeddingBag
from deml.scoring.safetensors import write_tensors
from deml_learn.privacy.budget import Privacy
from deml_learn.sandbox.interface import Confined, ExitReason, Left, Limits, ProgramResult
from deml_learn.trainers.budget import check_spendable, check_spent, check_terms
from deml_learn.trainers.contract import PrivacySpent
from deml_learn.trainers.errors import BudgetNotSpent, NoPrivateTraining, PrivacyAsked, TooMuchPrivacyLoss
from deml_learn.trainers.kinds import Program, builtin
from deml_learn.trainers.run import TrainingOrder, run_trainer
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.split import Split
from deml_sdk.files.model_texts import read_texts
from deml_sdk.jobspec.private_training import trains_privately
from deml_sdk.jobspec.reading import parse_spec
from tests.support.random_models import random_architecture, random_holdout, random_model
from tests.support.specs import SPEC

PRIVACY = Privacy(2.0, 1e-5)
LOGISTIC = {"family": "logistic", "inputs": 3, "outputs": 1}
STRANGER = Program("the script", ("python",))
SPENT = PrivacySpent(1.999, 1e-5, 3.5, "somebody")


class MustNotRun:
    """A sandbox in which nothing may ever be started."""

    name = "must not run"

    def run(self, confined: Confined, on_line: Callable[[bytes], None]) -> ProgramResult:
        raise AssertionError("the trainer was started")


class Says:
    """A trainer that leaves the initial model and says one line."""

    name = "says"

    def __init__(self, file: bytes, *lines: object) -> None:
        self.file, self.lines = file, lines

    def run(self, confined: Confined, on_line: Callable[[bytes], None]) -> ProgramResult:
        for line in self.lines:
            on_line(json.dumps(line).encode())
        return ProgramResult(
            ExitReason.EXITED, 0, "", left=(Left("model.safetensors", "file", 1, len(self.file), self.file),)
        )


def order(fields: dict[str, object], privacy: Privacy | None = PRIVACY) -> TrainingOrder:
    architecture = parse_architecture(json.dumps(fields))
    draw = Random(1)
    holdout = random_holdout(architecture, draw, 12)
    x, y = holdout["x"].astype(float), holdout["y"].astype(float)
    rows = Split(x, y, x[:0], y[:0])
    metric = parse_metric("r2" if architecture.task.name == "REGRESSION" else "accuracy", architecture)
    initial = write_tensors(random_model(architecture, draw))
    return TrainingOrder(json.dumps(fields), metric, rows, Hyperparameters(epochs=1), initial, privacy=privacy)


def run(wanted: TrainingOrder, sandbox: object, program: Program | None = None):
    architecture = parse_architecture(wanted.architecture)
    return run_trainer(program or builtin(), wanted, architecture, sandbox, Limits(), lambda _event: None)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_without_private_training_is_refused_before_training(family: str, seed: int):
    fields = random_architecture(family, Random(seed))
    architecture = parse_architecture(json.dumps(fields))
    if trains_privately(architecture):
        check_spendable(PRIVACY, architecture, ours=True, improves=True)
        return
    with pytest.raises(NoPrivateTraining, match="noise is added to"):
        run(order(fields), MustNotRun())
    assert isinstance(architecture, EmbeddingBag) or family in ("trees", "cnn", "centroids", "mlp")


@pytest.mark.parametrize("family", FAMILIES)
def test_the_trainer_itself_refuses_too(family: str, tmp_path: Path):
    """Whoever starts it with a budget for such a model, past all other checks, gets no model."""
    from deml_learn.trainers.builtin import trained

    fields = random_architecture(family, Random(0))
    if trains_privately(parse_architecture(json.dumps(fields))):
        return
    job, data = tmp_path / "job", tmp_path / "data"
    job.mkdir()
    data.mkdir()
    (job / "architecture.json").write_text(json.dumps(fields))
    (job / "hyperparameters.json").write_text(
        json.dumps({"seed": 0, "privacy": {"epsilon": 1.0, "delta": 1e-5, "clip": 1.0}})
    )
    for name in ("x", "y", "validation_x", "validation_y"):
        np.save(data / f"{name}.npy", np.zeros((1, 1)))
    with pytest.raises(NoPrivateTraining):
        trained(job, data)


class LikeDense(Dense):
    """A family that somebody adds tomorrow, made of one that can be trained privately."""


class Strange:
    """Another, which only says that it is like one."""

    activation = "relu"
    family = "linear"


def test_a_new_family_takes_no_budget_until_somebody_says_that_it_does():
    known = parse_architecture(json.dumps(LOGISTIC))
    made = LikeDense(known.task, known.widths, known.standardize)
    for architecture in (made, Strange()):
        assert not trains_privately(architecture)
        with pytest.raises(NoPrivateTraining):
            check_spendable(PRIVACY, architecture, ours=True, improves=True)
    check_spendable(PRIVACY, known, ours=True, improves=True)


def test_a_strangers_trainer_is_refused():
    with pytest.raises(NoPrivateTraining, match="nobody can count"):
        run(order(LOGISTIC), MustNotRun(), STRANGER)


def test_a_budget_without_an_initial_model_is_refused():
    with pytest.raises(NoPrivateTraining, match="no initial model"):
        run(replace(order(LOGISTIC), initial=None), MustNotRun())


def test_a_budget_without_end_is_refused():
    with pytest.raises(NoPrivateTraining, match="infinite"):
        run(order(LOGISTIC, Privacy(inf, 1e-5)), MustNotRun())


TOLD = {"event": "privacy", "epsilon": 1.999, "delta": 1e-5, "noise": 3.5, "accountant": "somebody"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (None, "nothing was counted"),
        ({"noise": 0}, "no noise"),
        ({"noise": -1}, "no noise"),
        ({"epsilon": 2.001}, "2.001 was spent"),
        ({"delta": 1e-4}, "delta of 0.0001"),
        ({"epsilon": "1"}, "nothing was counted"),
    ],
    ids=["silence", "no noise", "negative noise", "epsilon passed", "delta passed", "no number"],
)
def test_a_model_for_which_the_budget_was_not_spent_is_not_let_out(change, problem: str):
    wanted = order(LOGISTIC)
    lines = [] if change is None else [TOLD | change]
    with pytest.raises(BudgetNotSpent, match=problem):
        run(wanted, Says(wanted.initial, *lines))


def test_the_file_tells_the_budget_and_not_what_was_counted():
    wanted = order(LOGISTIC)
    made = run(wanted, Says(wanted.initial, TOLD))
    assert made.spent == SPENT
    assert read_texts(made.file) == {
        "deml.privacy.epsilon": "2",
        "deml.privacy.delta": "1e-05",
        "deml.privacy.accountant": "somebody",
    }


def test_a_claim_without_a_budget_is_not_believed():
    wanted = order(LOGISTIC, None)
    assert read_texts(run(wanted, Says(wanted.initial, TOLD)).file) == {}


def test_what_was_spent_is_checked():
    check_spent(None, None)
    check_spent(PRIVACY, SPENT)
    with pytest.raises(BudgetNotSpent):
        check_spent(PRIVACY, None)


class TestTerms:
    SPEC = parse_spec(json.dumps(SPEC).encode(), "x")
    """It asks for an epsilon of at most 8 at a delta of at most 1e-5."""

    def test_a_job_that_asks_for_privacy_takes_no_training_without(self):
        with pytest.raises(PrivacyAsked, match="8"):
            check_terms(self.SPEC.privacy, None, improves=True)

    @pytest.mark.parametrize(
        ("privacy", "quantity"), [(Privacy(8.1, 1e-5), "epsilon"), (Privacy(8.0, 2e-5), "delta")], ids=str
    )
    def test_it_takes_no_more_than_it_asks_for(self, privacy: Privacy, quantity: str):
        with pytest.raises(TooMuchPrivacyLoss, match=quantity):
            check_terms(self.SPEC.privacy, privacy, improves=True)
        check_terms(self.SPEC.privacy, Privacy(8.0, 1e-5), improves=True)

    def test_a_job_without_a_wish_takes_anything(self):
        check_terms(None, None, improves=True)
        check_terms(None, Privacy(100.0, 1e-5), improves=True)
