"""How a file travels to the dapp: packed, inside one input where it fits, in chunks where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from deml.base.answers import UploadProgress
from deml.base.inputs import Codec, RevealHoldout, Slot, Stream, Submit, Upload
from deml.base.limits import MAX_PACKED_BYTES, MAX_PAYLOAD_BYTES
from deml.base.types import Address, JobId
from deml.ipld import file_car, pack
from deml.wire.inputs import encode
from deml_sdk.market.view import Job

_WORD: Final = 32
CHUNK_BYTES: Final = (MAX_PAYLOAD_BYTES - len(encode(Upload(JobId(0), Slot.WEIGHTS, 0, b"")))) // _WORD * _WORD
"""Most bytes of a chunk: what the ABI leaves of an input, in whole words."""

IN_BUFFER: Final = Stream()
"""Says in an input: take what I uploaded."""


@dataclass(frozen=True, slots=True)
class Load:
    """A packed file and the slot that takes it, where it does not fit inside the input itself."""

    slot: Slot
    stream: Stream

    @property
    def chunks(self) -> int:
        """How many uploads carry it."""
        return -(-len(self.stream.data) // CHUNK_BYTES)

    def remaining(self, job: Job, owner: Address, fresh: bool = False) -> Iterator[Upload]:
        """Yield the uploads still to be sent.

        All of them if `fresh`, or if what the owner has uploaded so far cannot be a beginning of this file.
        """
        buffer = None if fresh else job.upload(owner, self.slot)
        start = buffer.next_seq if buffer is not None and self._continues(buffer) else 0
        for seq in range(start, self.chunks):
            chunk = self.stream.data[seq * CHUNK_BYTES : (seq + 1) * CHUNK_BYTES]
            yield Upload(job.job_id, self.slot, seq, chunk)

    def _continues(self, buffer: UploadProgress) -> bool:
        sent = min(buffer.next_seq * CHUNK_BYTES, len(self.stream.data))
        return buffer.next_seq <= self.chunks and buffer.size == sent


def packed(content: bytes) -> Stream:
    """Pack a file as a CAR, compressed where that makes it smaller and no longer than the dapp takes it."""
    car = file_car(content)
    smaller = pack(Codec.ZLIB, car)
    if len(smaller) < len(car) and len(smaller) <= MAX_PACKED_BYTES:
        return Stream(Codec.ZLIB, smaller)
    return Stream(Codec.CAR, car)


def fit_reveal(body: RevealHoldout) -> tuple[RevealHoldout, Sequence[Load]]:
    """Take out of the input what does not fit, the larger file first."""
    bare = replace(body, holdout=_left_out(body.holdout), initial_model=_left_out(body.initial_model))
    room = MAX_PAYLOAD_BYTES - len(encode(bare))
    loads: list[Load] = []
    while _words(body.holdout) + _words(body.initial_model) > room:
        if len(body.holdout.data) >= len(body.initial_model.data):
            loads.append(Load(Slot.HOLDOUT, body.holdout))
            body = replace(body, holdout=bare.holdout)
        else:
            loads.append(Load(Slot.INITIAL_MODEL, body.initial_model))
            body = replace(body, initial_model=bare.initial_model)
    return body, loads


def fit_submit(body: Submit) -> tuple[Submit, Sequence[Load]]:
    """Take the weights out of the input if they do not fit."""
    bare = replace(body, weights=_left_out(body.weights))
    if len(encode(bare)) + _words(body.weights) <= MAX_PAYLOAD_BYTES:
        return body, ()
    return bare, (Load(Slot.WEIGHTS, body.weights),)


def _left_out(stream: Stream) -> Stream:
    return replace(IN_BUFFER, codec=stream.codec)


def _words(stream: Stream) -> int:
    """Bytes that a stream's data take in an input: the ABI fills the last word up."""
    return -(-len(stream.data) // _WORD) * _WORD
