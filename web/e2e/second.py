"""A second Application on a devnet, with a node of its own, until its input ends: python second.py DEVNET FOLDER."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from deml_devnet.http_server import listen
from deml_devnet.node.__main__ import run
from deml_devnet.node.config import NodeConfig, load_config
from deml_devnet.node_client import is_ready
from deml_sdk.addresses import parse_address
from deml_sdk.chain.connection import connect
from deml_sdk.chain.reading import ChainReading
from deml_sdk.deploy.order import ConsensusKind, DeploymentOrder
from deml_sdk.deploy.plan import carry_out, chain_of, make_plan
from deml_sdk.wallet.wallets import devnet_wallet

_POLL_SECONDS = 0.05


def main(devnet: Path, folder: Path) -> int:
    """Deploy it with the same machine, and run its node; the address of both is the first line that is printed."""
    config = second(load_config(devnet / "node" / "config.json"), folder)
    stop = Event()
    with closing(listen(0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        Thread(target=tell, args=(config, url, stop), daemon=True).start()
        return run(config, listener, stop)


def second(first: NodeConfig, folder: Path) -> NodeConfig:
    """Deploy as `deml deploy run` does; settings of a node for it."""
    deployer = devnet_wallet("sponsor")
    claimer = parse_address(first.claimer)
    order = DeploymentOrder(
        bytes.fromhex(first.template_hash[2:]),
        deployer.address,
        ConsensusKind.AUTHORITY,
        (claimer,),
        first.epoch_length,
        b"\x02" * 32,
    )
    with closing(ChainReading(connect(first.rpc_url))) as reader:
        plan = make_plan(reader, order)
        carry_out(chain_of(reader.web3, plan.record), deployer, plan)
    for name in ("node", "run", "logs"):
        (folder / name).mkdir(parents=True)
    return replace(
        first,
        folder=str(folder / "node"),
        run_folder=str(folder / "run"),
        log_folder=str(folder / "logs"),
        app=plan.record.app,
        authority=plan.record.consensus,
        app_name="second",
    )


def tell(config: NodeConfig, url: str, stop: Event) -> None:
    """Say where it is once it answers; let it end with the input."""
    while not is_ready(url):
        time.sleep(_POLL_SECONDS)
    sys.stdout.write(json.dumps({"app": config.app, "node": f"{url}/rpc"}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
