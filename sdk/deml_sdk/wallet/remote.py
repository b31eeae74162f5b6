"""Keys that a signer holds: a program beside this one, which asks the person with the Ledger, Trezor or HSM.

Two dialects of JSON-RPC are spoken: that of Clef (``account_list``, ``account_signTransaction``,
``account_signTypedData``), and Ethereum's own (``eth_accounts``, ``eth_signTransaction``, ``eth_signTypedData_v4``), as
Web3Signer and nodes with a signer behind them have it. A signer only signs. What it gives back is held against what was
asked before anything is sent, for it may be another program than was meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, Final

import requests

from deml.base.errors import DemlError
from deml.base.types import Address
from deml_sdk.addresses import checksummed
from deml_sdk.errors import BadAnswer
from deml_sdk.recursion import recursion_limit_kept
from deml_sdk.rpc import CONNECT_SECONDS, RpcError, rpc_error, unreachable, without_secrets

APPROVAL_SECONDS: Final = 600
"""How long to wait for somebody who must look at a device and press its button."""

_NO_METHOD: Final = -32601
"""JSON-RPC's code of a method that a server does not have."""

_FRAME: Final = "Frame/"
"""What the wallet Frame calls itself: it passes ``eth_signTransaction`` on to its chain's RPC, which has no key."""

_LONGEST_NAME: Final = 100
"""Characters of a program's name of itself that are repeated."""

_SIGNED_AS_ASKED: Final = ("chainId", "nonce", "to", "value", "data")
"""What a signed transaction must have in common with the one that was shown; gas limit and fees may be the signer's."""

_PLAIN_TYPE: Final = 2
"""EIP-1559: a transaction with a priority fee, that hands no account over to other code, as one of EIP-7702 would."""


@dataclass(eq=False)
class NotWithSigner(DemlError):
    account: str
    url: str
    what = "The signer at {url} has no key of {account}."
    fix = "Connect the device, unlock the account there, and choose the right one with --wallet 0x..."


@dataclass(eq=False)
class SignerRefused(DemlError):
    url: str
    reason: str
    what = "The signer at {url} did not sign: {reason}. Nothing was sent."
    fix = "Approve it there, or see its log for the reason."


@dataclass(eq=False)
class SignerOnlySends(DemlError):
    url: str
    program: str
    reason: str
    what = (
        "The program at {url}, {program}, signs no transaction that it does not send itself ({reason}). Nothing was "
        "sent: what is signed is filed here, and compared with what you were shown, before it is sent."
    )
    fix = "Use Clef or Web3Signer with the same device, or this wallet in the page in your browser ('deml web')."


@dataclass(eq=False)
class SignedOther(DemlError):
    url: str
    part: str
    what = "The signer at {url} signed something other than what was asked: the {part} differs. Nothing was sent."
    fix = "Find out which program answers there before you sign anything else with it."


