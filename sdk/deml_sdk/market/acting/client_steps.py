"""What a client does in a job, one step each; what sends something makes the intent to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from deml.base.answers import Participant
from deml.base.commitment import model_commitment
from deml.base.inputs import Commit, Declare, SetPayTo, Settle, Submit
from deml.base.states import DELIVERED, Phase, Standing
from deml.base.types import Address, Amount, Score
from deml.ipld import file_car, file_cid
from deml_sdk.data.reading import Reading
from deml_sdk.dates import date_text
from deml_sdk.files.model_texts import publishable
from deml_sdk.jobspec.own_rows import own_holdout
from deml_sdk.market.content import public_file, read_delivered, read_initial, revealed_holdout
from deml_sdk.market.due.planner import why_settle
from deml_sdk.market.errors import (
    HoldoutSecret,
    NotCommitted,
    NotDueNow,
    NotThisModel,
    OversizedModel,
    TooEarly,
    TooLate,
    WouldBeRefused,
)
from deml_sdk.market.intent import Intent
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.journal import ModelRecord
from deml_sdk.market.judging.diagnosis import Diagnosis
from deml_sdk.market.judging.diagnosis import diagnose as diagnose_model
from deml_sdk.market.judging.evaluation import Evaluation, read_rows
from deml_sdk.market.judging.evaluation import evaluate as evaluate_model
from deml_sdk.market.judging.promises import require_promise, what_is_told
from deml_sdk.market.schedule import Window, round_until, window
from deml_sdk.market.spec import spec_of
from deml_sdk.market.uploads import fit_submit, packed
from deml_sdk.market.view import Job
from deml_sdk.market.words import says
from deml_sdk.scores import score_text


def set_pay_to(client: MarketClient, job: Job, pay_to: Address) -> Intent:
    """Have pay and stake sent elsewhere."""
    to = client.names.full(pay_to)
    said = says.of_job(job) | {"pay goes to": to}
    body = SetPayTo(job.job_id, pay_to)
    return client.to_send([body], f"have job {job.job_id} pay {to}", "where this wallet's pay goes", says=said)


def commit(client: MarketClient, job: Job, content: bytes, min_pay: Amount | None) -> Intent:
    """Commit to a model, and remember it before; the file itself goes nowhere.

    Parameters
    ----------
    content
        The safetensors file. What it says of itself, but for the promise of privacy that it was trained with, is left
        out of what is committed to and may be published; a warning names it.
    min_pay
        Least pay for which it will be published, in the token's smallest unit; None to choose it before it declares.

    Raises
    ------
    TooLate, NotCommitted
        If it is too late, or the job was not accepted.
    PrivacyNotPromised
        If the job asks for privacy, and the file was not trained so.
    OversizedModel
    DemlError
        If the dapp could not score the file.
    """
    phase = window(job.terms, Phase.COMMIT)
    require_open(client, job, phase, "commit")
    if job.client(client.account) is None:
        raise NotCommitted(job.job_id, client.account, "deml accept")
    given = publishable(content)
    warnings = (*what_is_told(given), *require_promise(client, job, given.promise))
    content = given.file
    check_model(client, job, content)
    record = _record(client, job, content, min_pay, client.model_salt(job.job_id, create=True))
    body = Commit(job.job_id, bytes.fromhex(record.commitment))
    public = "a commitment: a hash that says nothing about the model"
    asked = "to be chosen before you declare" if min_pay is None else _shown(client, job, min_pay)
    said = says.of_commit(job, len(content), asked)
    made = client.to_send([body], f"commit to a model for job {job.job_id}", public, phase.end, said)
    return replace(made, keeps={record.cid: content}, record=record, warnings=(*made.warnings, *warnings))


def recover(client: MarketClient, job: Job, content: bytes) -> ModelRecord:
    """Put a model back into the journal that this wallet committed to before; what the journal knows of it, it keeps.

    Raises
    ------
    NotThisModel
        If the commitment on chain is to something else.
    """
    me, salt = committed(client, job), client.model_salt(job.job_id)
    forms = {one: _record(client, job, one, None, salt) for one in (publishable(content).file, content)}
    found = next((one for one in forms.items() if bytes.fromhex(one[1].commitment) == me.commitment), None)
    if found is None:
        raise NotThisModel(forms[content].cid, job.job_id)
    content, record = found
    client.journal.keep(record.cid, content)
    known = client.journal.model(bytes.fromhex(record.commitment))
    if known is not None:
        return known
    client.journal.write(record)
    return record


def record_of(client: MarketClient, job: Job) -> ModelRecord | None:
    """Find what this wallet committed to in a job, if this machine knows it and has the file."""
    me = job.client(client.account)
    if me is None or me.commitment is None:
        return None
    record = client.journal.model(me.commitment)
    return record if record is not None and client.journal.holds(record.cid) else None


def judge(client: MarketClient, job: Job, content: bytes) -> Evaluation:
    """Judge a model on the revealed holdout, as the dapp does.

    Raises
    ------
    HoldoutSecret
    """
    rows = read_rows(job.terms, revealed_holdout(client, job))
    initial = read_initial(job, public_file(client, job, job.terms.initial_model_cid))
    return evaluate_model(job.terms, read_delivered(client, job, content), initial, rows)


def diagnose(client: MarketClient, job: Job, content: bytes, data: Path, reading: Reading) -> Diagnosis:
    """Look at a model on rows of one's own, read by the job's specification where it has one.

    Raises
    ------
    DemlError
    """
    model, spec = read_delivered(client, job, content), spec_of(client, job)
    initial = read_initial(job, public_file(client, job, job.terms.initial_model_cid))
    rows = own_holdout(data, model.architecture, spec, reading)
    words = reading.classes or (spec.data.label.mapping if spec is not None else None) or {}
    return diagnose_model(job, model, initial, rows, {number: word for word, number in words.items()})


def evaluate(client: MarketClient, job: Job, record: ModelRecord) -> Evaluation:
    """Judge the committed model on the revealed holdout, and remember what was found.

    Raises
    ------
    HoldoutSecret
    """
    found = judge(client, job, client.journal.content(record.cid))
    client.journal.update(record, score=found.score, credited=found.credited)
    return found


def declare(client: MarketClient, job: Job, credited: Score, min_pay: Amount) -> Intent:
    """State what the committed model is credited; final.

    Raises
    ------
    TooEarly, TooLate, HoldoutSecret, NotCommitted, WouldBeRefused
    """
    phase = window(job.terms, Phase.DECLARE)
    require_open(client, job, phase, "declare")
    me = committed(client, job)
    if job.data_cid is None:
        raise HoldoutSecret(job.job_id)
    if me.declared is not None:
        raise WouldBeRefused("declare", job.job_id, f"this wallet has declared {score_text(me.declared)} already")
    least = _shown(client, job, min_pay)
    public = f"the credited score {score_text(credited)}, and that this wallet will publish for {least} or more"
    action = f"declare a score for job {job.job_id}, which is final"
    said = says.of_declare(job, credited, least)
    return client.to_send([Declare(job.job_id, credited, min_pay)], action, public, phase.safe_end, said)


def submit(client: MarketClient, job: Job, record: ModelRecord, fresh: bool = False) -> Intent:
    """Publish the committed model, if a finalised notice says that it will be paid.

    An upload that broke off is continued, unless `fresh`.

    Raises
    ------
    NotDueNow
        If this wallet is not due, or it is not final that it is.
    TooLate
        If the round is about to end.
    NotCommitted, WouldBeRefused
    """
    standing = committed(client, job).standing
    for those, reason in (
        (DELIVERED, "this wallet's model is verified already"),
        ((Standing.SCORING,), f"this wallet's model is being scored; 'deml continue {job.job_id}' goes on"),
        ((Standing.REFUTED,), "this wallet's model was found not to have the declared score, which is final"),
    ):
        if standing in those:
            raise WouldBeRefused("submit", job.job_id, reason)
    evidence = client.evidence(job.job_id)
    pay = evidence.final_pay(client.account)
    if not pay or evidence.final_dues is None:
        raise NotDueNow(job.job_id, client.account)
    current = round_until(job.terms, evidence.final_dues.round_until)
    require_open(client, job, current, "submit")
    stream = packed(client.journal.content(record.cid))
    salt = client.model_salt(job.job_id)
    body, loads = fit_submit(Submit(job.job_id, record.cid, job.data_cid or "", salt, stream))
    uploads = [one for load in loads for one in load.remaining(job, client.account, fresh)]
    due = _shown(client, job, pay)
    public, said = f"the weights of your model, for good; due for them: {due}", says.of_submit(job, record.cid, due)
    return client.to_send([*uploads, body], f"publish your model for job {job.job_id}", public, current.end, said)


def share(client: MarketClient, record: ModelRecord) -> None:
    """Add a delivered model, which the chain shows already, to the content store."""
    client.share(client.journal.content(record.cid))
    client.journal.update(record, published=True)


def settle(client: MarketClient, job: Job) -> Intent:
    """Bring a job up to date, or end it.

    Raises
    ------
    WouldBeRefused
        If there is nothing to settle.
    """
    due = why_settle(job, client.evidence(job.job_id), client.clock().latest)
    if due is None:
        reason = f"it has ended ({job.ending})" if job.ended else "it is up to date, and not at its end"
        raise WouldBeRefused("settle", job.job_id, reason)
    public, said = "nothing that is not public already", says.of_job(job) | {"because": due}
    return client.to_send([Settle(job.job_id)], f"settle job {job.job_id}", public, says=said)


def check_model(client: MarketClient, job: Job, content: bytes) -> None:
    """Refuse a model that the dapp could not score.

    Raises
    ------
    OversizedModel
    DemlError
    """
    size = len(file_car(content))
    if size > job.terms.max_model_bytes:
        raise OversizedModel(size, job.terms.max_model_bytes, job.job_id)
    read_delivered(client, job, content)


def committed(client: MarketClient, job: Job) -> Participant:
    """Find this wallet among the committed clients of a job.

    Raises
    ------
    NotCommitted
    """
    me = job.client(client.account)
    if me is None or me.commitment is None:
        raise NotCommitted(job.job_id, client.account, "deml commit")
    return me


def require_open(client: MarketClient, job: Job, allowed: Window, action: str) -> None:
    """Refuse to act outside a window, or so near to its end that the transaction may miss it.

    Raises
    ------
    TooEarly, TooLate
    WouldBeRefused
        If the job has ended.
    """
    if job.ended:
        raise WouldBeRefused(action, job.job_id, f"it has ended ({job.ending})")
    clock = client.clock()
    if clock.finalised < allowed.begin:
        raise TooEarly(action, job.job_id, date_text(allowed.begin), date_text(clock.finalised))
    if allowed.is_missed(clock):
        raise TooLate(action, job.job_id, date_text(allowed.safe_end), date_text(clock.latest))


def _shown(client: MarketClient, job: Job, amount: Amount) -> str:
    return client.token(job.terms.reward_token).show(amount)


def _record(client: MarketClient, job: Job, content: bytes, min_pay: Amount | None, salt: bytes) -> ModelRecord:
    cid = file_cid(content)
    commitment = model_commitment(client.chain_id, client.app, job.job_id, client.account, cid.binary, salt)
    return ModelRecord(
        commitment=commitment.hex(), job_id=job.job_id, client=client.account, cid=str(cid), min_pay=min_pay
    )
