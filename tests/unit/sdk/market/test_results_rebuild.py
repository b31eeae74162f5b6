"""Files come back from the chain's own inputs, whatever was sent around them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.answers import UploadProgress
from deml.base.inputs import Codec, Commit, RevealHoldout, Slot, Stream, Submit, Upload
from deml.base.limits import MAX_PAYLOAD_BYTES
from deml.base.states import Phase
from deml.base.types import Address, Amount, JobId, Timestamp
from deml.ipld import file_cid, read_file, unpack
from deml.wire.inputs import encode
from deml_sdk.market.errors import NotOnChain
from deml_sdk.market.rebuild import Sent, rebuild
from deml_sdk.market.uploads import CHUNK_BYTES, Load, fit_reveal, fit_submit, packed
from deml_sdk.market.view import Job
from tests.support.course import terms_from_now
from tests.support.world import World

SPONSOR, ALICE, BOB = (Address("0x" + digit * 40) for digit in "5ab")
JOB = JobId(4)
SALT = bytes(32)


def noise(size, seed=1):
    """Bytes that do not compress."""
    state, out = seed, bytearray()
    while len(out) < size:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out += (state >> 11).to_bytes(7, "big")[:6]
    return bytes(out[:size])


INITIAL, HOLDOUT, MODEL = noise(500, 2), noise(150_000, 3), noise(200_000, 4)
TERMS = terms_from_now(
    World(), initial_model_cid=str(file_cid(INITIAL)), max_model_bytes=300_000, max_holdout_bytes=300_000
)


def sent(sender, body):
    return Sent(sender, encode(body))


def uploads(sender, loads):
    return [sent(sender, body) for load in loads for body in load.remaining(job_with(), sender)]


def job_with(*uploads):
    """A job of which only the unfinished uploads matter."""
    return Job(
        as_of=Timestamp(0),
        job_id=JOB,
        sponsor=SPONSOR,
        phase=Phase.SUBMIT,
        ending=None,
        round=1,
        round_until=None,
        escrow=Amount(0),
        participants=0,
        committed=0,
        declared=0,
        revealed=False,
        opening=None,
        data_cid=None,
        rows=None,
        sponsor_refund=None,
        burnt=None,
        average=None,
        terms=TERMS,
        uploads=uploads,
    )


def reveal():
    return fit_reveal(RevealHoldout(JOB, str(file_cid(HOLDOUT)), SALT, packed(HOLDOUT), packed(INITIAL)))


def submit(content):
    return fit_submit(Submit(JOB, str(file_cid(content)), str(file_cid(HOLDOUT)), SALT, packed(content)))


def history():
    body, loads = reveal()
    revealing = [*uploads(SPONSOR, loads), sent(SPONSOR, body)]
    body, loads = submit(MODEL)
    return [*revealing, *uploads(ALICE, loads), sent(ALICE, body)]


@pytest.mark.parametrize("content", [INITIAL, HOLDOUT, MODEL], ids=["initial", "holdout", "model"])
def test_every_file_of_a_job_comes_back(content):
    assert rebuild(history(), JOB, TERMS, str(file_cid(content))) == content


def test_large_files_really_travel_in_chunks():
    body, loads = submit(MODEL)
    assert body.weights.data == b""
    sizes = [len(one.payload) for one in uploads(ALICE, loads)]
    assert sizes[:3] == [CHUNK_BYTES + 164] * 3
    assert 0 < sizes[3] < CHUNK_BYTES
    assert max(len(one.payload) for one in history()) <= MAX_PAYLOAD_BYTES


def test_small_models_travel_in_one_input():
    body, loads = submit(INITIAL)
    assert loads == ()
    assert rebuild([sent(ALICE, body)], JOB, TERMS, body.model_cid) == INITIAL


def test_only_the_larger_file_of_a_reveal_is_uploaded_if_that_suffices():
    body, loads = reveal()
    assert [load.slot for load in loads] == [Slot.HOLDOUT]
    assert body.initial_model.data


def test_compressible_files_are_compressed():
    stream = packed(bytes(100_000))
    assert stream.codec is Codec.ZLIB
    assert len(stream.data) < 1_000
    assert read_file(unpack(stream.codec, stream.data, 200_000), file_cid(bytes(100_000)), 200_000) == bytes(100_000)


def test_other_inputs_do_not_disturb():
    noise_inputs = [
        Sent(BOB, b""),
        Sent(BOB, b"\xff" * 100),
        sent(BOB, Commit(JOB, bytes(32))),
        sent(BOB, Upload(JOB, Slot.WEIGHTS, 0, b"bob's")),
        sent(ALICE, Upload(JobId(5), Slot.WEIGHTS, 0, b"another job's")),
    ]
    mixed = [one for pair in zip(history(), noise_inputs * 10, strict=False) for one in pair]
    assert rebuild(mixed, JOB, TERMS, str(file_cid(MODEL))) == MODEL


def test_an_upload_may_be_begun_anew():
    body, loads = submit(MODEL)
    false_start = [sent(ALICE, Upload(JOB, Slot.WEIGHTS, seq, b"wrong")) for seq in (0, 1)]
    inputs = [*false_start, *uploads(ALICE, loads), sent(ALICE, body)]
    assert rebuild(inputs, JOB, TERMS, body.model_cid) == MODEL


def test_what_is_not_there_is_said_to_be_missing():
    with pytest.raises(NotOnChain, match="job 4"):
        rebuild(history()[:-1], JOB, TERMS, str(file_cid(MODEL)))


@given(st.integers(0, 4))
def test_an_upload_is_resumed_where_it_stopped(done):
    _, (load,) = submit(MODEL)
    everything = list(load.remaining(job_with(), ALICE))
    size = sum(len(one.chunk) for one in everything[:done])
    job = job_with(UploadProgress(BOB, Slot.WEIGHTS, 1, 7), UploadProgress(ALICE, Slot.WEIGHTS, done, size))
    assert list(load.remaining(job, ALICE)) == everything[done:]
    assert list(load.remaining(job, ALICE, fresh=True)) == everything


@given(st.integers(1, 6), st.integers(1, 300_000))
def test_a_strange_buffer_is_overwritten(next_seq, size):
    _, (load,) = submit(MODEL)
    rest = list(load.remaining(job_with(UploadProgress(ALICE, Slot.WEIGHTS, next_seq, size)), ALICE))
    if size != min(next_seq * CHUNK_BYTES, len(load.stream.data)):
        assert rest[0].seq == 0


@given(st.binary(max_size=2_000))
def test_chunks_add_up_to_the_stream(content):
    load = Load(Slot.WEIGHTS, Stream(Codec.CAR, content * 100))
    assert b"".join(one.chunk for one in load.remaining(job_with(), ALICE)) == content * 100


def test_terms_bound_what_is_unpacked():
    body, loads = submit(MODEL)
    inputs = [*uploads(ALICE, loads), sent(ALICE, body)]
    with pytest.raises(Exception, match="100"):
        rebuild(inputs, JOB, replace(TERMS, max_model_bytes=100), body.model_cid)
