"""The options every command takes, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line or the environment says; None where neither does."""

    json: bool = False
    profile: str | None = None
    rpc_url: str | None = None
    node_url: str | None = None
    inspect_url: str | None = None
    app_address: str | None = None
    wallet: str | None = None
    signer_url: str | None = None
    password_file: Path | None = None
    yes: bool = False
    wide: bool = False


def _profiles() -> list[str]:
    """Profiles, for the shell to complete."""
    from deml_cli.config import DEVNET, home_directory, read_document

    return [DEVNET, *read_document(home_directory()).get("profiles", {})]


def _wallets() -> list[str]:
    """Wallets, for the shell to complete."""
    from deml_cli.config import home_directory
    from deml_sdk.wallet.keystore import Keystore
    from deml_sdk.wallet.wallets import DEVNET_ACCOUNTS

    return [*(one.name for one in Keystore.of(home_directory()).files()), *DEVNET_ACCOUNTS]


JobNumber = Annotated[int, typer.Argument(metavar="JOB", help="Number of the job.", min=1)]
JsonOption = Annotated[bool, typer.Option("--json", help="Write one JSON document to stdout, and nothing else.")]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        "--profile", envvar="DEML_PROFILE", help="Named group of settings to use. [devnet]", autocompletion=_profiles
    ),
]
RpcUrl = Annotated[
    str | None,
    typer.Option("--rpc-url", help="JSON-RPC of the chain. [DEML_RPC_URL]"),
]
NodeUrl = Annotated[
    str | None,
    typer.Option("--node-url", help="Cartesi Rollups node. [DEML_NODE_URL]"),
]
InspectUrl = Annotated[
    str | None,
    typer.Option(
        "--inspect-url", help="Where the node answers inspect queries, if not at /inspect. [DEML_INSPECT_URL]"
    ),
]
AppAddress = Annotated[
    str | None,
    typer.Option("--app-address", help="The Application. [DEML_APP_ADDRESS]"),
]
WalletName = Annotated[
    str | None,
    typer.Option(
        "--wallet", help="Who acts: a name from 'deml wallet list', or 0x... [DEML_WALLET]", autocompletion=_wallets
    ),
]
SignerUrl = Annotated[
    str | None,
    typer.Option("--signer-url", help="Who signs for --wallet 0x...: Clef, for hardware wallets. [DEML_SIGNER_URL]"),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        envvar="DEML_PASSWORD_FILE",
        help="File with the wallet's password, for scripts.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before sending.")]
Wide = Annotated[bool, typer.Option("--wide", help="Show accounts and CIDs in full, and do not wrap lines.")]

ANNOTATIONS: Final[dict[str, object]] = {
    "json": JsonOption,
    "profile": ProfileOption,
    "rpc_url": RpcUrl,
    "node_url": NodeUrl,
    "inspect_url": InspectUrl,
    "app_address": AppAddress,
    "wallet": WalletName,
    "signer_url": SignerUrl,
    "password_file": PasswordFile,
    "yes": Yes,
    "wide": Wide,
}
"""By field of `Options`."""
