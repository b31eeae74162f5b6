"""Files from the chain itself: replay what was uploaded, as the dapp did, and check it against its CID.

The chain's inputs suffice, without IPFS and without the sender, to obtain a holdout or a delivered model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deml.base.errors import DemlError
from deml.base.inputs import RevealHoldout, Slot, Stream, Submit, Upload
from deml.base.terms import Terms
from deml.base.types import Address, JobId
from deml.ipld import Cid, read_file, unpack
from deml.wire.inputs import Message, decode_message
from deml_sdk.market.errors import NotOnChain


@dataclass(frozen=True, slots=True)
class Sent:
    """An input that the dapp accepted: who sent it, and its payload as it went to the InputBox."""

    sender: Address
    payload: bytes


def rebuild(inputs: Iterable[Sent], job_id: JobId, terms: Terms, cid: str) -> bytes:
    """Find the file `cid` in what was revealed or submitted for a job.

    Parameters
    ----------
    inputs
        All accepted inputs, in InputBox order; deposits may be among them.
    cid
        Of the initial model, the holdout or a delivered model, in any form.

    Raises
    ------
    NotOnChain
        If no accepted input brought it.
    """
    wanted = Cid.parse(cid).v1()
    buffers: dict[tuple[Address, Slot], list[bytes]] = {}
    for sent in inputs:
        message = _about(job_id, sent.payload)
        match message:
            case Upload(_, slot, seq, chunk):
                chunks = buffers.setdefault((sent.sender, slot), [])
                if seq == 0:
                    chunks.clear()
                chunks.append(chunk)
            case RevealHoldout() | Submit():
                for slot, stream, named in _streams(message, terms):
                    uploaded = buffers.pop((sent.sender, slot), [])
                    if Cid.parse(named).v1() == wanted:
                        limit = terms.max_holdout_bytes if slot is Slot.HOLDOUT else terms.max_model_bytes
                        packed = stream.data or b"".join(uploaded)
                        return read_file(unpack(stream.codec, packed, limit), wanted, limit)
    raise NotOnChain(cid, job_id)


def _about(job_id: JobId, payload: bytes) -> Message | None:
    """Read an input if it brings bytes to this job; deposits and other jobs' inputs are skipped."""
    try:
        message = decode_message(payload)
    except DemlError:
        return None
    concerns = isinstance(message, Upload | RevealHoldout | Submit) and message.job_id == job_id
    return message if concerns else None


def _streams(message: RevealHoldout | Submit, terms: Terms) -> tuple[tuple[Slot, Stream, str], ...]:
    if isinstance(message, Submit):
        return ((Slot.WEIGHTS, message.weights, message.model_cid),)
    return (
        (Slot.HOLDOUT, message.holdout, message.data_cid),
        (Slot.INITIAL_MODEL, message.initial_model, terms.initial_model_cid),
    )
