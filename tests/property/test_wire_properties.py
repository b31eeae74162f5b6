"""What `deml.wire` does with any value, and with any bytes."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deml.base.config import Deployment
from deml.base.errors import DemlError
from deml.base.inputs import Body, Deposit, ForeignDeposit, Metadata
from deml.base.limits import MAX_PAYLOAD_BYTES
from deml.base.outputs import Notice, Report, Transfer
from deml.base.reports import encode_json
from deml.base.types import ETHER, Address, Amount, Timestamp
from deml.wire import inputs, notices, outputs
from deml.wire.errors import MalformedMessage
from tests.support import strategies as some
from tests.support import vectors
from tests.support.deployment import APP, CHAIN_ID, DEPLOYMENT, account
from tests.support.scale import SCALE

SENDERS = [account(0xC1), *(getattr(DEPLOYMENT, one.name) for one in fields(Deployment))]
VALID = [vectors.raw(case["encoded"]) for file in ("inputs.json", "deposits.json") for case in vectors.load(file)]
STORED = [vectors.raw(case["encoded"]) for file in ("notices.json", "outputs.json") for case in vectors.load(file)]
SELECTORS = [one.function.selector for one in (*inputs.TABLE.kinds, *notices.TABLE.kinds)]


def metadata(sender: Address) -> Metadata:
    return Metadata(CHAIN_ID, APP, sender, block_number=1, timestamp=Timestamp(1_700_000_000), index=0)


@given(some.messages)
def test_every_message_survives_the_wire(message: Any) -> None:
    encoded = inputs.encode(message)
    assert inputs.decode_message(encoded) == message
    assert len(encoded) % 32 == 4


@given(some.notices)
def test_every_notice_survives_the_wire(notice: Notice) -> None:
    emission = outputs.encode(notice, APP, DEPLOYMENT)
    assert isinstance(emission, outputs.NoticeEmission)
    stored = outputs.open_envelope(outputs.envelope(emission))
    assert stored == emission
    assert notices.decode(emission.payload) == notice
    assert outputs.transfer_of(stored) is None


@given(some.addresses, some.addresses, some.uint(256))
def test_every_transfer_survives_the_wire(token: Address, to: Address, amount: int) -> None:
    transfer = Transfer(token, to, Amount(amount))
    emission = outputs.encode(transfer, APP, DEPLOYMENT)
    assert not isinstance(emission, outputs.ReportEmission)
    assert outputs.transfer_of(outputs.open_envelope(outputs.envelope(emission))) == transfer
    assert isinstance(emission, outputs.VoucherEmission) == (token == ETHER)


@given(some.addresses, some.uint(256), st.binary(max_size=200), st.booleans())
def test_an_erc20_deposit_is_never_refused(sender: Address, amount: int, data: bytes, known: bool) -> None:
    payload = (
        bytes.fromhex("70" * 20 + sender[2:]) + amount.to_bytes(32, "big") + (SELECTORS[0] if known else b"") + data
    )
    body = inputs.decode(metadata(DEPLOYMENT.erc20_portal), payload, DEPLOYMENT)
    assert isinstance(body, Deposit)
    assert (body.token, body.sender, body.amount) == (account(0x70), sender, amount)
    assert body.order is None or body.problem is None


@st.composite
def mutated(draw: st.DrawFn, valid: list[bytes]) -> bytes:
    """Valid bytes with some words, a stretch or the tail changed."""
    data = bytearray(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        kind = draw(st.sampled_from(("byte", "word", "cut", "insert", "selector")))
        if kind == "byte" and data:
            data[at] = draw(st.integers(0, 255))
        elif kind == "word":
            start = 4 + (at // 32) * 32
            number = draw(st.sampled_from((0, 1, 31, 32, 64, 2**31, 2**63, 2**64 - 1, 2**255, 2**256 - 1, len(data))))
            data[start : start + 32] = number.to_bytes(32, "big")
        elif kind == "cut":
            del data[at:]
        elif kind == "insert":
            data[at:at] = draw(st.binary(max_size=70))
        else:
            data[:4] = draw(st.sampled_from(SELECTORS))
    return bytes(data)


hostile = st.one_of(
    st.binary(max_size=600),
    st.builds(lambda selector, tail: selector + tail, st.sampled_from(SELECTORS), st.binary(max_size=400)),
)


@settings(max_examples=400 * SCALE)
@given(st.sampled_from(SENDERS), hostile | mutated(VALID))
def test_any_payload_is_an_input_or_refused(sender: Address, payload: bytes) -> None:
    try:
        body = inputs.decode(metadata(sender), payload, DEPLOYMENT)
    except DemlError as problem:
        assert_reportable(problem)
        assert sender != DEPLOYMENT.erc20_portal or len(payload) < 72, "an ERC-20 deposit was refused"
        return
    assert isinstance(body, Body)
    if isinstance(body, Deposit) and body.problem is not None:
        assert_reportable(body.problem)
    if not isinstance(body, Deposit | ForeignDeposit):
        assert inputs.decode_message(inputs.encode(body)) == body


@settings(max_examples=300 * SCALE)
@given(hostile | mutated(STORED))
def test_any_stored_output_is_read_or_refused(stored: bytes) -> None:
    for read in (notices.decode, outputs.open_envelope):
        try:
            read(stored)
        except DemlError as problem:
            assert_reportable(problem)


def assert_reportable(problem: DemlError) -> None:
    body = problem.as_report()
    assert body["code"] == type(problem).code()
    assert body["message"]
    assert json.loads(encode_json(body)) == body


def test_a_payload_larger_than_the_input_box_takes_is_refused() -> None:
    with pytest.raises(DemlError) as caught:
        inputs.decode(metadata(account(0xC1)), bytes(MAX_PAYLOAD_BYTES + 1), DEPLOYMENT)
    assert caught.value.code() == "OVERSIZED_PAYLOAD"
    assert caught.value.values == {"size": MAX_PAYLOAD_BYTES + 1, "limit": MAX_PAYLOAD_BYTES}


def test_a_deposit_is_never_too_large_to_be_credited() -> None:
    """Its tokens have moved, whatever a later InputBox lets portals send."""
    payload = b"\x70" + bytes(70) + b"\x05" + bytes(MAX_PAYLOAD_BYTES)
    found = inputs.decode(metadata(DEPLOYMENT.erc20_portal), payload, DEPLOYMENT)
    assert isinstance(found, Deposit)
    assert (found.amount, found.order) == (5, None)
    assert found.problem is not None


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=9) | st.integers() | st.none()))
def test_reports_are_canonical_ascii_json(body: dict[str, Any]) -> None:
    emission = outputs.encode(Report(body), APP, DEPLOYMENT)
    assert isinstance(emission, outputs.ReportEmission)
    assert json.loads(emission.payload) == body
    assert emission.payload.isascii()
    assert emission.payload == encode_json(dict(reversed(body.items())))


def test_an_ending_that_is_none_is_malformed() -> None:
    word = b"settled".ljust(32, b"\0")
    (case, *_) = (one for one in vectors.load("notices.json") if one["args"].get("ending") == "settled")
    payload = vectors.raw(case["encoded"])
    assert payload.count(word) == 1
    with pytest.raises(MalformedMessage):
        notices.decode(payload.replace(word, b"sottled".ljust(32, b"\0")))
