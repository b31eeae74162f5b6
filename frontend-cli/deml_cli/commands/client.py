"""`deml accept`, `commit`, `declare`, `submit`, `continue`, `set-pay-to`, `settle` and `withdraw`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deml.base.outputs import ScoringProgress
from deml.base.types import ETHER, NOTHING, Address, Amount, Score
from deml.wire.notices import TABLE
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.options import JobNumber
from deml_sdk.addresses import parse_address
from deml_sdk.ipfs.lasting import OUTAGES
from deml_sdk.market.words.text import evaluation_text, progress_text
from deml_sdk.outages import through_outages
from deml_sdk.plain import notice_json
from deml_sdk.scores import score_text

if TYPE_CHECKING:
    from deml_sdk.client import Client
    from deml_sdk.market.journal import ModelRecord
    from deml_sdk.market.view import Job

app = group("Take part in jobs.")

PayTo = Annotated[str | None, typer.Option(help="Account that receives pay and stake. [the wallet's]")]
MinPay = Annotated[str | None, typer.Option(help="Least pay, in whole tokens, for which your model will be published.")]
NoMinPay = Annotated[bool, typer.Option("--no-min-pay", help="Publish however little the model is due.")]
ModelFile = Annotated[Path | None, typer.Option("--model", help="The committed file, if it is not in the journal.")]


@command(app, "accept", examples=("deml accept 7", "deml accept 7 --pay-to 0x90f79bf6eb2c4f870365e785982e1f101e93b906"))
def accept(session: Session, job_id: JobNumber, pay_to: PayTo = None) -> None:
    """Take part in a job. Deposits its stake, which you get back unless you declare and do not deliver."""
    job = session.client.job(job_id)
    session.send(session.client.accept(job, parse_address(pay_to) if pay_to else None))
    session.render.say(f"Accepted job {job_id}. Its specification is kept in the journal, as you agreed to it.")
    session.render.next(f"deml data check {job_id} --data my.csv", f"deml train {job_id} --data my.csv")
    session.render.emit({"jobId": job_id, "client": session.client.account, "stake": str(job.terms.stake)})


@command(app, "set-pay-to", examples=("deml set-pay-to 7 0x90f79bf6eb2c4f870365e785982e1f101e93b906",))
def set_pay_to(
    session: Session, job_id: JobNumber, pay_to: Annotated[str, typer.Argument(help="Account that receives it.")]
) -> None:
    """Have a job's pay and stake sent to another account; possible until the job is settled."""
    account = parse_address(pay_to)
    session.send(session.client.set_pay_to(job_id, account))
    session.render.say(f"Job {job_id} will pay {session.names.full(account)}.")
    session.render.emit({"jobId": job_id, "client": session.client.account, "payTo": account})


@command(
    app,
    "commit",
    examples=(
        "deml commit 7 model.safetensors",
        "deml commit 7 model.safetensors --min-pay 25",
        "deml commit 7 model.safetensors --no-min-pay",
    ),
)
def commit(
    session: Session,
    job_id: JobNumber,
    model: Annotated[Path, typer.Argument(help="The safetensors file; it stays on this machine.")],
    min_pay: MinPay = None,
    no_min_pay: NoMinPay = False,
) -> None:
    """Commit to a model without showing it. A later commit replaces it and moves to the end of the order.

    The least pay may be chosen now or when you declare, and only once; 'deml watch' declares only models that have one.
    """
    from deml_sdk.files.files import read_file
    from deml_sdk.market.due.planner import needs_min_pay

    client = session.client
    job = client.job(job_id)
    said = _said_min_pay(client, job, min_pay, no_min_pay)
    session.send(client.commit(job, read_file(model), said))
    record = client.committed_model(job_id)
    session.render.say(f"Committed. The model is kept in the journal as {record.cid}; keep this CID secret.")
    if said is None and needs_min_pay(job):
        session.render.warn(f"You have chosen no least pay: 'deml declare {job_id}' asks, 'deml watch' cannot.")
    else:
        session.render.say("Leave a watcher running: it declares in time, and delivers if the model is due.")
        session.render.next(f"deml watch {job_id}{session.acting_as('client1')}")
    session.render.emit({"jobId": job_id, "client": client.account, "cid": record.cid, "commitment": record.commitment})


