"""A `World` behind JSON-RPC and inspect: real clients, over HTTP, on the real protocol, in this process.

Every transaction has a block of its own, which is final when the next one comes; `World.now` is the blocks' time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.typed_transactions import TypedTransaction
from eth_utils.crypto import keccak
from hexbytes import HexBytes

from deml.base.errors import DemlError
from deml.base.inputs import Metadata
from deml.base.reports import encode_json
from deml.base.types import ETHER, Address, word_of
from deml.core import inspect
from deml.ipld import Cid, file_cid
from deml.wire import answers
from deml.wire.abi import Function, encode_values
from deml.wire.outputs import envelope
from deml_sdk.chain import contracts, registry
from deml_sdk.chain.contracts import View
from deml_sdk.client import Client
from deml_sdk.errors import BlockNotFound, ServiceUnreachable
from deml_sdk.ipfs.interface import ReportProgress, silent
from deml_sdk.marketplace import Marketplace
from deml_sdk.progress import SILENT, Observer
from deml_sdk.wallet.wallets import devnet_wallet
from tests.support.deployment import CHAIN_ID, DEPLOYMENT, account
from tests.support.fake_services import RpcFailure, Services
from tests.support.world import TOKEN, Result, World

INPUT_BOX = account(0xB0)
AUTHORITY = account(0xA0)
REGISTRY = account(0xF1)
"""A `ModelRegistry` that has nothing on record, and takes anything."""
HELD = 10**6
"""Tokens that everybody has."""

EPOCH = {"index": "0x0", "first_block": "0x0", "last_block": "0x1000"}
SIBLINGS = ["0x" + "00" * 32] * 63
"""Of a proof that nobody checks here."""


class Files:
    """A content store that everybody shares."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.files: dict[str, bytes] = {}

    def fetch(self, cid: Cid, max_bytes: int, report: ReportProgress = silent) -> bytes:
        self._reach()
        if str(cid) not in self.files:
            raise BlockNotFound(str(cid), "the files")
        return self.files[str(cid)]

    def add(self, content: bytes, *, disclosed: bool = False) -> Cid:
        self._reach()
        self.files[str(file_cid(content))] = content
        return file_cid(content)

    def held_here(self, cid: Cid) -> str | None:
        self._reach()
        return "the files" if str(cid) in self.files else None

    def close(self) -> None:
        pass

    def _reach(self) -> None:
        if "ipfs" in self._services.dead:
            raise ServiceUnreachable("IPFS node", "http://files", "no connection")


