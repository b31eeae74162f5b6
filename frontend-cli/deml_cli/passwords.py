"""Passwords: from a prompt that does not show them, or from a file; never from the command line."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path
from typing import Final

from deml.base.errors import DemlError
from deml_sdk.errors import UnreadableFile

MIN_CHARACTERS: Final = 8
"""Shortest password for a new wallet: scrypt makes guessing slow, not impossible."""


@dataclass(eq=False)
class NoPassword(DemlError):
    name: str
    what = "The wallet '{name}' needs its password, and there is no terminal to ask on."
    fix = "Name a file that holds it: --password-file FILE, or DEML_PASSWORD_FILE."


@dataclass(eq=False)
class WeakPassword(DemlError):
    minimum: int
    what = "The password is too short."
    fix = "Use at least {minimum} characters."


@dataclass(eq=False)
class PasswordsDiffer(DemlError):
    what = "The two passwords differ; nothing was stored."
    fix = "Try again."


def existing_password(name: str, file: Path | None) -> str:
    """Obtain the password of a wallet.

    Raises
    ------
    NoPassword, UnreadableFile
    """
    return _from_file(file) if file else _ask(name, f"Password of the wallet '{name}': ")


def new_password(name: str, file: Path | None) -> str:
    """Obtain a password for a new wallet, asked for twice.

    Raises
    ------
    WeakPassword, PasswordsDiffer, NoPassword, UnreadableFile
    """
    password = _from_file(file) if file else _ask(name, f"New password for the wallet '{name}': ")
    if len(password) < MIN_CHARACTERS:
        raise WeakPassword(MIN_CHARACTERS)
    if file is None and _ask(name, "The same again: ") != password:
        raise PasswordsDiffer
    return password


def ask_secret(name: str, prompt: str) -> str:
    """Ask for something that must not be shown.

    Raises
    ------
    NoPassword
    """
    return _ask(name, prompt)


def _ask(name: str, prompt: str) -> str:
    if not sys.stdin.isatty():
        raise NoPassword(name)
    return getpass(prompt, stream=sys.stderr)


def _from_file(path: Path) -> str:
    try:
        return path.read_text().splitlines()[0] if path.stat().st_size else ""
    except OSError as error:
        raise UnreadableFile(str(path), error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise UnreadableFile(str(path), "it is not text") from None
