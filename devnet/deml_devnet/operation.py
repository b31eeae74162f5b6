"""What one does with a running devnet: look at it, read its logs, turn its clock, finish its epoch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from deml_devnet.chain import clock
from deml_devnet.chain.deployment import DevnetDeployment
from deml_devnet.chain.local import LocalChain
from deml_devnet.errors import ClaimNotAccepted, InputsNotProcessed, NoSuchLog
from deml_devnet.layout import SERVICES, Layout, default_layout
from deml_devnet.node_client import ask, is_ready
from deml_devnet.supervisor import deployment_of, node_error
from deml_sdk.chain.transactions import Block
from deml_sdk.errors import Unavailable

WAIT_SECONDS: Final = 120.0
"""How long `finish_epoch` waits for the node at each of its steps."""

_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Status:
    """How a devnet is.

    Parameters
    ----------
    pids
        Number of each process; None for one that does not run.
    ready
        Whether the node has caught up with the chain and its dapp can be asked.
    head
        Latest block; None if the chain does not answer.
    processed_inputs
        How many inputs the node has run; None if it does not answer.
    accepted_epoch
        Latest epoch whose claim is accepted.
    node_error
        Why the node stopped, if it stopped for a reason of its own.
    """

    pids: dict[str, int | None]
    deployment: DevnetDeployment | None
    ready: bool
    head: Block | None
    processed_inputs: int | None
    accepted_epoch: int | None
    node_error: str | None


def status(layout: Layout | None = None) -> Status:
    """Look at a devnet, whatever state it is in."""
    layout = layout or default_layout()
    pids = {name: layout.service(name).pid for name in SERVICES}
    deployment = deployment_of(layout) if pids["anvil"] and layout.deployment.is_file() else None
    if deployment is None:
        return Status(pids, None, False, None, None, None, node_error(layout))
    app, node = deployment.contracts.app_address, deployment.node_url
    return Status(
        pids,
        deployment,
        is_ready(node.removesuffix("/rpc")),
        _head(deployment),
        _number(ask(node, "cartesi_getProcessedInputCount", application=app)),
        _number(ask(node, "cartesi_getLastAcceptedEpochIndex", application=app)),
        node_error(layout),
    )


def logs(name: str, follow: bool = False, layout: Layout | None = None) -> Iterator[str]:
    """Yield the lines of a service's log; with `follow`, wait for more for ever.

    Raises
    ------
    NoSuchLog
    """
    layout = layout or default_layout()
    if name not in SERVICES:
        raise NoSuchLog(name, ", ".join(SERVICES))
    return _lines(layout, name, follow)


def mine(blocks: int = 1, layout: Layout | None = None) -> None:
    """Make blocks."""
    _with_chain(layout, lambda chain: clock.mine(chain, blocks))


def advance_time(seconds: int, layout: Layout | None = None) -> None:
    """Move the chain's clock forward, and make a block then."""
    _with_chain(layout, lambda chain: clock.advance_time(chain, seconds))


def set_time(timestamp: int, layout: Layout | None = None) -> None:
    """Make a block with this timestamp, which must be later than the latest block's."""
    _with_chain(layout, lambda chain: clock.set_time(chain, timestamp))


def finish_epoch(layout: Layout | None = None) -> int | None:
    """Mine to the end of the last input's epoch and wait until its claim is accepted, so that vouchers can be executed.

    Returns the epoch's number, or None if there are no inputs.

    Raises
    ------
    InputsNotProcessed, ClaimNotAccepted
        If the node takes too long.
    """
    deployment = deployment_of(layout)
    with closing(LocalChain(deployment.rpc_url)) as chain:
        return _finish_epoch(deployment, chain)


def _finish_epoch(deployment: DevnetDeployment, chain: LocalChain) -> int | None:
    contracts = deployment.contracts
    app, node = contracts.app_address, deployment.node_url
    (total,) = chain.view(contracts.input_box, ["uint256"], "getNumberOfInputs(address)", app)
    if total == 0:
        return None

    def processed() -> int:
        return _number(ask(node, "cartesi_getProcessedInputCount", application=app)) or 0

    clock.finalise(chain)  # For a node that reads up to the finalized block.
    if not _wait(lambda: processed() >= total):
        raise InputsNotProcessed(processed(), total, WAIT_SECONDS)
    last = ask(node, "cartesi_getInput", application=app, input_index=hex(total - 1))
    epoch = int(last["epoch_index"], 16)

    def claim() -> Any:
        return ask(node, "cartesi_getEpoch", application=app, epoch_index=hex(epoch))

    clock.mine(chain, int(claim()["last_block"], 16) + 1 + clock.FINALITY_BLOCKS - chain.latest_block().number)
    submitted = ("CLAIM_SUBMITTED", "CLAIM_ACCEPTED")
    if _wait(lambda: claim()["status"] in submitted):
        clock.finalise(chain)
        if _wait(lambda: claim()["status"] == "CLAIM_ACCEPTED"):
            return epoch
    raise ClaimNotAccepted(epoch, WAIT_SECONDS)


def _with_chain(layout: Layout | None, act: Callable[[LocalChain], None]) -> None:
    with closing(LocalChain(deployment_of(layout).rpc_url)) as chain:
        act(chain)


def _head(deployment: DevnetDeployment) -> Block | None:
    with closing(LocalChain(deployment.rpc_url)) as chain:
        try:
            return chain.latest_block()
        except Unavailable:
            return None


def _lines(layout: Layout, name: str, follow: bool) -> Iterator[str]:
    log = layout.service(name).log
    while follow and not log.is_file():
        time.sleep(_POLL_SECONDS)
    if not log.is_file():
        return
    with log.open(encoding="utf-8", errors="replace") as file:
        while True:
            line = file.readline()
            if line:
                yield line.rstrip("\n")
            elif follow:
                time.sleep(_POLL_SECONDS)
            else:
                return


def _wait(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _number(text: str | None) -> int | None:
    return None if text is None else int(text, 16)