@command(
    app,
    "declare",
    examples=("deml declare 7", "deml declare 7 --min-pay 40", "deml declare 7 --no-min-pay --model m.safetensors"),
)
def declare(
    session: Session,
    job_id: JobNumber,
    model: ModelFile = None,
    min_pay: MinPay = None,
    no_min_pay: NoMinPay = False,
) -> None:
    """Score the committed model on the revealed holdout and declare what is credited. This is final.

    So is the least pay for which you would publish: the one given to 'deml commit', --min-pay, --no-min-pay, or
    your answer after both sides have been shown.
    """
    from deml.market import Bid
    from deml_sdk.market.due.planner import pay_alone

    client = session.client
    job = client.job(job_id)
    record = _committed_model(client, job, model)
    said = _said_min_pay(client, job, min_pay, no_min_pay)
    found = client.evaluate(job)
    session.render.say(f"Your model scores {evaluation_text(found)}. The baseline is {score_text(job.terms.baseline)}.")
    least = _chosen_min_pay(session, job, found.credited, record.min_pay if said is None else said)
    most = pay_alone(job, Bid(found.credited, least))
    token = client.token(job.terms.reward_token)
    session.render.say(f"It earns at most {token.show(most)}; models committed before it reduce this.")
    if not most:
        session.render.warn("To declare it only costs gas.")
    session.send(client.declare(job, found.credited, least))
    session.render.say(
        f"Declared. If the model becomes due, 'deml watch {job_id}' or 'deml submit {job_id}' delivers it."
    )
    stated = {"score": found.score, "credited": found.credited, "minPay": str(least)}
    session.render.emit({"jobId": job_id, "client": client.account, **stated})


@command(app, "recover", examples=("deml recover 7 model.safetensors",))
def recover(
    session: Session,
    job_id: JobNumber,
    model: Annotated[Path, typer.Argument(help="Exactly the file that was committed to.")],
) -> None:
    """Restore a model that this wallet committed to on this machine; it stays here."""
    from deml_sdk.files.files import read_file

    record = session.client.recover_model(job_id, read_file(model))
    session.render.say(f"This is the file you committed to in job {job_id}; it is in the journal again.")
    session.render.emit({"jobId": job_id, "client": session.client.account, "cid": record.cid})


@command(app, "submit", examples=("deml submit 7",))
def submit(
    session: Session,
    job_id: JobNumber,
    model: ModelFile = None,
    restart: Annotated[bool, typer.Option("--restart", help="Restart the upload from the beginning.")] = False,
) -> None:
    """Deliver the committed model, if a finalised notice says that it will be paid for."""
    client = session.client
    job = client.job(job_id)
    _committed_model(client, job, model)
    made = session.send(client.submit(job, fresh=restart)).notices
    cid = through_outages(partial(client.share_model, job), session.render, of=OUTAGES)
    if any(isinstance(one, ScoringProgress) for one in made):
        session.render.say(f"Delivered: {cid}{progress_text(made)}")
        session.render.warn(f"It counts once it is verified in time: 'deml continue {job_id}'.")
    else:
        session.render.say(f"Delivered and verified: {cid}")
    session.render.emit({"jobId": job_id, "client": client.account, "cid": cid})


