"""`deml accept`, `commit`, `declare`, `submit`, `continue`, `set-pay-to`, `settle` and `withdraw`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deml.base.inputs import Withdraw
from deml.base.outputs import Scoring
from deml.base.states import Phase
from deml.base.types import ETHER, Address, Amount, JobId
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_sdk.addresses import parse_address
from deml_sdk.errors import NotEnoughTokens
from deml_sdk.market.errors import ModelNotHere
from deml_sdk.market.schedule import window
from deml_sdk.market.text import progress_text, score_text

if TYPE_CHECKING:
    from deml_cli.session_desk import SessionDesk
    from deml_sdk.market.journal import ModelRecord
    from deml_sdk.market.view import Job

app = group("Take part in jobs.")

JobNumber = Annotated[int, typer.Argument(metavar="JOB", help="Number of the job.", min=1)]
PayTo = Annotated[str | None, typer.Option(help="Account that receives pay and stake. [the wallet itself]")]
MinPay = Annotated[str, typer.Option(help="Least pay, in whole tokens, for which your model will be published.")]
ModelFile = Annotated[Path | None, typer.Option("--model", help="The committed file, if it is not in the journal.")]


@command(app, "accept", examples=("deml accept 7", "deml accept 7 --pay-to 0x90f79bf6eb2c4f870365e785982e1f101e93b906"))
def accept(session: Session, job_id: JobNumber, pay_to: PayTo = None) -> None:
    """Take part in a job; deposits the stake it asks for, which comes back unless you declare and do not deliver."""
    from deml_sdk.market import client_steps
    from deml_sdk.market.warnings import short_windows

    desk = session.desk
    job = desk.job(job_id)
    if not desk.evidence(job_id).created:
        session.render.warn("The job is not in a finalised block yet: a re-org could still change its terms.")
    for warning in (*short_windows(job.terms, desk.clock()), *_differences(desk, job)):
        session.render.warn(warning)
    client_steps.accept(desk, job, parse_address(pay_to) if pay_to else ETHER)
    session.render.say(f"Accepted job {job_id}. Next: deml train {job_id} --data FILE --label COLUMN")
    session.render.emit({"jobId": job_id, "client": desk.wallet, "stake": str(job.terms.stake)})


@command(app, "set-pay-to", examples=("deml set-pay-to 7 0x90f79bf6eb2c4f870365e785982e1f101e93b906",))
def set_pay_to(
    session: Session, job_id: JobNumber, pay_to: Annotated[str, typer.Argument(help="Account that is to receive it.")]
) -> None:
    """Have pay and stake of a job sent to another account; until the job is settled."""
    from deml_sdk.market import client_steps

    desk = session.desk
    account = parse_address(pay_to)
    client_steps.set_pay_to(desk, desk.job(job_id), account)
    session.render.say(f"Job {job_id} will pay {account}.")
    session.render.emit({"jobId": job_id, "client": desk.wallet, "payTo": account})


@command(app, "commit", examples=("deml commit 7 model.safetensors", "deml commit 7 model.safetensors --min-pay 25"))
def commit(
    session: Session,
    job_id: JobNumber,
    model: Annotated[Path, typer.Argument(help="The safetensors file; it stays on this machine.")],
    min_pay: MinPay = "0",
) -> None:
    """Commit to a model without showing it. A later commit replaces it and moves to the end of the order."""
    from deml_sdk.files.files import read_file
    from deml_sdk.market import client_steps

    desk = session.desk
    job = desk.job(job_id)
    record = client_steps.commit(desk, job, read_file(model), desk.amount(job.terms.reward_token, min_pay))
    session.render.say(f"Committed. The model is kept in the journal as {record.cid}; tell nobody this CID.")
    session.render.say(f"'deml watch {job_id}' declares and delivers it when it is time.")
    session.render.emit({"jobId": job_id, "client": desk.wallet, "cid": record.cid, "commitment": record.commitment})


@command(
    app, "declare", examples=("deml declare 7", "deml declare 7 --min-pay 40", "deml declare 7 --model m.safetensors")
)
def declare(
    session: Session,
    job_id: JobNumber,
    model: ModelFile = None,
    min_pay: Annotated[str | None, typer.Option(help="Least pay, in whole tokens, to publish. [as committed]")] = None,
) -> None:
    """Score the committed model on the revealed holdout and state the score; final."""
    from deml.market import Bid
    from deml_sdk.market import client_steps
    from deml_sdk.market.planner import pay_alone

    desk = session.desk
    job = desk.job(job_id)
    record = _committed_model(desk, job, model)
    client_steps.require_open(desk, job, window(job.terms, Phase.DECLARE), "declare")
    least = record.min_pay if min_pay is None else desk.amount(job.terms.reward_token, min_pay)
    score = client_steps.evaluate(desk, job, record)
    session.render.say(f"Your model scores {score_text(score)}; the baseline is {score_text(job.terms.baseline)}.")
    most = pay_alone(job, Bid(score, least))
    token = desk.token(job.terms.reward_token)
    session.render.say(f"It earns at most {token.show(most)}; what better models committed before it add comes off.")
    if not most:
        session.render.warn("To declare it only costs gas.")
    client_steps.declare(desk, job, score, least)
    session.render.say(
        f"Declared. If the model becomes due, 'deml watch {job_id}' or 'deml submit {job_id}' delivers it."
    )
    session.render.emit({"jobId": job_id, "client": desk.wallet, "score": score, "minPay": str(least)})


@command(app, "submit", examples=("deml submit 7",))
def submit(
    session: Session,
    job_id: JobNumber,
    model: ModelFile = None,
    restart: Annotated[bool, typer.Option("--restart", help="Upload from the beginning again.")] = False,
) -> None:
    """Deliver the committed model, if a finalised notice says that it will be paid."""
    from deml_sdk.market import client_steps

    desk = session.desk
    job = desk.job(job_id)
    record = _committed_model(desk, job, model)
    made = client_steps.submit(desk, job, record, fresh=restart)
    client_steps.share(desk, record)
    if any(isinstance(one, Scoring) for one in made):
        session.render.say(f"Delivered: {record.cid}{progress_text(made)}")
        session.render.warn(f"It counts once it is verified, in time: 'deml continue {job_id}'.")
    else:
        session.render.say(f"Delivered and verified: {record.cid}")
    session.render.emit({"jobId": job_id, "client": desk.wallet, "cid": record.cid})


@command(
    app, "continue", examples=("deml continue 7", "deml continue 7 --client 0x90f79bf6eb2c4f870365e785982e1f101e93b906")
)
def continue_scoring(
    session: Session,
    job_id: JobNumber,
    client: Annotated[str | None, typer.Option(help="Only this one's; the sponsor's is the baseline. [all]")] = None,
) -> None:
    """Let the scoring go on of models on holdouts too large for one transaction. Anybody may."""
    from deml_sdk.market import scoring_steps

    desk = session.desk
    job = desk.job(job_id)
    owners = [parse_address(client)] if client else [one.owner for one in job.scorings]
    if not owners:
        session.render.say(f"Nothing is being scored in job {job_id}.")
    done = {}
    for owner in owners:
        made = scoring_steps.continue_scoring(desk, job, owner)
        done[owner] = [{"type": type(one).__name__, "values": one} for one in made]
        session.render.say(f"{owner}: {', '.join(type(one).__name__ for one in made) or 'finished by somebody else'}")
    session.render.emit({"jobId": job_id, "notices": done})


@command(app, "settle", examples=("deml settle 7",))
def settle(session: Session, job_id: JobNumber) -> None:
    """Bring a job up to date, and end it where it can end. Anybody may."""
    from deml_sdk.market import client_steps

    desk = session.desk
    notices = client_steps.settle(desk, desk.job(job_id))
    for notice in notices:
        session.render.say(type(notice).__name__, style="bold")
    session.render.emit({"jobId": job_id, "notices": [{"type": type(one).__name__, "values": one} for one in notices]})


@command(app, "withdraw", examples=("deml withdraw 25", "deml withdraw 0.1 --ether --to 0x90f7...b906"))
def withdraw(
    session: Session,
    amount: Annotated[str, typer.Argument(help="How much, in whole tokens.")],
    token: Annotated[str | None, typer.Option(help="Which token. [the profile's]")] = None,
    ether: Annotated[bool, typer.Option("--ether", help="Ether instead of a token.")] = False,
    to: Annotated[str | None, typer.Option(help="Receiver. [the wallet itself]")] = None,
) -> None:
    """Take tokens out of your balance in the dapp, where deposits end up that could not be used."""
    desk = session.desk
    wanted = ETHER if ether else session.token_address(token)
    receiver = parse_address(to) if to else desk.wallet
    units = desk.amount(wanted, amount)
    _require_balance(session, desk, wanted, units)
    desk.send([Withdraw(wanted, units, receiver)], f"withdraw {amount}", "that this amount goes to this account")
    session.render.say("A voucher was made. When its epoch's claim is accepted, 'deml claim' pays it out.")
    session.render.emit({"token": wanted, "amount": str(units), "to": receiver})


def _differences(desk: SessionDesk, job: Job) -> list[str]:
    """Where a job's specification says otherwise than its terms, or why that is not known."""
    from deml_sdk.jobspec.agreement import disagreements
    from deml_sdk.jobspec.errors import BadSpec, NoSpec, SpecNotHere
    from deml_sdk.market.spec import job_spec

    try:
        return disagreements(job_spec(desk, job), job.terms)
    except (BadSpec, NoSpec, SpecNotHere) as error:
        return [str(error)]


def _require_balance(session: Session, desk: SessionDesk, token: Address, amount: Amount) -> None:
    from deml_sdk.market.view import balances_of

    held = balances_of(session.node.inspect, desk.wallet).get(token, Amount(0))
    if amount > held:
        known = desk.token(token)
        raise NotEnoughTokens(known.symbol + " in the dapp", known.format(amount), known.format(held))


def _committed_model(desk: SessionDesk, job: Job, path: Path | None) -> ModelRecord:
    from deml_sdk.files.files import read_file
    from deml_sdk.market import client_steps

    if path is not None:
        return client_steps.recover(desk, job, read_file(path), Amount(0))
    client_steps.committed(desk, job)
    record = client_steps.record_of(desk, job)
    if record is None:
        raise ModelNotHere(JobId(job.id))
    return record
