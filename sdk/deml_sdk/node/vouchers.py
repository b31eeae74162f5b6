"""Vouchers: what the dapp pays, how far each is on its way, and their execution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deml.base.outputs import Transfer
from deml.base.types import Address
from deml.wire.outputs import DelegateCallEmission, transfer_of
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.proof import Proof
from deml_sdk.chain.trust import require_payout_library
from deml_sdk.node.client import NodeClient
from deml_sdk.node.records import CLAIM_ACCEPTED, DELEGATE_CALL_SELECTOR, VOUCHER_SELECTOR, StoredOutput


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher. `transfer` is None where it pays no fungible token (it returns an ERC-721 or ERC-1155)."""

    output: StoredOutput
    transfer: Transfer | None
    claim: str
    executed: bool

    @property
    def claimable(self) -> bool:
        """Whether it can be executed now."""
        return self.claim == CLAIM_ACCEPTED and self.output.siblings is not None and not self.executed

    @property
    def proof(self) -> Proof | None:
        """What the Application wants to see; None before the node has it."""
        siblings = self.output.siblings
        return None if siblings is None else Proof(self.output.index, siblings)


class ClaimStatuses:
    """Statuses of epochs; accepted ones are asked for once."""

    def __init__(self, node: NodeClient) -> None:
        self._node = node
        self._accepted: set[int] = set()

    def of(self, output: StoredOutput) -> str:
        """Status of the claim that an output is part of, in the node's words."""
        if output.epoch_index in self._accepted:
            return CLAIM_ACCEPTED
        epoch = self._node.epoch(output.epoch_index)
        if epoch.accepted:
            self._accepted.add(epoch.index)
        return epoch.status


def list_vouchers(chain: Chain, node: NodeClient, receiver: Address | None = None) -> Iterator[Voucher]:
    """Yield vouchers in the order of their outputs; with `receiver`, those that pay it."""
    claims = ClaimStatuses(node)
    stored = [one for kind in (VOUCHER_SELECTOR, DELEGATE_CALL_SELECTOR) for one in node.outputs(output_type=kind)]
    for output in sorted(stored, key=lambda one: one.index):
        transfer = transfer_of(output.opened)
        if receiver is not None and (transfer is None or transfer.to != receiver):
            continue
        claim = claims.of(output)
        executed = claim == CLAIM_ACCEPTED and chain.was_executed(output.index)
        yield Voucher(output, transfer, claim, executed)


def require_library(chain: Chain, voucher: Voucher) -> None:
    """Make sure that a voucher pays when it is executed.

    Raises
    ------
    NoPayoutLibrary
        If it goes through a library that is not there: executing it would use it up for nothing.
    """
    if isinstance(voucher.output.opened, DelegateCallEmission):
        require_payout_library(chain, voucher.output.opened.destination)
