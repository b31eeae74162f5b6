"""The Cartesi Rollups node: its JSON-RPC for inputs, outputs and epochs, and its inspect for the dapp's state."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import requests

from deml.base.errors import DemlError
from deml.base.outputs import Notice
from deml.base.types import Address, Timestamp
from deml.wire import notices as notice_codec
from deml.wire.outputs import DelegateCallEmission, NoticeEmission, Provable, VoucherEmission, open_envelope
from deml_cli.errors import (
    BadAnswer,
    CallFailed,
    DappRefused,
    InputNotProcessed,
    NoProof,
    NoSuchRecord,
    QueryRefused,
)
from deml_cli.rpc import JsonRpc, RpcError, http_request, without_secrets

PAGE: Final = 100
"""Records asked for at once."""

ACCEPTED: Final = "ACCEPTED"
UNPROCESSED: Final = "NONE"
CLAIM_ACCEPTED: Final = "CLAIM_ACCEPTED"
NOT_FOUND_CODES: Final = range(-32099, -31999)
"""JSON-RPC's range for errors of the application: the node uses it for records that do not exist."""

NOTICE_SELECTOR: Final = "0xc258d6e5"
VOUCHER_SELECTOR: Final = "0x237a816f"
DELEGATE_CALL_SELECTOR: Final = "0x10321e8b"

_POLL_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Proof:
    """That an output is in the tree whose root was claimed: its place, and the 63 hashes beside its way up."""

    output_index: int
    siblings: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class StoredInput:
    """An input as the node keeps it. `status` is one of the node's, `UNPROCESSED` at first."""

    index: int
    epoch_index: int
    status: str
    sender: Address
    payload: bytes
    block_number: int
    timestamp: Timestamp

    @property
    def accepted(self) -> bool:
        """Whether the dapp took it."""
        return self.status == ACCEPTED


@dataclass(frozen=True, slots=True)
class StoredOutput:
    """An output as the node keeps it; `raw` is what is proven and executed on chain."""

    index: int
    input_index: int
    epoch_index: int
    raw: bytes
    siblings: tuple[bytes, ...] | None
    executed_in: str | None

    @property
    def opened(self) -> Provable:
        """What it is.

        Raises
        ------
        UnknownSelector, MalformedMessage
        """
        return open_envelope(self.raw)

    @property
    def notice(self) -> Notice | None:
        """The notice of ours that it carries; None for all else, a stranger's notice included."""
        opened = self.opened
        if not isinstance(opened, NoticeEmission):
            return None
        try:
            return notice_codec.decode(opened.payload)
        except DemlError:
            return None

    @property
    def voucher(self) -> VoucherEmission | DelegateCallEmission | None:
        """The call that it lets anyone have the Application make; None for a notice."""
        opened = self.opened
        return None if isinstance(opened, NoticeEmission) else opened