class ServedWorld:
    """Serves a world on a fake server; `finality` is how many seconds the finalised block lags behind.

    With `claimed` the only epoch's claim is accepted, and its vouchers can be executed. `executed` counts those that
    were, and what was recorded in the registry.
    """

    def __init__(self, services: Services, finality: int = 30, world: World | None = None) -> None:
        self.services, self.finality = services, finality
        self.world = World() if world is None else world
        self.claimed = False
        self.executed = 0
        self.files = Files(services)
        self.receipts: dict[str, dict[str, Any]] = {}
        self.seen: dict[str, int] = {}
        self.lost: set[str] = set()
        self.allowances: dict[Address, int] = {}
        self.views: dict[tuple[Address, bytes], bytes] = {}
        self.say(DEPLOYMENT.erc20_portal, contracts.INPUT_BOX, INPUT_BOX)
        self.say(self.world.app, contracts.DATA_AVAILABILITY, contracts.IN_INPUT_BOX.encode((INPUT_BOX,)))
        self.say(self.world.app, contracts.WAS_EXECUTED, False)
        self.say(self.world.app, contracts.OWNER, ETHER)
        self.say(self.world.app, contracts.VALIDATOR, AUTHORITY)
        self.say(AUTHORITY, contracts.OWNER, account(0x09))
        self.say(REGISTRY, registry.ENDING, "")
        self.say(TOKEN, contracts.DECIMALS, 0)
        self.say(TOKEN, contracts.SYMBOL, "TST")
        self.say(TOKEN, contracts.BALANCE_OF, HELD)
        services.methods |= {
            "eth_chainId": lambda _: hex(CHAIN_ID),
            "eth_getCode": lambda _: "0x60",
            "eth_getBalance": lambda _: hex(10**18),
            "eth_maxPriorityFeePerGas": lambda _: "0x1",
            "eth_estimateGas": lambda _: hex(100_000),
            "eth_getTransactionCount": lambda given: hex(self.seen.get(given[0].lower(), 0)),
            "eth_getBlockByNumber": self._block,
            "eth_call": self._call,
            "eth_sendRawTransaction": self._send,
            "eth_getTransactionReceipt": lambda given: self.receipts.get(given[0]),
            "eth_getTransactionByHash": lambda given: {} if given[0] in self.receipts else None,
            "cartesi_getProcessedInputCount": lambda _: {"data": hex(len(self.world.history))},
            "cartesi_getInput": self._input,
            "cartesi_listInputs": self._inputs,
            "cartesi_listOutputs": self._outputs,
            "cartesi_getOutput": self._output,
            "cartesi_listReports": self._reports,
            "cartesi_getEpoch": lambda _: {"data": {**EPOCH, "status": "CLAIM_ACCEPTED" if self.claimed else "OPEN"}},
        }
        services.pages["POST", f"/inspect/{self.world.app}"] = self._inspect

    def marketplace(self) -> Marketplace:
        return Marketplace(
            rpc_url=self.services.url,
            node_url=self.services.url,
            app_address=self.world.app,
            erc20_portal=DEPLOYMENT.erc20_portal,
            safe_transfer=DEPLOYMENT.safe_transfer,
            token=TOKEN,
        )

    def client(self, name: str, home: Path, observer: Observer = SILENT) -> Client:
        """Client of one of the devnet's accounts; its files are everybody's."""
        made = Client(self.marketplace(), wallet=devnet_wallet(name), home=home / name, observer=observer)
        made.__dict__["content"] = self.files
        return made

    def say(self, address: Address, view: View, value: Any) -> None:
        self.views[address, view.function.selector] = encode_values(view.returns, [value])

    # The chain

    def _block(self, given: list[Any]) -> dict[str, Any]:
        history, now = self.world.history, self.world.now
        final = [one.meta for one in history if one.meta.timestamp <= now - self.finality]
        number, time = (len(history), now) if given[0] == "latest" else (len(final), now - self.finality)
        return {
            "number": hex(number),
            "timestamp": hex(time),
            "baseFeePerGas": "0x1",
            "hash": "0x" + f"{number:064x}",
            "extraData": "0x",
        }

    def _call(self, given: list[Any]) -> str:
        request = given[0]
        to, data = request["to"].lower(), bytes.fromhex(request["data"][2:])
        if len(given) == 3:
            return "0x" + self._trial(data).hex()
        if data[:4] == contracts.INPUT_HASH.function.selector:
            _, index = contracts.INPUT_HASH.function.decode(data)
            return "0x" + keccak(self.world.history[index].payload).hex()
        if data[:4] == contracts.ALLOWANCE.function.selector:
            owner, _ = contracts.ALLOWANCE.function.decode(data)
            return "0x" + encode_values(("uint256",), [self.allowances.get(Address(owner), 0)]).hex()
        return "0x" + self.views.get((to, data[:4]), b"").hex()

    def _trial(self, data: bytes) -> bytes:
        """What the trial of a deposit returns of one that arrives in full; the amount is the deposit's third word."""
        start = data.index(contracts.DEPOSIT_ERC20.selector) + 4 + 64
        amount = int.from_bytes(data[start : start + 32], "big")
        return encode_values(["uint256"] * 10, [1, 0, 1, 1, 1, 1, 1, 0, 1, amount])

    def _send(self, given: list[Any]) -> str:
        raw = bytes.fromhex(given[0][2:])
        tx_hash = "0x" + keccak(raw).hex()
        sender = Address(Account.recover_transaction(raw).lower())
        sent = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        if int(sent["nonce"]) < self.seen.get(sender, 0):
            raise RpcFailure(-32000, "nonce too low")
        if tx_hash in self.lost:
            return tx_hash
        self.seen[sender] = int(sent["nonce"]) + 1
        to, data = Address("0x" + bytes(sent["to"]).hex()), bytes(sent["data"])
        self.receipts[tx_hash] = self._receipt(tx_hash, self._run(sender, to, data))
        return tx_hash

    def _run(self, sender: Address, to: Address, data: bytes) -> Result | None:
        if to == INPUT_BOX:
            return self.world.send(sender, _decoded(contracts.ADD_INPUT, data)[1])
        if to == DEPLOYMENT.erc20_portal:
            token, _, amount, order = _decoded(contracts.DEPOSIT_ERC20, data)
            self.allowances[sender] -= amount
            return self.world.deposit(sender, amount, order, token=Address(token))
        if to in (self.world.app, REGISTRY):
            self.executed += 1
        else:
            self.allowances[sender] = _decoded(contracts.APPROVE, data)[1]
        return None

    def _receipt(self, tx_hash: str, result: Result | None) -> dict[str, Any]:
        logs = []
        if result is not None:
            app = "0x" + word_of(self.world.app).hex()
            index = "0x" + f"{result.meta.index:064x}"
            logs.append(_log(INPUT_BOX, [contracts.INPUT_ADDED_TOPIC, app, index], tx_hash))
        return {
            "transactionHash": tx_hash,
            "status": "0x1",
            "blockNumber": hex(len(self.world.history)),
            "gasUsed": "0x1",
            "logs": logs,
        }

    # The node

    def _inspect(self, body: bytes) -> tuple[int, bytes]:
        try:
            status, answer = "Accepted", answers.encode(inspect(self.world.state, body.decode()))
        except DemlError as problem:
            status, answer = "Rejected", encode_json(problem.as_report())
        payload = "0x" + answer.hex()
        return 200, json.dumps({"status": status, "reports": [{"payload": payload}]}).encode()

    def _input(self, given: dict[str, Any]) -> dict[str, Any]:
        index = int(given["input_index"], 16)
        if index >= len(self.world.history):
            raise RpcFailure(-32001, "not found")
        return {"data": _input_record(self.world.history[index])}

    def _inputs(self, given: dict[str, Any]) -> dict[str, Any]:
        sender = given.get("sender")
        found = [one for one in self.world.history if sender in (None, one.meta.sender)]
        return _page([_input_record(one) for one in found], given)

    def _records(self) -> list[dict[str, Any]]:
        found = []
        for result in self.world.history:
            for emission in result.emissions:
                raw = envelope(emission)
                if raw is not None:
                    found.append((result.meta.index, raw))
        siblings = SIBLINGS if self.claimed else None
        return [_output_record(number, of, raw, siblings) for number, (of, raw) in enumerate(found)]

    def _output(self, given: dict[str, Any]) -> dict[str, Any]:
        records, index = self._records(), int(given["output_index"], 16)
        if index >= len(records):
            raise RpcFailure(-32001, "not found")
        return {"data": records[index]}

    def _outputs(self, given: dict[str, Any]) -> dict[str, Any]:
        records = self._records()
        if "input_index" in given:
            records = [one for one in records if one["input_index"] == given["input_index"]]
        if "output_type" in given:
            records = [one for one in records if one["raw_data"].startswith(given["output_type"])]
        return _page(records, given)

    def _reports(self, given: dict[str, Any]) -> dict[str, Any]:
        result = self.world.history[int(given["input_index"], 16)]
        reports = [] if result.problem is None else [result.problem.as_report()]
        return _page([{"raw_data": "0x" + json.dumps(one).encode().hex()} for one in reports], given)


