"""Cases in which the heart refuses something, each under the error that it reaches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from safetensors.numpy import load, save

from deml.base import outputs
from deml.base.errors import DemlError
from deml.base.inputs import (
    CreateJob,
)
from deml.base.outputs import Refuted
from deml.base.states import Phase
from deml.base.types import JobId
from deml.ipld import file_cid
from tests.support import models
from tests.support.course import ANNA, SPONSOR, Course, terms_from_now
from tests.support.deployment import account
from tests.support.world import TOKEN, Result, World

Report = dict[str, Any]
Case = Callable[[World], DemlError | Report]

CASES: list[tuple[type[DemlError], dict[str, Any], Case]] = []
NO_JOB = JobId(7)
OTHER_TOKEN = account(0x71)
MEAN_OF_70 = str(file_cid(save(load(models.model(70).file))))
"""The mean of one model is that model, as the safetensors library writes it."""


def reaches(error: type[DemlError], **values: Any) -> Callable[[Case], Case]:
    def register(case: Case) -> Case:
        CASES.append((error, values, case))
        return case

    return register


def refused_terms(world: World, escrow: int = 1_000, token: str = TOKEN, **changes: Any) -> Report:
    """Why a deposit with these terms was credited."""
    order = CreateJob(terms_from_now(world, **changes))
    result = world.deposit(SPONSOR, escrow, order, token=account(int(token[2:4], 16)))
    assert world.balance(SPONSOR, account(int(token[2:4], 16))) == escrow
    assert not world.state.jobs
    return reason(result)


def reason(result: Any) -> Report:
    (report,) = result.outputs
    found: Report = report.body["reason"]
    return found


def refutation(result: Result) -> Report:
    """Why an accepted input was the last word on what it published."""
    (report,), (notice,) = result.all(outputs.Report), result.all(Refuted)
    found: Report = report.body["reason"]
    assert notice.reason == found["code"]
    return found


def at_declare(world: World, **changes: Any) -> Course:
    course = Course(world, **changes)
    course.to_declare(anna=70)
    return course


def at_submit(world: World, **changes: Any) -> Course:
    course = at_declare(world, **changes)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    return course