@dataclass(frozen=True, slots=True)
class InputResult:
    """What an input led to. Reports that are JSON objects are in `reports`; there are no others in DeML."""

    input: StoredInput
    outputs: tuple[StoredOutput, ...] = ()
    reports: tuple[Mapping[str, Any], ...] = field(default=())

    @property
    def status(self) -> str:
        """What the node says became of it."""
        return self.input.status

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Notices, in order."""
        return tuple(notice for one in self.outputs if (notice := one.notice) is not None)

    @property
    def vouchers(self) -> tuple[StoredOutput, ...]:
        """Vouchers, in order."""
        return tuple(one for one in self.outputs if one.voucher is not None)

    def require_accepted(self) -> InputResult:
        """Return this result if the dapp took the input.

        Raises
        ------
        DappRefused
            With the dapp's own words.
        """
        if self.input.accepted:
            return self
        report = self.reports[-1] if self.reports else {}
        raise DappRefused(self.input.index, *_words(report, self.status))


@dataclass(frozen=True, slots=True)
class Epoch:
    """A range of blocks whose outputs are claimed together."""

    index: int
    first_block: int
    last_block: int
    status: str

    @property
    def accepted(self) -> bool:
        """Whether its claim is accepted, so that its outputs can be proven and executed."""
        return self.status == CLAIM_ACCEPTED


class NodeClient:
    """A node, asked about one Application.

    Parameters
    ----------
    url
        Its JSON-RPC; ``/rpc`` is added where there is no path.
    app
        The Application.
    inspect_url
        Where it answers inspect queries: ``/inspect`` beside the JSON-RPC if None.
    """

    def __init__(self, url: str, app: Address, inspect_url: str | None = None) -> None:
        parts = urlsplit(url)
        rpc = url if parts.path.strip("/") else urlunsplit(parts._replace(path="/rpc"))
        beside = urlunsplit(parts._replace(path="/inspect", query="", fragment=""))
        self.app = app
        self._rpc = JsonRpc(rpc, "node")
        self._inspect_url = (inspect_url or beside).rstrip("/") + "/" + app
        self._http = requests.Session()

    def close(self) -> None:
        """Close the connections."""
        self._rpc.close()
        self._http.close()

    # The dapp's state

    def inspect(self, path: str) -> dict[str, Any]:
        """Ask the dapp a query such as ``jobs/7``.

        Raises
        ------
        QueryRefused
            With the dapp's own words.
        ServiceUnreachable, BadAnswer
        """
        response = http_request(self._http, "POST", self._inspect_url, "node", data=path.encode())
        try:
            answer = response.json()
            status, reports = answer["status"], [_report(one["payload"]) for one in answer["reports"]]
        except (requests.JSONDecodeError, KeyError, TypeError, ValueError):
            raise BadAnswer("node", without_secrets(self._inspect_url), f"HTTP {response.status_code}") from None
        report = reports[-1] if reports else None
        if status.upper() != ACCEPTED or report is None:
            raise QueryRefused(path, *_words(report or {}, status))
        return report

    # Inputs

    def input(self, index: int) -> StoredInput:
        """Look an input up.

        Raises
        ------
        NoSuchRecord
        """
        return _input(self._get("cartesi_getInput", "input", index, {"input_index": hex(index)}))

    def inputs(self, start: int = 0, sender: Address | None = None) -> Iterator[StoredInput]:
        """Yield inputs in order, from number `start` of those that match."""
        filters = {} if sender is None else {"sender": sender}
        return map(_input, self._list("cartesi_listInputs", filters, start))

    def processed_inputs(self) -> int:
        """Count the inputs that the node has run."""
        return _number(self._call("cartesi_getProcessedInputCount", {}))

    def result(self, index: int) -> InputResult:
        """Look up what an input led to so far.

        Raises
        ------
        NoSuchRecord
        """
        found = self.input(index)
        if found.status == UNPROCESSED:
            return InputResult(found)
        reports = self._list("cartesi_listReports", {"input_index": hex(index)}, 0)
        read = tuple(report for one in reports if (report := _report(one["raw_data"])) is not None)
        return InputResult(found, tuple(self.outputs(input_index=index)), read)

    def wait_for_input(
        self, index: int, timeout: int = 180, sleep: Callable[[float], None] = time.sleep
    ) -> InputResult:
        """Wait until the node has run an input.

        Raises
        ------
        InputNotProcessed
        """
        waited, look = 0.0, 0
        while True:
            try:
                found = self.result(index)
            except NoSuchRecord:
                found = None
            if found is not None and found.status != UNPROCESSED:
                return found
            if waited >= timeout:
                raise InputNotProcessed(index, timeout)
            pause = _POLL_SECONDS[min(look, len(_POLL_SECONDS) - 1)]
            sleep(pause)
            waited, look = waited + pause, look + 1

    # Outputs

    def outputs(
        self, *, start: int = 0, input_index: int | None = None, output_type: str | None = None
    ) -> Iterator[StoredOutput]:
        """Yield outputs in order, from number `start` of those that match.

        Parameters
        ----------
        output_type
            Selector of the envelope: `NOTICE_SELECTOR`, `VOUCHER_SELECTOR` or `DELEGATE_CALL_SELECTOR`.
        """
        filters: dict[str, Any] = {}
        if input_index is not None:
            filters["input_index"] = hex(input_index)
        if output_type is not None:
            filters["output_type"] = output_type
        return map(_output, self._list("cartesi_listOutputs", filters, start))

    def output(self, index: int) -> StoredOutput:
        """Look an output up.

        Raises
        ------
        NoSuchRecord
        """
        return _output(self._get("cartesi_getOutput", "output", index, {"output_index": hex(index)}))

    def proof(self, output_index: int) -> Proof:
        """Prove an output.

        Raises
        ------
        NoProof
            If the claim of its epoch is not accepted yet.
        NoSuchRecord
        """
        found = self.output(output_index)
        status = self.epoch(found.epoch_index).status
        if found.siblings is None or status != CLAIM_ACCEPTED:
            raise NoProof(output_index, status)
        return Proof(found.index, found.siblings)

    # Epochs and the node itself

    def epoch(self, index: int) -> Epoch:
        """Look an epoch up.

        Raises
        ------
        NoSuchRecord
        """
        return _epoch(self._get("cartesi_getEpoch", "epoch", index, {"epoch_index": hex(index)}))

    def epochs(self, start: int = 0) -> Iterator[Epoch]:
        """Yield epochs in order."""
        return map(_epoch, self._list("cartesi_listEpochs", {}, start))

    def epoch_of(self, input_index: int) -> Epoch:
        """Look up the epoch of an input.

        Raises
        ------
        NoSuchRecord
        """
        return self.epoch(self.input(input_index).epoch_index)

    def application(self) -> Mapping[str, Any]:
        """Return what the node knows of the Application, in its own names.

        Raises
        ------
        CallFailed
            If it does not run this Application.
        """
        found: Mapping[str, Any] = self._call("cartesi_getApplication", {})
        return found

    def version(self) -> str:
        """Version of the node."""
        return str(self._plain("cartesi_getNodeVersion")["data"])

    def chain_id(self) -> int:
        """Chain that the node reads."""
        return _number(self._plain("cartesi_getChainId")["data"])

    def _list(self, method: str, filters: Mapping[str, Any], start: int) -> Iterator[dict[str, Any]]:
        offset = start
        while True:
            answer = self._answer(method, {**filters, "limit": PAGE, "offset": offset})
            yield from answer["data"]
            offset += len(answer["data"])
            if not answer["data"] or offset >= answer["pagination"]["total_count"]:
                return

    def _get(self, method: str, kind: str, index: int, params: Mapping[str, Any]) -> Any:
        try:
            answer = self._rpc.call(method, {"application": self.app, **params})
        except RpcError as error:
            if error.code in NOT_FOUND_CODES:
                raise NoSuchRecord(kind, index) from None
            raise CallFailed("node", method, error.code, error.message) from None
        return answer["data"]

    def _call(self, method: str, params: Mapping[str, Any]) -> Any:
        return self._answer(method, params)["data"]

    def _answer(self, method: str, params: Mapping[str, Any]) -> Any:
        return self._plain(method, {"application": self.app, **params})

    def _plain(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        try:
            return self._rpc.call(method, params or {})
        except RpcError as error:
            raise CallFailed("node", method, error.code, error.message) from None


def _input(record: Mapping[str, Any]) -> StoredInput:
    decoded = record["decoded_data"]
    return StoredInput(
        index=_number(record["index"]),
        epoch_index=_number(record["epoch_index"]),
        status=record["status"],
        sender=Address(decoded["sender"].lower()),
        payload=_bytes(decoded["payload"]),
        block_number=_number(record["block_number"]),
        timestamp=Timestamp(_number(decoded["block_timestamp"])),
    )


def _output(record: Mapping[str, Any]) -> StoredOutput:
    siblings = record["output_hashes_siblings"]
    return StoredOutput(
        index=_number(record["index"]),
        input_index=_number(record["input_index"]),
        epoch_index=_number(record["epoch_index"]),
        raw=_bytes(record["raw_data"]),
        siblings=tuple(map(_bytes, siblings)) if siblings else None,
        executed_in=record["execution_transaction_hash"],
    )


def _epoch(record: Mapping[str, Any]) -> Epoch:
    return Epoch(
        _number(record["index"]), _number(record["first_block"]), _number(record["last_block"]), record["status"]
    )


def _report(text: str) -> dict[str, Any] | None:
    """Read a report's JSON object; None where it is none."""
    try:
        read = json.loads(_bytes(text))
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _words(report: Mapping[str, Any], status: str) -> tuple[str, str, str]:
    code, message = str(report.get("code", status)), str(report.get("message", "it gave no reason."))
    return code, message, str(report.get("fix", "Look at the dapp's log."))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _number(text: str | int) -> int:
    return text if isinstance(text, int) else int(text, 16)
