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


USUAL: Final = "--password-file FILE, or DEML_PASSWORD_FILE"


@dataclass(eq=False)
class NoPassword(DemlError):
    name: str
    option: str
    what = "The password of '{name}' is needed, and there is no terminal to ask for it."
    fix = "Give a file that contains it: {option}."


@dataclass(eq=False)
class NoTerminal(DemlError):
    wanted: str
    instead: str
    what = "{wanted} must be typed without echo, and there is no terminal."
    fix = "{instead}."


@dataclass(eq=False)
class WeakPassword(DemlError):
    minimum: int
    what = "The password is too short."
    fix = "Use at least {minimum} characters."


@dataclass(eq=False)
class PasswordsDiffer(DemlError):
    what = "The two passwords differ; nothing was stored."
    fix = "Try again."


def existing_password(name: str, file: Path | None, option: str = USUAL) -> str:
    """Obtain the password of a wallet, or of a wallet's file.

    Parameters
    ----------
    option
        What `file` was named by, or could be.

    Raises
    ------
    NoPassword, UnreadableFile
    """
    return _from_file(file) if file else _ask_password(name, f"Password of '{name}': ", option)


def new_password(name: str, file: Path | None) -> str:
    """Obtain a password for a new wallet, asked for twice.

    Raises
    ------
    WeakPassword, PasswordsDiffer, NoPassword, UnreadableFile
    """
    prompt = f"New password for the wallet '{name}': "
    password = _from_file(file) if file else _ask_password(name, prompt, USUAL)
    if len(password) < MIN_CHARACTERS:
        raise WeakPassword(MIN_CHARACTERS)
    if file is None and _ask_password(name, "The same again: ", USUAL) != password:
        raise PasswordsDiffer
    return password


def ask_secret(wanted: str, instead: str) -> str:
    """Ask for something that must not be shown.

    Parameters
    ----------
    wanted
        What it is, as a sentence begins.
    instead
        What to do where there is no terminal.

    Raises
    ------
    NoTerminal
    """
    if not sys.stdin.isatty():
        raise NoTerminal(wanted, instead)
    return _ask(f"{wanted} (not shown): ")


def read_text(path: Path) -> str:
    """Read a small file of text, in UTF-8 or, as Windows writes it, with a byte order mark or in UTF-16.

    Raises
    ------
    UnreadableFile
    """
    try:
        content = path.read_bytes()
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except OSError as error:
        raise UnreadableFile(str(path), error.strerror or type(error).__name__) from None
    except UnicodeDecodeError:
        raise UnreadableFile(str(path), "it is not text") from None


def _ask_password(name: str, prompt: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise NoPassword(name, option)
    return _ask(prompt)


def _ask(prompt: str) -> str:
    return getpass(prompt, stream=sys.stderr)


def _from_file(path: Path) -> str:
    return next(iter(read_text(path).splitlines()), "")
