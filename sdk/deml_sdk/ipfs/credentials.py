"""Access tokens: given, or from the system's keyring; never from a file in the clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from deml_sdk.extras import needed_to
from deml_sdk.ipfs.errors import CredentialInTheClear, NoKeyring, NoToken

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "deml"
"""Under which name the keyring keeps tokens; the account is the endpoint."""

_TELLING: Final = ("token", "secret", "passw", "apikey", "api_key", "credential", "bearer", "jwt")
"""Parts of names under which people keep credentials."""

_ERC20: Final = "token"
"""The one setting of such a name that is none: a token's contract."""


def find_token(url: str, given: str | None) -> str:
    """Find the access token for the service at `url`; one that is given wins over the keyring's.

    Raises
    ------
    NoToken
        If there is neither.
    """
    if given is not None and given.strip():
        return given.strip()
    with needed_to("look for access tokens"):
        from keyring.errors import KeyringError

    try:
        found = _keyring().get_password(SERVICE, url)
    except (KeyringError, NoKeyring):
        found = None
    if not found:
        raise NoToken(url)
    return found


def keep_token(url: str, secret: str) -> None:
    """Put an access token into the keyring.

    Raises
    ------
    NoKeyring
    """
    with needed_to("keep access tokens"):
        from keyring.errors import KeyringError

    try:
        _keyring().set_password(SERVICE, url, secret)
    except KeyringError as error:
        raise NoKeyring(_words(error)) from None


def forget_token(url: str) -> None:
    """Take an access token out of the keyring.

    Raises
    ------
    NoKeyring, NoToken
    """
    with needed_to("forget access tokens"):
        from keyring.errors import KeyringError, PasswordDeleteError

    try:
        _keyring().delete_password(SERVICE, url)
    except PasswordDeleteError:
        raise NoToken(url) from None
    except KeyringError as error:
        raise NoKeyring(_words(error)) from None


def refuse_credentials(place: str, setting: str, value: str) -> None:
    """Refuse a setting that is, or holds, a credential for IPFS.

    Raises
    ------
    CredentialInTheClear
    """
    name = setting.rpartition(".")[2]
    if name != _ERC20 and any(one in name.lower() for one in _TELLING):
        raise CredentialInTheClear(place, setting)
    if name.startswith(("ipfs", "pinning", "filecoin")):
        for url in map(urlsplit, value.split(",")):
            if url.username or url.password or url.query:
                raise CredentialInTheClear(place, setting)


def _keyring() -> KeyringBackend:
    """The system's keyring; one that writes tokens down as they are is none."""
    import keyring

    found = keyring.get_keyring()
    if "plaintext" in type(found).__name__.lower():
        raise NoKeyring(f"{type(found).__name__} does not encrypt")
    return found


def _words(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
