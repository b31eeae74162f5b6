"""Salts of commitments, derived from the wallet, so that a lost disk loses no reward.

The wallet signs EIP-712 data that names everything a commitment binds except the CID: chain, Application, purpose,
account and context, which is the job's number for a model and the terms' nonce for a holdout. The salt is a hash of
the signature. The owner of the wallet can make it again from what the chain shows of the job, without knowing which of
several files was committed to: therefore the CID is left out. The price: commitments that were replaced within one job
share a salt, so once the last is opened, somebody who has a file can tell that it was committed to earlier.

It is signed twice. Keys that sign as RFC 6979 says give the same signature each time. Where the two differ (smart
accounts, some hardware) the salt is random instead and lies in an encrypted file, which must then be backed up.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol

from deml.base.errors import DemlError
from deml.base.types import Address
from deml_sdk.addresses import checksummed
from deml_sdk.wallet.keystore import decrypt, encrypt, read_json, write_private
from deml_sdk.wallet.typed_data import typed_data

_TAG: Final = b"deml.salt.v1"
_SIGNATURE_BYTES: Final = 64
"""r and s: the recovery id after them is written in two ways."""

_WARNING: Final = "This signature opens your commitments of one job. Sign it only in a DeML program that you trust."


@dataclass(eq=False)
class SaltLost(DemlError):
    path: str
    what = "This wallet cannot derive its salt, and the backup of its random one is not at {path}."
    fix = "Restore that file from your backup; without it the commitment cannot be opened."


class SaltSigner(Protocol):
    """What a salt needs of a wallet."""

    @property
    def address(self) -> Address:
        """Who commits."""

    def sign_typed_data(self, message: dict[str, Any]) -> bytes:
        """Sign EIP-712 data."""


@dataclass(frozen=True, slots=True)
class Mute:
    """An account whose key is where no message can be signed, so that its salts are random."""

    address: Address


Committer = SaltSigner | Mute
"""Who commits to something."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a salt is for. `word` is the job's number or the terms' nonce, as 32 bytes."""

    purpose: str
    chain_id: int
    app: Address
    word: bytes

    def typed_data(self, account: Address) -> dict[str, Any]:
        """Make the EIP-712 data that `account` signs."""
        fields = {"purpose": "string", "account": "address", "context": "bytes32", "warning": "string"}
        message = {
            "purpose": self.purpose,
            "account": checksummed(account),
            "context": self.word,
            "warning": _WARNING,
        }
        return typed_data(self.chain_id, self.app, "Salt", fields, message)


@dataclass(frozen=True, slots=True)
class Salt:
    """A salt of 32 bytes; `backup` is the encrypted file it lies in, None where the wallet makes it again."""

    value: bytes = field(repr=False)
    backup: Path | None = None


class SaltVault:
    """Where random salts are kept.

    Parameters
    ----------
    directory
        Of the encrypted files.
    password
        Asked for when one is written or read: of the wallet whose salt it is, by name.
    """

    def __init__(self, directory: Path, password: Callable[[], str]) -> None:
        self._directory = directory
        self._password = password

    def path(self, context: Context, account: Address) -> Path:
        """Where the salt of `account` for `context` is or would be."""
        name = f"{context.purpose}-{context.chain_id}-{context.app}-{context.word.hex()}-{account}.json"
        return self._directory / name

    def read(self, path: Path) -> bytes:
        """Decrypt a salt.

        Raises
        ------
        WrongPassword, BadKeystore
        """
        return decrypt(read_json(path), path.name, path, self._password())

    def write(self, path: Path, salt: bytes) -> None:
        """Encrypt and store a new salt."""
        write_private(path, json.dumps(encrypt(salt, self._password())).encode())


def model_salt(
    wallet: Committer, chain_id: int, app: Address, job_id: int, vault: SaltVault, *, create: bool = True
) -> Salt:
    """Salt of this wallet for its models in a job; see `salt_for`."""
    return salt_for(wallet, Context("model", chain_id, app, job_id.to_bytes(32, "big")), vault, create=create)


def holdout_salt(
    wallet: Committer, chain_id: int, app: Address, nonce: bytes, vault: SaltVault, *, create: bool = True
) -> Salt:
    """Salt of this wallet for the holdout of the job with this nonce; see `salt_for`."""
    return salt_for(wallet, Context("holdout", chain_id, app, nonce), vault, create=create)


def salt_for(wallet: Committer, context: Context, vault: SaltVault, *, create: bool) -> Salt:
    """Derive a salt, or find it in the vault; where neither is possible, make a random one if `create`.

    Raises
    ------
    SaltLost
        If it can neither be derived nor found, and may not be made.
    WrongPassword, BadKeystore
    """
    path = vault.path(context, wallet.address)
    if path.is_file():
        return Salt(vault.read(path), path)
    if not isinstance(wallet, Mute):
        data = context.typed_data(wallet.address)
        first, second = (wallet.sign_typed_data(data)[:_SIGNATURE_BYTES] for _ in range(2))
        if first == second:
            return Salt(sha256(_TAG + first).digest())
    if not create:
        raise SaltLost(str(path))
    salt = secrets.token_bytes(32)
    vault.write(path, salt)
    return Salt(salt, path)
