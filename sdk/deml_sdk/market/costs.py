"""What gas a whole job will take from a client, before it accepts; and whether its wallet has that much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deml.base.inputs import Commit
from deml.base.types import Amount
from deml_sdk.chain.transactions import Gas
from deml_sdk.market.interface import MarketClient
from deml_sdk.market.uploads import CHUNK_BYTES, packed
from deml_sdk.market.view import Job

BYTE_GAS: Final = 40
"""Gas of a byte of calldata (EIP-7623), as if none were zero."""

EXECUTE_GAS: Final = 200_000
"""Gas of a voucher with its proof, by a rule of thumb: the siblings, the Application's book-keeping, a transfer."""

SMALL_INPUTS: Final = 4
"""Commit, declare, submit and a settlement, besides the bytes of the model."""


@dataclass(frozen=True, slots=True)
class WholeJob:
    """What a client pays for gas from accepting to its payout, and the wei that its wallet has.

    Its model is taken to be as large as the initial one: `model_bytes` packed for the chain.
    """

    gas: Gas
    model_bytes: int
    wallet: Amount

    @property
    def covered(self) -> bool:
        """Whether the wallet has that much now."""
        return self.wallet >= self.gas.wei


def whole_job(client: MarketClient, job: Job, accepting: Gas) -> WholeJob:
    """Work out what a job takes, given what it takes to accept it.

    Raises
    ------
    ContractReverted, TooMuchGas
    """
    small = client.to_send([Commit(job.job_id, bytes(32))], "commit", "a hash").gas
    size = _model_bytes(client, job)
    uploads = -(-size // CHUNK_BYTES)
    units = (SMALL_INPUTS + uploads) * small.units + BYTE_GAS * size + EXECUTE_GAS
    gas = accepting + Gas(units, max(small.price, accepting.price), exact=False)
    return WholeJob(gas, size, client.ether())


def _model_bytes(client: MarketClient, job: Job) -> int:
    """Bytes of the initial model as an upload; where it cannot be had, the most that a client's may have."""
    terms = job.terms
    initial = client.fetch(terms.initial_model_cid, terms.max_model_bytes)
    return terms.max_model_bytes if initial is None else len(packed(initial).data)