class RemoteKey:
    """A key that a signer holds.

    Parameters
    ----------
    url
        The signer's JSON-RPC.
    address
        Account of the key.
    """

    def __init__(self, url: str, address: Address) -> None:
        self._url = url
        self._shown_url = without_secrets(url)
        self._address = address
        self._http = requests.Session()
        self._ids = count(1)

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        """Have a transaction signed; return it raw.

        Raises
        ------
        NotWithSigner, SignerRefused, SignerOnlySends, SignedOther
        ServiceUnreachable, BadAnswer
        """
        asked = {"from": checksummed(self._address)} | {name: _in_hex(value) for name, value in transaction.items()}
        method = "account_signTransaction" if self._is_clef else "eth_signTransaction"
        try:
            answer = self._call(method, asked)
        except RpcError as error:
            raise self._refusal_to_sign(error) from None
        raw = self._bytes(method, answer["raw"] if isinstance(answer, dict) and "raw" in answer else answer)
        self._check_transaction(raw, transaction)
        return raw

    def sign_typed_data(self, message: dict[str, Any]) -> bytes:
        """Have EIP-712 data signed; 65 bytes.

        Raises
        ------
        NotWithSigner, SignerRefused, SignedOther
        ServiceUnreachable, BadAnswer
        """
        method = "account_signTypedData" if self._is_clef else "eth_signTypedData_v4"
        signature = self._bytes(method, self._ask(method, checksummed(self._address), _plain(message)))
        with recursion_limit_kept():
            from eth_account import Account
            from eth_account.messages import encode_typed_data
            from eth_keys.exceptions import BadSignature
            from eth_utils.exceptions import ValidationError
        signable = encode_typed_data(full_message=message)
        try:
            signer = Account.recover_message(signable, signature=signature)
        except (BadSignature, ValidationError, ValueError, IndexError) as error:
            raise BadAnswer("signer", self._shown_url, f"no signature: {error}") from None
        if signer.lower() != self._address:
            raise SignedOther(self._shown_url, "key")
        return signature

    @cached_property
    def _is_clef(self) -> bool:
        """Whether the signer speaks Clef's dialect; it has the account's key in any case."""
        try:
            accounts, clef = self._call("eth_accounts"), False
        except RpcError as error:
            if error.code != _NO_METHOD:
                raise SignerRefused(self._shown_url, error.message) from None
            accounts, clef = self._ask("account_list"), True
        if not isinstance(accounts, list) or self._address not in [str(one).lower() for one in accounts]:
            raise NotWithSigner(self._address, self._shown_url)
        return clef

    def _check_transaction(self, raw: bytes, asked: Mapping[str, Any]) -> None:
        with recursion_limit_kept():
            from eth_account import Account
            from eth_account.typed_transactions.typed_transaction import TypedTransaction
            from eth_keys.exceptions import BadSignature
            from eth_utils.exceptions import ValidationError
            from hexbytes import HexBytes
            from rlp.exceptions import RLPException  # type: ignore[import-untyped]
        try:
            signer = Account.recover_transaction(HexBytes(raw))
            found = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        except (RLPException, BadSignature, ValidationError, ValueError, TypeError, IndexError) as error:
            raise BadAnswer("signer", self._shown_url, f"no transaction with a priority fee: {error}") from None
        if found["type"] != _PLAIN_TYPE or found["accessList"]:
            raise SignedOther(self._shown_url, "type")
        if signer.lower() != self._address:
            raise SignedOther(self._shown_url, "key")
        for name in _SIGNED_AS_ASKED:
            if _in_hex(found.get(name, 0)).lower() != _in_hex(asked[name]).lower():
                raise SignedOther(self._shown_url, name)

    def _refusal_to_sign(self, error: RpcError) -> SignerRefused | SignerOnlySends:
        """Tell a no from a wallet that has no such method, or passes it on to a chain, which has no key."""
        try:
            program = str(self._call("web3_clientVersion"))[:_LONGEST_NAME]
        except RpcError:
            program = "a wallet"
        if error.code == _NO_METHOD or program.startswith(_FRAME):
            return SignerOnlySends(self._shown_url, program, error.message)
        return SignerRefused(self._shown_url, error.message)

    def _ask(self, method: str, *params: Any) -> Any:
        try:
            return self._call(method, *params)
        except RpcError as error:
            raise SignerRefused(self._shown_url, error.message) from None

    def _call(self, method: str, *params: Any) -> Any:
        body = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}
        try:
            response = self._http.post(self._url, json=body, timeout=(CONNECT_SECONDS, APPROVAL_SECONDS))
        except requests.RequestException as error:
            raise unreachable("signer", self._url, error) from None
        try:
            answer = response.json()
        except (requests.JSONDecodeError, RecursionError):
            raise BadAnswer("signer", self._shown_url, f"HTTP {response.status_code}, not JSON") from None
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            raise BadAnswer("signer", self._shown_url, f"HTTP {response.status_code}, not JSON-RPC")
        if answer.get("error") is not None:
            raise rpc_error(answer["error"])
        return answer["result"]

    def _bytes(self, method: str, answer: object) -> bytes:
        try:
            return bytes.fromhex(str(answer).removeprefix("0x"))
        except ValueError:
            raise BadAnswer("signer", self._shown_url, f"{method} answers no bytes") from None


def _in_hex(value: object) -> str:
    """A quantity or bytes as JSON-RPC has them; a text is hex already."""
    if isinstance(value, int):
        return hex(value)
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)


def _plain(value: Any) -> Any:
    """Data with its bytes in hex, for JSON."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return "0x" + value.hex() if isinstance(value, bytes) else value
