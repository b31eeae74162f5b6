"""A chain with the contracts, and a node on it that runs the echo dapp; tests start, ask and kill them."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Event, Thread
from typing import Any

import requests
from eth_utils.crypto import keccak

from deml_devnet.chain import abi, anvil, clock
from deml_devnet.chain.accounts import OPERATOR
from deml_devnet.chain.deploy import deploy
from deml_devnet.chain.deployment import Contracts
from deml_devnet.chain.local import LocalChain
from deml_devnet.http_server import listen
from deml_devnet.layout import Layout
from deml_devnet.node import outputs
from deml_devnet.node.__main__ import run
from deml_devnet.node.config import NodeConfig
from deml_sdk.chain.outputs_tree import EMPTY, HEIGHT
from deml_sdk.errors import ServiceUnreachable
from tests.integration.devnet.echo_dapp import chained

EPOCH_LENGTH = 8
WAIT_SECONDS = 60.0


class LiveChain:
    """One chain, one node; `folder` keeps the state of both."""

    def __init__(self, folder: Path) -> None:
        self.layout = Layout(folder)
        self.chain_service = self.layout.service("anvil")
        self.node_service = self.layout.service("node")
        self.dapp_service = self.layout.service("dapp")
        self.listener = listen(0)
        """Where every node of this chain answers: kept open, so that its port is nobody else's while none runs."""
        self.chain_port = 0
        self.session = requests.Session()
        self._stop = Event()
        self._thread: Thread | None = None

    # The chain

    def start_chain(self) -> None:
        said = anvil.start(self.chain_service, self.layout.chain, self.chain_port, 0)
        eventually(lambda: said() is not None, "the chain says where it listens")
        if not self.chain_port:
            self.chain_port = said() or 0
            self.chain = LocalChain(f"http://127.0.0.1:{self.chain_port}")
        eventually(self._chain_answers, "the chain answers")
        anvil.hush(self.chain)
        self.contracts: Contracts = deploy(self.chain, EPOCH_LENGTH)
        self.accounts = self.chain.accounts()

    def _chain_answers(self) -> bool:
        try:
            self.chain.latest_block()
        except ServiceUnreachable:
            return False
        return True

    def add_input(self, text: str, sender: int = 1) -> int:
        """Send an input and return its block's number."""
        call = abi.calldata("addInput(address,bytes)", self.contracts.app_address, text.encode())
        receipt = self.chain.transact("add an input", self.accounts[sender], self.contracts.input_box, call)
        return int(receipt["blockNumber"])

    def mine(self, blocks: int) -> None:
        clock.mine(self.chain, blocks)

    # The node

    def config(self, **changes: Any) -> NodeConfig:
        plain = NodeConfig(
            folder=str(self.layout.node),
            run_folder=str(self.layout.run),
            log_folder=str(self.layout.logs),
            rpc_url=self.chain.url,
            chain_id=anvil.CHAIN_ID,
            input_box=self.contracts.input_box,
            app=self.contracts.app_address,
            authority=self.contracts.authority,
            claimer=self.accounts[OPERATOR],
            first_block=self.contracts.app_deployed_at,
            epoch_length=EPOCH_LENGTH,
            dapp_command=[sys.executable, str(Path(__file__).with_name("echo_dapp.py"))],
            app_name="echo",
            poll_seconds=0.02,
        )
        return NodeConfig(**{**asdict(plain), **changes})

    def start_node(self, ready: bool = True, **changes: Any) -> None:
        """Start the node as a process of its own, which can be killed."""
        self.config(**changes).save(self.layout.node_config)
        number = self.listener.fileno()
        command = [sys.executable, "-m", "deml_devnet.node", str(self.layout.node_config), str(number)]
        self.node_service.start(command, inherit=[number])
        if ready:
            self.eventually(self.ready, "the node is ready")

    def run_node(self, ready: bool = True, **changes: Any) -> None:
        """Run the node in this process, which starts much sooner."""
        config = self.config(**changes)
        config.database.parent.mkdir(parents=True, exist_ok=True)
        self._stop.clear()
        self._thread = Thread(target=run, args=(config, self.listener.dup(), self._stop))
        self._thread.start()
        if ready:
            self.eventually(self.ready, "the node is ready")

    def stop_node(self) -> None:
        """End a node that runs in this process."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    @property
    def node_alive(self) -> bool:
        return self.node_service.alive or (self._thread is not None and self._thread.is_alive())

    def saved(self, block: int) -> bytes | None:
        """What the chain has written of its state, if it goes as far as a block."""
        try:
            content = (self.layout.chain / "written.json").read_bytes()
            number = int(json.loads(content)["block"]["number"], 16)
        except (FileNotFoundError, ValueError):
            return None  # Not written yet, or half.
        return content if number >= block else None

    def eventually(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until `condition` holds, as long as the node lives."""
        eventually(lambda: condition() or not self.node_alive, what)
        if not condition():
            words = self.node_service.log.read_text()[-3000:] if self.node_service.log.exists() else ""
            raise AssertionError(f"the node stopped before {what}: {words}")

    def ready(self) -> bool:
        try:
            return self.session.get(f"{self.node_url}/health", timeout=10).status_code == 200
        except requests.RequestException:
            return False

    @property
    def node_url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def kill(self, *names: str) -> None:
        """``kill -9``, all at once."""
        services = {"node": self.node_service, "dapp": self.dapp_service, "anvil": self.chain_service}
        for name in names:
            services[name].signal(signal.SIGKILL)
        for name in set(names) - {"dapp"}:  # A node that lives starts another dapp at once.
            services[name].kill()

    def node_error(self) -> dict[str, Any]:
        """Why the node stopped, waiting for it to stop."""
        eventually(lambda: not self.node_alive, "the node stops")
        found: dict[str, Any] = json.loads((self.layout.node / "error.json").read_text())
        return found

    def rpc(self, method: str, **parameters: Any) -> Any:
        return self.post({"jsonrpc": "2.0", "id": 1, "method": method, "params": {"application": "echo", **parameters}})

    def post(self, body: Any) -> Any:
        answer = self.session.post(f"{self.node_url}/rpc", json=body, timeout=10)
        return answer.json() if answer.content else None

    def ask(self, method: str, **parameters: Any) -> Any:
        answer = self.rpc(method, **parameters)
        assert "result" in answer, answer
        return answer["result"]["data"]

    def inspect(self, payload: bytes = b"", app: str = "echo") -> requests.Response:
        return self.session.post(f"{self.node_url}/inspect/{app}", data=payload, timeout=30)

    def processed(self) -> int:
        try:
            return int(self.ask("cartesi_getProcessedInputCount"), 16)
        except requests.RequestException:
            return -1

    def wait_processed(self, count: int) -> None:
        self.eventually(lambda: self.processed() == count, f"{count} inputs are processed")

    def outputs_root(self) -> str:
        """Root of the tree after the last input; empty if there is none."""
        found = self.ask("cartesi_listInputs", limit=1, descending=True)
        return str(found[0]["outputs_hash"]) if found else ""

    def finish_epoch(self) -> int:
        """Mine past the epoch of the last input and wait for its claim."""
        (last,) = self.ask("cartesi_listInputs", limit=1, descending=True)
        epoch = int(last["epoch_index"], 16)
        self.mine(max(0, (epoch + 1) * EPOCH_LENGTH - self.chain.latest_block().number))
        self.wait_claimed(epoch)
        return epoch

    def wait_claimed(self, epoch: int) -> None:
        def claimed() -> bool:
            return bool(self.ask("cartesi_getEpoch", epoch_index=hex(epoch))["status"] == "CLAIM_ACCEPTED")

        self.eventually(claimed, f"the claim of epoch {epoch} is accepted")

    def stop(self) -> None:
        self.stop_node()
        for service in (self.node_service, self.dapp_service, self.chain_service):
            service.kill()
        if self.chain_port:
            self.chain.close()
        self.session.close()
        self.listener.close()


@contextmanager
def live_chain(folder: Path) -> Iterator[LiveChain]:
    """A chain with the contracts; the test starts the node."""
    made = LiveChain(folder)
    try:
        made.start_chain()
        yield made
    finally:
        made.stop()


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait until `condition` holds."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {WAIT_SECONDS:.0f} s: {what}")
        time.sleep(0.02)


def expected_outputs(payloads: Sequence[str]) -> list[bytes]:
    """Outputs of the echo dapp for these accepted inputs, worked out here."""
    digest, made = bytes(32), []
    for payload in payloads:
        if payload.startswith("voucher"):
            _, destination, value = payload.split()
            made.append(outputs.voucher(bytes.fromhex(destination[2:]), int(value), b""))
        digest = chained(digest, payload.encode())
        made.append(outputs.notice(digest))
    return made


def naive_root(made: Sequence[bytes]) -> str:
    """Root of the tree of outputs, level by level, without the node's code but for the empty subtrees."""
    level = [keccak(output) for output in made]
    for height in range(HEIGHT):
        if len(level) % 2 or not level:
            level.append(EMPTY[height])
        level = [keccak(left + right) for left, right in zip(level[::2], level[1::2], strict=True)]
    return "0x" + level[0].hex()
