"""What a client does in a job, one step each."""

from __future__ import annotations

from deml.base.commitment import model_commitment
from deml.base.inputs import Accept, Commit, Declare, SetPayTo, Settle, Submit
from deml.base.outputs import Notice, Refuted
from deml.base.states import DELIVERED, Phase, Standing
from deml.base.types import Address, Amount, Score
from deml.ipld import file_car, file_cid
from deml_sdk.market.content import read_delivered, revealed_holdout, score_model
from deml_sdk.market.desk import Desk
from deml_sdk.market.errors import (
    DeclarationRefuted,
    HoldoutSecret,
    NotCommitted,
    NotDueNow,
    NotThisModel,
    OversizedModel,
    TooEarly,
    TooLate,
    WouldBeRefused,
)
from deml_sdk.market.journal import ModelRecord
from deml_sdk.market.planner import why_settle
from deml_sdk.market.schedule import Window, round_until, window
from deml_sdk.market.text import date_text
from deml_sdk.market.uploads import fit_submit, packed
from deml_sdk.market.view import Job, Participant


def accept(desk: Desk, job: Job, pay_to: Address) -> tuple[Notice, ...]:
    """Take part, with a deposit of the stake where the job asks for one.

    Raises
    ------
    TooLate
    WouldBeRefused
    """
    require_open(desk, job, window(job.terms, Phase.COMMIT), "accept")
    _check_welcome(job, desk.wallet)
    order = Accept(job.id, pay_to)
    action = f"accept job {job.id}"
    public = "that this wallet takes part, its stake, and where its pay goes"
    if job.terms.stake:
        return desk.deposit(job.terms.reward_token, job.terms.stake, order, action, public)
    return desk.send([order], action, public)


def _check_welcome(job: Job, wallet: Address) -> None:
    terms = job.terms
    if job.client(wallet) is not None:
        raise WouldBeRefused("accept", job.id, "this wallet has accepted it already")
    if terms.allow_list and wallet not in terms.allow_list:
        raise WouldBeRefused("accept", job.id, "it has an allow-list, and this wallet is not on it")
    if job.participants >= terms.max_participants:
        raise WouldBeRefused("accept", job.id, f"its {terms.max_participants} places are taken")


def set_pay_to(desk: Desk, job: Job, pay_to: Address) -> tuple[Notice, ...]:
    """Have pay and stake sent elsewhere."""
    return desk.send([SetPayTo(job.id, pay_to)], f"have job {job.id} pay {pay_to}", "where this wallet's pay goes")


def commit(desk: Desk, job: Job, content: bytes, min_pay: Amount) -> ModelRecord:
    """Commit to a model and remember it; the file itself goes nowhere.

    Raises
    ------
    TooLate, NotCommitted
        If it is too late, or the job was not accepted.
    OversizedModel
    DemlError
        If the dapp could not score the file.
    """
    phase = window(job.terms, Phase.COMMIT)
    require_open(desk, job, phase, "commit")
    if job.client(desk.wallet) is None:
        raise NotCommitted(job.id, desk.wallet, "deml accept")
    check_model(desk, job, content)
    record = _record(desk, job, content, min_pay, desk.model_salt(job.id, create=True))
    desk.journal.keep(record.cid, content)
    desk.journal.write(record)
    body = Commit(job.id, bytes.fromhex(record.commitment))
    public = "a commitment: a hash that says nothing about the model"
    desk.send([body], f"commit to a model for job {job.id}", public, phase.end)
    return record


def recover(desk: Desk, job: Job, content: bytes, min_pay: Amount) -> ModelRecord:
    """Put a model back into the journal that this wallet committed to before; what the journal knows of it, it keeps.

    Raises
    ------
    NotThisModel
        If the commitment on chain is to something else.
    """
    me = committed(desk, job)
    record = _record(desk, job, content, min_pay, desk.model_salt(job.id))
    if bytes.fromhex(record.commitment) != me.commitment:
        raise NotThisModel(record.cid, job.id)
    desk.journal.keep(record.cid, content)
    known = desk.journal.model(me.commitment)
    if known is not None:
        return known
    desk.journal.write(record)
    return record


def record_of(desk: Desk, job: Job) -> ModelRecord | None:
    """Find what this wallet committed to in a job, if this machine knows it."""
    me = job.client(desk.wallet)
    return desk.journal.model(me.commitment) if me is not None and me.commitment is not None else None


def evaluate(desk: Desk, job: Job, record: ModelRecord) -> Score:
    """Score the committed model on the revealed holdout, and remember the score.

    Raises
    ------
    HoldoutSecret
    """
    model = read_delivered(desk, job, desk.journal.content(record.cid))
    found = score_model(job, model, revealed_holdout(desk, job))
    desk.journal.update(record, score=found)
    return found


