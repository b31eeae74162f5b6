"""Notices in words: what the dapp has stated, as people read it."""

from __future__ import annotations

from deml.base.outputs import (
    Accepted,
    Aggregated,
    Committed,
    Declared,
    DuesFixed,
    HoldoutRevealed,
    JobCreated,
    Notice,
    PayToChanged,
    Refuted,
    Scored,
    ScoringProgress,
    Settled,
    ToppedUp,
)
from deml.base.types import Address, Amount
from deml_sdk.chain.tokens import Token
from deml_sdk.market.names import Names
from deml_sdk.scores import score_text


def what_it_says(notice: Notice, token: Token, names: Names, about: Address | None = None) -> str:
    """Write a notice in one sentence.

    Parameters
    ----------
    token
        The job's reward token.
    about
        Whose part of dues and payouts is told; None for everybody's, by number.
    """
    match notice:
        case JobCreated(_, sponsor, escrow, terms):
            return f"{names.short(sponsor)} opened '{terms.title}' with {token.show(escrow)} in escrow"
        case ToppedUp(_, escrow):
            return f"the escrow was raised to {token.show(escrow)}"
        case Accepted(_, client) | PayToChanged(_, client):
            what = "accepted" if isinstance(notice, Accepted) else "had its pay sent elsewhere"
            to = "" if notice.pay_to == client else f"; pay goes to {names.short(notice.pay_to)}"
            return f"{names.short(client)} {what}{to}"
        case Committed(_, client):
            return f"{names.short(client)} committed to a model"
        case HoldoutRevealed(_, _, baseline, rows):
            return f"the holdout was revealed: {rows:,} rows, baseline {score_text(baseline)}"
        case Declared(_, client, credited, min_pay):
            return f"{names.short(client)} declared {score_text(credited)}, for {token.show(min_pay)} or more"
        case DuesFixed():
            return _dues(notice, token, names, about)
        case ScoringProgress(_, client, done, rows):
            return f"the model of {names.short(client)} is scored on {done:,} of {rows:,} rows"
        case Scored(_, client, _, _, score, credited):
            return f"{names.short(client)} delivered: {score_text(score)}, credited as {score_text(credited)}"
        case Refuted(_, client, _, declared, computed):
            return f"{names.short(client)} was refuted: {score_text(declared)} said, {score_text(computed)} found"
        case Aggregated(_, _, number, score):
            return f"the average of {number} models was verified: {score_text(score)}"
        case _:
            return _settled(notice, token, names, about)


def _dues(notice: DuesFixed, token: Token, names: Names, about: Address | None) -> str:
    round_ = f"round {notice.round}"
    if about is None:
        due = ", ".join(f"{names.short(one.client)} {token.show(one.pay)}" for one in notice.dues)
        return f"{round_}: due are {due}" if due else f"{round_}: nobody is due"
    if about in notice.failed:
        return f"{round_}: failed to deliver, and lost the stake"
    if about in notice.waived:
        return f"{round_}: the pay fell below the least asked for"
    pay = next((one.pay for one in notice.dues if one.client == about), None)
    return f"{round_}: not due" if pay is None else f"{round_}: due to deliver for {token.show(pay)}"


def _settled(notice: Settled, token: Token, names: Names, about: Address | None) -> str:
    if about is None:
        paid = ", ".join(f"{names.short(one.client)} {token.show(one.pay)}" for one in notice.payouts if one.pay)
        return f"ended ({notice.ending})" + (f": paid are {paid}" if paid else "")
    mine = [one for one in notice.payouts if about in (one.client, one.pay_to)]
    if not mine:
        return f"ended ({notice.ending}): {token.show(notice.sponsor_refund)} came back"
    parts = [
        f"{token.show(Amount(amount))} {what}"
        for what, amount in (
            ("pay", sum(one.pay for one in mine)),
            ("stake back", sum(one.stake for one in mine)),
            ("compensation", sum(one.compensation for one in mine)),
        )
        if amount
    ]
    return f"ended ({notice.ending}): " + (", ".join(parts) or "nothing was paid")
