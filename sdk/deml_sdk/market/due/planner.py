"""What is due for a wallet in a job, decided from facts alone; `deml watch` carries it out.

Nothing is decided on less than a finalised block: a transaction that comes too early, or that a re-org undoes, shows
its bytes to the world and may be refused all the same. Nothing is sent so late that it may miss its window. Weights go
out only on dues that a finalised notice has fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deml.base.answers import Participant
from deml.base.outputs import DuesFixed
from deml.base.states import DELIVERED, Opening, Phase, Standing
from deml.base.terms import MarketRule
from deml.base.types import NOTHING, Address, Amount, Timestamp
from deml.market import Bid, offers
from deml_sdk.market.due.actions import (
    Action,
    Continue,
    DeclareScore,
    Evaluate,
    MakeAverage,
    PublishModel,
    Reveal,
    SettleJob,
    ShareHoldout,
    ShareModel,
)
from deml_sdk.market.evidence import Evidence
from deml_sdk.market.journal import HoldoutRecord, ModelRecord
from deml_sdk.market.schedule import Clock, Window, average_can_be_made, round_until, window
from deml_sdk.market.view import Job

TURN_SECONDS: Final = 24
"""How much longer each further participant waits before it settles a job that anyone may settle: two Ethereum slots,
so that one pays the gas and the others find it done. Nobody waits longer than an eighth of a round: dues must be fixed,
and final, well before the round ends."""


OPENABLE: Final = (Standing.COMMITTED, Standing.DECLARED, Standing.NOT_DUE, Standing.DUE)
"""Standings of clients whose model may still have to be opened: it must be here."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now, in this order, and what to wait for; `until` is when that will have changed, if time decides."""

    actions: tuple[Action, ...] = ()
    waiting_for: str = ""
    until: Timestamp | None = None


def plan(
    clock: Clock,
    job: Job,
    evidence: Evidence,
    wallet: Address,
    model: ModelRecord | None = None,
    holdout: HoldoutRecord | None = None,
    *,
    helps: bool = False,
) -> Plan:
    """Decide what `wallet` has to do in `job`.

    Parameters
    ----------
    clock
        Timestamps of the finalised and the latest block.
    job, evidence
        The job as the dapp describes it, and what its notices prove.
    wallet
        Who acts; in the job as sponsor, client or both.
    model, holdout
        What this machine knows of the wallet's commitments in this job.
    helps
        Whether to let the scoring of others' models go on too, and have those of others' jobs averaged.
    """
    me = job.client(wallet)
    if wallet != job.sponsor and me is None:
        return Plan(waiting_for="nothing: this wallet takes no part in the job")
    parts = []
    if wallet == job.sponsor:
        parts.append(_as_sponsor(clock, job, holdout))
    if me is not None:
        parts.append(_as_client(clock, job, evidence, me, model))
    parts.append(_as_scorer(clock, job, wallet, helps))
    parts.append(_as_averager(clock, job, wallet, helps))
    parts.append(_as_anyone(clock, job, evidence, wallet))
    actions = tuple(action for part in parts for action in part.actions)
    first_wait = next((part for part in parts if part.waiting_for), Plan())
    return Plan(actions, first_wait.waiting_for, first_wait.until)


def _as_sponsor(clock: Clock, job: Job, record: HoldoutRecord | None) -> Plan:
    reveal = window(job.terms, Phase.REVEAL)
    if job.data_cid is not None:
        if record is not None and not record.published:
            return Plan((ShareHoldout(job.job_id),))
        return Plan()
    if job.ended or reveal.is_over(clock) or job.opening is Opening.SCORING:
        return Plan()
    if job.opening is Opening.REFUTED:
        text = "the end of the reveal phase: the holdout or the baseline proved false, and the bond is lost"
        return Plan((), text, Timestamp(reveal.end + 1))
    if record is None:
        text = f"the holdout: it is not on this machine; 'deml job reveal {job.job_id} --holdout FILE --initial FILE'"
        return Plan((), text, reveal.end)
    if clock.finalised < reveal.begin:
        return Plan((), "the end of the commit phase, to reveal the holdout", Timestamp(reveal.begin))
    if not job.committed:
        return Plan()
    if reveal.is_missed(clock):
        return Plan((), "the end of the reveal phase: it is too late to reveal safely", reveal.end)
    return Plan((Reveal(job.job_id),))


