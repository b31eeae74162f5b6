"""`deml deploy`: an Application of one's own, and whether somebody else's is what its record says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deml_cli.command import command, group
from deml_cli.config import config_path, home_directory
from deml_cli.context import Session
from deml_cli.exit_codes import ExitCode
from deml_cli.profiles import store
from deml_sdk.addresses import parse_address, parse_hex
from deml_sdk.ipfs.credentials import refuse_credentials

if TYPE_CHECKING:
    from deml_sdk.chain.reading import ChainReading
    from deml_sdk.deploy.order import DeploymentOrder, DeploymentRecord
    from deml_sdk.deploy.plan import DeploymentPlan
    from deml_sdk.deploy.verify import Verification

RECORD: Final = Path("deml-deployment.json")

app = group("Deploy an Application through Cartesi's factories, and verify one. For contracts of suite cartesi-2.2.")

TemplateHash = Annotated[str | None, typer.Option(help="Hash of the machine that 'cartesi build' made, in hex.")]
MachineOption = Annotated[
    Path | None, typer.Option(help="Folder of the machine that 'cartesi build' made, to take its hash from.")
]


@dataclass(frozen=True, slots=True)
class Choices:
    """Who accepts claims, how often, and the salt."""

    authority: Annotated[
        str | None, typer.Option(help="Account whose key alone accepts claims: creates a new Authority.")
    ] = None
    validator: Annotated[
        list[str] | None,
        typer.Option(help="Account in a new Quorum, of which more than half accept claims; repeat it."),
    ] = None
    consensus: Annotated[str | None, typer.Option(help="An existing consensus.")] = None
    epoch_length: Annotated[int, typer.Option(min=1, help="Blocks between two claims of a new consensus.")] = 7_200
    salt: Annotated[str, typer.Option(help="32 bytes in hex, to deploy the same again at other addresses.")] = "00" * 32


@command(
    app,
    "plan",
    examples=(
        "deml deploy plan --machine .cartesi/image --authority 0x90f7...b906 --wallet alice --profile sepolia",
        "deml deploy plan --template-hash 0x12ab... --validator 0x90f7... --wallet 0xf39f... --json",
    ),
)
def plan(
    session: Session,
    choices: Choices,
    template_hash: TemplateHash = None,
    machine: MachineOption = None,
) -> None:
    """Show the result of a deployment and its transactions; nothing is sent.

    The JSON has the unsigned transactions. With --wallet 0x... another account, such as a multisig, can send them.
    """
    from deml_sdk.deploy.plan import chain_of, make_plan

    order = _order(session, _needed(_hash(template_hash, machine)), choices)
    with _reader(session) as reader:
        made = make_plan(reader, order)
        intent = made.intent(chain_of(reader.web3, made.record))
        session.render.facts({**intent.sends, "gas": intent.gas.describe()}, intent.action.capitalize())
        session.render.emit({**intent.as_json(), "record": made.record.as_json()})


@command(
    app,
    "run",
    examples=(
        "deml deploy run --template-hash 0x12ab... --authority 0x90f7...b906 --wallet alice --write-profile market",
        "deml deploy run --template-hash 0x12ab... --validator 0x90f7... --validator 0x15d3... --wallet alice",
        "deml deploy run --machine .cartesi/image --authority 0x90f7... --wallet 0xf39f... --signer-url http://127.0.0.1:8550",
        "deml deploy run --template-hash 0x12ab... --authority 0x90f7... --wallet 0x5afe... --unsigned safe.json",
    ),
)
def run(
    session: Session,
    choices: Choices,
    template_hash: TemplateHash = None,
    machine: MachineOption = None,
    record: Annotated[Path, typer.Option(help="Where to write the record that others verify.")] = RECORD,
    write_profile: Annotated[str | None, typer.Option(help="Store the market as this profile.")] = None,
    unsigned: Annotated[
        Path | None,
        typer.Option(help="Send nothing, but write the transactions to a file that Safe's Transaction Builder reads."),
    ] = None,
) -> None:
    """Deploy, renounce the Application's ownership, verify, and write a record.

    Existing contracts are not created again: the same command continues an interrupted run.
    It also completes a run after a multisig, --wallet 0x..., has sent what --unsigned wrote.
    """
    from deml_sdk.deploy.plan import carry_out, chain_of, make_plan
    from deml_sdk.deploy.verify import verify
    from deml_sdk.files.files import check_writable, write_lasting
    from deml_sdk.outages import through_outages

    check_writable(record)
    order = _order(session, _needed(_hash(template_hash, machine)), choices)
    if write_profile is not None:
        refuse_credentials(f"profile {write_profile}", "rpc_url", session.config.require("rpc_url"))
    with _reader(session) as reader:
        made = make_plan(reader, order)
        chain = chain_of(reader.web3, made.record)
        receipts = []
        if unsigned is not None and made.calls:
            _write_unsigned(session, made, unsigned)
            return
        if made.calls:
            session.render.confirm(made.intent(chain))
            receipts = carry_out(chain, session.wallet, made, session.render)
        found = through_outages(partial(verify, chain, made.record), session.render)
    write_lasting(record, made.record.to_file(), session.render)
    if write_profile is not None and found.holds:
        store(home_directory(), write_profile, _profile(session, made.record))
        session.render.say(
            f"Stored profile '{write_profile}' in {config_path(home_directory())}; add node_url yourself."
        )
    session.render.say(f"Wrote the record to {record}.")
    _report(session, found, [one.tx_hash for one in receipts])


@command(
    app,
    "verify",
    examples=(
        "deml deploy verify deml-deployment.json --rpc-url https://my-own-node.example",
        "deml deploy verify deml-deployment.json --machine .cartesi/image --json",
    ),
)
def verify_(
    session: Session,
    record: Annotated[Path, typer.Argument(help="The record that the deployer published.")] = RECORD,
    template_hash: Annotated[str | None, typer.Option(help="Hash of the machine that you built yourself.")] = None,
    machine: Annotated[Path | None, typer.Option(help="Folder of that machine, .cartesi/image.")] = None,
) -> None:
    """Check a record against the chain (addresses, code, machine, owner, consensus), and say whom you trust.

    Exits with code 1 if something differs from the record. The RPC is trusted: use your own.
    """
    from deml_sdk.deploy.order import DeploymentRecord
    from deml_sdk.deploy.plan import chain_of
    from deml_sdk.deploy.verify import verify
    from deml_sdk.files.files import read_file

    made = DeploymentRecord.of_json(read_file(record), str(record))
    own_hash = _hash(template_hash, machine)
    with _reader(session) as reader:
        found = verify(chain_of(reader.web3, made), made, own_hash)
    _report(session, found, [])


@contextmanager
def _reader(session: Session) -> Iterator[ChainReading]:
    """Read the profile's chain, checked to be the one that is meant."""
    from deml_sdk.chain.connection import connect
    from deml_sdk.chain.reading import ChainReading
    from deml_sdk.errors import WrongChain

    with closing(ChainReading(connect(session.config.require("rpc_url")))) as reader:
        expected = session.config.get("chain_id")
        if expected is not None and int(expected) != reader.chain_id:
            raise WrongChain(int(expected), reader.chain_id)
        yield reader


