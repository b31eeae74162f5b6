"""The devnet as a whole: bring it up, look at it, take it down; what comes up again is what went down."""

from __future__ import annotations

import fcntl
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Final

from deml_devnet.chain import anvil
from deml_devnet.chain.accounts import NAMES
from deml_devnet.chain.deploy import TEMPLATE_HASH, data_availability, deploy
from deml_devnet.chain.deployment import Contracts, DevnetDeployment, load_deployment
from deml_devnet.chain.errors import AnvilFailed
from deml_devnet.chain.local import LocalChain
from deml_devnet.errors import NotHealthy, NotUp, ServiceFailed
from deml_devnet.http_server import listen
from deml_devnet.layout import SERVICES, Layout, default_layout
from deml_devnet.node.config import NodeConfig
from deml_devnet.node_client import answers, is_ready
from deml_devnet.options import DevnetOptions, DevnetSettings, settle
from deml_devnet.processes import Service

START_SECONDS: Final = 120.0
"""How long a service may take to become ready; replaying a long history is what takes time."""

_POLL_SECONDS: Final = 0.05


def up(options: DevnetOptions | None = None, layout: Layout | None = None) -> DevnetDeployment:
    """Start whatever does not run yet, wait until all is healthy, and tell where everything is.

    Raises
    ------
    DemlError
        If a part is missing, a port is taken, or a service does not become ready.
    """
    layout = layout or default_layout()
    with _alone(layout):
        running = any(layout.service(name).alive for name in SERVICES)
        settings = settle(options or DevnetOptions(), layout.options, running)
        settings = _start_chain(layout, settings)
        with closing(LocalChain(f"http://127.0.0.1:{settings.chain_port}")) as chain:
            contracts = deploy(chain, settings.epoch_length)
            accounts = dict(zip(NAMES, chain.accounts(), strict=False))
        settings = _start_blocks(layout, settings)
        command = (options or DevnetOptions()).dapp_command
        settings = _start_node(layout, settings, contracts, accounts["operator"], command)
        deployment = _describe(settings, contracts, accounts)
        deployment.save(layout.deployment)
        return deployment


def down(layout: Layout | None = None) -> None:
    """Stop everything; chain, node and blocks keep their state."""
    layout = layout or default_layout()
    if not layout.folder.is_dir():
        return
    with _alone(layout):
        layout.deployment.unlink(missing_ok=True)
        for name in ("node", "dapp", "blocks", "anvil"):
            layout.service(name).stop()


def reset(layout: Layout | None = None) -> None:
    """Stop everything and throw its state away."""
    layout = layout or default_layout()
    down(layout)
    for folder in (layout.chain, layout.node, layout.blocks, layout.logs, layout.run):
        shutil.rmtree(folder, ignore_errors=True)
    layout.options.unlink(missing_ok=True)


def deployment_of(layout: Layout | None = None) -> DevnetDeployment:
    """What a running devnet tells about itself.

    Raises
    ------
    NotUp
    """
    layout = layout or default_layout()
    if not layout.service("anvil").alive:
        raise NotUp(str(layout.folder))
    try:
        return load_deployment(layout.deployment)
    except (OSError, ValueError, KeyError, TypeError):
        raise NotUp(str(layout.folder)) from None


@contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    """Let nobody else bring this devnet up or down meanwhile."""
    layout.folder.mkdir(parents=True, exist_ok=True)
    with (layout.folder / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start_chain(layout: Layout, settings: DevnetSettings) -> DevnetSettings:
    """Start the chain if it does not run; return the settings with its port."""
    service = layout.service("anvil")
    if service.alive:
        return settings
    said = anvil.start(service, layout.chain, settings.chain_port, settings.block_seconds)
    try:
        _wait(service, lambda: said() is not None)
    except ServiceFailed as error:
        raise AnvilFailed(str(service.log), error.last_words) from None
    settings = _keep(layout, replace(settings, chain_port=said() or settings.chain_port))
    with closing(LocalChain(f"http://127.0.0.1:{settings.chain_port}")) as chain:
        anvil.hush(chain)
    return settings


def _start_blocks(layout: Layout, settings: DevnetSettings) -> DevnetSettings:
    """Start the block store if it does not run; return the settings with its port."""
    service = layout.service("blocks")
    if not service.alive:
        with closing(listen(settings.blocks_port)) as listener:
            command = [sys.executable, "-m", "deml_devnet.blocks", str(layout.blocks), str(listener.fileno())]
            service.start(command, inherit=[listener.fileno()])
            settings = _keep(layout, replace(settings, blocks_port=listener.getsockname()[1]))
    _wait(service, lambda: answers(f"http://127.0.0.1:{settings.blocks_port}/"))
    return settings


def _start_node(
    layout: Layout, settings: DevnetSettings, contracts: Contracts, claimer: str, dapp_command: Sequence[str]
) -> DevnetSettings:
    """Start the node if it does not run; return the settings with its port."""
    service = layout.service("node")
    if not service.alive:
        config = NodeConfig(
            folder=str(layout.node),
            run_folder=str(layout.run),
            log_folder=str(layout.logs),
            rpc_url=f"http://127.0.0.1:{settings.chain_port}",
            chain_id=anvil.CHAIN_ID,
            input_box=contracts.input_box,
            app=contracts.app_address,
            authority=contracts.authority,
            claimer=claimer,
            first_block=contracts.app_deployed_at,
            epoch_length=settings.epoch_length,
            dapp_command=list(dapp_command),
            dapp_environment={"DEML_DEPLOYMENT": contracts.dapp_environment()},
            template_hash="0x" + TEMPLATE_HASH.hex(),
            data_availability="0x" + data_availability(contracts.input_box).hex(),
            block_tag=settings.block_tag,
        )
        config.save(layout.node_config)
        with closing(listen(settings.node_port)) as listener:
            command = [sys.executable, "-m", "deml_devnet.node", str(layout.node_config), str(listener.fileno())]
            service.start(command, inherit=[listener.fileno()])
            settings = _keep(layout, replace(settings, node_port=listener.getsockname()[1]))
    try:
        _wait(service, lambda: is_ready(f"http://127.0.0.1:{settings.node_port}"))
    except ServiceFailed as error:
        raise ServiceFailed("node", node_error(layout) or error.last_words, str(service.log)) from None
    return settings


def _keep(layout: Layout, settings: DevnetSettings) -> DevnetSettings:
    """Keep the settings for the next time, with the ports that are known by now."""
    settings.save(layout.options)
    return settings


def node_error(layout: Layout) -> str | None:
    """Why the node stopped, in its own words; None if it was killed or runs."""
    try:
        report = json.loads((layout.node / "error.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return f"{report['code']}: {report['message']} {report['fix']}"


def _wait(service: Service, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if not service.alive:
            raise ServiceFailed(service.name, service.last_words(), str(service.log))
        if time.monotonic() > deadline:
            raise NotHealthy(service.name, START_SECONDS, str(service.log))
        time.sleep(_POLL_SECONDS)


def _describe(settings: DevnetSettings, contracts: Contracts, accounts: Mapping[str, str]) -> DevnetDeployment:
    blocks, node = f"http://127.0.0.1:{settings.blocks_port}", f"http://127.0.0.1:{settings.node_port}"
    return DevnetDeployment(
        rpc_url=f"http://127.0.0.1:{settings.chain_port}",
        node_url=f"{node}/rpc",
        inspect_url=f"{node}/inspect",
        ipfs_url=f"{blocks}/api/v0",
        gateway_url=f"{blocks}/ipfs",
        ipfs_private_networks="127.0.0.0/8",
        chain_id=anvil.CHAIN_ID,
        contracts=contracts,
        accounts=dict(accounts),
    )
