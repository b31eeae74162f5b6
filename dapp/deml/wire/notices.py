"""Notices: calldata of the functions of ``Notices`` in ``IDeML.sol``."""

from __future__ import annotations

from typing import Final

from deml.base.outputs import (
    Accepted,
    Aggregated,
    Committed,
    Declared,
    Due,
    DuesFixed,
    HoldoutRevealed,
    JobCreated,
    Notice,
    Payout,
    PayToChanged,
    Refuted,
    Scored,
    ScoringProgress,
    Settled,
    ToppedUp,
    VerifiedModel,
)
from deml.wire.arguments import ADDRESS, AMOUNT, ENDING, NUMBER, SCORE, TEXT, TIME, WORD, several, struct, uint
from deml.wire.table import MessageTable, kind
from deml.wire.terms import TERMS

SCORING: Final = kind(
    *(ScoringProgress, "Scoring", "f11531f1"), job_id=NUMBER, client=ADDRESS, rows_done=uint(32), rows=uint(32)
)
PAYOUT: Final = struct(Payout, client=ADDRESS, pay_to=ADDRESS, pay=AMOUNT, stake=AMOUNT, compensation=AMOUNT)

TABLE: Final[MessageTable[Notice]] = MessageTable(
    kind(JobCreated, "JobCreated", "5950c37e", job_id=NUMBER, sponsor=ADDRESS, escrow=AMOUNT, terms=TERMS),
    kind(ToppedUp, "ToppedUp", "fe9a6e7b", job_id=NUMBER, escrow=AMOUNT),
    kind(Accepted, "Accepted", "b28189fa", job_id=NUMBER, client=ADDRESS, pay_to=ADDRESS),
    kind(PayToChanged, "PayToChanged", "f057608b", job_id=NUMBER, client=ADDRESS, pay_to=ADDRESS),
    kind(Committed, "Committed", "26a45469", job_id=NUMBER, client=ADDRESS, commitment=WORD),
    kind(HoldoutRevealed, "HoldoutRevealed", "6ea1f2e7", job_id=NUMBER, data_cid=TEXT, baseline=SCORE, rows=uint(32)),
    kind(Declared, "Declared", "9014833a", job_id=NUMBER, client=ADDRESS, credited=SCORE, min_pay=AMOUNT),
    kind(
        *(DuesFixed, "DuesFixed", "580e7ed5"),
        job_id=NUMBER,
        round=uint(16),
        round_until=TIME,
        dues=several(struct(Due, client=ADDRESS, pay=AMOUNT)),
        waived=several(ADDRESS),
        failed=several(ADDRESS),
    ),
    SCORING,
    kind(
        *(Scored, "Scored", "193968f4"),
        job_id=NUMBER,
        client=ADDRESS,
        model_cid=TEXT,
        data_cid=TEXT,
        score=SCORE,
        credited=SCORE,
    ),
    kind(
        *(Refuted, "Refuted", "9413a46f"),
        job_id=NUMBER,
        client=ADDRESS,
        model_cid=TEXT,
        declared=SCORE,
        computed=SCORE,
        reason=TEXT,
    ),
    kind(
        *(Settled, "Settled", "0cc7023b"),
        job_id=NUMBER,
        ending=ENDING,
        data_cid=TEXT,
        models=several(struct(VerifiedModel, client=ADDRESS, model_cid=TEXT, score=SCORE, credited=SCORE)),
        payouts=several(PAYOUT),
        sponsor_refund=AMOUNT,
        burnt=AMOUNT,
    ),
    kind(Aggregated, "Aggregated", "9737dad1", job_id=NUMBER, model_cid=TEXT, models=uint(16), score=SCORE),
)
"""Every notice, in the order of ``IDeML.sol``."""


def encode(notice: Notice) -> bytes:
    """Payload of a notice."""
    return TABLE.encode(notice)


def decode(payload: bytes) -> Notice:
    """Read the payload of a notice.

    Raises
    ------
    UnknownSelector, MalformedMessage
        If it is no notice of ``IDeML.sol``, or not a well-formed one.
    """
    return TABLE.decode(payload)
