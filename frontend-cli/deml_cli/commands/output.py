"""`deml notices`, `vouchers` and `claim`: what the dapp has said and pays, with proofs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer

from deml.base.outputs import Notice
from deml.base.types import ETHER, Address
from deml.wire.notices import NOTICE_FUNCTIONS
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.render import Plan
from deml_sdk.addresses import parse_address
from deml_sdk.chain.proof import Proof
from deml_sdk.chain.tokens import format_amount
from deml_sdk.jsonable import jsonable
from deml_sdk.node.client import NOTICE_SELECTOR, StoredOutput
from deml_sdk.node.vouchers import ClaimStatuses, Voucher, execute, list_vouchers

app = group("What the dapp has said and pays.")

FOLLOW_SECONDS: Final = 1.0
"""Pause between looks for new notices."""

_TYPES: Final = tuple(function.name for function in NOTICE_FUNCTIONS)
_ETHER_DECIMALS: Final = 18


@command(
    app,
    "notices",
    examples=("deml notices --job 7", "deml notices --type Scored --json", "deml notices --job 7 --follow --json"),
)
def notices(
    session: Session,
    job: Annotated[int | None, typer.Option(min=1, help="Only those about this job.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help=f"Only these: {', '.join(_TYPES)}.")] = None,
    input_index: Annotated[int | None, typer.Option("--input", min=0, help="Only those of this input.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as new ones come; JSON is one a line.")] = False,
) -> None:
    """List what the dapp has stated. The JSON carries each notice's proof, once its claim is accepted."""
    if kind is not None and kind.lower() not in (one.lower() for one in _TYPES):
        raise typer.BadParameter(f"choose from {', '.join(_TYPES)}", param_hint="--type")
    claims = ClaimStatuses(session.node)
    found = (
        (output, notice)
        for output in _outputs(session, input_index, follow)
        if (notice := output.notice) is not None
        and (job is None or notice.job_id == job)
        and (kind is None or type(notice).__name__.lower() == kind.lower())
    )
    shown = []
    for output, notice in found:
        record = _notice_record(output, notice, claims.of(output))
        if follow:
            session.render.emit_line(record)
            session.render.say(_one_line(output, notice, record["claim"]))
        else:
            shown.append(record)
    if not follow:
        rows = [(one["index"], one["input"], one["type"], _summary(one["values"]), one["claim"]) for one in shown]
        session.render.table(None, ("output", "input", "notice", "says", "claim"), rows)
        session.render.emit(shown)


@command(app, "vouchers", examples=("deml vouchers --wallet client1", "deml vouchers --all --json"))
def vouchers(
    session: Session,
    receiver: Annotated[str | None, typer.Option("--to", help="Only those that pay this account. [the wallet]")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Whoever they pay.")] = False,
) -> None:
    """List what the dapp pays: to whom, whether the claim is accepted, whether it was executed."""
    found = list(list_vouchers(session.chain, session.node, _receiver(session, receiver, everybody)))
    rows = [(one.output.index, *_payment(session, one), one.claim, "yes" if one.executed else "no") for one in found]
    session.render.table(None, ("output", "to", "pays", "claim", "executed"), rows)
    session.render.emit([_voucher_record(one) for one in found])


@command(app, "claim", examples=("deml claim --wallet client1", "deml claim --to 0x90f7...b906 --yes"))
def claim(
    session: Session,
    receiver: Annotated[
        str | None, typer.Option("--to", help="Execute those that pay this account: anybody may. [the wallet]")
    ] = None,
) -> None:
    """Execute the vouchers that pay this wallet and whose claim is accepted."""
    chain, wallet = session.chain, session.wallet
    wanted = _receiver(session, receiver, everybody=False)
    found = list(list_vouchers(chain, session.node, wanted))
    ready = [one for one in found if one.claimable]
    waiting = sum(1 for one in found if not one.executed) - len(ready)
    if ready:
        gas = chain.estimate([chain.execute_call(one.output.raw, _proof(one)) for one in ready], wallet.address)
        sends = {f"voucher {one.output.index}": " to ".join(reversed(_payment(session, one))) for one in ready}
        session.render.confirm(Plan(f"execute {len(ready)} voucher(s)", sends, ("the transfers",), gas))
    receipts = []
    for one in ready:
        receipts.append((one, execute(chain, wallet, one)))
        session.render.say(f"Executed voucher {one.output.index}: {_payment(session, one)[1]}")
    if waiting:
        session.render.note(f"{waiting} voucher(s) wait for their epoch's claim to be accepted.")
    if not ready and not waiting:
        session.render.say("No voucher waits for this account." if found else "No voucher pays this account.")
    session.render.emit(
        {
            "executed": [
                {**_voucher_record(one), "executed": True, "transaction": receipt.tx_hash} for one, receipt in receipts
            ],
            "waiting": waiting,
        }
    )


def _outputs(session: Session, input_index: int | None, follow: bool) -> Iterator[StoredOutput]:
    count = 0
    while True:
        for output in session.node.outputs(start=count, input_index=input_index, output_type=NOTICE_SELECTOR):
            count += 1
            yield output
        if not follow:
            return
        time.sleep(FOLLOW_SECONDS)


def _notice_record(output: StoredOutput, notice: Notice, claim: str) -> dict[str, Any]:
    return {
        "index": output.index,
        "input": output.input_index,
        "epoch": output.epoch_index,
        "type": type(notice).__name__,
        "values": jsonable(notice),
        "claim": claim,
        **_proof_record(output),
    }


def _voucher_record(voucher: Voucher) -> dict[str, Any]:
    return {
        "index": voucher.output.index,
        "input": voucher.output.input_index,
        "epoch": voucher.output.epoch_index,
        "transfer": jsonable(voucher.transfer),
        "claim": voucher.claim,
        "executed": voucher.executed,
        **_proof_record(voucher.output),
    }


def _proof_record(output: StoredOutput) -> dict[str, Any]:
    proof = None if output.siblings is None else jsonable(Proof(output.index, output.siblings))
    return {"output": jsonable(output.raw), "proof": proof}


def _one_line(output: StoredOutput, notice: Notice, claim: str) -> str:
    return f"{output.index}  {type(notice).__name__}  {_summary(jsonable(notice))}  ({claim})"


def _summary(values: dict[str, Any]) -> str:
    """Plain values of a notice in one line; lists by their length."""
    parts = []
    for name, value in values.items():
        if isinstance(value, list):
            parts.append(f"{name}: {len(value)}")
        elif isinstance(value, dict):
            parts.append(f"{name}: {value.get('title', '...')}")
        else:
            parts.append(f"{name}: {value}")
    return ", ".join(parts)


def _receiver(session: Session, named: str | None, everybody: bool) -> Address | None:
    if everybody:
        return None
    return parse_address(named) if named else session.account


def _payment(session: Session, voucher: Voucher) -> tuple[str, str]:
    """Receiver and amount, in words."""
    transfer = voucher.transfer
    if transfer is None:
        return "", "something that is no fungible token"
    if transfer.token == ETHER:
        return transfer.to, f"{format_amount(transfer.amount, _ETHER_DECIMALS)} ETH"
    return transfer.to, session.chain.token(transfer.token).show(transfer.amount)


def _proof(voucher: Voucher) -> Proof:
    if voucher.proof is None:
        raise ValueError("a claimable voucher has a proof")
    return voucher.proof
