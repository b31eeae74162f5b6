"""Web3 instances: how one is made for an address, and what their failures are called here.

web3.py takes most of a second of processor time to import. It is imported where the first question is asked, so that
help and everything that asks no chain stay quick.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import requests

from deml_sdk.errors import BadAnswer, ServiceUnreachable
from deml_sdk.recursion import recursion_limit_kept
from deml_sdk.rpc import RpcError, rpc_error, unreachable, without_secrets

if TYPE_CHECKING:
    from web3 import Web3
    from web3.exceptions import Web3RPCError
    from web3.types import RPCEndpoint

SERVICE: Final = "chain"
"""What errors call an execution client."""

T = TypeVar("T")


def connect(url: str) -> Web3:
    """Make a Web3 instance for an address.

    It asks nothing but what it is asked: no middleware fills transactions in, looks names up or asks for the chain's
    number before every call; chains by proof of authority are read.

    Parameters
    ----------
    url
        HTTP address of an execution client's JSON-RPC.
    """
    with recursion_limit_kept():
        from web3 import Web3
        from web3.middleware import ExtraDataToPOAMiddleware

        from deml_sdk.chain.provider import Provider

    return Web3(Provider(url), middleware=[ExtraDataToPOAMiddleware])


def disconnect(web3: Web3) -> None:
    """Close the connection of an instance that `connect` made; a caller's own instance is left alone."""
    from deml_sdk.chain.provider import Provider

    if isinstance(web3.provider, Provider):
        web3.provider.close()


def shown_address(web3: Web3) -> str:
    """Return what may be shown of where an instance asks."""
    address = getattr(web3.provider, "endpoint_uri", None)
    return type(web3.provider).__name__ if address is None else without_secrets(str(address))


def answered(web3: Web3, question: Callable[[], T]) -> T:
    """Put a question to an instance; what a caller's own middleware raises passes through.

    Raises
    ------
    RpcError
        If the answer carries an error.
    ServiceUnreachable, BadAnswer
    """
    from web3 import exceptions

    try:
        return question()
    except exceptions.Web3RPCError as error:
        raise _error_in(error) from None
    except requests.HTTPError as error:
        raise _http_error(web3, error) from None
    except requests.RequestException as error:
        raise unreachable(SERVICE, str(getattr(web3.provider, "endpoint_uri", "")), error) from None
    except (exceptions.BadResponseFormat, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise BadAnswer(SERVICE, shown_address(web3), "it is not JSON-RPC") from None
    except (exceptions.Web3ValidationError, exceptions.StaleBlockchain) as error:
        raise BadAnswer(SERVICE, shown_address(web3), str(error)) from None
    except (exceptions.ProviderConnectionError, exceptions.CannotHandleRequest, exceptions.TimeExhausted) as error:
        raise ServiceUnreachable(SERVICE, shown_address(web3), type(error).__name__) from None


def understood(web3: Web3, question: Callable[[], T]) -> T:
    """Put a question to an instance that needs no signer of it; what else goes wrong is the chain's failure.

    Raises
    ------
    RpcError
        If the answer carries an error.
    ServiceUnreachable, BadAnswer
    """
    try:
        return answered(web3, question)
    except OSError as error:
        raise ServiceUnreachable(SERVICE, shown_address(web3), "no connection") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadAnswer(SERVICE, shown_address(web3), f"{type(error).__name__} {error}"[:200]) from error


def request(web3: Web3, method: str, params: list[Any]) -> Any:
    """Call a method of the JSON-RPC by name; what comes back is as it came.

    Unlike web3's own methods it does not take errors apart, which ends in a `KeyError` where a contract's panic has a
    number that the library does not list, and takes every error with ``"data": null`` for a contract's refusal.

    Raises
    ------
    RpcError
        If the answer carries an error.
    ServiceUnreachable, BadAnswer
    """
    return understood(web3, lambda: web3.manager.request_blocking(cast("RPCEndpoint", method), params))


def _error_in(error: Web3RPCError) -> RpcError:
    """Read the error that an answer carried; web3 makes some up itself, of answers that are null."""
    answer = error.rpc_response
    return RpcError(0, str(error.message)) if answer is None else rpc_error(answer.get("error"))


def _http_error(web3: Web3, error: requests.HTTPError) -> RpcError | BadAnswer:
    """Read an answer that came with an HTTP status of failure: some services say the reason in JSON-RPC."""
    try:
        return rpc_error(error.response.json()["error"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return BadAnswer(SERVICE, shown_address(web3), f"HTTP {error.response.status_code}, not JSON-RPC")