@command(
    app, "continue", examples=("deml continue 7", "deml continue 7 --client 0x90f79bf6eb2c4f870365e785982e1f101e93b906")
)
def continue_scoring(
    session: Session,
    job_id: JobNumber,
    owner: Annotated[
        str | None, typer.Option("--client", help="Only this client's model; the sponsor's is the initial one. [all]")
    ] = None,
) -> None:
    """Continue the scoring of models on a holdout that is too large for one transaction. Anyone may do this."""
    job = session.client.job(job_id)
    owners = [parse_address(owner)] if owner else [one.client for one in job.scorings]
    if not owners:
        session.render.say(f"Nothing is being scored in job {job_id}.")
    done: dict[Address, list[dict[str, Any]]] = {}
    for one in owners:
        ready = partial(session.client.continue_scoring, job, one)
        intent = through_outages(ready, session.render) if done else ready()
        made = session.send(intent, begun=bool(done)).notices
        done[one] = [notice_json(notice) for notice in made]
        said = ", ".join(TABLE.name(notice) for notice in made)
        session.render.say(f"{session.names.short(one)}: {said or 'finished by somebody else'}")
    session.render.emit({"jobId": job_id, "notices": done})


@command(app, "settle", examples=("deml settle 7",))
def settle(session: Session, job_id: JobNumber) -> None:
    """Bring a job up to date, and end it if it can end. Anyone may do this."""
    notices = session.send(session.client.settle(job_id)).notices
    for notice in notices:
        session.render.say(TABLE.name(notice), style="bold")
    session.render.emit({"jobId": job_id, "notices": [notice_json(one) for one in notices]})


@command(app, "withdraw", examples=("deml withdraw 25", "deml withdraw 0.1 --ether --to 0x90f7...b906"))
def withdraw(
    session: Session,
    amount: Annotated[str, typer.Argument(help="How much, in whole tokens.")],
    token: Annotated[str | None, typer.Option(help="Which token. [the profile's]")] = None,
    ether: Annotated[bool, typer.Option("--ether", help="Ether instead of a token.")] = False,
    to: Annotated[str | None, typer.Option(help="Account that receives them. [the wallet's]")] = None,
) -> None:
    """Withdraw tokens from your balance in the dapp, where unused deposits end up."""
    client = session.client
    wanted = ETHER if ether else session.token_address(token)
    receiver = parse_address(to) if to else client.account
    units = client.amount(wanted, amount)
    session.send(client.withdraw(wanted, units, receiver))
    session.render.say("A voucher was created. Once its epoch's claim is accepted, 'deml claim' pays it out.")
    session.render.emit({"token": wanted, "amount": str(units), "to": receiver})


def _said_min_pay(client: Client, job: Job, min_pay: str | None, no_min_pay: bool) -> Amount | None:
    """Read the least pay that the options say, if they do."""
    if no_min_pay and min_pay is not None:
        raise typer.BadParameter("choose one of --min-pay and --no-min-pay")
    if no_min_pay:
        return NOTHING
    return None if min_pay is None else client.amount(job.terms.reward_token, min_pay)


def _chosen_min_pay(session: Session, job: Job, credited: Score, said: Amount | None) -> Amount:
    """Ask for the least pay, with a proposal and what speaks for and against it, where it is not said already.

    Raises
    ------
    MinPayNotChosen
        If nobody is there to ask.
    """
    from deml_sdk.market.due import min_pay
    from deml_sdk.market.due.planner import needs_min_pay

    if said is not None or not needs_min_pay(job) or not session.render.can_ask:
        return min_pay.chosen(job, said)
    client, currency = session.client, job.terms.reward_token
    token, bounds = client.token(currency), client.min_pay_bounds(job, credited)
    for text in bounds.texts(token.show):
        session.render.say(text)
    proposed = token.format(bounds.proposed)
    answer = session.render.ask(f"Least pay in {token.symbol}; 0 for none", proposed, "--min-pay")
    return client.amount(currency, answer)


def _committed_model(client: Client, job: Job, path: Path | None) -> ModelRecord:
    """Find the model in the journal; with a file, after putting it back there."""
    from deml_sdk.files.files import read_file

    return client.committed_model(job) if path is None else client.recover_model(job, read_file(path))
