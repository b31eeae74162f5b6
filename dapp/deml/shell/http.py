"""The Rollup HTTP API: what the guest's server in the Cartesi Machine speaks, and the devnet's node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import requests

from deml.base import strict_json
from deml.base.inputs import Metadata
from deml.base.types import Timestamp, address_of
from deml.shell.backend import Advance, Inspect, Request
from deml.shell.errors import InputsOutOfOrder, MalformedRequest, OutputLost, ServerRefused, ServerUnreachable
from deml.wire.outputs import DelegateCallEmission, Emission, NoticeEmission, ReportEmission, VoucherEmission

NO_REQUEST_YET: Final = 202
"""Status of a finish that found no request to hand out."""

IDLE_WAIT: Final = 0.05
"""Seconds before asking again after that; the real servers hold the call instead, so this rarely passes."""

FIRST_WAIT: Final = 0.05
LONGEST_WAIT: Final = 2.0
"""Seconds between attempts to reach the server, doubling from the first to the longest."""

MAX_FAILURES: Final = 60
"""Attempts before giving up: about two minutes. A dapp whose node is gone for good must not stay behind."""

_BROKEN: Final = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


class HttpBackend:
    """A `Backend` over one keep-alive connection.

    ``/finish`` is repeated until it is answered. That is safe only because the order of inputs is checked: where a
    server lost its place, or took a repeated verdict for the verdict on an input that never arrived here, the next
    index shows it, and the process ends rather than go on with a state that no replay would reach. Outputs are never
    repeated.

    Parameters
    ----------
    url
        Base address of the server.
    wait
        Called with a number of seconds to let pass.
    """

    def __init__(self, url: str, wait: Callable[[float], None]) -> None:
        self._url = url.rstrip("/")
        self._wait = wait
        self._session = requests.Session()
        self._session.trust_env = False  # The server is on this machine: no proxy, no netrc.
        self._last_index = -1
        self._interrupted = False

    def finish(self, accept: bool) -> Request:
        body = {"status": "accept" if accept else "reject"}
        failures = 0
        while True:
            try:
                response = self._session.post(f"{self._url}/finish", json=body)
                broken = f"status {response.status_code}" if response.status_code >= 500 else ""
            except _BROKEN as error:
                broken = str(error)
            if broken:
                failures += 1
                self._interrupted = True
                if failures == MAX_FAILURES:
                    raise ServerUnreachable(self._url, failures, broken)
                self._wait(min(FIRST_WAIT * 2**failures, LONGEST_WAIT))
            elif response.status_code == NO_REQUEST_YET:
                failures = 0
                self._wait(IDLE_WAIT)
            elif not response.ok:
                raise ServerRefused("finish", response.status_code, response.text[:200])
            else:
                return self._in_order(read_request(response.content))

    def emit(self, emission: Emission) -> None:
        match emission:
            case NoticeEmission(payload):
                self._tell("notice", {"payload": _hex(payload)})
            case VoucherEmission(destination, value, payload):
                voucher = {"destination": destination, "value": _hex(value.to_bytes(32, "big"))}
                self._tell("voucher", {**voucher, "payload": _hex(payload)})
            case DelegateCallEmission(destination, payload):
                self._tell("delegate-call-voucher", {"destination": destination, "payload": _hex(payload)})
            case ReportEmission(payload):
                self._tell("report", {"payload": _hex(payload)})

    def _tell(self, path: str, body: dict[str, str]) -> None:
        try:
            response = self._session.post(f"{self._url}/{path}", json=body)
        except _BROKEN as error:
            raise OutputLost(path, str(error)) from error
        if not response.ok:
            raise ServerRefused(path, response.status_code, response.text[:200])

    def _in_order(self, request: Request) -> Request:
        """Let a request pass unless its index shows that this process and the server disagree about the past.

        Gaps alone prove nothing: in the machine a rejected input reverts `_last_index` too.
        """
        if isinstance(request, Advance):
            index, expected = request.meta.index, self._last_index + 1
            skipped = self._interrupted and expected > 0 and index > expected
            if index < expected or skipped:
                raise InputsOutOfOrder(index, expected)
            self._last_index = index
            self._interrupted = False
        return request


def read_request(content: bytes) -> Request:
    """Read the body of an answer to ``/finish``.

    Raises
    ------
    MalformedRequest
        If it is neither an advance nor an inspect of Cartesi Rollups 2.x.
    """
    try:
        answer = strict_json.parse(content)
    except ValueError as error:
        raise MalformedRequest("it is not JSON") from error
    try:
        data = answer["data"]
        payload = _bytes(data["payload"])
        match answer["request_type"]:
            case "advance_state":
                return Advance(_metadata(data["metadata"]), payload)
            case "inspect_state":
                return Inspect(payload)
            case other:
                raise MalformedRequest(f"unknown request type {other!a:.80}")
    except KeyError as error:
        raise MalformedRequest(f"the field {error} is missing") from error
    except (ValueError, TypeError) as error:
        raise MalformedRequest("one of its fields has another form than the API gives it") from error


def _metadata(fields: dict[str, Any]) -> Metadata:
    return Metadata(
        chain_id=_number(fields["chain_id"]),
        app=address_of(_bytes(fields["app_contract"])),
        sender=address_of(_bytes(fields["msg_sender"])),
        block_number=_number(fields["block_number"]),
        timestamp=Timestamp(_number(fields["block_timestamp"])),
        index=_number(fields["input_index"]),
    )


def _number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a whole number")
    return value


def _bytes(value: object) -> bytes:
    if not isinstance(value, str) or value[:2] != "0x":
        raise ValueError("not hexadecimal with 0x")
    return bytes.fromhex(value[2:])


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
