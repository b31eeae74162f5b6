"""What a node shows for a commitment: its wallet's signature that it acts for this SuperNode in this job.

The commitment itself is on chain, under the wallet; what the signature adds is that no other SuperNode can pass for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deml.base.types import Address, JobId
from deml_sdk.recursion import recursion_limit_kept
from deml_sdk.wallet.typed_data import typed_data
from deml_sdk.wallet.wallets import Wallet


@dataclass(frozen=True, slots=True)
class Statement:
    """A wallet acts for a SuperNode: in one job of one Application on one chain, with one commitment (32 bytes)."""

    chain_id: int
    app: Address
    job_id: JobId
    node_id: int
    commitment: bytes

    def typed_data(self) -> dict[str, Any]:
        """Make the EIP-712 data that the wallet signs."""
        fields = {"job": "uint256", "node": "uint256", "commitment": "bytes32"}
        message = {"job": self.job_id, "node": self.node_id, "commitment": self.commitment}
        return typed_data(self.chain_id, self.app, "FlowerNode", fields, message)

    def sign(self, wallet: Wallet) -> bytes:
        """Sign it; 65 bytes.

        Raises
        ------
        NotOnThisChain, WrongPassword
        """
        return wallet.sign_typed_data(self.typed_data())

    def signer(self, signature: bytes) -> Address | None:
        """Find out which wallet signed; None where no wallet can have."""
        with recursion_limit_kept():
            from eth_account import Account
            from eth_account.messages import encode_typed_data
            from eth_keys.exceptions import BadSignature
        try:
            found = Account.recover_message(encode_typed_data(full_message=self.typed_data()), signature=signature)
        except (BadSignature, ValueError):
            return None
        return Address(str(found).lower())
