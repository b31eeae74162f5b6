"""Answers to queries in JSON, as ``docs/inspect.md`` describes them."""

from __future__ import annotations

import json
from typing import Any, Final, TypeVar

from deml.base.answers import (
    AccountPage,
    Average,
    Balance,
    CampaignPage,
    CampaignRound,
    ClientsPage,
    JobAnswer,
    JobsOfAccount,
    JobsPage,
    JobView,
    Participant,
    QueryAnswer,
    Stats,
    UploadProgress,
)
from deml.base.inputs import Slot
from deml.base.states import Ending, Opening, Phase, Standing
from deml.wire.arguments import ADDRESS, AMOUNT, NUMBER, SCORE, TEXT, TIME
from deml.wire.forms import Items, Maybe, Named, Raw, Record, StateName, Truth
from deml.wire.notices import PAYOUT, SCORING
from deml.wire.terms import TERMS

A = TypeVar("A")

_JSON: Final = json.JSONEncoder(separators=(",", ":"))

_COUNT: Final = TIME.form
_ACCOUNT: Final = ADDRESS.form
_AMOUNT: Final = AMOUNT.form
_NUMBER: Final = NUMBER.form
_TIME: Final = TIME.form

AVERAGE: Final = Record(
    Average,
    until=_TIME,
    models=_COUNT,
    added=_COUNT,
    model_cid=Maybe(TEXT.form),
    rows_done=_COUNT,
    score=Maybe(SCORE.form),
)
JOB: Final = Record(
    JobView,
    job_id=_NUMBER,
    sponsor=_ACCOUNT,
    phase=StateName(Phase),
    ending=Maybe(StateName(Ending)),
    round=_COUNT,
    round_until=Maybe(_TIME),
    escrow=_AMOUNT,
    participants=_COUNT,
    committed=_COUNT,
    declared=_COUNT,
    revealed=Truth(),
    opening=Maybe(StateName(Opening)),
    data_cid=Maybe(TEXT.form),
    rows=Maybe(_COUNT),
    sponsor_refund=Maybe(_AMOUNT),
    burnt=Maybe(_AMOUNT),
    average=Maybe(AVERAGE),
    terms=TERMS.form,
)
CLIENT: Final = Record(
    Participant,
    client=_ACCOUNT,
    pay_to=_ACCOUNT,
    stake=_AMOUNT,
    standing=StateName(Standing),
    commitment=Maybe(Raw(32)),
    order=Maybe(_COUNT),
    declared=Maybe(SCORE.form),
    score=Maybe(SCORE.form),
    min_pay=Maybe(_AMOUNT),
    due=Maybe(_AMOUNT),
    model_cid=Maybe(TEXT.form),
    scored_by=Maybe(_TIME),
    payout=Maybe(PAYOUT.form),
)
ROUND: Final = Record(
    CampaignRound,
    job_id=_NUMBER,
    phase=StateName(Phase),
    ending=Maybe(StateName(Ending)),
    escrow=_AMOUNT,
    participants=_COUNT,
    verified=_COUNT,
    best=Maybe(SCORE.form),
    average=Maybe(SCORE.form),
    paid=_AMOUNT,
)
UPLOAD: Final = Record(UploadProgress, sender=_ACCOUNT, slot=Named(Slot), next_seq=_COUNT, size=_COUNT)
BALANCE: Final = Record(Balance, token=_ACCOUNT, amount=_AMOUNT)
JOBS_OF_ACCOUNT: Final = Record(JobsOfAccount, sponsor=Items(_NUMBER), client=Items(_NUMBER))

ANSWERS: Final[dict[type[QueryAnswer], Record[Any]]] = {
    JobsPage: Record(JobsPage, as_of=_TIME, jobs=Items(JOB), next=Maybe(_NUMBER)),
    JobAnswer: Record(JobAnswer, as_of=_TIME, job=JOB),
    ClientsPage: Record(
        ClientsPage,
        as_of=_TIME,
        job_id=_NUMBER,
        clients=Items(CLIENT),
        uploads=Items(UPLOAD),
        scorings=Items(SCORING.form),
        next=Maybe(_COUNT),
    ),
    CampaignPage: Record(
        CampaignPage,
        as_of=_TIME,
        job_id=_NUMBER,
        rounds=Items(ROUND),
        before=Maybe(_NUMBER),
    ),
    AccountPage: Record(
        AccountPage,
        as_of=_TIME,
        account=_ACCOUNT,
        balances=Items(BALANCE),
        jobs=JOBS_OF_ACCOUNT,
        next=Maybe(_COUNT),
    ),
    Stats: Record(
        Stats,
        as_of=_TIME,
        inputs=_COUNT,
        jobs=_COUNT,
        open_jobs=_COUNT,
        reserved_bytes=_COUNT,
        chain_id=_NUMBER,
        app=Maybe(_ACCOUNT),
    ),
}
"""Form of each answer."""


def write(answer: QueryAnswer) -> dict[str, Any]:
    """JSON of an answer."""
    return ANSWERS[type(answer)].write(answer)


def encode(answer: QueryAnswer) -> bytes:
    """JSON of an answer as the dapp sends it: members in the order of their forms, no spaces, ASCII only."""
    return _JSON.encode(write(answer)).encode("ascii")


def read(kind: type[A], said: Any, query: str) -> A:
    """Read what was `said` to `query`, which must be a `kind`.

    Raises
    ------
    MalformedJson
        If it is not.
    """
    answer: A = ANSWERS[kind].read(said, query)  # type: ignore[index]
    return answer
