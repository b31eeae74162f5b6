"""A pinning service, by the vendor-neutral Pinning Service API 1.0.0.

https://ipfs.github.io/pinning-services-api-spec/. Services that keep files on Filecoin speak it like any other: the
caller sees pins, the service makes the storage deals.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import quote, urlencode

from deml.ipld import Cid
from deml_sdk.errors import BadAnswer
from deml_sdk.ipfs.egress import LOCALHOST, EgressPolicy, is_public
from deml_sdk.ipfs.errors import NotPinned, PinningRefused, TokenInTheClear
from deml_sdk.ipfs.pin_info import read_info
from deml_sdk.ipfs.pins import Pin, PinState
from deml_sdk.ipfs.text import printable, read_json
from deml_sdk.ipfs.timeouts import NORMAL, Timeouts
from deml_sdk.ipfs.web import Origin, Web
from deml_sdk.rpc import without_secrets

PAGE: Final = 1_000
"""Pins asked for at once, the most that the API allows."""

_ANSWER_BYTES: Final = 2**23
_MAX_PAGES: Final = 1_000
_NAME_CHARACTERS: Final = 255
_ALL: Final = ",".join(PinState)
"""The API lists none but pinned ones unless it is told."""

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
"""Hosts to which a token may travel in the clear: this machine."""

Connect = Callable[[str], object]
"""Has the node that holds the file connect to one of the service's addresses."""


class PinningService:
    """A service.

    Parameters
    ----------
    url
        Its endpoint, without ``/pins``.
    token
        Called for the access token when it is first needed.
    egress
        Where it may be.
    origins
        Called for the addresses of a node that has the file, private ones too if the service is nearby; may give none.
    connect
        Given the service's own addresses, so that it need not search; see the specification, "provider hints".

    Raises
    ------
    TokenInTheClear
    """

    def __init__(
        self,
        url: str,
        token: Callable[[], str],
        egress: EgressPolicy,
        *,
        origins: Callable[[bool], Sequence[str]] = lambda _nearby: (),
        connect: Connect = lambda _address: None,
        timeouts: Timeouts = NORMAL,
    ) -> None:
        self._url = url.rstrip("/").removesuffix("/pins")
        origin = Origin.of(self._url)
        self.shown_url = without_secrets(self._url)
        if origin.scheme != "https" and origin.host not in _LOOPBACK:
            raise TokenInTheClear(self.shown_url)
        self._host = origin.host
        self.name = f"the pinning service {self.shown_url}"
        self._token, self._origins, self._connect = token, origins, connect
        self._web = Web(self.name, egress, timeouts)

    @property
    def nearby(self) -> bool:
        """Whether the service is on this machine or in its network, by its address: it reaches nodes beside it."""
        try:
            return not is_public(ip_address(self._host))
        except ValueError:
            return self._host == LOCALHOST

    def pin(self, cid: Cid, name: str, report: Callable[[Pin], None]) -> Pin:
        """Ask to have a file kept; see `Pinner`."""
        wanted: dict[str, object] = {"cid": str(cid), "name": name[:_NAME_CHARACTERS]}
        if origins := list(self._origins(self.nearby)):
            wanted["origins"] = origins
        answer = self._call("POST", "pins", body=wanted)
        pin = self._pin(answer)
        if pin.state in (PinState.QUEUED, PinState.PINNING):
            for address in self._delegates(answer):
                self._connect(address)
        report(pin)
        return pin

    def look(self, pin: Pin) -> Pin:
        """See how far a pin is; see `Pinner`."""
        return self._pin(self._call("GET", f"pins/{quote(pin.id, safe='')}", cid=pin.cid))

    def pins(self, cid: Cid | None = None) -> Iterator[Pin]:
        """Yield the pins, the newest first; see `Pinner`.

        Where there are none in any state, each state is asked for alone: filecoin-pin 0.13 takes a list for one state.
        """
        wanted = {"limit": str(PAGE)} | ({} if cid is None else {"cid": str(cid)})
        found = False
        for pin in self._pages(wanted | {"status": _ALL}):
            found = True
            yield pin
        if not found:
            for state in PinState:
                yield from self._pages(wanted | {"status": state.value})

    def _pages(self, query: dict[str, str]) -> Iterator[Pin]:
        query, seen = dict(query), dict[str, None]()
        for _ in range(_MAX_PAGES):
            answer = self._call("GET", "pins", query)
            count, found = self._count(answer), [self._pin(one) for one in self._results(answer)]
            new = [pin for pin in found if pin.id not in seen]
            yield from new
            seen.update(dict.fromkeys(pin.id for pin in new))
            if not new or count <= len(found):
                return
            query["before"] = found[-1].created

    def unpin(self, cid: Cid) -> int:
        """Let a file go, as often as it is pinned; see `Pinner`."""
        found = list(self.pins(cid))
        if not found:
            raise NotPinned(str(cid), self.name)
        for pin in found:
            self._call("DELETE", f"pins/{quote(pin.id, safe='')}", cid=pin.cid)
        return len(found)

    def check(self) -> str:
        """Ask for a pin, to see whether the service answers and the token is good."""
        self._count(self._call("GET", "pins", {"limit": "1"}))
        return f"{self.name}, which takes the token"

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    def _call(
        self,
        verb: str,
        path: str,
        query: dict[str, str] | None = None,
        body: dict[str, object] | None = None,
        cid: str = "",
    ) -> Any:
        url = f"{self._url}/{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Authorization": f"Bearer {self._token()}", "Accept": "application/json"}
        raw = None if body is None else json.dumps(body).encode()
        if raw is not None:
            headers["Content-Type"] = "application/json"
        with self._web.request(verb, url, headers, raw) as answer:
            status, content = answer.status, answer.read(_ANSWER_BYTES)
        if status == HTTPStatus.NOT_FOUND and cid:
            raise NotPinned(cid, self.name)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise self._refusal(status, content)
        if verb == "DELETE":
            return None
        try:
            return read_json(content)
        except ValueError:
            raise self._bad("it is not JSON") from None

    def _refusal(self, status: int, content: bytes) -> PinningRefused:
        try:
            error = read_json(content)["error"]
            if isinstance(error, str):
                reason, details = error, ""
            else:
                reason, details = str(error["reason"]), str(error.get("details", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            reason, details = "no reason given", ""
        return PinningRefused(self.name, status, printable(reason), printable(details) or "no details given")

    def _pin(self, found: Any) -> Pin:
        try:
            info = read_info(PinState(found["status"]), dict(found.get("info") or {}))
            return Pin(
                cid=printable(str(found["pin"]["cid"])),
                state=info.state,
                name=printable(str(found["pin"].get("name") or "")),
                id=str(found["requestid"]),
                created=printable(str(found["created"])),
                details=info.details,
                expires=info.expires,
                cost=info.cost,
                piece=info.piece,
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._bad(f"a pin without sound {printable(str(error))}") from None

    def _delegates(self, found: Any) -> list[str]:
        addresses = found.get("delegates")
        return [one for one in addresses if isinstance(one, str)] if isinstance(addresses, list) else []

    def _results(self, answer: Any) -> list[Any]:
        results = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(results, list):
            raise self._bad("a list of pins without results")
        return results

    def _count(self, answer: Any) -> int:
        count = answer.get("count") if isinstance(answer, dict) else None
        if not isinstance(count, int):
            raise self._bad("a list of pins without count")
        return count

    def _bad(self, reason: str) -> BadAnswer:
        return BadAnswer("pinning service", self.shown_url, reason)
