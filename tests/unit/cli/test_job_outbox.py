"""Transactions on their way: in order, a few at a time, in time, and remembered until they are known."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from deml.base.inputs import Settle
from deml.base.outputs import DuesFixed, JobCreated
from deml.base.states import Phase
from deml.base.types import Address, Timestamp
from deml.wire.outputs import NoticeEmission, envelope
from deml_cli.render import Render
from deml_sdk.chain.transactions import Block, Call, Receipt
from deml_sdk.errors import DappRefused, TransactionPending, TransactionReverted
from deml_sdk.market.errors import NoInputAdded, WindowClosed
from deml_sdk.market.evidence import weigh
from deml_sdk.market.outbox import IN_FLIGHT, Outbox
from deml_sdk.market.pending import Pending
from deml_sdk.node.notice_log import NoticeLog
from deml_sdk.node.records import ACCEPTED, InputResult, StoredInput, StoredOutput
from tests.support.course import ANNA, BERT, Course
from tests.support.world import World

WALLET = object()
BOX = Address("0x" + "b0" * 20)


def call(number, function="addInput"):
    return Call("InputBox", function, BOX, bytes([number]))


class FakeChain:
    """Numbers transactions in the order they are submitted; each adds an input unless it approves."""

    def __init__(self):
        self.log, self.timestamp = [], 100
        self.stuck, self.reverted = set(), set()

    def latest_block(self):
        self.timestamp += 1
        return Block(1, Timestamp(self.timestamp), "0x" + "1f" * 32)

    def submit(self, wallet, sent):
        assert wallet is WALLET
        tx_hash = f"0x{sent.data.hex()}"
        self.log.append(("submit", tx_hash))
        if sent.function == "approve":
            self.log.append(("approve", tx_hash))
        return tx_hash

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
        stored = StoredInput(index, 0, self.status, ANNA, b"", 1, Timestamp(1))
        report = {"code": "NOT_DUE", "message": "Not due.", "fix": "Wait."}
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


class NoticeNode:
    """The node's records of a `World`."""

    def __init__(self, world):
        self.world, self.asked = world, 0

    def _records(self):
        number = 0
        for result in self.world.history:
            for emission in result.emissions:
                if isinstance(emission, NoticeEmission):
                    yield StoredOutput(number, result.meta.index, 0, envelope(emission), None, None)
                    number += 1

    def outputs(self, *, start=0, output_type=None):
        assert output_type == "0xc258d6e5"
        for record in list(self._records())[start:]:
            self.asked += 1
            yield record

    def input(self, index):
        meta = self.world.history[index].meta
        return StoredInput(index, 0, ACCEPTED, meta.sender, b"", meta.block_number, meta.timestamp)


def test_notices_of_finalised_blocks_are_asked_for_once():
    course = Course(World())
    course.join(ANNA, 70)
    node = NoticeNode(course.world)
    log = NoticeLog(node)
    everything = log.read(1)
    assert [type(one.notice).__name__ for one in everything] == ["JobCreated", "Accepted", "Committed"]
    assert node.asked == 3
    course.join(BERT, 80)
    assert len(log.read(3)) == 5
    assert node.asked == 3 + 3
    assert len(log.read(100)) == 5
    assert node.asked == 3 + 3 + 1
    assert len(log.read(100)) == 5
    assert node.asked == 3 + 3 + 1


def test_only_notices_in_finalised_blocks_are_final():
    course = Course(World())
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    course.reveal()
    course.enter(Phase.DECLARE)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.world.do(BERT, Settle(course.id))
    last = len(course.world.history) - 1
    seen = NoticeLog(NoticeNode(course.world)).read(last)
    assert any(isinstance(one.notice, JobCreated) for one in seen)
    early, late = weigh(seen, course.id, last - 1), weigh(seen, course.id, last)
    assert isinstance(early.dues, DuesFixed)
    assert (early.final_dues, early.final_pay(ANNA)) == (None, None)
    assert late.final_pay(ANNA) == 500
    assert late.final_pay(BERT) == 0
    assert weigh(seen, course.id + 1, last).dues is None
