"""Settings: what a profile says, and where it says so.

The command line and the environment win over ``config.toml``, which wins over the deployment file that a running
devnet leaves behind. Only the profile ``devnet`` looks at that file.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from deml.base.types import Address
from deml_cli.errors import BadSetting, NotConfigured
from deml_sdk.ipfs.credentials import refuse_credentials
from deml_sdk.suites import CARTESI_2_2

DEPLOYMENT: Final = "deployment.json"
"""File in which a running devnet says where everything is."""

DEVNET: Final = "devnet"
"""Name of the profile that is used unless another is asked for."""

FILECOIN: Final = "filecoin"
"""Name of the profile for files kept on Filecoin by a server of one's own."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a profile: what it says, its option, and its default.

    `of` names another setting that it says more about: where that one is overridden alone, this one does not count.
    """

    meaning: str
    option: str = ""
    default: str | None = None
    of: str = ""


SETTINGS: Final[dict[str, Setting]] = {
    "rpc_url": Setting("which JSON-RPC of the chain to use", "--rpc-url"),
    "node_url": Setting("which Cartesi Rollups node to ask", "--node-url"),
    "inspect_url": Setting(
        "where the node answers inspect queries, if not beside node_url", "--inspect-url", of="node_url"
    ),
    "app_address": Setting("which Application holds the marketplace", "--app-address"),
    "app_addresses": Setting(
        "which further Applications belong to the market, separated by commas, as 0x.. or 0x..@URL"
    ),
    "chain_id": Setting("which chain the RPC must serve"),
    "erc20_portal": Setting("which ERC20Portal takes deposits", default=CARTESI_2_2.erc20_portal),
    "safe_transfer": Setting(
        "which SafeERC20Transfer library the dapp's image names", default=CARTESI_2_2.safe_transfer
    ),
    "token": Setting("which token to use"),
    "model_registry": Setting("which ModelRegistry keeps scores for other contracts"),
    "ipfs_url": Setting("which IPFS to use: a Kubo RPC (ends in /api/v0), or a trustless gateway to read from"),
    "ipfs_gateways": Setting("which trustless gateways to read from besides, separated by commas"),
    "ipfs_private_networks": Setting("which private networks gateways may lie in, such as 127.0.0.0/8"),
    "pinning_url": Setting("which pinning service keeps files available"),
    "filecoin_rpc_url": Setting("which JSON-RPC of Filecoin to ask for proofs of what that service stores"),
    "wallet": Setting("who acts", "--wallet"),
    "signer_url": Setting("which signer holds the key of a wallet that is given as 0x...", "--signer-url"),
}
"""By name in ``config.toml``."""


PRESETS: Final[dict[str, dict[str, str]]] = {
    DEVNET: {},
    FILECOIN: {
        "ipfs_url": "http://127.0.0.1:5001/api/v0",
        "pinning_url": "http://127.0.0.1:3000",
        "ipfs_private_networks": "127.0.0.1",
    },
}
"""Profiles that there are without ``config.toml``, which may change them. That for Filecoin says where Kubo and the
server of filecoin-pin are on this machine unless they are told otherwise."""


def variable_of(setting: str) -> str:
    """Environment variable of a setting."""
    return "DEML_" + setting.upper()


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and where it comes from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in force for one profile."""

    profile: str
    home: Path
    values: Mapping[str, Value] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """Look a setting up."""
        value = self.values.get(name)
        return value.text if value else SETTINGS[name].default

    def devnet_of(self, name: str) -> Path | None:
        """Return the folder of the devnet that a setting comes from; None where it comes from elsewhere."""
        value = self.values.get(name)
        source = None if value is None else Path(value.source)
        return source.parent if source is not None and source.name == DEPLOYMENT else None

    def require(self, name: str) -> str:
        """Look up a setting that must be there.

        Raises
        ------
        NotConfigured
        """
        value = self.get(name)
        if value is None:
            setting = SETTINGS[name]
            option = f"{setting.option} or {variable_of(name)}" if setting.option else variable_of(name)
            raise NotConfigured(name, setting.meaning, self.profile, option)
        return value


def home_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where settings, keys and journals lie: ``DEML_HOME``, else ``deml`` in the XDG configuration directory."""
    if explicit := environment.get("DEML_HOME"):
        return Path(explicit).expanduser()
    base = environment.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "deml"


def pinning_token(profile: str, chosen: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the token of a profile's pinning service that the environment holds.

    ``DEML_PINNING_TOKEN`` is for the profile that is `chosen`, ``DEML_PINNING_TOKEN_FILECOIN`` for one of that name,
    chosen or not: the token of one service is never sent to another.
    """
    own = environment.get("DEML_PINNING_TOKEN_" + re.sub("[^A-Z0-9]", "_", profile.upper()))
    return own or (environment.get("DEML_PINNING_TOKEN") if profile == chosen else None)


