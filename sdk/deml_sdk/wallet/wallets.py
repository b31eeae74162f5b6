"""Wallets: who acts, and signs for it. Keys stay in here; nothing prints, logs or returns one.

eth_account is imported where a key is needed: it takes half a second, which neither help nor reading should cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from deml.base.errors import DemlError
from deml.base.types import Address
from deml_sdk.addresses import parse_address
from deml_sdk.recursion import recursion_limit_kept
from deml_sdk.wallet.keystore import Keystore, KeystoreFile, UnknownWallet

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

Password = Callable[[str], str]
"""Obtains the password of the wallet of this name."""

DEVNET_CHAIN_ID: Final = 31337
"""Chain of anvil and hardhat: the only one on which the devnet's accounts may sign."""

_DEVNET_MNEMONIC: Final = "test test test test test test test test test test test junk"
"""Known to everybody: anvil and hardhat give these accounts their Ether."""

DEVNET_ACCOUNTS: Final[dict[str, int]] = {
    "operator": 0,
    "sponsor": 1,
    **{f"client{number}": number + 1 for number in range(1, 9)},
}
"""Names of the devnet's accounts and their index in the mnemonic; the operator deploys and runs the node."""


@dataclass(eq=False)
class NotOnThisChain(DemlError):
    name: str
    chain_id: int
    what = "The devnet account '{name}' may not sign for chain {chain_id}: everybody knows its key."
    fix = "Create your own wallet with 'deml wallet new' and choose it with --wallet."


@dataclass(eq=False)
class NoSigner(DemlError):
    account: str
    what = "The key of {account} is not here, and no signer is named that holds it."
    fix = "Name one with --signer-url, or choose a wallet of 'deml wallet list' with --wallet."


class Key(Protocol):
    """What signs for an account."""

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        """Sign a transaction; return it raw."""

    def sign_typed_data(self, message: dict[str, Any]) -> bytes:
        """Sign EIP-712 data; 65 bytes."""


class LocalKey:
    """A key in this process."""

    def __init__(self, account: LocalAccount) -> None:
        self._account = account

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        """Sign a transaction; return it raw."""
        return bytes(self._account.sign_transaction(transaction).raw_transaction)

    def sign_typed_data(self, message: dict[str, Any]) -> bytes:
        """Sign EIP-712 data; 65 bytes."""
        return bytes(self._account.sign_typed_data(full_message=message).signature)


class Wallet:
    """An account that can sign. Its key is read, and its password asked for, at the first signature.

    Parameters
    ----------
    name
        What the user calls it.
    address
        Its account.
    unlock
        Returns its key.
    only_chain
        The one chain that it may sign for; None for any.
    """

    def __init__(self, name: str, address: Address, unlock: Callable[[], Key], only_chain: int | None = None) -> None:
        self.name = name
        self.address = address
        self.only_chain = only_chain
        self._unlock = unlock

    def __repr__(self) -> str:
        return f"Wallet({self.name!r}, {self.address!r})"

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        """Sign a transaction; return it raw.

        Raises
        ------
        NotOnThisChain, WrongPassword
        NotWithSigner, SignerRefused, SignerOnlySends, SignedOther, ServiceUnreachable, BadAnswer
            If a signer holds the key.
        """
        self._check(transaction["chainId"])
        return self._key.sign_transaction(transaction)

    def sign_typed_data(self, message: dict[str, Any]) -> bytes:
        """Sign EIP-712 data, whose domain must name its chain; 65 bytes.

        Raises
        ------
        NotOnThisChain, WrongPassword
        NotWithSigner, SignerRefused, SignedOther, ServiceUnreachable, BadAnswer
            If a signer holds the key.
        """
        self._check(message["domain"]["chainId"])
        return self._key.sign_typed_data(message)

    @cached_property
    def _key(self) -> Key:
        return self._unlock()

    def _check(self, chain_id: int) -> None:
        if self.only_chain not in (None, chain_id):
            raise NotOnThisChain(self.name, chain_id)


def open_wallet(name: str, home: Path, password: Password, signer_url: str | None = None) -> Wallet:
    """Find a wallet by name: a keystore first, then the devnet's accounts; by account, if a signer has the key.

    Parameters
    ----------
    name
        What the user calls it, or an account as 0x and 40 digits.
    home
        Folder that holds the keystore.
    password
        Asked for the keystore's password when the wallet first signs.
    signer_url
        JSON-RPC of the signer (`deml_sdk.wallet.remote`).

    Raises
    ------
    UnknownWallet, BadKeystore
    NoSigner, BadAddress
    """
    if name.startswith("0x"):
        account = parse_address(name)
        if signer_url is None:
            raise NoSigner(account)
        return remote_wallet(account, signer_url)
    keystore = Keystore.of(home)
    stored = keystore.find(name)
    if stored is not None:
        return keystore_wallet(stored, password)
    if name in DEVNET_ACCOUNTS:
        return devnet_wallet(name)
    raise UnknownWallet(name, ", ".join(one.name for one in keystore.files()) or "none yet")


def keystore_wallet(stored: KeystoreFile, password: Password) -> Wallet:
    """Open a keystore file; its password is asked for when it first signs."""

    def unlock() -> Key:
        with recursion_limit_kept():
            from eth_account import Account

        return LocalKey(Account.from_key(stored.decrypt(password(stored.name))))

    return Wallet(stored.name, stored.address, unlock)


def remote_wallet(account: Address, signer_url: str) -> Wallet:
    """Open an account whose key a signer holds, such as Clef with a Ledger; it is asked at the first signature."""

    def unlock() -> Key:
        from deml_sdk.wallet.remote import RemoteKey

        return RemoteKey(signer_url, account)

    return Wallet(account, account, unlock)


def devnet_wallet(name: str) -> Wallet:
    """Open one of `DEVNET_ACCOUNTS`."""
    account = _devnet_account(DEVNET_ACCOUNTS[name])
    return Wallet(name, Address(account.address.lower()), lambda: LocalKey(account), DEVNET_CHAIN_ID)


def _devnet_account(index: int) -> LocalAccount:
    with recursion_limit_kept():
        from eth_account import Account

    Account.enable_unaudited_hdwallet_features()
    account: LocalAccount = Account.from_mnemonic(_DEVNET_MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
    return account
