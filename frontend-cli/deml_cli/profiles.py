"""Profiles, as they are written to ``config.toml``; comments there are kept."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import tomlkit

from deml_cli.config import config_path, read_document


def read_for_change(home: Path) -> tomlkit.TOMLDocument:
    """Read ``config.toml`` to change it; empty where there is none.

    Raises
    ------
    BadSetting
    """
    path = config_path(home)
    read_document(home)
    return tomlkit.parse(path.read_text()) if path.exists() else tomlkit.document()


def write_changed(home: Path, document: tomlkit.TOMLDocument) -> None:
    """Write ``config.toml``, for the owner alone."""
    path = config_path(home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(tomlkit.dumps(document))
    path.chmod(0o600)


def change(table: MutableMapping[str, Any], name: str, value: str) -> None:
    """Set a setting; an empty value removes it."""
    if value:
        table[name] = value
    else:
        table.pop(name, None)


def store(home: Path, profile: str, settings: Mapping[str, str]) -> None:
    """Store settings of a profile; an empty value removes one.

    Raises
    ------
    BadSetting
    """
    document = read_for_change(home)
    profiles = document.setdefault("profiles", tomlkit.table(is_super_table=True))
    table = profiles.setdefault(profile, tomlkit.table())
    for name, value in settings.items():
        change(table, name, value)
    write_changed(home, document)
