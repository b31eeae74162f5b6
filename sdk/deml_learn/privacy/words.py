"""What an attack found, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deml_learn.privacy.attack import Audit, Estimate, Outcome

CLEAR: Final = 0.6
"""An attack that picks the right row of a pair this often has found something that everybody should care about."""

COLUMNS = ("attack", "AUC", "95 % interval", "recognised at 0.1 %", "at 1 %")


def row(name: str, outcome: Outcome) -> tuple[str, ...]:
    """Row of an attack; for `COLUMNS`."""
    return (name, f"{outcome.auc.value:.3f}", _interval(outcome.auc), *map(_percent, outcome.recognised.values()))


def verdict(audit: Audit) -> Iterator[str]:
    """Say what the strongest attack means, one sentence each."""
    best = audit.outcomes[audit.strongest]
    pairs = f"{best.auc.value:.0%} of pairs (95 % interval {_interval(best.auc, percent=True)}); guessing does in 50 %"
    yield (
        f"Shown one row that was trained on and one that was not, the strongest attack ({audit.strongest}) picks the "
        f"right one in {pairs}."
    )
    for rate, found in best.recognised.items():
        yield (
            f"Allowed to accuse {rate:.1%} of the others wrongly, it recognises {_percent(found)} of the rows trained "
            f"on; guessing would {rate:.1%}." + _resolution(rate, audit.others)
        )
    if best.auc.low <= 0.5:
        yield "These rows show no leak. That is no proof: an attack with more knowledge may still find one."
    elif best.auc.value < CLEAR:
        yield "There is a slight leak: the model remembers a little of the rows it was trained on."
    else:
        yield (
            "The model gives away which rows it was trained on. Train with --epsilon, with fewer epochs, or with more "
            "rows, and audit again before you commit to it."
        )


def _resolution(rate: float, others: int) -> str:
    if rate * others >= 1:
        return ""
    return f" ({others} rows held back are too few to measure this: none of them is accused.)"


def _interval(found: Estimate, *, percent: bool = False) -> str:
    if percent:
        return f"{found.low:.0%} to {found.high:.0%}"
    return f"{found.low:.3f} to {found.high:.3f}"


def _percent(found: Estimate) -> str:
    return f"{found.value:.1%} ({found.low:.1%} to {found.high:.1%})"
