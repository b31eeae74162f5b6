"""`deml devnet`: a whole DeML on this machine, to try things and to develop on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from deml_cli.command import command, group
from deml_cli.context import Session
from deml_sdk.dates import date_text

if TYPE_CHECKING:
    from deml_devnet.chain.deployment import DevnetDeployment

app = group(
    "Run a whole DeML on this machine: a chain with the real Cartesi contracts, a node that runs the dapp, a block "
    "store. It lives in .deml/devnet, or where DEML_DEVNET_DIR says; its accounts are play money."
)


@command(app, "up", examples=("deml devnet up", "deml devnet up --chain-port 0 --node-port 0 --blocks-port 0"))
def up(
    session: Session,
    chain_port: Annotated[int | None, typer.Option(help="Port of the chain; 0 for any free one. [8545]")] = None,
    node_port: Annotated[int | None, typer.Option(help="Port of the node. [6751]")] = None,
    blocks_port: Annotated[int | None, typer.Option(help="Port of the block store. [8081]")] = None,
    epoch_length: Annotated[int | None, typer.Option(min=1, help="Blocks in an epoch. [10]")] = None,
    block_seconds: Annotated[
        int | None, typer.Option(min=0, help="Also make a block every so many seconds; 0 for none. [2]")
    ] = None,
    block_tag: Annotated[
        str | None, typer.Option(help="How far the node reads: latest, safe, finalized. [latest]")
    ] = None,
) -> None:
    """Start whatever is not running, and print where everything is. Earlier state is kept."""
    from deml_devnet import supervisor
    from deml_devnet.options import DevnetOptions

    options = DevnetOptions(chain_port, node_port, blocks_port, epoch_length, block_seconds, block_tag)
    with session.render.waiting("Starting chain, block store, node and dapp"):
        deployment = supervisor.up(options)
    _show(session, deployment)


@command(app, "down", examples=("deml devnet down",))
def down(session: Session) -> None:
    """Stop everything; chain, node and block store keep their state."""
    from deml_devnet import supervisor

    supervisor.down()
    session.render.say("The devnet is down.")
    session.render.emit({"up": False})


@command(app, "reset", examples=("deml devnet reset",))
def reset(session: Session) -> None:
    """Stop everything and delete its state, after asking."""
    from deml_cli.render import Proposal
    from deml_devnet import supervisor
    from deml_devnet.layout import default_layout

    folder = default_layout().folder
    session.render.confirm(Proposal("delete this devnet's chain, node state and blocks", {"folder": folder}))
    supervisor.reset()
    session.render.say("The devnet is gone.")
    session.render.emit({"up": False})


@command(app, "fair", examples=("deml devnet fair",))
def fair(session: Session) -> None:
    """Post three real jobs and bring them to different phases: one paid, one being published, one open to join."""
    import tempfile
    from pathlib import Path

    from deml_devnet import supervisor
    from deml_devnet.demo.fair import CLINIC, play
    from deml_devnet.layout import default_layout
    from deml_devnet.options import DevnetOptions

    deployment = supervisor.up(DevnetOptions())
    layout = default_layout()
    session.render.note("Three clients train and take part in three jobs; a minute or two ...")
    with tempfile.TemporaryDirectory(prefix="deml-fair-") as folder:
        jobs = play(session.render.human, layout, deployment, Path(folder))
    clinic = layout.folder / CLINIC
    session.render.say(f"Jobs {', '.join(map(str, jobs))} are there: paid, being published, open to join.")
    session.render.say(f"Rows to take part with in job {jobs[-1]}: {clinic}")
    session.render.emit({"jobs": jobs, "rows": str(clinic)})


@command(app, "status", examples=("deml devnet status", "deml devnet status --json"))
def status(session: Session) -> None:
    """Show the running processes, the latest block and the inputs processed."""
    from deml_devnet import operation

    found = operation.status()
    rows = [(name, "running" if pid else "stopped", pid or "") for name, pid in found.pids.items()]
    session.render.table(None, ("process", "state", "pid"), rows)
    if found.head is not None:
        session.render.facts(
            {
                "latest block": found.head.number,
                "its time": date_text(found.head.timestamp),
                "node": "ready" if found.ready else "not ready",
                "inputs processed": found.processed_inputs,
                "last epoch claimed": "none" if found.accepted_epoch is None else found.accepted_epoch,
            }
        )
    if found.node_error:
        session.render.warn(found.node_error)
    session.render.emit(
        {
            "pids": found.pids,
            "ready": found.ready,
            "head": found.head and {"number": found.head.number, "timestamp": found.head.timestamp},
            "processed_inputs": found.processed_inputs,
            "accepted_epoch": found.accepted_epoch,
            "node_error": found.node_error,
            "deployment": found.deployment and found.deployment.as_json(),
        }
    )


@command(app, "logs", examples=("deml devnet logs dapp", "deml devnet logs node --follow"))
def logs(
    session: Session,
    name: Annotated[str, typer.Argument(help="anvil, blocks, node or dapp.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Follow the log until Ctrl-C.")] = False,
) -> None:
    """Print a process's log."""
    from deml_devnet import operation

    for line in operation.logs(name, follow):
        session.render.say(line)
        session.render.emit_line({"line": line})