def declare(desk: Desk, job: Job, score: Score, min_pay: Amount) -> tuple[Notice, ...]:
    """State the committed model's score; final.

    Raises
    ------
    TooEarly, TooLate, HoldoutSecret, NotCommitted, WouldBeRefused
    """
    phase = window(job.terms, Phase.DECLARE)
    require_open(desk, job, phase, "declare")
    me = committed(desk, job)
    if job.data_cid is None:
        raise HoldoutSecret(job.id)
    if me.score is not None:
        raise WouldBeRefused("declare", job.id, f"this wallet has declared {me.score} ppm already")
    public = f"the score {score} ppm, and that this wallet publishes for {min_pay} or more"
    body = Declare(job.id, score, min_pay)
    return desk.send([body], f"declare a score for job {job.id}, once and for all", public, phase.safe_end)


def submit(desk: Desk, job: Job, record: ModelRecord, fresh: bool = False) -> tuple[Notice, ...]:
    """Publish the committed model, if a finalised notice says that it will be paid.

    An upload that broke off is continued, unless `fresh`.

    Raises
    ------
    NotDueNow
        If this wallet is not due, or it is not final that it is.
    TooLate
        If the round is about to end.
    NotCommitted, WouldBeRefused
    DeclarationRefuted
        If the machine finds another score than was declared.
    """
    status = committed(desk, job).status
    for those, reason in (
        (DELIVERED, "this wallet's model is verified already"),
        ((Standing.SCORING,), f"this wallet's model has arrived and is being scored; 'deml continue {job.id}' goes on"),
        ((Standing.REFUTED,), "this wallet's model was found not to score what was declared, which is final"),
    ):
        if status in those:
            raise WouldBeRefused("submit", job.id, reason)
    evidence = desk.evidence(job.id)
    pay = evidence.final_pay(desk.wallet)
    if not pay or evidence.final_dues is None:
        raise NotDueNow(job.id, desk.wallet)
    current = round_until(job.terms, evidence.final_dues.round_until)
    require_open(desk, job, current, "submit")
    stream = packed(desk.journal.content(record.cid))
    salt = desk.model_salt(job.id)
    body, loads = fit_submit(Submit(job.id, record.cid, job.data_cid or "", salt, stream))
    uploads = [one for load in loads for one in load.remaining(job, desk.wallet, fresh)]
    public = f"the weights of your model, for good; due for them: {pay}"
    made = desk.send([*uploads, body], f"publish your model for job {job.id}", public, current.end)
    return require_unrefuted(made)


def require_unrefuted(made: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """Pass on what an input led to, unless that is a refutation.

    Raises
    ------
    DeclarationRefuted
    """
    for one in made:
        if isinstance(one, Refuted):
            raise DeclarationRefuted(one.job_id, one.client, one.declared, one.computed, one.reason)
    return made


def share(desk: Desk, record: ModelRecord) -> None:
    """Add a delivered model, which the chain shows already, to the content store."""
    desk.share(desk.journal.content(record.cid))
    desk.journal.update(record, published=True)


def settle(desk: Desk, job: Job) -> tuple[Notice, ...]:
    """Bring a job up to date, or end it.

    Raises
    ------
    WouldBeRefused
        If there is nothing to settle.
    """
    if why_settle(job, desk.evidence(job.id), desk.clock().latest) is None:
        reason = f"it has ended ({job.ending})" if job.ended else "it is up to date, and not at its end"
        raise WouldBeRefused("settle", job.id, reason)
    return desk.send([Settle(job.id)], f"settle job {job.id}", "nothing that is not public already")


def check_model(desk: Desk, job: Job, content: bytes) -> None:
    """Refuse a model that the dapp could not score.

    Raises
    ------
    OversizedModel
    DemlError
    """
    size = len(file_car(content))
    if size > job.terms.max_model_bytes:
        raise OversizedModel(size, job.terms.max_model_bytes, job.id)
    read_delivered(desk, job, content)


def committed(desk: Desk, job: Job) -> Participant:
    """Find this wallet among the committed clients of a job.

    Raises
    ------
    NotCommitted
    """
    me = job.client(desk.wallet)
    if me is None or me.commitment is None:
        raise NotCommitted(job.id, desk.wallet, "deml commit")
    return me


def require_open(desk: Desk, job: Job, allowed: Window, action: str) -> None:
    """Refuse to act outside a window, or so near to its end that the transaction may miss it.

    Raises
    ------
    TooEarly, TooLate
    WouldBeRefused
        If the job has ended.
    """
    if job.ended:
        raise WouldBeRefused(action, job.id, f"it has ended ({job.ending})")
    clock = desk.clock()
    if clock.finalised < allowed.begin:
        raise TooEarly(action, job.id, date_text(allowed.begin), date_text(clock.finalised))
    if allowed.is_missed(clock):
        raise TooLate(action, job.id, date_text(allowed.safe_end), date_text(clock.latest))


def _record(desk: Desk, job: Job, content: bytes, min_pay: Amount, salt: bytes) -> ModelRecord:
    cid = file_cid(content)
    commitment = model_commitment(desk.chain_id, desk.app, job.id, desk.wallet, cid.binary, salt)
    return ModelRecord(commitment=commitment.hex(), job_id=job.id, client=desk.wallet, cid=str(cid), min_pay=min_pay)
