"""The dapp, run again from its first input, beside a node: what is right by one's own machine."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping

from deml.base import strict_json
from deml.base.config import Deployment
from deml.base.errors import Bug
from deml.base.inputs import Metadata
from deml.base.outputs import Transfer
from deml.base.states import Phase
from deml.base.types import Address, Timestamp
from deml.core.phases import phase_of
from deml.shell.application import Application
from deml.wire.outputs import NoticeEmission, ReportEmission, envelope, transfer_of
from deml_sdk.addresses import keccak256
from deml_sdk.chain.contracts import EVM_ADVANCE
from deml_sdk.chain.outputs_tree import OutputsTree

ESCROW, STAKE, BALANCE, VOUCHER = "escrow", "stake", "balance", "voucher"
"""For what tokens are owed: open jobs, their clients' stakes, balances in the dapp, and payments not executed yet."""


class Replay(Application):
    """The dapp's state after the inputs so far, the tree of its outputs, and what it owes.

    Parameters
    ----------
    deployment
        Contracts that the image trusts.
    """

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(deployment)
        self.inputs = 0
        """Inputs run."""
        self.bugs = 0
        """Inputs that met a bug."""
        self.waiting: dict[int, Transfer | None] = {}
        """Vouchers that are not known to be executed, by output; None for one that returns a collectible."""
        self._tree = OutputsTree()
        self._blocks: list[int] = []
        self._roots: list[bytes] = []

    def run(self, raw: bytes) -> None:
        """Run the next input, as the InputBox has it.

        Raises
        ------
        MalformedMessage
            If it is not an input of the InputBox.
        """
        chain_id, app, sender, block, timestamp, _, index, payload = EVM_ADVANCE.decode(raw)
        meta = Metadata(
            chain_id, Address(app), Address(sender), block_number=block, timestamp=Timestamp(timestamp), index=index
        )
        outcome = self.advance(meta, payload)
        self.inputs += 1
        self.bugs += isinstance(outcome.problem, Bug) or any(
            isinstance(one, ReportEmission) and tells_of_a_bug(one.payload) for one in outcome.emissions
        )
        leaves: list[bytes] = []
        for one in outcome.emissions:
            if isinstance(one, ReportEmission):
                continue
            if not isinstance(one, NoticeEmission):
                self.waiting[len(self._tree) + len(leaves)] = transfer_of(one)
            leaves.append(keccak256(envelope(one)))
        self._tree.extend(leaves)
        if not self._blocks or self._blocks[-1] != block:
            self._blocks.append(block)
            self._roots.append(b"")
        self._roots[-1] = self._tree.root

    def root_at(self, block: int) -> bytes:
        """Root of all outputs of inputs up to a block, as a claim should have it."""
        before = bisect_right(self._blocks, block)
        return self._roots[before - 1] if before else OutputsTree().root

    @property
    def root(self) -> bytes:
        """Root of all outputs so far."""
        return self._tree.root

    @property
    def outputs(self) -> int:
        """Outputs so far."""
        return len(self._tree)

    def blocks_after(self, block: int) -> list[int]:
        """Blocks with inputs after a block, in order."""
        return self._blocks[bisect_right(self._blocks, block) :]

    def jobs(self, now: Timestamp) -> Mapping[Phase, int]:
        """Count the jobs that are remembered, by the phase they are in at `now`."""
        found = Counter(phase_of(one, now) for one in self._state.jobs.values())
        return {phase: found[phase] for phase in Phase if phase is not Phase.OVER}

    @property
    def accepted(self) -> int:
        """Inputs accepted."""
        return self._state.progress.accepted

    @property
    def reserved_bytes(self) -> int:
        """Memory that open jobs have reserved."""
        return self._state.progress.reserved_bytes

    def owed(self) -> Mapping[Address, Mapping[str, int]]:
        """What the Application must hold, by token and by what for, in smallest units."""
        found: dict[Address, Counter[str]] = {}

        def add(token: Address, purpose: str, amount: int) -> None:
            found.setdefault(token, Counter({ESCROW: 0, STAKE: 0, BALANCE: 0, VOUCHER: 0}))[purpose] += amount

        for job in self._state.jobs.values():
            if job.outcome is None:
                add(job.terms.reward_token, ESCROW, job.escrow)
                add(job.terms.reward_token, STAKE, sum(one.stake for one in job.clients))
        for (_, token), amount in self._state.balances.items():
            add(token, BALANCE, amount)
        for transfer in self.waiting.values():
            if transfer is not None:
                add(transfer.token, VOUCHER, transfer.amount)
        return found


def tells_of_a_bug(report: bytes) -> bool:
    """Tell whether a report is one of a bug, or of a deposit that was credited because of one."""
    body = strict_json.parse(report)
    reason = body.get("reason") if isinstance(body, dict) else None
    return any(isinstance(one, dict) and one.get("code") == Bug.code() for one in (body, reason))