def _decoded(function: Function, data: bytes) -> tuple[Any, ...]:
    assert data[:4] == function.selector
    return function.decode(data)


def _log(address: Address, topics: list[str], tx_hash: str) -> dict[str, Any]:
    return {
        "address": address,
        "topics": topics,
        "data": "0x",
        "blockNumber": "0x1",
        "transactionHash": tx_hash,
        "transactionIndex": "0x0",
        "blockHash": "0x" + "00" * 32,
        "logIndex": "0x0",
        "removed": False,
    }


def _input_record(result: Result) -> dict[str, Any]:
    meta: Metadata = result.meta
    return {
        "epoch_index": "0x0",
        "index": hex(meta.index),
        "block_number": hex(meta.block_number + 1),
        "raw_data": "0x" + result.payload.hex(),
        "decoded_data": {
            "sender": meta.sender,
            "payload": "0x" + result.payload.hex(),
            "block_timestamp": hex(meta.timestamp),
        },
        "status": "ACCEPTED" if result.accepted else "REJECTED",
    }


def _output_record(index: int, of: int, raw: bytes, siblings: list[str] | None) -> dict[str, Any]:
    return {
        "epoch_index": "0x0",
        "input_index": hex(of),
        "index": hex(index),
        "raw_data": "0x" + raw.hex(),
        "output_hashes_siblings": siblings,
        "execution_transaction_hash": None,
    }


def _page(records: list[Any], given: dict[str, Any]) -> dict[str, Any]:
    limit, offset = given["limit"], given["offset"]
    pagination = {"total_count": len(records), "limit": limit, "offset": offset}
    return {"data": records[offset : offset + limit], "pagination": pagination}


def bodies(world: World, kind: type[Any]) -> list[Any]:
    """Inputs of one kind, in order."""
    return [one.body for one in world.history if isinstance(one.body, kind)]
