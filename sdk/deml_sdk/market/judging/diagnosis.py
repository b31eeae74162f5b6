"""What a model does on rows of one's own, before anybody commits to it; and what a holdout like them could credit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Final

import numpy as np

from deml.base.errors import DemlError
from deml.base.gain import Gain, Scale
from deml.base.limits import MAX_ROWS, PPM
from deml.base.terms import Terms
from deml.base.types import NOTHING, Amount, Score
from deml.market import Bid, credited_score, luck_bar
from deml.scoring import Model, evidence, gain_over, load_holdout, parse_metric, qualities, score
from deml.scoring.metrics import METRICS
from deml.scoring.task import Task
from deml_sdk.market.due.planner import pay_alone
from deml_sdk.market.judging.evaluation import Evaluation, evaluate
from deml_sdk.market.judging.luck import pairing_of
from deml_sdk.market.view import Job

DEVIATIONS: Final = 2
"""A range is this many standard deviations wide to either side: 19 of 20 holdouts lie within."""


@dataclass(frozen=True, slots=True)
class MetricComparison:
    """One metric of the model and of the initial one on the same rows, in parts per million."""

    metric: str
    initial: Score
    model: Score


@dataclass(frozen=True, slots=True)
class ClassResult:
    """How many rows of a class there are, and how many of them either model gets right."""

    name: str
    rows: int
    initial_right: int
    model_right: int


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a holdout of `rows` rows like one's own would credit, in parts per million: most likely, and from to.

    `pay` is what that earns if nobody better committed before, in the reward token's smallest unit.
    """

    rows: int
    credited: Score
    low: Score
    high: Score
    pay: Amount


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A model on rows of one's own; `evaluation` is what the dapp would say if these were the holdout."""

    rows: int
    evaluation: Evaluation
    metrics: tuple[MetricComparison, ...]
    classes: tuple[ClassResult, ...]
    prospect: Prospect


def diagnose(job: Job, model: Model, initial: Model, data: bytes, names: Mapping[int, str]) -> Diagnosis:
    """Look at a model on rows of one's own; nothing is sent.

    Parameters
    ----------
    data
        The rows as a holdout's file: safetensors of ``x`` and ``y``.
    names
        Classes by number, as their owner calls them; a class that is not named goes by its number.

    Raises
    ------
    DemlError
        If the job's metric cannot be computed on these rows.
    """
    architecture, terms = model.architecture, job.terms
    rows = load_holdout(architecture, parse_metric(terms.metric, architecture), data, MAX_ROWS)
    found = evaluate(terms, model, initial, rows)
    return Diagnosis(
        rows=rows.rows,
        evaluation=found,
        metrics=tuple(_metrics(terms, model, initial, data)),
        classes=tuple(_classes(model, initial, data, names)),
        prospect=_prospect(job, found, model, initial, data),
    )


def _metrics(terms: Terms, model: Model, initial: Model, data: bytes) -> Iterator[MetricComparison]:
    """The job's own metric first; one that these rows do not allow is left out."""
    architecture = model.architecture
    for name in dict.fromkeys((terms.metric, *METRICS)):
        try:
            rows = load_holdout(architecture, parse_metric(name, architecture), data, MAX_ROWS)
        except DemlError:
            continue
        yield MetricComparison(name, Score(score(initial, rows)), Score(score(model, rows)))


def _classes(model: Model, initial: Model, data: bytes, names: Mapping[int, str]) -> Iterator[ClassResult]:
    architecture = model.architecture
    if architecture.task is not Task.CLASSIFICATION:
        return
    rows = load_holdout(architecture, parse_metric("accuracy", architecture), data, MAX_ROWS)
    guesses = [evidence(one, rows, slice(None)) for one in (initial, model)]
    for number in range(architecture.classes):
        of = rows.targets == number
        right = [int(np.count_nonzero(of & (one == number))) for one in guesses]
        yield ClassResult(names.get(number, str(number)), int(np.count_nonzero(of)), *right)


def _prospect(job: Job, found: Evaluation, model: Model, initial: Model, data: bytes) -> Prospect:
    terms = job.terms
    architecture = model.architecture
    rows = load_holdout(architecture, parse_metric(terms.metric, architecture), data, MAX_ROWS)
    pairing = pairing_of(terms)
    if pairing is None:
        return Prospect(terms.min_rows, found.score, found.score, found.score, _pay(job, found, found.score))
    worth = qualities(rows, pairing, evidence(initial, rows, slice(None)))
    gain = gain_over(rows, pairing, evidence(model, rows, slice(None)), worth)
    bar = luck_bar(terms.max_participants, terms.confidence)
    spread = DEVIATIONS * isqrt(gain.squares + gain.squares * rows.rows // terms.min_rows)

    def credited(shift: int) -> Score:
        likely = Score(min(PPM, found.score + PPM * shift // gain.scale.whole))
        return credited_score(found.baseline, likely, _stretched(gain, shift, rows.rows, terms), bar)

    most = credited(0)
    return Prospect(terms.min_rows, most, credited(-spread), credited(spread), _pay(job, found, most))


def _stretched(gain: Gain, shift: int, rows: int, terms: Terms) -> Gain:
    """The gain on as many rows as the holdout has, were they like these `rows`, and its sum another by `shift`."""
    more = terms.min_rows
    scale = Scale(gain.scale.most * rows, gain.scale.whole * more)
    return Gain((gain.total + shift) * more, gain.squares * more * rows, scale)


def _pay(job: Job, found: Evaluation, credited: Score) -> Amount:
    """What is earned alone, where the initial model is as good on the holdout as the terms say."""
    likely = Score(job.terms.baseline + credited - found.baseline)
    return pay_alone(job, Bid(likely, NOTHING))