def _as_client(clock: Clock, job: Job, evidence: Evidence, me: Participant, record: ModelRecord | None) -> Plan:
    if me.standing in DELIVERED:
        if record is not None and not record.published:
            return Plan((ShareModel(job.job_id),))
        return Plan()
    if job.ended:
        return Plan()
    if me.commitment is None:
        end = window(job.terms, Phase.COMMIT).end
        if clock.latest > end:
            return Plan()
        return Plan((), f"your model: 'deml train {job.job_id}', then 'deml commit {job.job_id}'", end)
    declare = window(job.terms, Phase.DECLARE)
    if record is None and me.standing in OPENABLE:
        text = f"your committed model: it is not on this machine; 'deml recover {job.job_id} FILE'"
        return Plan((), text, declare.end if me.declared is None else None)
    if clock.finalised < declare.begin:
        text = f"the revealed holdout, to declare a score{_and_a_choice(job, record)}"
        return Plan((), text, Timestamp(declare.begin))
    if job.data_cid is None:
        return Plan()
    if me.declared is None and record is not None:
        return _to_declare(clock, job, declare, record)
    return _to_submit(clock, job, evidence, me)


def _to_declare(clock: Clock, job: Job, declare: Window, record: ModelRecord) -> Plan:
    if declare.is_over(clock):
        return Plan()
    if declare.is_missed(clock):
        return Plan((), "the end of the declare phase: it is too late to declare safely", declare.end)
    if record.credited is None:
        return Plan((Evaluate(job.job_id),))
    least = NOTHING if record.min_pay is None else record.min_pay
    if not could_earn(job, Bid(record.credited, least)):
        text = f"the end: your credited score of {record.credited} ppm earns nothing here, so it is not declared"
        return Plan((), text)
    if choice := _and_a_choice(job, record):
        return Plan((), f"declaring{choice}", declare.end)
    return Plan((DeclareScore(job.job_id, record.credited, least),))


def needs_min_pay(job: Job) -> bool:
    """Whether its clients choose a least pay: under `fixed`, the reward is the same for everybody who is due."""
    return isinstance(job.terms.rule, MarketRule)


def _and_a_choice(job: Job, record: ModelRecord | None) -> str:
    """Say what a client still has to choose, to follow what is waited for; nothing is declared before."""
    if record is None or record.min_pay is not None or not needs_min_pay(job):
        return ""
    return f"; and your choice of a least pay: 'deml declare {job.job_id} --min-pay AMOUNT' or '--no-min-pay'"


def _to_submit(clock: Clock, job: Job, evidence: Evidence, me: Participant) -> Plan:
    if me.standing in (Standing.WAIVED, Standing.FAILED, Standing.SCORING, Standing.REFUTED):
        return Plan()
    declare = window(job.terms, Phase.DECLARE)
    if not declare.is_over(clock):
        return Plan((), "the end of the declare phase, when pay is fixed", Timestamp(declare.end + 1))
    if evidence.dues is None:
        return Plan()
    current = round_until(job.terms, evidence.dues.round_until)
    pay = evidence.final_pay(me.client)
    if pay is None:
        return Plan((), f"the dues of round {evidence.dues.round} to be finalised", current.end)
    if not pay:
        return Plan((), "whether a client that is due fails; this model is not due", Timestamp(current.end + 1))
    if not current.is_open(clock):
        return Plan()
    return Plan((PublishModel(job.job_id, evidence.dues.round, pay),))


def _as_scorer(clock: Clock, job: Job, wallet: Address, helps: bool) -> Plan:
    """Nothing becomes public by it that is not, so it need not wait for finality."""
    found = [
        one for one in job.scorings if (helps or one.client == wallet) and clock.latest <= scored_by(job, one.client)
    ]
    return Plan(tuple(Continue(job.job_id, one.client, one.rows_done) for one in found))


def _as_averager(clock: Clock, job: Job, wallet: Address, helps: bool) -> Plan:
    """The sponsor has it made, for whom it is; nothing becomes public by it either."""
    average = job.average
    if average is None or not (helps or wallet == job.sponsor) or not average_can_be_made(job, clock.latest):
        return Plan()
    return Plan((MakeAverage(job.job_id, average.added, average.rows_done),))


def scored_by(job: Job, owner: Address) -> Timestamp:
    """Last second in which what `owner` published may be scored; for the baseline that of the reveal phase."""
    client = job.client(owner)
    if job.opening is Opening.SCORING or client is None or client.scored_by is None:
        return job.terms.holdout_until
    return client.scored_by


