"""What a keystore file must say of itself before anything of it is decrypted (Web3 Secret Storage, version 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deml.base.errors import DemlError
from deml.base.types import Address

VERSION: Final = 3
CIPHER: Final = "aes-128-ctr"
KDFS: Final = ("scrypt", "pbkdf2")
PRF: Final = "hmac-sha256"
DERIVED_BYTES: Final = 32
"""Half of them are the cipher's key, half prove the password; with fewer, any password would do."""
MAX_SCRYPT_BYTES: Final = 2**30
"""Most memory that opening may take: four times what geth's own files take."""

MAX_PBKDF2_ROUNDS: Final = 2**24
"""Most rounds that opening may take: 64 times as many as wallets write, some ten seconds."""

_ADDRESS: Final = re.compile(r"[0-9a-f]{40}")


@dataclass(eq=False)
class BadKeystore(DemlError):
    path: str
    reason: str
    what = "{path} is not a readable keystore file: {reason}."
    fix = "Restore it from a backup, or move it away."


@dataclass(eq=False)
class UnsupportedKeystore(DemlError):
    path: str
    part: str
    found: str
    known: str
    what = "{path} cannot be opened: its {part} is '{found}', and only {known} is supported."
    fix = "Open it with the wallet that wrote it, and export the key from there as a file with {known}."


def lowered(document: Mapping[str, Any]) -> dict[str, Any]:
    """Write all names in lower case, as old files have some in capitals."""
    return {str(name).lower(): lowered(value) if isinstance(value, dict) else value for name, value in document.items()}


def check_format(document: Mapping[str, Any], path: Path) -> None:
    """Refuse a file whose key another way would be needed to get at.

    Raises
    ------
    BadKeystore, UnsupportedKeystore
    """
    crypto = document.get("crypto")
    _require(path, "version", document.get("version"), VERSION)
    if not isinstance(crypto, dict):
        raise BadKeystore(str(path), "it has no part 'crypto'")
    _require(path, "cipher", crypto.get("cipher"), CIPHER)
    kdf, settings = crypto.get("kdf"), crypto.get("kdfparams")
    _require(path, "kdf", kdf, *KDFS)
    if not isinstance(settings, dict):
        raise BadKeystore(str(path), "it has no part 'kdfparams'")
    _require(path, "dklen", settings.get("dklen"), DERIVED_BYTES)
    if kdf == "pbkdf2":
        _require(path, "prf", settings.get("prf"), PRF)
        if _size(path, settings.get("c")) > MAX_PBKDF2_ROUNDS:
            raise BadKeystore(str(path), f"opening it would take more than {MAX_PBKDF2_ROUNDS:,} rounds of its kdf")
        return
    n, r, p = (_size(path, settings.get(name)) for name in ("n", "r", "p"))
    if 128 * r * (n + p) > MAX_SCRYPT_BYTES:
        raise BadKeystore(str(path), f"opening it would take more than {MAX_SCRYPT_BYTES // 2**20} MiB of memory")


def named_address(document: Mapping[str, Any], path: Path) -> Address | None:
    """The account that a file names, if it names one.

    Raises
    ------
    BadKeystore
        If what it names is none.
    """
    named = document.get("address")
    if named in (None, ""):
        return None
    address = str(named).lower().removeprefix("0x")
    if not _ADDRESS.fullmatch(address):
        raise BadKeystore(str(path), "what it names as its address is none")
    return Address("0x" + address)


def _size(path: Path, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BadKeystore(str(path), "the numbers of its kdf make no sense")
    return value


def _require(path: Path, part: str, found: Any, *known: Any) -> None:
    if isinstance(found, bool) or found not in known:
        shown = "".join(one for one in str(found) if one.isprintable())[:40]
        raise UnsupportedKeystore(str(path), part, shown, " or ".join(map(str, known)))
