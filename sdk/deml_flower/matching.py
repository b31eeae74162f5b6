"""Which wallet each node acts for, and what became of each node in a round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flwr.app import Message

from deml.base.states import Standing
from deml.base.types import Address
from deml_flower.receipt import Statement
from deml_flower.wire import NodeReceipt
from deml_sdk.market.view import Job


class Fate(StrEnum):
    """What became of a node in a round."""

    BOUGHT = "its model was bought"
    NOT_DUE = "its model was not due any pay"
    NOT_DELIVERED = "it did not deliver a model that scores what it had declared"
    NO_RECEIPT = "it replied without a receipt that can be read; what it sent is not used"
    FORGED = "its receipt is not signed by the wallet that it names"
    NOT_ON_CHAIN = "the wallet has not made the commitment that its receipt shows"
    TAKEN = "its wallet acts for another node in this round"
    FAILED = "it replied with an error"
    SILENT = "it did not reply in time"


@dataclass(frozen=True, slots=True)
class NodeOutcome:
    """What became of a node in a round; `wallet` is None where it did not show one, `detail` what it said itself."""

    node_id: int
    fate: Fate
    wallet: Address | None = None
    detail: str = ""

    def __str__(self) -> str:
        """Say it in a line."""
        wallet = "" if self.wallet is None else f" ({self.wallet})"
        return f"node {self.node_id}{wallet}: {self.fate}" + (f": {self.detail}" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A node whose wallet is known: its reply, which has no arrays, and under which key the app expects them."""

    node_id: int
    wallet: Address
    reply: Message
    arrays: str


def match(
    replies: Sequence[Message], asked: Sequence[int], job: Job, chain_id: int, app: Address
) -> tuple[list[Mapped], list[NodeOutcome]]:
    """Find each node's wallet, and tell of the nodes that have none. Receipts are taken out of the replies, arrays too.

    A wallet counts for the node that replied first with a receipt that holds.

    Parameters
    ----------
    asked
        The nodes that were sent a message.
    """
    found: dict[Address, Mapped] = {}
    outcomes: list[NodeOutcome] = []
    for reply in replies:
        node = reply.metadata.src_node_id
        if reply.has_error():
            outcomes.append(NodeOutcome(node, Fate.FAILED, detail=reply.error.reason or ""))
            continue
        receipt = NodeReceipt.taken_from(reply.content)
        for key in list(reply.content.array_records):
            del reply.content[key]
        if receipt is None:
            outcomes.append(NodeOutcome(node, Fate.NO_RECEIPT))
            continue
        fate = _fault(receipt, Statement(chain_id, app, job.job_id, node, receipt.commitment), job)
        if fate is None and receipt.wallet in found:
            fate = Fate.TAKEN
        if fate is not None:
            outcomes.append(NodeOutcome(node, fate, receipt.wallet))
            continue
        found[receipt.wallet] = Mapped(node, receipt.wallet, reply, receipt.arrays)
    replied = {one.metadata.src_node_id for one in replies}
    outcomes += [NodeOutcome(node, Fate.SILENT) for node in asked if node not in replied]
    return list(found.values()), outcomes


def outcome_of(node: Mapped, job: Job) -> NodeOutcome:
    """Tell what became of a node's model in a job that has ended."""
    me = job.client(node.wallet)
    standing = None if me is None else me.standing
    if me is not None and me.score is not None:
        fate = Fate.BOUGHT
    elif standing is Standing.FAILED:
        fate = Fate.NOT_DELIVERED
    else:
        fate = Fate.NOT_DUE
    return NodeOutcome(node.node_id, fate, node.wallet)


def _fault(receipt: NodeReceipt, stated: Statement, job: Job) -> Fate | None:
    if stated.signer(receipt.signature) != receipt.wallet:
        return Fate.FORGED
    me = job.client(receipt.wallet)
    return None if me is not None and me.commitment == receipt.commitment else Fate.NOT_ON_CHAIN
