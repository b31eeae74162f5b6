"""The root command: a table of commands, each imported when it is run and not before."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

SPONSOR: Final = "For sponsors"
CLIENT: Final = "For clients"
BOTH: Final = "For both"
TOOLS: Final = "Tools"

HELP_OPTIONS: Final = {"help_option_names": ["-h", "--help"]}


@dataclass(frozen=True, slots=True)
class Row:
    """A command of the root: the module whose `app` holds it, and one line of help.

    A module that makes up a `whole` group is that command; otherwise the command of this name in its group is.
    """

    module: str
    help: str
    panel: str
    whole: bool = False


COMMANDS: Final[dict[str, Row]] = {
    "job": Row("job", "Open, fund, reveal and inspect jobs.", SPONSOR, whole=True),
    "campaign": Row("campaign", "Improve one model, round by round.", SPONSOR, whole=True),
    "accept": Row("client", "Take part in a job.", CLIENT),
    "market": Row("market", "List the jobs of all Applications of the profile.", BOTH),
    "set-pay-to": Row("client", "Send pay and stake to another account.", CLIENT),
    "data": Row("data", "Compare private data with what a job asks for, at home.", CLIENT, whole=True),
    "train": Row("training", "Train a model on private data, at home.", CLIENT),
    "trainer": Row("trainer", "Write and publish trainers; test this machine's sandbox.", BOTH, whole=True),
    "privacy": Row("privacy", "Measure what a model reveals about its training rows.", CLIENT, whole=True),
    "score": Row("training", "Compute the score that the dapp will compute.", CLIENT),
    "shrink": Row("shrink", "Write a model in fewer bytes with almost the same score.", CLIENT),
    "commit": Row("client", "Commit to a model without showing it.", CLIENT),
    "declare": Row("client", "Declare the score of the committed model.", CLIENT),
    "submit": Row("client", "Deliver the model that is due.", CLIENT),
    "watch": Row("watch", "Do whatever is due for this wallet.", BOTH),
    "continue": Row("client", "Continue scoring that takes more than one transaction.", BOTH),
    "settle": Row("client", "Bring a job up to date, and end it if it can end.", BOTH),
    "expand": Row("shrink", "Write a delivered model in full.", BOTH),
    "claim": Row("output", "Execute the vouchers that pay this wallet.", BOTH),
    "record": Row("output", "Record proven scores for other contracts to read.", BOTH),
    "withdraw": Row("client", "Withdraw tokens from a balance in the dapp.", BOTH),
    "recover": Row("client", "Restore a committed model on this machine.", CLIENT),
    "history": Row("accounts", "Show what an account did and what happened to it, over all jobs.", BOTH),
    "earnings": Row("accounts", "List what an account earned in each job.", BOTH),
    "leaderboard": Row("accounts", "Rank all clients by earnings.", BOTH),
    "model": Row("model", "Import, export and inspect models.", BOTH, whole=True),
    "wallet": Row("wallet", "Create, import and show wallets.", BOTH, whole=True),
    "notices": Row("output", "List the dapp's notices, with proofs.", BOTH),
    "vouchers": Row("output", "List the dapp's payments, and whether they can be claimed.", BOTH),
    "cid": Row("content", "Compute a file's CID, as IPFS does.", TOOLS),
    "car": Row("content", "Pack a file as a CAR.", TOOLS),
    "ipfs": Row("ipfs", "Publish, fetch and pin files on IPFS.", TOOLS, whole=True),
    "encode": Row("encode", "Write an input's calldata, for cast and other tools.", TOOLS, whole=True),
    "decode": Row("decode", "Decode an input, notice or output in hex.", TOOLS),
    "deploy": Row("deploy", "Deploy an Application, or verify one.", TOOLS, whole=True),
    "compute": Row("compute", "Run computations elsewhere, and verify them.", TOOLS, whole=True),
    "exporter": Row("exporter", "Monitor a market, with metrics for Prometheus.", TOOLS),
    "doctor": Row("doctor", "Check chain, node, contracts, IPFS and whom you trust.", TOOLS),
    "config": Row("config", "Show and change settings.", TOOLS, whole=True),
    "devnet": Row("devnet", "Run a local chain, node and block store.", TOOLS, whole=True),
    "web": Row("web", "Serve the marketplace's page on this machine.", TOOLS),
    "demo": Row("demo", "Play the whole story on a devnet.", TOOLS),
    "bench": Row("bench", "Measure and plot the engine's cost.", TOOLS),
}


class LazyGroup(TyperGroup):
    """The root group: help and completion read the table, only running a command imports it."""

    def list_commands(self, _ctx: Any) -> list[str]:
        """Name all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        """Describe a command without importing it."""
        row = COMMANDS.get(cmd_name)
        if row is None:
            return None
        return TyperCommand(cmd_name, help=row.help, rich_markup_mode=None)

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """List the commands under the headings of the table."""
        for panel in dict.fromkeys(row.panel for row in COMMANDS.values()):
            with formatter.section(panel):
                formatter.write_dl([(name, row.help) for name, row in COMMANDS.items() if row.panel == panel])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command to run, or to complete, and import it."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, found if name is None else load(name), rest


def load(name: str) -> Any:
    """Import a command of the table."""
    row = COMMANDS[name]
    loaded = typer.main.get_group(import_module(f"deml_cli.commands.{row.module}").app)
    if row.whole:
        loaded.name = name
        return loaded
    return loaded.commands[name]


_EPILOG: Final = """\
Every command takes --json, and shows examples with --help.

\b
Exit codes:
  0  done
  1  failed, for the reason given (a traceback instead of one is a bug)
  2  the command line is wrong
  3  chain, node or IPFS cannot be reached, or their answer makes no sense
  4  the dapp or a contract refused
  5  timed out; what was sent may still arrive
  6  you declined, or nobody could be asked and --yes was missing
"""

root = typer.Typer(
    name="deml",
    cls=LazyGroup,
    help="A marketplace where people are paid for improving models with data that never leaves them.",
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=HELP_OPTIONS,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"deml {version('deml')}")
        raise typer.Exit


@root.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Typer makes a group of an app that has a callback."""
