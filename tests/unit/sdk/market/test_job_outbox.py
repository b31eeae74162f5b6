"""Transactions on their way: in order, a few at a time, in time, and remembered until they are known."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from deml.base.types import Address, Timestamp
from deml_cli.render import Render
from deml_sdk.chain.transactions import Block, Call, Receipt, Signed
from deml_sdk.errors import CallFailed, DappRefused, TransactionPending, TransactionReverted
from deml_sdk.market.errors import NoInputAdded, WindowClosed
from deml_sdk.market.outbox import IN_FLIGHT, Outbox
from deml_sdk.market.pending import Pending
from deml_sdk.node.records import ACCEPTED, InputResult, StoredInput
from tests.support.course import ANNA

WALLET = object()
BOX = Address("0x" + "b0" * 20)


def call(number, function="addInput"):
    return Call("InputBox", function, BOX, bytes([number]))


class FakeChain:
    """Numbers transactions in the order they are submitted; each adds an input unless it approves."""

    def __init__(self):
        self.log, self.timestamp = [], 100
        self.stuck, self.reverted, self.refused = set(), set(), set()

    def latest_block(self):
        self.timestamp += 1
        return Block(1, Timestamp(self.timestamp), "0x" + "1f" * 32)

    def sign(self, wallet, sent):
        assert wallet is WALLET
        tx_hash = f"0x{sent.data.hex()}"
        if sent.function == "approve":
            self.log.append(("approve", tx_hash))
        return Signed(tx_hash, sent.data)

    def broadcast(self, signed):
        if signed.tx_hash in self.refused:
            raise CallFailed("chain", "eth_sendRawTransaction", -32000, "nonce too low")
        self.log.append(("submit", signed.tx_hash))

    def knows(self, tx_hash):
        return ("submit", tx_hash) in self.log

    def wait_for(self, tx_hash, seconds=300):
        self.log.append(("wait", tx_hash))
        if tx_hash in self.stuck:
            raise TransactionPending(tx_hash, seconds)
        if tx_hash in self.reverted:
            raise TransactionReverted(tx_hash, 1)
        index = None if ("approve", tx_hash) in self.log else int(tx_hash, 16)
        return Receipt(index, tx_hash, 1, 21_000)


class FakeNode:
    def __init__(self):
        self.processed, self.status = 100, ACCEPTED

    def processed_inputs(self):
        return self.processed

    def wait_for_input(self, index):
        stored = StoredInput(index, 0, self.status, ANNA, b"", 1, Timestamp(1), b"")
        report = {"code": "NOT_DUE", "message": "Not due.", "values": {}}
        return InputResult(stored, (), (report,))


@pytest.fixture
def chain():
    return FakeChain()


@pytest.fixture
def node():
    return FakeNode()


@pytest.fixture
def pending(tmp_path):
    return Pending(tmp_path, lambda: 0.0)


@pytest.fixture
def outbox(chain, node, pending):
    render = Render(json_mode=False, yes=True)
    render.err = render.human = Console(file=io.StringIO())
    return Outbox(chain, node, pending, render)


def test_a_few_are_under_way_at_a_time(outbox, chain):
    receipts = outbox.send(WALLET, [call(number) for number in range(10)], 7)
    assert [one.input_index for one in receipts] == list(range(10))
    under_way = 0
    for kind, _ in chain.log:
        under_way += 1 if kind == "submit" else -1
        assert under_way <= IN_FLIGHT


def test_an_approval_is_waited_for_before_the_deposit(outbox, chain):
    outbox.send(WALLET, [call(1, "approve"), call(2)], 7)
    assert [kind for kind, _ in chain.log if kind != "approve"] == ["submit", "wait", "submit", "wait"]


def test_nothing_is_sent_after_the_deadline(outbox, chain):
    with pytest.raises(WindowClosed) as caught:
        outbox.send(WALLET, [call(number) for number in range(10)], 7, until=Timestamp(104))
    assert (caught.value.sent, caught.value.total) == (3, 10)
    assert [tx for kind, tx in chain.log if kind == "submit"] == ["0x00", "0x01", "0x02"]


def test_what_was_sent_is_awaited_until_the_node_has_run_it(outbox, chain, node, pending):
    chain.stuck.add("0x05")
    with pytest.raises(TransactionPending):
        outbox.send(WALLET, [call(5)], 7)
    assert outbox.awaiting(7)
    assert not outbox.awaiting(8)
    chain.stuck.clear()
    node.processed = 5
    assert outbox.awaiting(7)
    node.processed = 6
    assert not outbox.awaiting(7)
    assert pending.of(7) == []


def test_a_reverted_transaction_is_not_awaited(outbox, chain):
    chain.reverted.add("0x05")
    with pytest.raises(TransactionReverted):
        outbox.send(WALLET, [call(5)], 7)
    assert not outbox.awaiting(7)


def test_the_dapps_answer_is_passed_on(outbox, node, pending):
    (receipt,) = outbox.send(WALLET, [call(3)], 7)
    assert outbox.result(receipt).status == ACCEPTED
    assert pending.of(7) == []
    node.status = "REJECTED"
    with pytest.raises(DappRefused, match="NOT_DUE"):
        outbox.result(receipt)
    with pytest.raises(NoInputAdded):
        outbox.result(Receipt(None, "0xff", 1, 1))
