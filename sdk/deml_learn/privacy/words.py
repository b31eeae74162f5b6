"""What an attack found, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deml_learn.privacy.attack import AttackResult, Audit, Estimate

CLEAR: Final = 0.6
"""An attack that picks the right row of a pair this often has found something that everybody should care about."""

COLUMNS = ("attack", "AUC", "95 % interval", "recognised at 0.1 %", "at 1 %")


def row(name: str, outcome: AttackResult) -> tuple[str, ...]:
    """Row of an attack; for `COLUMNS`."""
    return (name, f"{outcome.auc.value:.3f}", _interval(outcome.auc), *map(_percent, outcome.recognised.values()))


def verdict(audit: Audit) -> Iterator[str]:
    """Say what the attacks mean, one sentence each."""
    tried = len(audit.outcomes)
    best = audit.outcomes[audit.best_of_pairs]
    pairs = f"{best.auc.value:.0%} of pairs (95 % interval {_interval(best.auc, percent=True)}); guessing does in 50 %"
    yield (
        f"Shown one row that was trained on and one that was not, the attack by {audit.best_of_pairs} picks the "
        f"right one in {pairs}."
    )
    for rate in best.recognised:
        name = audit.best_at(rate)
        found = audit.outcomes[name].recognised[rate]
        yield (
            f"Allowed to accuse {rate:.1%} of the others wrongly, the attack by {name} recognises {_percent(found)} of "
            f"the rows trained on; guessing would {rate:.1%}." + _resolution(rate, audit.others)
        )
    if best.auc.low <= 0.5:
        yield f"None of the {tried} attacks shows a leak. That is no proof: one with more knowledge may still find one."
    elif best.auc.value < CLEAR:
        yield "There is a slight leak: the model remembers a little of the rows it was trained on."
    else:
        yield (
            "The model gives away which rows it was trained on. Train with a privacy budget, with fewer epochs, or "
            "with more rows, and audit again before you commit to it."
        )
    if not any("shadow" in name for name in audit.outcomes):
        yield "Others may train models of their own to compare with, and find more: try 32 shadow models."


def _resolution(rate: float, others: int) -> str:
    if rate * others >= 1:
        return ""
    return f" ({others} rows that were not are too few to measure this: none of them is accused.)"


def _interval(found: Estimate, *, percent: bool = False) -> str:
    if percent:
        return f"{found.low:.0%} to {found.high:.0%}"
    return f"{found.low:.3f} to {found.high:.3f}"


def _percent(found: Estimate) -> str:
    return f"{found.value:.1%} ({found.low:.1%} to {found.high:.1%})"
