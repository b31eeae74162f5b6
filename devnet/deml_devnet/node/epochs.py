"""Epochs: from the last input of a range of blocks to an accepted claim, and the proofs that come with it."""

from __future__ import annotations

import logging

from deml_devnet.chain import abi
from deml_devnet.chain.local import LocalChain
from deml_devnet.node.config import NodeConfig
from deml_devnet.node.errors import ClaimContradicted
from deml_devnet.node.records import Claim, EpochRecord, EpochStatus
from deml_devnet.node.store import NodeStore
from deml_sdk.chain.outputs_tree import OutputsTree
from deml_sdk.errors import CallFailed, ContractReverted

_log = logging.getLogger("deml.node")


class Epochs:
    """Moves epochs on, as far as the chain and the processed inputs allow."""

    def __init__(self, config: NodeConfig, chain: LocalChain, store: NodeStore) -> None:
        self._config = config
        self._chain = chain
        self._store = store
        self._refusal = ""

    def move_on(self, head: int) -> None:
        """Close finished epochs, compute and submit their claims, notice accepted ones; `head` is the last block read.

        Raises
        ------
        ClaimContradicted
            If the chain has accepted another root than the inputs lead to.
        Unavailable
        """
        for epoch in self._store.unfinished_epochs():
            if epoch.last_block >= head:
                break
            if self._store.waiting_inputs_until(epoch.last_block):
                if epoch.status == EpochStatus.OPEN:
                    self._store.set_epoch(epoch.number, EpochStatus.CLOSED)
                break
            self._claim(epoch, epoch.root or self._compute(epoch))
        for claim in self._store.claims_without_epoch():
            if not self._store.waiting_inputs_until(claim.last_block):
                _compare(claim, self._tree(claim.last_block).root)

    def _tree(self, last_block: int) -> OutputsTree:
        return OutputsTree(self._store.output_hashes_until(last_block))

    def _compute(self, epoch: EpochRecord) -> bytes:
        """Compute the root of all outputs up to the epoch's end, and the proofs of its own outputs."""
        first = len(self._store.output_hashes_until(epoch.first_block - 1))
        tree = self._tree(epoch.last_block)
        with self._store.step():
            self._store.set_proofs([(number, b"".join(tree.siblings(number))) for number in range(first, len(tree))])
            self._store.set_epoch(epoch.number, EpochStatus.CLAIM_COMPUTED, root=tree.root)
        return tree.root

    def _claim(self, epoch: EpochRecord, root: bytes) -> None:
        accepted = self._store.claim(epoch.last_block)
        if accepted is not None:
            _compare(accepted, root)
            self._store.set_epoch(epoch.number, EpochStatus.CLAIM_ACCEPTED, transaction=accepted.transaction)
            _log.info("epoch %d: claim accepted, root 0x%s", epoch.number, root.hex())
        elif not self._is_pending(epoch):
            self._submit(epoch, root)

    def _is_pending(self, epoch: EpochRecord) -> bool:
        """Whether a claim has been submitted and can still be accepted: a re-org may have made it vanish."""
        if epoch.status != EpochStatus.CLAIM_SUBMITTED:
            return False
        return self._chain.rpc("eth_getTransactionByHash", [epoch.claim_transaction]) is not None

    def _submit(self, epoch: EpochRecord, root: bytes) -> None:
        call = abi.calldata("submitClaim(address,uint256,bytes32)", self._config.app, epoch.last_block, root)
        try:
            self._chain.try_out(self._config.claimer, self._config.authority, call)
            transaction = self._chain.send_unsigned(self._config.claimer, self._config.authority, call)
        except (CallFailed, ContractReverted) as error:
            # Submitted before a kill, perhaps, and in no block that is read yet; otherwise the log tells.
            if str(error) != self._refusal:
                _log.warning("epoch %d: %s", epoch.number, error)
            self._refusal = str(error)
            return
        self._store.set_epoch(epoch.number, EpochStatus.CLAIM_SUBMITTED, transaction=transaction)
        _log.info("epoch %d: claim submitted, root 0x%s", epoch.number, root.hex())


def _compare(claim: Claim, root: bytes) -> None:
    if claim.root != root:
        raise ClaimContradicted(claim.last_block, "0x" + claim.root.hex(), "0x" + root.hex())
