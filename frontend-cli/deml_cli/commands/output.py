"""`deml notices`, `vouchers`, `claim` and `record`: what the dapp has said and pays, with proofs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, Final

import typer

from deml.base.outputs import JobCreated
from deml.base.types import ETHER, Address
from deml.wire.notices import TABLE
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.options import JobNumber
from deml_cli.payments import claim_text, job_text, receiver_and_amount
from deml_sdk.addresses import parse_address
from deml_sdk.chain.proof import Proof
from deml_sdk.chain.tokens import Token
from deml_sdk.chain.transactions import Receipt
from deml_sdk.market.words.notice_words import what_it_says
from deml_sdk.node.records import StoredOutput
from deml_sdk.node.stated import Stated
from deml_sdk.node.vouchers import Voucher
from deml_sdk.outages import through_outages
from deml_sdk.plain import notice_json

app = group("Notices and vouchers of the dapp.")

_TYPES: Final = tuple(one.function.name for one in TABLE.kinds)


@command(
    app,
    "notices",
    examples=("deml notices --job 7", "deml notices --type Scored --json", "deml notices --job 7 --follow --json"),
)
def notices(
    session: Session,
    job: Annotated[int | None, typer.Option(min=1, help="Only notices about this job.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help=f"Only these: {', '.join(_TYPES)}.")] = None,
    input_index: Annotated[int | None, typer.Option("--input", min=0, help="Only notices of this input.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Follow new ones; JSON is one per line.")] = False,
) -> None:
    """List the dapp's notices. The JSON includes each notice's proof once its claim is accepted."""
    if kind is not None and kind.lower() not in (one.lower() for one in _TYPES):
        raise typer.BadParameter(f"choose from {', '.join(_TYPES)}", param_hint="--type")
    shown, said = [], []
    words = _Words(session)
    for one in _stated(session, job, kind, input_index, follow):
        record = _notice_record(one)
        if follow:
            session.render.emit_line(record)
            session.render.say(f"{one.output.index}  job {one.notice.job_id}: {words.of(one)}  ({one.claim})")
        else:
            shown.append(record)
            said.append((one.output.index, one.notice.job_id, one.kind, words.of(one), one.claim))
    if not follow:
        session.render.table(None, ("output", "job", "notice", "says", "claim"), said)
        session.render.emit(shown)


@command(app, "vouchers", examples=("deml vouchers --wallet client1", "deml vouchers --all --json"))
def vouchers(
    session: Session,
    receiver: Annotated[
        str | None, typer.Option("--to", help="Only vouchers that pay this account. [the wallet's]")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Vouchers for all accounts.")] = False,
) -> None:
    """List the dapp's payments: to whom, whether the claim is accepted, whether it was executed."""
    client = session.client
    found = list(client.vouchers(_receiver(session, receiver, everybody)))
    rows = [
        (
            one.output.index,
            job_text(session, one),
            *receiver_and_amount(session, one),
            one.claim,
            "yes" if one.executed else "no",
        )
        for one in found
    ]
    session.render.table(None if rows else "Vouchers", ("output", "for", "to", "pays", "claim", "executed"), rows)
    session.render.emit([_voucher_record(one) for one in found])


@command(app, "claim", examples=("deml claim --wallet client1", "deml claim --to 0x90f7...b906 --yes"))
def claim(
    session: Session,
    receiver: Annotated[
        str | None, typer.Option("--to", help="Execute vouchers that pay this account; anyone may. [the wallet's]")
    ] = None,
) -> None:
    """Execute the vouchers that pay this wallet and whose claim is accepted."""
    client = session.client
    found = client.claims([parse_address(receiver) if receiver else session.account])
    receipts: tuple[Receipt, ...] = ()
    if found.ready:
        for one in found.ready:
            session.render.say(f"Voucher {one.output.index} pays {claim_text(session, one)}.")
        receipts = session.send(client.claim(found)).receipts
        for one in found.ready:
            session.render.say(f"Paid: {claim_text(session, one)}.", style="green")
    if found.waiting:
        session.render.note(f"{found.waiting} voucher(s) wait for their epoch's claim to be accepted: 'deml vouchers'.")
    elif not found.ready:
        session.render.say("No voucher waits for this account." if found.executed else "No voucher pays this account.")
    session.render.emit(
        {
            "executed": [
                {**_voucher_record(one), "executed": True, "transaction": receipt.tx_hash}
                for one, receipt in zip(found.ready, receipts, strict=True)
            ],
            "waiting": found.waiting,
        }
    )