def profiles_with_a_service(home: Path) -> list[str]:
    """Name the profiles of ``config.toml`` that have a pinning service, in its order.

    Raises
    ------
    BadSetting
    """
    profiles = read_document(home).get("profiles", {})
    named = profiles.items() if isinstance(profiles, dict) else ()
    return [name for name, table in named if isinstance(table, dict) and (table.get("pinning_url") or name == FILECOIN)]


def profile_alone(profile: str, home: Path) -> Config:
    """Gather what ``config.toml`` says of a profile: neither the environment nor the command line has a say in it.

    Raises
    ------
    BadSetting
    """
    kept = {name: os.environ[name] for name in ("DEML_DEVNET_DIR",) if name in os.environ}
    return load_config(profile, {}, {"DEML_HOME": str(home), **kept})


def config_path(home: Path) -> Path:
    """Return where the settings lie."""
    return home / "config.toml"


def deployment_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where a devnet started in this folder, or in ``DEML_DEVNET_DIR``, describes itself."""
    return Path(environment.get("DEML_DEVNET_DIR", ".deml/devnet")) / DEPLOYMENT


def load_config(
    profile: str | None, given: Mapping[str, str | None], environment: Mapping[str, str] = os.environ
) -> Config:
    """Gather the settings of a profile.

    Parameters
    ----------
    profile
        Its name; None for the one ``config.toml`` names as ``profile``, or `DEVNET`.
    given
        What the command line says, by setting.

    Raises
    ------
    BadSetting
        If a file cannot be read, or the profile does not exist.
    """
    home = home_directory(environment)
    document = read_document(home)
    name = profile or str(document.get("profile", DEVNET))
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict) or (name not in PRESETS and name not in profiles):
        raise BadSetting(str(config_path(home)), f"profile '{name}'", "there is no such table under [profiles]")
    values: dict[str, Value] = {}
    for source in (
        {one: Value(text, "built in") for one, text in PRESETS.get(name, {}).items()},
        _devnet(deployment_path(environment)) if name == DEVNET else {},
        _stored(config_path(home), name, profiles.get(name, {})),
        {one: Value(text, variable_of(one)) for one in SETTINGS if (text := environment.get(variable_of(one)))},
        {one: Value(text, SETTINGS[one].option) for one in SETTINGS if (text := given.get(one))},
    ):
        values = _overridden(values, source)
    return Config(name, home, values)


def _overridden(values: Mapping[str, Value], source: Mapping[str, Value]) -> dict[str, Value]:
    """Let a source win over those before it, also over what they say of the settings that it replaces."""
    kept = {name: value for name, value in values.items() if SETTINGS[name].of not in source}
    return {**kept, **source}


def read_document(home: Path) -> dict[str, Any]:
    """Read ``config.toml``; empty where there is none.

    Raises
    ------
    BadSetting
    """
    path = config_path(home)
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(str(path), "the file", str(error)) from error


def _stored(path: Path, profile: str, table: object) -> dict[str, Value]:
    if not isinstance(table, dict):
        raise BadSetting(str(path), f"profiles.{profile}", "it is not a table")
    for name in table:
        refuse_credentials(str(path), f"profiles.{profile}.{name}", str(table[name]))
        if name not in SETTINGS:
            raise BadSetting(str(path), f"profiles.{profile}.{name}", f"known settings are {', '.join(SETTINGS)}")
    return {name: Value(str(value), str(path)) for name, value in table.items()}


def image_contracts(config: Config) -> dict[str, Address]:
    """Tell which contracts the dapp's image trusts: the suite's, or a devnet's own.

    Raises
    ------
    BadSetting
    """
    devnet = devnet_description() if config.profile == DEVNET else {}
    return {name: Address(devnet.get(name, address)) for name, address in CARTESI_2_2.image_contracts.items()}


def devnet_description() -> Mapping[str, Any]:
    """Read what a running devnet says of itself; nothing where there is none.

    Raises
    ------
    BadSetting
    """
    return _described(deployment_path())


def _devnet(path: Path) -> dict[str, Value]:
    document = _described(path)
    return {name: Value(str(document[name]), str(path)) for name in SETTINGS if document.get(name) is not None}


def _described(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSetting(str(path), "the file", str(error)) from error
    if not isinstance(document, dict):
        raise BadSetting(str(path), "the file", "it is not a JSON object")
    return document
