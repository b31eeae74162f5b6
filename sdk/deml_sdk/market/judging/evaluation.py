"""What a model is credited: the dapp's own judgement at home, for the command, the SDK and the page's worker alike."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.terms import Terms
from deml.base.types import Score
from deml.market import credited_score, luck_bar
from deml.scoring import (
    Holdout,
    Model,
    conclude,
    evidence,
    gain_over,
    load_holdout,
    parse_architecture,
    parse_metric,
    parse_pairing,
    qualities,
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the initial model and a client's score on the same rows, and what of the gain luck cannot explain.

    `credited` is the score that is declared and paid; where the terms ask for no confidence, it is the score itself.
    """

    baseline: Score
    score: Score
    credited: Score


def evaluate(terms: Terms, model: Model, initial: Model, rows: Holdout) -> Evaluation:
    """Judge a model as the dapp does: the same code, the same integers."""
    found, first = (evidence(one, rows, slice(None)) for one in (model, initial))
    score, baseline = (Score(conclude(rows, one)) for one in (found, first))
    if not terms.confidence:
        return Evaluation(baseline, score, score)
    pairing = parse_pairing(rows.metric, model.architecture, terms.evidence_cut)
    gain = gain_over(rows, pairing, found, qualities(rows, pairing, first))
    bar = luck_bar(terms.max_participants, terms.confidence)
    return Evaluation(baseline, score, credited_score(baseline, score, gain, bar))


def read_rows(terms: Terms, holdout: bytes) -> Holdout:
    """Read the revealed holdout of a job.

    Raises
    ------
    DemlError
        What is wrong with it.
    """
    architecture = parse_architecture(terms.architecture)
    metric = parse_metric(terms.metric, architecture)
    return load_holdout(architecture, metric, holdout, terms.max_rows, terms.min_rows)