@command(app, "mine", examples=("deml devnet mine", "deml devnet mine 10"))
def mine(session: Session, blocks: Annotated[int, typer.Argument(min=1, help="How many.")] = 1) -> None:
    """Make blocks. After two of them, everything before is final."""
    from deml_devnet import operation

    operation.mine(blocks)
    _show_head(session)


@command(app, "sleep", examples=("deml devnet sleep 11m", "deml devnet sleep 3600"))
def sleep(
    session: Session, duration: Annotated[str, typer.Argument(help="By how much: seconds, or 90s, 11m, 2h.")]
) -> None:
    """Move the chain's clock forward without waiting."""
    from deml_devnet import operation
    from deml_sdk.jobspec.job_file import parse_duration

    seconds = int(duration) if duration.isdecimal() else parse_duration(duration)
    if not seconds:
        raise typer.BadParameter("give seconds, or a duration such as 11m", param_hint="DURATION")
    operation.advance_time(seconds)
    _show_head(session)


@command(app, "epoch", examples=("deml devnet epoch",))
def epoch(session: Session) -> None:
    """Finish the epoch, so that its claim is accepted and its vouchers can be executed."""
    from deml_devnet import operation

    with session.render.waiting("Mining to the end of the epoch, and waiting for its claim"):
        finished = operation.finish_epoch()
    session.render.say(
        "There are no inputs yet." if finished is None else f"The claim of epoch {finished} is accepted."
    )
    session.render.emit({"epoch": finished})


def _show(session: Session, deployment: DevnetDeployment) -> None:
    contracts = deployment.contracts
    session.render.facts(
        {
            "chain": f"{deployment.rpc_url} (chain {deployment.chain_id})",
            "node": deployment.node_url,
            "inspect": f"{deployment.inspect_url}/{contracts.app_address}",
            "files": f"{deployment.gateway_url}/CID?format=car (to read), {deployment.ipfs_url} (to add)",
            "application": contracts.app_address,
            "authority": contracts.authority,
            "ERC20Portal": contracts.erc20_portal,
            "reward token": contracts.token,
            "model registry": contracts.model_registry,
            "accounts": ", ".join(deployment.accounts),
        },
        title="The devnet is up.",
    )
    session.render.emit(deployment.as_json())


def _show_head(session: Session) -> None:
    from deml_devnet import operation

    head = operation.status().head
    if head is not None:
        session.render.facts({"latest block": head.number, "its time": date_text(head.timestamp)})
        session.render.emit({"number": head.number, "timestamp": head.timestamp})
