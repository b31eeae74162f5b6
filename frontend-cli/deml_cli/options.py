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
    app_address: str | None = None
    wallet: str | None = None
    password_file: Path | None = None
    yes: bool = False


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


Json = Annotated[bool, typer.Option("--json", help="Write one JSON document to stdout and nothing else there.")]
Profile = Annotated[
    str | None,
    typer.Option("--profile", envvar="DEML_PROFILE", help="Named settings to use. [devnet]", autocompletion=_profiles),
]
RpcUrl = Annotated[
    str | None,
    typer.Option("--rpc-url", envvar="DEML_RPC_URL", help="JSON-RPC of the chain."),
]
NodeUrl = Annotated[
    str | None,
    typer.Option("--node-url", envvar="DEML_NODE_URL", help="Cartesi Rollups node."),
]
AppAddress = Annotated[
    str | None,
    typer.Option("--app-address", envvar="DEML_APP_ADDRESS", help="The Application."),
]
WalletName = Annotated[
    str | None,
    typer.Option(
        "--wallet", envvar="DEML_WALLET", help="Who acts: a name from 'deml wallet list'.", autocompletion=_wallets
    ),
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

ANNOTATIONS: Final[dict[str, object]] = {
    "json": Json,
    "profile": Profile,
    "rpc_url": RpcUrl,
    "node_url": NodeUrl,
    "app_address": AppAddress,
    "wallet": WalletName,
    "password_file": PasswordFile,
    "yes": Yes,
}
"""By field of `Options`."""