def _as_anyone(clock: Clock, job: Job, evidence: Evidence, wallet: Address) -> Plan:
    if job.ended:
        return Plan()
    reason = why_settle(job, evidence, clock.finalised)
    if reason is None:
        return Plan((), *_next_change(job, evidence, clock))
    turn = min(_turn(job, wallet) * TURN_SECONDS, job.terms.window // 8)
    since = _settleable_since(job, evidence)
    if clock.finalised < since + turn:
        return Plan((), "another participant to settle", Timestamp(since + turn))
    return Plan((SettleJob(job.job_id, reason),))


def could_earn(job: Job, bid: Bid) -> bool:
    """Whether this bid would be paid if it were alone: if not, to declare it only costs gas."""
    return pay_alone(job, bid) > 0


def pay_alone(job: Job, bid: Bid) -> Amount:
    """Most that a bid can earn: its pay if nobody else declared."""
    (offer,) = offers(job.terms.rule, job.escrow, job.terms.baseline, [bid])
    return offer.pay


def why_settle(job: Job, evidence: Evidence, now: Timestamp) -> str | None:
    """Say what `settle` would do at `now`; None where the dapp would refuse it."""
    terms = job.terms
    if job.ended or now <= terms.commit_until:
        return None
    if not job.committed:
        return "nobody committed to a model" if job.participants else "nobody accepted"
    if now <= terms.holdout_until:
        return None
    if job.data_cid is None:
        return "the holdout was not revealed"
    if now <= terms.declare_until:
        return None
    if not job.declared:
        return "nobody declared a score"
    if evidence.dues is None:
        return "dues can be fixed"
    undelivered = _undelivered(job, evidence)
    if not undelivered:
        return "every due model is delivered" if evidence.dues.dues else "nobody is due"
    missing = [one for one in undelivered if now > _awaited_until(job, evidence.dues, one)]
    if missing and (evidence.dues.round < terms.max_rounds or missing == undelivered):
        return f"round {evidence.dues.round} is over and {len(missing)} due model(s) are missing"
    return None


def _awaited_until(job: Job, dues: DuesFixed, client: Address) -> Timestamp:
    """Last second in which a due client may still be verified."""
    if job.scoring(client) is not None:
        return scored_by(job, client)
    return max(dues.round_until, job.round_until or dues.round_until)


def _undelivered(job: Job, evidence: Evidence) -> list[Address]:
    if evidence.dues is None:
        return []
    delivered = {one.client for one in job.clients if one.standing in DELIVERED}
    return [due.client for due in evidence.dues.dues if due.client not in delivered]


def _settleable_since(job: Job, evidence: Evidence) -> Timestamp:
    """When `why_settle` became true: by time, or by the last delivery."""
    terms = job.terms
    if not job.committed:
        return Timestamp(terms.commit_until + 1)
    if job.data_cid is None:
        return Timestamp(terms.holdout_until + 1)
    if evidence.dues is None:
        return Timestamp(terms.declare_until + 1)
    if awaited := [_awaited_until(job, evidence.dues, one) for one in _undelivered(job, evidence)]:
        return Timestamp(min(awaited) + 1)
    return evidence.delivered_at or Timestamp(terms.declare_until + 1)


def _turn(job: Job, wallet: Address) -> int:
    """Place of a wallet among those who would settle: clients in commit order, then the others, then the sponsor."""
    order = [one.client for one in job.in_commit_order()]
    order += [one.client for one in job.clients if one.order is None]
    return order.index(wallet) if wallet in order else len(order)


def _next_change(job: Job, evidence: Evidence, clock: Clock) -> tuple[str, Timestamp]:
    terms = job.terms
    reveal = "the sponsor's reveal of the holdout" if job.data_cid is None else "the end of the reveal phase"
    for text, end in (
        ("the end of the commit phase", terms.commit_until),
        (reveal, terms.holdout_until),
        ("the end of the declare phase", terms.declare_until),
    ):
        if clock.finalised <= end:
            return text, Timestamp(end + 1)
    if evidence.dues is None:
        return "due clients to deliver, until the end of round 1", Timestamp(terms.submit_until + 1)
    if job.scorings and job.scorings == tuple(filter(None, map(job.scoring, _undelivered(job, evidence)))):
        last = max(scored_by(job, one.client) for one in job.scorings)
        return f"{len(job.scorings)} model(s) to be scored to the end", Timestamp(last + 1)
    until = max(evidence.dues.round_until, job.round_until or evidence.dues.round_until)
    return f"due clients to deliver, until the end of round {evidence.dues.round}", Timestamp(until + 1)
