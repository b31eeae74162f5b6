"""What a holdout of a given size can tell from luck, and what it cannot: worked out before anybody posts or accepts."""

from __future__ import annotations

from math import sqrt
from typing import Final

from deml.base.gain import Scale
from deml.base.limits import PPM
from deml.base.terms import Terms
from deml.market import check_rows_for, distance, least_gain, luck_bar
from deml.scoring import Holdout, Pairing, RowEvidence, parse_architecture, parse_metric, parse_pairing
from deml_sdk.market.errors import ManyDuplicates

LOG_LOSS_CUT: Final = 4 * PPM
"""Four nats: a probability of 2 % for what is true."""

SQUARES: Final = 9
"""Squared residuals are cut at so many times their mean with the initial model, absolute ones at the root of that."""

IN_PRACTICE: Final = 3
"""Models that are right more often are also wrong more often, here and there: measured, that takes some three times the
least gain."""

FEW_DUPLICATES: Final = 20
"""A real table may hold a duplicate or two: at most one row in so many."""

NAMES: Final = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_f1": "the macro F1",
    "log_loss": "the log-loss",
    "brier": "the Brier score",
    "roc_auc": "the ROC AUC",
    "r2": "R²",
    "mse": "the mean squared error",
    "mae": "the mean absolute error",
}
"""What people call metrics, in a sentence."""

PAID: Final = (
    "Scores are credited as they are, so luck is paid too: who commits to many variations of the initial model and "
    "declares the best earns something. A confidence prevents that."
)


def pairing_of(terms: Terms) -> Pairing | None:
    """How a job's models are compared with the initial one; None where scores are credited as they are.

    Raises
    ------
    DemlError
        If the metric cannot be used with a confidence, or the cut makes no sense.
    """
    if not terms.confidence:
        return None
    architecture = parse_architecture(terms.architecture)
    return parse_pairing(parse_metric(terms.metric, architecture), architecture, terms.evidence_cut)


def check_luck(terms: Terms, rows: Holdout | None = None) -> None:
    """Refuse terms by which all that is paid for could be luck, as the dapp does, or as the holdout itself tells.

    Raises
    ------
    TooFewRowsForTarget
    DemlError
        If the metric cannot be used with a confidence, or the cut makes no sense.
    """
    pairing = pairing_of(terms)
    if pairing is None:
        return
    bar, far = luck_bar(terms.max_participants, terms.confidence), distance(terms.rule, terms.baseline)
    if pairing.a_row is not None:
        check_rows_for(far, bar, terms.min_rows, pairing.a_row)
    elif rows is not None:
        check_rows_for(far, bar, rows.rows, a_row_of(pairing, rows))


def a_row_of(pairing: Pairing, rows: Holdout) -> Scale:
    """Scale of a single row; where it depends on all of them, what makes a score of 1 is shared out, rounded up."""
    if pairing.a_row is not None:
        return pairing.a_row
    scale = pairing.scale(rows.targets)
    return Scale(scale.most, -(-scale.whole // rows.rows))


def default_cut(metric: str, evidence: RowEvidence) -> int:
    """Loss above which a row counts no more when luck is told from gain, in ppm; 0 where losses are bounded.

    Parameters
    ----------
    evidence
        What the metric keeps of the initial model's rows: residuals, for a regression.
    """
    match metric:
        case "log_loss":
            return LOG_LOSS_CUT
        case "mse" | "r2":
            return max(1, round(PPM * SQUARES * float((evidence * evidence).mean())))
        case "mae":
            return max(1, round(PPM * sqrt(SQUARES * float((evidence * evidence).mean()))))
        case _:
            return 0


def check_duplicates(rows: int, distinct: int) -> None:
    """Refuse a holdout of which many rows are the same: each would pass for evidence of its own.

    Raises
    ------
    ManyDuplicates
    """
    if rows - distinct > rows // FEW_DUPLICATES:
        raise ManyDuplicates(rows, distinct)


def what_rows_tell(terms: Terms, rows: Holdout | None = None) -> str:
    """Say in plain words what gains earn nothing; with the sponsor's own rows, or with as many as the terms promise."""
    pairing = pairing_of(terms)
    if pairing is None:
        return PAID
    metric = NAMES.get(terms.metric, terms.metric)
    bar, count = luck_bar(terms.max_participants, terms.confidence), rows.rows if rows else terms.min_rows
    a_row = a_row_of(pairing, rows) if rows else pairing.a_row
    if a_row is None:
        return (
            f"Gains that luck could explain earn nothing. How large that makes the least gain in {metric} "
            f"depends on the holdout's {count:,} rows or more, above all on how rare its rarest class is."
        )
    least = least_gain(bar, count, a_row)
    baseline = f"{terms.baseline / PPM:.6g}".replace("-", "\N{MINUS SIGN}")
    return (
        f"Gains that luck could explain earn nothing. With {count:,} rows, {metric} must rise by at least "
        f"{least / PPM:.4g} even if a model is never worse where the initial one is good, and by about "
        f"{IN_PRACTICE * least / PPM:.3g} in practice. The initial model's is {baseline}."
    )
