"""Encrypted keys on disk, in geth's format (Web3 Secret Storage, version 3): geth, cast and others read them too.

eth_keyfile is imported where something is encrypted or decrypted: it takes a second, which listing should not cost.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from deml.base.errors import DemlError
from deml.base.types import Address
from deml_sdk.errors import StorageUnavailable
from deml_sdk.recursion import recursion_limit_kept
from deml_sdk.wallet.keystore_format import BadKeystore, check_format, lowered, named_address

_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Order of the group of secp256k1: keys are below it."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(eq=False)
class UnknownWallet(DemlError):
    name: str
    known: str
    what = "There is no wallet '{name}'."
    fix = "Create one with 'deml wallet new {name}'. Known: {known}; on a devnet also sponsor, client1 to client8."


@dataclass(eq=False)
class WalletExists(DemlError):
    name: str
    what = "The wallet '{name}' already exists; it was not changed."
    fix = "Choose another name."


@dataclass(eq=False)
class BadWalletName(DemlError):
    name: str
    what = "'{name}' cannot name a wallet."
    fix = "Use letters, digits, - and _, beginning with a letter or digit; at most 64 of them."


@dataclass(eq=False)
class WrongAccount(DemlError):
    path: str
    named: str
    found: str
    what = "{path} names the account {named}, but the key in it is that of {found}. Nothing was opened."
    fix = (
        "The file was modified or written incorrectly. Restore it from a backup; never send anything to either account."
    )


@dataclass(eq=False)
class WrongPassword(DemlError):
    name: str
    what = "The password does not open the wallet '{name}'."
    fix = "Try again; there is no way to recover a forgotten password."


@dataclass(eq=False)
class BadKey(DemlError):
    what = "This is not a private key: a key is 32 bytes in hex, above zero and below the order of secp256k1."
    fix = "Check that all 64 digits were copied."


@dataclass(frozen=True, slots=True)
class KeystoreFile:
    """An encrypted key."""

    name: str
    address: Address
    path: Path

    def decrypt(self, password: str) -> bytes:
        """Return the key, 32 bytes.

        Raises
        ------
        WrongPassword, BadKeystore, UnsupportedKeystore, WrongAccount
        """
        return decrypt(read_json(self.path), self.name, self.path, password)


class Keystore:
    """A directory of encrypted keys, one file a wallet, named after it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @classmethod
    def of(cls, home: Path) -> Self:
        """Open the keystore of the command line."""
        return cls(home / "keystore")

    def files(self) -> Iterator[KeystoreFile]:
        """Yield all keys, by name.

        Raises
        ------
        BadKeystore
        """
        for path in sorted(self._directory.glob("*.json")):
            yield self._open(path)

    def find(self, name: str) -> KeystoreFile | None:
        """Find a key by its wallet's name.

        Raises
        ------
        BadKeystore
        """
        path = self._directory / f"{name}.json"
        return self._open(path) if _NAME.fullmatch(name) and path.is_file() else None

    def check_free(self, name: str) -> None:
        """Refuse a name that cannot be used for a new wallet.

        Raises
        ------
        BadWalletName, WalletExists
        """
        if not _NAME.fullmatch(name):
            raise BadWalletName(name)
        if (self._directory / f"{name}.json").exists():
            raise WalletExists(name)

    def add(self, name: str, key: bytes, password: str) -> KeystoreFile:
        """Encrypt and store a key; never over another.

        Raises
        ------
        BadWalletName, WalletExists
        """
        self.check_free(name)
        path = self._directory / f"{name}.json"
        try:
            write_private(path, json.dumps(encrypt(key, password)).encode())
        except FileExistsError:
            raise WalletExists(name) from None
        return self._open(path)

    def _open(self, path: Path) -> KeystoreFile:
        document = read_json(path)
        address = named_address(document, path)
        if address is None:
            raise BadKeystore(str(path), "it names no address")
        return KeystoreFile(path.stem, address, path)


def check_key(key: bytes) -> bytes:
    """Return a private key if it is one.

    Raises
    ------
    BadKey
    """
    if len(key) != 32 or not 0 < int.from_bytes(key, "big") < _ORDER:
        raise BadKey
    return key


def encrypt(secret: bytes, password: str) -> dict[str, Any]:
    """Encrypt 32 bytes with a password: scrypt with geth's parameters, AES-128-CTR."""
    with recursion_limit_kept():
        from eth_keyfile.keyfile import create_keyfile_json

    return dict(create_keyfile_json(secret, password.encode(), kdf="scrypt"))


def decrypt(document: dict[str, Any], name: str, path: Path, password: str) -> bytes:
    """Decrypt what `encrypt` made, or another wallet with the same cipher; `name` and `path` are for errors.

    Raises
    ------
    WrongPassword, BadKeystore
    UnsupportedKeystore
        If version, cipher, or what makes a key of the password is another: the library takes every cipher for the one
        that it knows, which makes another account of the file.
    WrongAccount
        If the file names an account, and the key is not its.
    """
    check_format(document, path)
    with recursion_limit_kept():
        from eth_keyfile.keyfile import decode_keyfile_json

    try:
        key = bytes(decode_keyfile_json(document, password.encode()))
    except ValueError as error:
        if "MAC mismatch" in str(error):
            raise WrongPassword(name) from None
        raise BadKeystore(str(path), "its numbers make no sense") from None
    except (KeyError, TypeError, NotImplementedError):
        raise BadKeystore(str(path), "a part of it is missing, or of the wrong type") from None
    named, found = named_address(document, path), _address_of(key, path)
    if named not in (None, found):
        raise WrongAccount(str(path), str(named), found)
    return key


def _address_of(key: bytes, path: Path) -> Address:
    with recursion_limit_kept():
        from eth_account import Account

    try:
        check_key(key)
    except BadKey:
        raise BadKeystore(str(path), "what is in it is no private key") from None
    return Address(str(Account.from_key(key).address).lower())


def read_json(path: Path) -> dict[str, Any]:
    """Read a keystore file as JSON, whose names count in lower case, in whatever Unicode encoding it is.

    Raises
    ------
    BadKeystore
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise BadKeystore(str(path), error.strerror or type(error).__name__) from None
    except (ValueError, RecursionError):
        raise BadKeystore(str(path), "it is not JSON") from None
    if not isinstance(document, dict):
        raise BadKeystore(str(path), "it is not a JSON object")
    return lowered(document)


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read, in a directory that only its owner may enter.

    Raises
    ------
    FileExistsError, StorageUnavailable
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise
    except OSError as error:
        raise StorageUnavailable(str(path), error.strerror or str(error)) from error
