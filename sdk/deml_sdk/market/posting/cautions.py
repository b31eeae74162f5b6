"""What to think twice about before posting a job that the dapp would accept.

The page runs this in a browser, where there are neither pydantic nor connections: what needs them is in `warnings`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from deml.base.terms import FixedRule, Terms
from deml_sdk.dates import duration_text
from deml_sdk.market.judging.luck import PAID
from deml_sdk.market.posting.draft import Draft
from deml_sdk.market.slices import inputs_for

if TYPE_CHECKING:
    from deml_sdk.market.schedule import Clock

FINALITY_LAGS: Final = 3
"""A window should last this many times as long as finality takes: once to see it begin, once to act, once to spare."""


def warnings_of(draft: Draft, clock: Clock) -> list[str]:
    """List what to think twice about."""
    return [
        *draft.doubts,
        *paid_luck(draft.terms),
        *_cheap_lies(draft),
        *short_windows(draft.terms, clock),
        *_split_identities(draft),
        *_slices(draft),
    ]


def paid_luck(terms: Terms) -> Iterator[str]:
    """Tell where luck is paid."""
    if not terms.confidence:
        yield PAID


def _cheap_lies(draft: Draft) -> Iterator[str]:
    terms = draft.terms
    if terms.stake * terms.max_rounds < draft.escrow:
        stakes = draft.token.show(draft.false_declarations_cost)
        yield (
            f"Clients could gain by false declarations: stake x rounds is {stakes}, less than the escrow. Raise the "
            f"stake or the rounds (docs/protocol.md, 'What stake makes a false declaration unprofitable')."
        )


def short_windows(terms: Terms, clock: Clock) -> Iterator[str]:
    """Name the windows that are short for how long finality takes here: how far the finalised block lags behind."""
    lag = clock.latest - clock.finalised
    for name, seconds in (
        ("reveal", terms.holdout_until - terms.commit_until),
        ("declare", terms.declare_until - terms.holdout_until),
        ("submit", terms.window),
    ):
        if seconds < FINALITY_LAGS * lag:
            yield (
                f"The {name} window lasts {duration_text(seconds)}, but finality takes {duration_text(lag)} here; "
                f"careful clients may miss it. It should last {duration_text(FINALITY_LAGS * lag)} or more."
            )


def _split_identities(draft: Draft) -> Iterator[str]:
    if isinstance(draft.terms.rule, FixedRule) and not draft.terms.allow_list:
        yield "Under the fixed rule, one model under several names earns several rewards; use an allow_list."


def _slices(draft: Draft) -> Iterator[str]:
    inputs = inputs_for(draft.terms, draft.rows)
    if inputs > 1:
        yield (
            f"Scoring one model on {draft.rows:,} rows takes {inputs} transactions: the initial one, within the reveal "
            f"phase, and each client's. Fewer rows or a smaller architecture would do with one."
        )
