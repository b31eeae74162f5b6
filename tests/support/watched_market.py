"""A market for a monitor to watch, on a fake chain and a fake node that answer for one another."""

from __future__ import annotations

from typing import Any

from deml.base.types import ETHER, Address
from deml.wire.abi import encode_values
from deml_sdk.chain import contracts
from deml_sdk.chain.connection import connect
from deml_sdk.chain.contracts import EVM_ADVANCE
from deml_sdk.chain.ethereum import Chain
from deml_sdk.node.client import NodeClient
from deml_sdk.operate.monitor import Monitor
from deml_sdk.progress import Silent
from tests.support.deployment import DEPLOYMENT
from tests.support.fake_chain import APP, CONSENSUS, INPUT_BOX, PORTAL, FakeChain
from tests.support.fake_services import RpcFailure, Services

BOX = "0x" + "00" * 12 + APP[2:]


def log(emitter: Address, topic: str, topics: list[str], data: bytes, block: int) -> dict[str, Any]:
    place = {"blockNumber": hex(block), "blockHash": "0x0b", "transactionHash": "0x07", "logIndex": "0x0"}
    return {"address": emitter, "topics": [topic, *topics], "data": "0x" + data.hex(), **place}


def added(index: int, block: int) -> dict[str, Any]:
    raw = EVM_ADVANCE.encode((31337, APP, "0x" + "0c" * 20, block, 100, 7, index, b"nonsense"))
    return log(INPUT_BOX, contracts.INPUT_ADDED_TOPIC, [BOX, hex(index)], encode_values(["bytes"], [raw]), block)


def claimed(last: int, root: bytes, block: int) -> dict[str, Any]:
    return log(CONSENSUS, contracts.CLAIM_ACCEPTED, [BOX], encode_values(["uint256", "bytes32"], [last, root]), block)


class Warnings(Silent):
    """Keeps what a user should not miss."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def warn(self, text: str) -> None:
        self.texts.append(text)


class Told:
    """A chain of ten blocks with these events, and a node that has run as many inputs."""

    def __init__(self, services: Services, fake: FakeChain) -> None:
        self.events: list[dict[str, Any]] = []
        self.asked: list[tuple[int, int]] = []
        self.most = 10**9
        fake.say(APP, contracts.OWNER, ETHER)
        fake.say(APP, contracts.VALIDATOR, CONSENSUS)
        fake.say(APP, contracts.DEPLOYED_AT, 1)
        fake.say(CONSENSUS, contracts.OWNER, "0x" + "0d" * 20)
        fake.say(CONSENSUS, contracts.EPOCH_LENGTH, 4)
        fake.say(INPUT_BOX, contracts.NUMBER_OF_INPUTS, 2)
        services.methods |= {
            "eth_getLogs": self._logs,
            "cartesi_getProcessedInputCount": lambda _: {"data": "0x0"},
            "cartesi_getApplication": lambda _: {"data": {"state": "INOPERABLE"}},
        }
        self.chain = Chain(connect(services.url), APP, PORTAL)
        self.node = NodeClient(services.url, APP)
        self.warnings = Warnings()
        self.monitor = Monitor(lambda: self.chain, lambda: self.node, DEPLOYMENT, self.warnings)

    def _logs(self, given: list[Any]) -> list[dict[str, Any]]:
        first, last = (int(given[0][name], 16) for name in ("fromBlock", "toBlock"))
        if last - first >= self.most:
            raise RpcFailure(-32005, "too many blocks")
        self.asked.append((first, last))
        wanted = [one for one in self.events if first <= int(one["blockNumber"], 16) <= last]
        return [one for one in wanted if one["topics"][0] in given[0]["topics"][0]]
