"""The node's JSON-RPC methods, as the Cartesi documentation and the real node define them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, Final, TypeVar

from deml_devnet.node.config import NodeConfig
from deml_devnet.node.jsonrpc import RESOURCE_NOT_FOUND, JsonRpcError, Method
from deml_devnet.node.parameters import PAGE, Parameters
from deml_devnet.node.queries import Filters, Found, Page, Queries
from deml_devnet.node.records import EpochRecord
from deml_devnet.node.views import Json, application_view, epoch_view, input_view, output_view, report_view

R = TypeVar("R")
Read = Callable[[Parameters], Any]

EPOCH_STATUSES: Final = (
    "OPEN",
    "CLOSED",
    "INPUTS_PROCESSED",
    "CLAIM_COMPUTED",
    "CLAIM_SUBMITTED",
    "CLAIM_STAGED",
    "CLAIM_ACCEPTED",
    "CLAIM_REJECTED",
    "CLAIM_FORECLOSED",
)

_NEVER_LISTED: Final = {
    "cartesi_listTournaments": ("epoch_index", "level", "parent_tournament_address", "parent_match_id_hash"),
    "cartesi_listCommitments": ("epoch_index", "tournament_address"),
    "cartesi_listMatches": ("epoch_index", "tournament_address"),
    "cartesi_listMatchAdvances": ("epoch_index", "tournament_address", "id_hash"),
    "cartesi_listWithdrawals": ("account_index",),
}
"""What only applications under PRT, or foreclosed ones, have: always empty here."""

_NEVER_FOUND: Final = {
    "cartesi_getTournament": ("Tournament", ("address",)),
    "cartesi_getCommitment": ("Commitment", ("epoch_index", "tournament_address", "commitment")),
    "cartesi_getMatch": ("Match", ("epoch_index", "tournament_address", "id_hash")),
    "cartesi_getMatchAdvanced": ("Match advanced", ("epoch_index", "tournament_address", "id_hash", "parent")),
    "cartesi_getWithdrawal": ("Withdrawal", ("account_index",)),
}


class Methods:
    """What the node can be asked."""

    def __init__(self, config: NodeConfig, queries: Queries) -> None:
        self._config = config
        self._queries = queries

    def table(self) -> Mapping[str, Method]:
        """All methods, by name."""
        app = ("application",)
        lists = {
            "cartesi_listApplications": (PAGE, self._applications),
            "cartesi_listEpochs": ((*app, "status", *PAGE), self._epochs),
            "cartesi_listInputs": ((*app, "epoch_index", "sender", "transaction_hash", *PAGE), self._inputs),
            "cartesi_listOutputs": (
                (*app, "epoch_index", "input_index", "output_type", "voucher_address", *PAGE),
                self._outputs,
            ),
            "cartesi_listReports": ((*app, "epoch_index", "input_index", *PAGE), self._reports),
            **{name: ((*app, *filters, *PAGE), self._nothing) for name, filters in _NEVER_LISTED.items()},
        }
        singles = {
            "cartesi_getApplication": (app, self._application),
            "cartesi_getEpoch": ((*app, "epoch_index"), self._epoch),
            "cartesi_getLastAcceptedEpochIndex": (app, self._last_accepted_epoch),
            "cartesi_getInput": ((*app, "input_index"), self._input),
            "cartesi_getProcessedInputCount": (app, self._processed_inputs),
            "cartesi_getOutput": ((*app, "output_index"), self._output),
            "cartesi_getReport": ((*app, "report_index"), self._report),
            "cartesi_getChainId": ((), lambda _: {"data": hex(self._config.chain_id)}),
            "cartesi_getNodeVersion": ((), lambda _: {"data": version("deml")}),
            **{name: ((*app, *more), _never(kind)) for name, (kind, more) in _NEVER_FOUND.items()},
        }
        signatures: dict[str, tuple[tuple[str, ...], Read]] = {**lists, **singles}
        methods = {name: _method(names, read) for name, (names, read) in signatures.items()}
        methods["rpc.discover"] = lambda _: _discover({name: names for name, (names, _) in signatures.items()})
        return methods

    # Applications

    def _applications(self, given: Parameters) -> Json:
        page = given.page()
        view = application_view(self._config, self._queries.processed_inputs(), self._queries.last_block())
        return _page([] if page.offset else [view], 1, page)

    def _application(self, given: Parameters) -> Json:
        self._require(given)
        return {"data": application_view(self._config, self._queries.processed_inputs(), self._queries.last_block())}

    def _processed_inputs(self, given: Parameters) -> Json:
        self._require(given)
        return {"data": hex(self._queries.processed_inputs())}

    # Epochs

    def _epochs(self, given: Parameters) -> Json:
        self._require(given)
        filters = {"status": given.choice("status", EPOCH_STATUSES, "epoch status")}
        return _list(self._queries.epochs, filters, given.page(), self._epoch_view)

    def _epoch(self, given: Parameters) -> Json:
        self._require(given)
        return _single(self._queries.epoch(given.index("epoch_index")), "Epoch", self._epoch_view)

    def _last_accepted_epoch(self, given: Parameters) -> Json:
        self._require(given)
        return _single(self._queries.last_accepted_epoch(), "Epoch", hex)

    def _epoch_view(self, record: EpochRecord) -> Json:
        return epoch_view(record, *self._queries.input_range(record.number))

    # Inputs, outputs, reports

    def _inputs(self, given: Parameters) -> Json:
        self._require(given)
        filters = {
            "epoch": given.optional_index("epoch_index"),
            "sender": given.address("sender", "input sender"),
            "tx": given.hash("transaction_hash", "transaction hash"),
        }
        return _list(self._queries.inputs, filters, given.page(), input_view)

    def _input(self, given: Parameters) -> Json:
        self._require(given)
        return _single(self._queries.input(given.index("input_index")), "Input", input_view)

    def _outputs(self, given: Parameters) -> Json:
        self._require(given)
        filters = {
            "epoch": given.optional_index("epoch_index"),
            "input": given.optional_index("input_index"),
            "selector": given.selector("output_type"),
            "destination": given.address("voucher_address", "voucher"),
        }
        return _list(self._queries.outputs, filters, given.page(), output_view)

    def _output(self, given: Parameters) -> Json:
        self._require(given)
        return _single(self._queries.output(given.index("output_index")), "Output", output_view)

    def _reports(self, given: Parameters) -> Json:
        self._require(given)
        filters = {"epoch": given.optional_index("epoch_index"), "input": given.optional_index("input_index")}
        return _list(self._queries.reports, filters, given.page(), report_view)

    def _report(self, given: Parameters) -> Json:
        self._require(given)
        return _single(self._queries.report(given.index("report_index")), "Report", report_view)

    def _nothing(self, given: Parameters) -> Json:
        self._require(given)
        return _page([], 0, given.page())

    def _require(self, given: Parameters) -> None:
        if given.application() not in (self._config.app, self._config.app_name):
            raise JsonRpcError(RESOURCE_NOT_FOUND, "Application not found")


def _method(names: tuple[str, ...], read: Read) -> Method:
    return lambda given: read(Parameters(given, names))


def _never(kind: str) -> Read:
    def refuse(given: Parameters) -> Json:
        given.application()
        raise JsonRpcError(RESOURCE_NOT_FOUND, f"{kind} not found")

    return refuse


def _list(query: Callable[[Filters, Page], Found[R]], filters: Filters, page: Page, view: Callable[[R], Json]) -> Json:
    found = query(filters, page)
    return _page([view(record) for record in found.records], found.total, page)


def _page(data: list[Json], total: int, page: Page) -> Json:
    return {"data": data, "pagination": {"total_count": total, "limit": page.limit, "offset": page.offset}}


def _single(record: R | None, kind: str, view: Callable[[R], Any]) -> Json:
    if record is None:
        raise JsonRpcError(RESOURCE_NOT_FOUND, f"{kind} not found")
    return {"data": view(record)}


def _discover(signatures: Mapping[str, tuple[str, ...]]) -> Json:
    """Describe the methods in OpenRPC's form."""
    methods = [
        {
            "name": name,
            "params": [{"name": one, "schema": {}} for one in names],
            "result": {"name": "result", "schema": {}},
        }
        for name, names in signatures.items()
    ]
    info = {"title": "Cartesi Rollups Node API, served by the DeML devnet", "version": "2.0.0"}
    return {"openrpc": "1.0.0", "info": info, "methods": methods}
