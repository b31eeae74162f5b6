"""Upload buffers: one for each sender and slot of a job, and the way from a stream to a verified file."""

from __future__ import annotations

from deml.base.errors import DemlError
from deml.base.inputs import Slot, Stream, Upload
from deml.base.limits import MAX_CHUNKS
from deml.base.types import Address
from deml.core.errors import EmptyChunk, NothingUploaded, TooManyChunks, UploadTooLarge, WrongSequence
from deml.core.job import JobState
from deml.core.state import Buffer, BufferKey, State
from deml.ipld import Cid, read_file, unpack
from deml.scoring.reservation import PIECE_BYTES


def extend(state: State, job: JobState, owner: Address, upload: Upload) -> None:
    """Append a chunk to the owner's buffer; chunk 0 begins it anew.

    Raises
    ------
    EmptyChunk, WrongSequence, TooManyChunks, UploadTooLarge
    """
    slot = slot_name(upload.slot)
    key = BufferKey(job.id, owner, upload.slot)
    buffer = Buffer() if upload.seq == 0 else state.buffers.get(key, Buffer())
    if not upload.chunk:
        raise EmptyChunk(job.id, slot)
    if upload.seq != buffer.chunks:
        raise WrongSequence(job.id, slot, upload.seq, buffer.chunks)
    if upload.seq >= MAX_CHUNKS:
        raise TooManyChunks(job.id, slot, MAX_CHUNKS)
    size, limit = buffer.size + len(upload.chunk), capacity(job, upload.slot)
    if size > limit:
        raise UploadTooLarge(job.id, slot, size, limit)
    state.buffers[key] = Buffer(_joined(buffer.pieces, upload.chunk), buffer.chunks + 1, size)


def check_sent(state: State, job: JobState, owner: Address, slot: Slot, stream: Stream) -> None:
    """Refuse a stream without bytes where the owner has uploaded none.

    Raises
    ------
    NothingUploaded
    """
    if not stream.data and BufferKey(job.id, owner, slot) not in state.buffers:
        raise NothingUploaded(job.id, slot_name(slot))


def read_sent(state: State, job: JobState, owner: Address, slot: Slot, stream: Stream, cid: Cid) -> bytes:
    """Read the file `cid` out of `stream` or, if that is empty, out of the owner's buffer.

    Raises
    ------
    DemlError
        What `deml.ipld` finds wrong with the stream; a buffer of such bytes is dropped.
    """
    buffer = state.buffers.get(BufferKey(job.id, owner, slot), Buffer())
    packed = stream.data or b"".join(buffer.pieces)
    limit = capacity(job, slot)
    try:
        return read_file(unpack(stream.codec, packed, limit), cid, limit)
    except DemlError:
        drop(state, job, owner, slot)
        raise


def drop(state: State, job: JobState, owner: Address, *slots: Slot) -> None:
    """Forget what the owner has uploaded to these slots."""
    for slot in slots:
        state.buffers.pop(BufferKey(job.id, owner, slot), None)


def _joined(pieces: tuple[bytes, ...], chunk: bytes) -> tuple[bytes, ...]:
    """Append a chunk, to the last piece if that is short: else thousands of bytes would be as many objects."""
    if pieces and len(pieces[-1]) < PIECE_BYTES:
        return (*pieces[:-1], pieces[-1] + chunk)
    return (*pieces, chunk)


def capacity(job: JobState, slot: Slot) -> int:
    """Most bytes a buffer of this slot may hold; the file and the CAR in it are held to the same number."""
    return job.terms.max_holdout_bytes if slot is Slot.HOLDOUT else job.terms.max_model_bytes


def slot_name(slot: Slot) -> str:
    """Name a slot for people."""
    return slot.name.lower().replace("_", " ")
