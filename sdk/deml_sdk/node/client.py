"""The Cartesi Rollups node: its JSON-RPC for inputs, outputs and epochs, and its inspect for the dapp's state."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests

from deml.base.types import Address
from deml_sdk.chain.proof import Proof
from deml_sdk.errors import (
    BadAnswer,
    CallFailed,
    InputNotProcessed,
    NoProof,
    NoSuchRecord,
    NotRunByNode,
    QueryRefused,
    Reason,
)
from deml_sdk.node.jsonrpc import JsonRpc, http_request
from deml_sdk.node.records import (
    ACCEPTED,
    CLAIM_ACCEPTED,
    UNPROCESSED,
    Epoch,
    InputResult,
    StoredInput,
    StoredOutput,
    read_epoch,
    read_input,
    read_number,
    read_output,
    read_report,
)
from deml_sdk.rpc import RpcError, without_secrets

PAGE: Final = 100
"""Records asked for at once."""

NOT_FOUND_CODES: Final = range(-32099, -31999)
"""JSON-RPC's range for a server's own errors: the node uses it for applications and records that do not exist."""

_POLL_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
"""Pauses between looks for an input."""

T = TypeVar("T")


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
        self._rpc = JsonRpc(rpc)
        self._inspect_url = (inspect_url or beside).rstrip("/") + "/" + app
        self._http = requests.Session()

    @property
    def shown_url(self) -> str:
        """Its address, without secrets."""
        return self._rpc.shown_url

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
        response = http_request(self._http, "POST", self._inspect_url, data=path.encode())
        try:
            answer = response.json()
            status, reports = str(answer["status"]), [read_report(one["payload"]) for one in answer["reports"]]
        except (requests.JSONDecodeError, KeyError, TypeError, ValueError, RecursionError):
            raise BadAnswer("node", without_secrets(self._inspect_url), f"HTTP {response.status_code}") from None
        report = reports[-1] if reports else None
        if status.upper() != ACCEPTED or report is None:
            raise QueryRefused(Reason.of(report or {}, status), path)
        return report

    # Inputs

    def input(self, index: int) -> StoredInput:
        """Look an input up.

        Raises
        ------
        NoSuchRecord
        """
        return self._get("input", index, "input_index", read_input, "cartesi_getInput")

    def inputs(self, start: int = 0, sender: Address | None = None) -> Iterator[StoredInput]:
        """Yield inputs in order, from number `start` of those that match."""
        filters = {} if sender is None else {"sender": sender}
        return self._list("cartesi_listInputs", filters, start, read_input)

    def processed_inputs(self) -> int:
        """Count the inputs that the node has run."""
        method = "cartesi_getProcessedInputCount"
        return self._read(method, self._answer(method, {}), lambda found: read_number(found["data"]))

    def result(self, index: int) -> InputResult:
        """Look up what an input led to so far.

        Raises
        ------
        NoSuchRecord
        """
        found = self.input(index)
        if found.status == UNPROCESSED:
            return InputResult(found)
        filters = {"input_index": hex(index)}
        reports = self._list("cartesi_listReports", filters, 0, lambda record: read_report(record["raw_data"]))
        outputs = tuple(self.outputs(input_index=index))
        return InputResult(found, outputs, tuple(one for one in reports if one is not None))

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
        return self._list("cartesi_listOutputs", filters, start, read_output)

    def output(self, index: int) -> StoredOutput:
        """Look an output up.

        Raises
        ------
        NoSuchRecord
        """
        return self._get("output", index, "output_index", read_output, "cartesi_getOutput")

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
        return self._get("epoch", index, "epoch_index", read_epoch, "cartesi_getEpoch")

    def application(self) -> Mapping[str, Any]:
        """Return what the node knows of the Application, in its own names.

        Raises
        ------
        NotRunByNode
        """
        method = "cartesi_getApplication"
        return self._read(method, self._answer(method, {}), lambda found: dict(found["data"]))

    def version(self) -> str:
        """Version of the node."""
        method = "cartesi_getNodeVersion"
        return self._read(method, self._call(method, {}), lambda found: str(found["data"]))

    def chain_id(self) -> int:
        """Chain that the node reads."""
        method = "cartesi_getChainId"
        return self._read(method, self._call(method, {}), lambda found: read_number(found["data"]))

    def _list(
        self, method: str, filters: Mapping[str, Any], start: int, read: Callable[[Mapping[str, Any]], T]
    ) -> Iterator[T]:
        offset = start
        while True:
            answer = self._answer(method, {**filters, "limit": PAGE, "offset": offset})
            records = self._read(method, answer, lambda found: [read(one) for one in found["data"]])
            yield from records
            offset += len(records)
            total = self._read(method, answer, lambda found: int(found["pagination"]["total_count"]))
            if not records or offset >= total:
                return

    def _get(self, kind: str, index: int, parameter: str, read: Callable[[Mapping[str, Any]], T], method: str) -> T:
        try:
            answer = self._answer(method, {parameter: hex(index)})
        except CallFailed as error:
            if error.error_code in NOT_FOUND_CODES:
                raise NoSuchRecord(kind, index) from None
            raise
        return self._read(method, answer, lambda found: read(found["data"]))

    def _answer(self, method: str, params: Mapping[str, Any]) -> Any:
        return self._call(method, {"application": self.app, **params})

    def _call(self, method: str, params: Mapping[str, Any]) -> Any:
        try:
            return self._rpc.call(method, params)
        except RpcError as error:
            if error.code in NOT_FOUND_CODES and "application" in error.message.lower():
                raise NotRunByNode(self.app, self._rpc.shown_url) from None
            raise CallFailed("node", method, error.code, error.message) from None

    def _read(self, method: str, answer: Any, read: Callable[[Any], T]) -> T:
        """Read an answer; one that is not as documented is the node's failure and not ours."""
        try:
            return read(answer)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reason = f"{method}: {type(error).__name__} {error}"
            raise BadAnswer("node", self._rpc.shown_url, reason) from None
