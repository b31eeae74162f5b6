"""`deml config`: settings by profile."""

from __future__ import annotations

from typing import Annotated

import typer

from deml_cli.command import command, group
from deml_cli.config import PRESETS, SETTINGS, config_path, home_directory
from deml_cli.context import Session
from deml_cli.errors import BadSetting
from deml_cli.profiles import change, read_for_change, store, write_changed
from deml_sdk.ipfs.credentials import refuse_credentials
from deml_sdk.rpc import without_secrets

app = group(
    "Show and change settings. The command line overrides the environment, the environment overrides config.toml, and "
    "config.toml overrides, for the profile 'devnet', the file of a running devnet."
)


@command(app, "show", examples=("deml config show", "deml config show --profile sepolia --json"))
def show(session: Session) -> None:
    """Print the settings in force and where each comes from. Paths of URLs are hidden: they often hold access keys."""
    config = session.config
    rows = []
    for name, setting in SETTINGS.items():
        value = config.values.get(name)
        text = value.text if value else setting.default
        shown = without_secrets(text) if text and "://" in text else text
        rows.append({"setting": name, "value": shown, "source": value.source if value else "default" if text else None})
    session.render.say(f"Profile: {config.profile}", style="bold")
    session.render.table(None, ("setting", "value", "from"), [tuple(one or "" for one in row.values()) for row in rows])
    session.render.emit({"profile": config.profile, "settings": rows})


@command(
    app,
    "set",
    examples=(
        "deml config set sepolia.rpc_url https://rpc.example.org",
        "deml config set devnet.wallet client1",
        "deml config set profile sepolia",
    ),
)
def set_(
    session: Session,
    key: Annotated[str, typer.Argument(help="PROFILE.SETTING, or 'profile' for the one to use by default.")],
    value: Annotated[str, typer.Argument(help="Its value; empty to remove the setting.")],
) -> None:
    """Store a setting in config.toml; comments there are kept."""
    home = home_directory()
    path = config_path(home)
    profile, _, setting = key.rpartition(".")
    refuse_credentials("the command line", setting, value)
    if key == "profile":
        document = read_for_change(home)
        if value not in PRESETS and value not in document.get("profiles", {}):
            raise BadSetting(str(path), f"profile '{value}'", "it has no settings yet; set one first")
        change(document, key, value)
        write_changed(home, document)
    elif setting in SETTINGS and profile and "." not in profile:
        store(home, profile, {setting: value})
    else:
        raise BadSetting("the command line", f"'{key}'", f"write PROFILE.SETTING, with one of {', '.join(SETTINGS)}")
    session.render.say(f"Stored in {path}.")
    session.render.emit({"key": key, "file": path})


@command(app, "path", examples=("deml config path",))
def path(session: Session) -> None:
    """Print where config.toml is."""
    where = config_path(home_directory())
    session.render.say(str(where))
    session.render.emit({"path": where})