def _hash(template_hash: str | None, machine: Path | None) -> bytes | None:
    from deml_sdk.deploy.order import machine_hash

    if template_hash is not None and machine is not None:
        raise typer.BadParameter("give --template-hash or --machine, not both")
    if machine is not None:
        return machine_hash(machine)
    return None if template_hash is None else parse_hex(template_hash)


def _needed(template_hash: bytes | None) -> bytes:
    if template_hash is None:
        raise typer.BadParameter("give the machine: its --template-hash, or its folder as --machine")
    return template_hash


def _order(session: Session, template_hash: bytes, choices: Choices) -> DeploymentOrder:
    from deml_sdk.deploy.order import ConsensusKind, DeploymentOrder

    given = {
        ConsensusKind.AUTHORITY: [choices.authority] if choices.authority else [],
        ConsensusKind.QUORUM: choices.validator or [],
        ConsensusKind.EXISTING: [choices.consensus] if choices.consensus else [],
    }
    kinds = [kind for kind, members in given.items() if members]
    if len(kinds) != 1:
        raise typer.BadParameter("choose one of --authority, --validator (for each) and --consensus")
    (kind,) = kinds
    return DeploymentOrder(
        template_hash=template_hash,
        deployer=session.account,
        kind=kind,
        members=tuple(parse_address(one) for one in given[kind]),
        epoch_length=None if kind is ConsensusKind.EXISTING else choices.epoch_length,
        salt=parse_hex(choices.salt),
    )


def _write_unsigned(session: Session, made: DeploymentPlan, path: Path) -> None:
    from deml_sdk.files.files import check_writable, write_lasting

    check_writable(path)
    write_lasting(path, made.unsigned().encode(), session.render)
    count, deployer = len(made.calls), made.record.order.deployer
    session.render.say(
        f"Wrote {count} transaction(s) to {path}, to be sent by {deployer} in this order. Nothing was sent."
    )
    session.render.say("Then run this command again without --unsigned: it verifies, and writes the record.")
    session.render.emit({"unsigned": str(path), "transactions": count, "record": made.record.as_json()})


def _profile(session: Session, record: DeploymentRecord) -> dict[str, str]:
    return {
        "rpc_url": session.config.require("rpc_url"),
        "chain_id": str(record.chain_id),
        "app_address": record.app,
        "erc20_portal": record.erc20_portal,
        "safe_transfer": record.safe_transfer,
        "model_registry": record.model_registry,
    }


def _report(session: Session, found: Verification, sent: Sequence[str]) -> None:
    for one in found.checks:
        session.render.say(
            f"{'ok  ' if one.holds else 'FAIL'}  {one.subject:<20} {one.text}", None if one.holds else "red"
        )
    for warning in found.warnings:
        session.render.warn(warning)
    document = {
        "holds": found.holds,
        "checks": found.checks,
        "trust": found.trust,
        "warnings": found.warnings,
        "transactions": sent,
        "record": found.record.as_json(),
    }
    session.render.emit(document)
    if not found.holds:
        raise typer.Exit(ExitCode.FAILED)
