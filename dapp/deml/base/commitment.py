"""Hash commitments to CIDs, from static words only, so that Solidity and Python agree without an ABI library.

``sha256(tag ++ chainId ++ app ++ context ++ owner ++ sha256(binary CIDv1) ++ salt)``, each part one 32-byte word. The
context is the job's number for a model and the terms' nonce for a holdout, whose job has no number yet.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from deml.base.types import Address, JobId, word_of

MODEL_TAG: Final = sha256(b"deml.model.v2").digest()
HOLDOUT_TAG: Final = sha256(b"deml.holdout.v2").digest()


def model_commitment(chain_id: int, app: Address, job_id: JobId, client: Address, cid: bytes, salt: bytes) -> bytes:
    """Commitment of `client` to the model with the binary CIDv1 `cid`; 32 bytes."""
    return _commitment(MODEL_TAG, chain_id, app, job_id.to_bytes(32, "big"), client, cid, salt)


def holdout_commitment(chain_id: int, app: Address, nonce: bytes, sponsor: Address, cid: bytes, salt: bytes) -> bytes:
    """Commitment of `sponsor` to the holdout with the binary CIDv1 `cid`, for the job with this `nonce`; 32 bytes."""
    return _commitment(HOLDOUT_TAG, chain_id, app, nonce, sponsor, cid, salt)


def _commitment(
    tag: bytes, chain_id: int, app: Address, context: bytes, owner: Address, cid: bytes, salt: bytes
) -> bytes:
    words = (tag, chain_id.to_bytes(32, "big"), word_of(app), context, word_of(owner), sha256(cid).digest(), salt)
    if any(len(word) != 32 for word in words):
        raise ValueError("every part of a commitment is one 32-byte word")
    return sha256(b"".join(words)).digest()
