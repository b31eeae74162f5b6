"""`deml encode`: the calldata of every input, for `cast send` and `cartesi send --encoding hex`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from deml.base.inputs import (
    Accept,
    Cancel,
    Commit,
    CreateJob,
    Declare,
    RevealHoldout,
    ScoreSlices,
    SetPayTo,
    Settle,
    Slot,
    Stream,
    Submit,
    TopUp,
    Upload,
    Withdraw,
)
from deml.base.types import ETHER, Amount, JobId, Score
from deml.wire.inputs import TABLE, Message
from deml.wire.inputs import encode as calldata_of
from deml.wire.terms import TERMS
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.errors import BadSetting
from deml_sdk.addresses import parse_address, parse_hex
from deml_sdk.chain.tokens import parse_amount
from deml_sdk.files.files import read_file
from deml_sdk.market.uploads import IN_BUFFER, packed

app = group(
    "Write the calldata of an input. createJob, topUp and, where the job has a stake, accept are for the execLayerData "
    "of an ERC20Portal deposit; the others for InputBox.addInput."
)

JobNumber = Annotated[int, typer.Option("--job-id", min=1, help="Number of the job.")]
SaltHex = Annotated[str, typer.Option("--salt", help="The commitment's salt, 32 bytes in hex.")]
DataCid = Annotated[str, typer.Option("--data-cid", help="CID of the holdout.")]
_SLOTS = ", ".join(f"{int(slot)} = {slot.name.lower().replace('_', ' ')}" for slot in Slot)


@command(app, "create-job", examples=("deml encode create-job --terms terms.json",))
def create_job(
    session: Session,
    terms: Annotated[Path, typer.Option(help="JSON with the names of IDeML.sol, as 'deml job show --json' prints it.")],
) -> None:
    """Encode createJob(terms)."""
    try:
        found = json.loads(read_file(terms))
    except ValueError as error:
        raise BadSetting(str(terms), "the terms", f"{type(error).__name__}: {error}") from None
    _write(session, CreateJob(TERMS.form.read(found, "terms")))


@command(app, "top-up", examples=("deml encode top-up --job-id 7",))
def top_up(session: Session, job_id: JobNumber) -> None:
    """Encode topUp(jobId)."""
    _write(session, TopUp(JobId(job_id)))


@command(app, "accept", examples=("deml encode accept --job-id 7",))
def accept(
    session: Session,
    job_id: JobNumber,
    pay_to: Annotated[str, typer.Option(help="Who receives pay and stake; zero for the sender.")] = ETHER,
) -> None:
    """Encode accept(jobId, payTo)."""
    _write(session, Accept(JobId(job_id), parse_address(pay_to)))


@command(app, "set-pay-to", examples=("deml encode set-pay-to --job-id 7 --pay-to 0x90f7...b906",))
def set_pay_to(
    session: Session, job_id: JobNumber, pay_to: Annotated[str, typer.Option(help="Who receives pay and stake.")]
) -> None:
    """Encode setPayTo(jobId, payTo)."""
    _write(session, SetPayTo(JobId(job_id), parse_address(pay_to)))


@command(app, "commit", examples=("deml encode commit --job-id 7 --commitment 0x6f1e...42aa",))
def commit(
    session: Session, job_id: JobNumber, commitment: Annotated[str, typer.Option(help="32 bytes in hex.")]
) -> None:
    """Encode commit(jobId, commitment)."""
    _write(session, Commit(JobId(job_id), _word("--commitment", commitment)))


@command(app, "upload", examples=("deml encode upload --job-id 7 --slot 2 --seq 0 --chunk weights.part0",))
def upload(
    session: Session,
    job_id: JobNumber,
    slot: Annotated[int, typer.Option(min=0, max=2, help=f"{_SLOTS}.")],
    seq: Annotated[int, typer.Option(min=0, help="Number of the chunk; 0 starts again.")],
    chunk: Annotated[Path, typer.Option(help="File with the chunk's bytes: a part of a CAR, perhaps compressed.")],
) -> None:
    """Encode upload(jobId, slot, seq, chunk)."""
    _write(session, Upload(JobId(job_id), Slot(slot), seq, read_file(chunk)))


@command(
    app,
    "reveal-holdout",
    examples=("deml encode reveal-holdout --job-id 7 --data-cid bafk... --salt 0x... --holdout h --initial-model m",),
)
def reveal_holdout(
    session: Session,
    job_id: JobNumber,
    data_cid: DataCid,
    salt: SaltHex,
    holdout: Annotated[Path | None, typer.Option(help="The file, packed for you. [what was uploaded]")] = None,
    initial_model: Annotated[Path | None, typer.Option(help="The file, packed for you. [what was uploaded]")] = None,
) -> None:
    """Encode revealHoldout(jobId, dataCid, salt, holdout, initialModel)."""
    streams = (_stream(holdout), _stream(initial_model))
    _write(session, RevealHoldout(JobId(job_id), data_cid, _word("--salt", salt), *streams))


@command(app, "declare", examples=("deml encode declare --job-id 7 --score 953216 --min-pay 1000000000000000000",))
def declare(
    session: Session,
    job_id: JobNumber,
    score: Annotated[int, typer.Option(help="In parts per million.")],
    min_pay: Annotated[str, typer.Option(help="In the token's smallest unit.")] = "0",
) -> None:
    """Encode declare(jobId, score, minPay)."""
    _write(session, Declare(JobId(job_id), Score(score), _units(min_pay)))


@command(app, "submit", examples=("deml encode submit --job-id 7 --model-cid bafk... --data-cid bafk... --salt 0x...",))
def submit(
    session: Session,
    job_id: JobNumber,
    model_cid: Annotated[str, typer.Option(help="CID of the model.")],
    data_cid: DataCid,
    salt: SaltHex,
    weights: Annotated[Path | None, typer.Option(help="The model, packed for you. [what was uploaded]")] = None,
) -> None:
    """Encode submit(jobId, modelCid, dataCid, salt, weights)."""
    _write(session, Submit(JobId(job_id), model_cid, data_cid, _word("--salt", salt), _stream(weights)))


@command(app, "score", examples=("deml encode score --job-id 7 --client 0x90f7...b906 --slices 4",))
def score(
    session: Session,
    job_id: JobNumber,
    client: Annotated[str, typer.Option(help="Whose model; the sponsor's is the initial one.")],
    slices: Annotated[int, typer.Option(min=1, max=2**32 - 1, help="At most so many. [as fit]")] = 2**32 - 1,
) -> None:
    """Encode score(jobId, client, slices)."""
    _write(session, ScoreSlices(JobId(job_id), parse_address(client), slices))


@command(app, "settle", examples=("deml encode settle --job-id 7",))
def settle(session: Session, job_id: JobNumber) -> None:
    """Encode settle(jobId)."""
    _write(session, Settle(JobId(job_id)))


@command(app, "cancel", examples=("deml encode cancel --job-id 7",))
def cancel(session: Session, job_id: JobNumber) -> None:
    """Encode cancel(jobId)."""
    _write(session, Cancel(JobId(job_id)))


@command(app, "withdraw", examples=("deml encode withdraw --token 0x5fbd...0aa3 --amount 500 --to 0x90f7...b906",))
def withdraw(
    session: Session,
    amount: Annotated[str, typer.Option(help="In the token's smallest unit.")],
    to: Annotated[str, typer.Option(help="Who receives it.")],
    token: Annotated[str, typer.Option(help="An ERC-20 token; zero for Ether.")] = ETHER,
) -> None:
    """Encode withdraw(token, amount, to)."""
    _write(session, Withdraw(parse_address(token), _units(amount), parse_address(to)))


def _write(session: Session, message: Message) -> None:
    calldata = calldata_of(message)
    session.render.say("0x" + calldata.hex())
    session.render.emit({"input": TABLE.name(message), "calldata": calldata, "bytes": len(calldata)})


def _stream(path: Path | None) -> Stream:
    return packed(read_file(path)) if path else IN_BUFFER


def _word(option: str, text: str) -> bytes:
    word = parse_hex(text)
    if len(word) != 32:
        raise BadSetting("the command line", option, f"it has {len(word)} bytes and not 32")
    return word


def _units(text: str) -> Amount:
    return parse_amount(text, 0)
