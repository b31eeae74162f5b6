"""The states of jobs and clients, under the names that notices and answers to queries spell them by."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Phase(StrEnum):
    """What may be done to a job; decided by time, except for the end.

    `OVER` is for those with a clock: the last round has passed, and nobody has sent the input that ends the job. The
    dapp, which knows of time by inputs alone, calls such a job's phase `SUBMIT`.
    """

    COMMIT = "commit"
    REVEAL = "reveal"
    DECLARE = "declare"
    SUBMIT = "submit"
    OVER = "over"
    ENDED = "ended"


class Standing(StrEnum):
    """How far a client has come in a job; `PAID` is a verified client of an ended job that paid it."""

    ACCEPTED = "accepted"
    COMMITTED = "committed"
    DECLARED = "declared"
    NOT_DUE = "not-due"
    DUE = "due"
    SCORING = "scoring"
    REFUTED = "refuted"
    WAIVED = "waived"
    FAILED = "failed"
    VERIFIED = "verified"
    PAID = "paid"


AWAITED: Final = (Standing.DUE, Standing.SCORING, Standing.REFUTED)
"""Standings of clients that are due and neither verified nor failed yet; a refuted one fails with its round."""

DELIVERED: Final = (Standing.VERIFIED, Standing.PAID)
"""Standings of clients whose model is verified."""


class Opening(StrEnum):
    """What has become of the holdout that the sponsor opened."""

    SCORING = "scoring"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"


class Ending(StrEnum):
    """How a job ended: the rows of the endings table in ``docs/protocol.md``."""

    SETTLED = "settled"
    CANCELLED = "cancelled"
    NOBODY_ACCEPTED = "nobody-accepted"
    NOBODY_COMMITTED = "nobody-committed"
    HOLDOUT_NOT_REVEALED = "holdout-not-revealed"
    NOBODY_DECLARED = "nobody-declared"
    NOBODY_DUE = "nobody-due"
    NOBODY_SUBMITTED = "nobody-submitted"