@command(app, "record", examples=("deml record 7", "deml record 7 --wallet client1 --yes --json"))
def record(session: Session, job_id: JobNumber) -> None:
    """Record a job's verified models, ending and average in the ModelRegistry, where other contracts read them.

    Anyone may do this, because the registry checks the proofs, and it never changes an entry. A settled job takes one
    transaction for all its models.
    """
    client = session.client
    found = client.recordable(job_id)
    done: list[dict[str, Any]] = []
    for one in found.ready:
        ready = partial(client.record, one)
        intent = through_outages(ready, session.render) if done else ready()
        [receipt] = session.send(intent, begun=bool(done)).receipts
        done.append({"index": one.output.index, **notice_json(one.notice), "transaction": receipt.tx_hash})
        session.render.say(f"Recorded {one.kind} of job {job_id}, output {one.output.index}.")
    if found.waiting:
        session.render.note(f"{found.waiting} notice(s) wait for their epoch's claim to be accepted.")
    elif not done:
        session.render.say("The registry has it all." if found.recorded else f"Job {job_id} has no verified model yet.")
    session.render.emit({"jobId": job_id, "recorded": done, "before": found.recorded, "waiting": found.waiting})


def _stated(
    session: Session, job: int | None, kind: str | None, input_index: int | None, follow: bool
) -> Iterator[Stated]:
    client = session.client
    if not follow:
        return client.notices(job, kind=kind, input_index=input_index)
    return client.follow(job, kind=kind, input_index=input_index)


def _notice_record(one: Stated) -> dict[str, Any]:
    return {
        "index": one.output.index,
        "input": one.output.input_index,
        "epoch": one.output.epoch_index,
        **notice_json(one.notice),
        "claim": one.claim,
        **_proof_record(one.output, one.proof),
    }


def _voucher_record(voucher: Voucher) -> dict[str, Any]:
    return {
        "index": voucher.output.index,
        "input": voucher.output.input_index,
        "epoch": voucher.output.epoch_index,
        "transfer": voucher.transfer,
        "claim": voucher.claim,
        "executed": voucher.executed,
        **_proof_record(voucher.output, voucher.proof),
    }


def _proof_record(output: StoredOutput, proof: Proof | None) -> dict[str, Any]:
    return {"output": output.raw, "proof": proof}


SMALLEST: Final = Token(ETHER, "of the smallest unit", 0)
"""Stands for the token of a job whose beginning the node does not tell."""


class _Words:
    """Writes notices in words, with the tokens of their jobs."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tokens: dict[int, Token] = {}

    def of(self, one: Stated) -> str:
        client, notice = self._session.client, one.notice
        if isinstance(notice, JobCreated):
            self._tokens[notice.job_id] = client.token(notice.terms.reward_token)
        if notice.job_id not in self._tokens:
            opened = (one.notice for one in client.notices(notice.job_id, kind="JobCreated"))
            terms = next((one.terms for one in opened if isinstance(one, JobCreated)), None)
            self._tokens[notice.job_id] = SMALLEST if terms is None else client.token(terms.reward_token)
        return what_it_says(notice, self._tokens[notice.job_id], self._session.names)


def _receiver(session: Session, named: str | None, everybody: bool) -> Address | None:
    if everybody:
        return None
    return parse_address(named) if named else session.account
