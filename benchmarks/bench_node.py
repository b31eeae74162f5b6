"""Latency of the host-mode node: from `addInput` to its output in the JSON-RPC, beside the chain's own latency.

Prints medians in milliseconds, and the ratio that says what the node adds to what a client waits for anyway.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from deml_devnet import supervisor
from deml_devnet.chain import abi
from deml_devnet.chain.deployment import DevnetDeployment
from deml_devnet.chain.local import LocalChain
from deml_devnet.layout import Layout
from deml_devnet.node_client import ask
from deml_devnet.options import DevnetOptions

ROUNDS = 40
BURST = 100


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout(Path(folder))
        try:
            deployment = supervisor.up(DevnetOptions(block_seconds=0, epoch_length=1_000).anywhere(), layout)
            measure(deployment, LocalChain(deployment.rpc_url))
        finally:
            supervisor.down(layout)


def measure(deployment: DevnetDeployment, chain: LocalChain) -> None:
    receipts, latencies = [], []
    for number in range(ROUNDS):
        begun = time.perf_counter()
        deposit(deployment, chain)
        receipts.append(time.perf_counter() - begun)
        wait_for(deployment, number + 1)
        latencies.append(time.perf_counter() - begun)
    receipt, latency = (1_000 * statistics.median(values) for values in (receipts, latencies))
    print(f"addInput to its receipt                     {receipt:8.1f} ms")
    print(f"addInput to its outputs in the JSON-RPC     {latency:8.1f} ms   {latency / receipt:5.1f} x the receipt")
    begun = time.perf_counter()
    for _ in range(BURST):
        deposit(deployment, chain)
    sent = time.perf_counter() - begun
    wait_for(deployment, ROUNDS + BURST)
    done = time.perf_counter() - begun
    print(f"{BURST} inputs as fast as the chain takes them: {1_000 * sent / BURST:8.1f} ms each to send")
    print(
        f"  the same until the last one's outputs:    {1_000 * done / BURST:8.1f} ms each  {done / sent:5.1f} x sending"
    )


def deposit(deployment: DevnetDeployment, chain: LocalChain) -> None:
    contracts = deployment.contracts
    call = abi.calldata("depositEther(address,bytes)", contracts.app_address, b"")
    chain.transact("deposit", deployment.accounts["client1"], contracts.ether_portal, call, 1)


def wait_for(deployment: DevnetDeployment, count: int) -> None:
    app = deployment.contracts.app_address
    while int(ask(deployment.node_url, "cartesi_getProcessedInputCount", application=app), 16) < count:
        time.sleep(0.002)


if __name__ == "__main__":
    main()
