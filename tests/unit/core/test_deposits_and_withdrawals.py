"""Deposits are never lost, and whatever is in the ledger can leave."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode

from deml.base.inputs import Accept, CreateJob, Settle, TopUp, Withdraw
from deml.base.outputs import DuesFixed, ForeignReturn, Report, Transfer
from deml.base.states import Phase
from deml.base.types import ETHER, Address, Amount, JobId
from deml.wire import inputs
from deml.wire.outputs import DelegateCallEmission, VoucherEmission
from tests.support.course import ANNA, BERT, SPONSOR, Course, terms_from_now
from tests.support.deployment import APP, DEPLOYMENT, account
from tests.support.world import TOKEN, World

OTHER_TOKEN = account(0x71)
COLLECTIBLE = account(0x72)


def raw(address: Address) -> bytes:
    return bytes.fromhex(address[2:])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ""),
        (b"\x00", "UNKNOWN_SELECTOR"),
        (b"thanks", "UNKNOWN_SELECTOR"),
        (inputs.encode(TopUp(JobId(1)))[:-1], "MALFORMED_MESSAGE"),
        (inputs.encode(Settle(JobId(1))), "NOT_A_DEPOSIT_ORDER"),
        (inputs.encode(Withdraw(TOKEN, Amount(1), ANNA)), "NOT_A_DEPOSIT_ORDER"),
        (inputs.encode(TopUp(JobId(1))), "UNKNOWN_JOB"),
        (inputs.encode(Accept(JobId(1), ETHER)), "UNKNOWN_JOB"),
    ],
)
def test_a_deposit_that_cannot_be_used_is_credited_with_the_reason(data: bytes, code: str) -> None:
    world = World()
    result = world.deposit(ANNA, 70, data)
    assert result.credited == code
    assert result.notice(Report).body["credited"] == {"sender": ANNA, "token": TOKEN, "amount": "70"}
    assert world.balance(ANNA) == 70
    world.do(ANNA, Withdraw(TOKEN, Amount(70), ANNA))
    assert world.wallet(ANNA) == 0
    assert world.held(TOKEN) == 0


@pytest.mark.parametrize("size", [1, 100, 1_000])
def test_terms_that_cannot_be_read_are_credited(size: int) -> None:
    world = World()
    data = inputs.encode(CreateJob(terms_from_now(world)))
    assert world.deposit(SPONSOR, 9, data[:-size]).credited == "MALFORMED_MESSAGE"
    assert world.balance(SPONSOR) == 9


def test_rule_parameters_that_cannot_be_read_are_credited() -> None:
    world = World()
    data = inputs.encode(CreateJob(terms_from_now(world)))
    target = (900_000).to_bytes(32, "big")
    broken = data.replace(target, b"\x01" + bytes(31))
    assert broken != data
    assert world.deposit(SPONSOR, 9, broken).credited == "MALFORMED_MESSAGE"


def test_nothing_deposited_is_nothing_credited() -> None:
    world = World()
    assert world.deposit(ANNA, 0).credited == ""
    assert world.deposit(ANNA, 0, b"nonsense").credited == "UNKNOWN_SELECTOR"
    assert not world.state.balances


def test_the_largest_deposit_the_chain_can_carry_is_credited_and_leaves() -> None:
    world = World()
    most = 2**256 - 1
    world.deposit(ANNA, most)
    (transfer,) = world.do(ANNA, Withdraw(TOKEN, Amount(most), BERT)).transfers
    assert transfer == Transfer(TOKEN, BERT, Amount(most))


def test_a_failed_order_leaves_nothing_but_the_credit() -> None:
    world = World()
    course = Course(world)
    before = course.job
    assert world.deposit(ANNA, 100, TopUp(course.id)).credited == "NOT_THE_SPONSOR"
    assert course.job is before
    assert world.balance(ANNA) == 100


def test_a_failed_order_does_not_move_its_job_on_unsaid() -> None:
    """A late acceptance finds the dues ready to be fixed; the next input about the job fixes them and says so."""
    world = World()
    course = Course(world)
    course.to_declare(anna=70)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    assert world.deposit(BERT, 100, Accept(course.id, ETHER)).credited == "WRONG_PHASE"
    assert world.do(BERT, Settle(course.id)).notice(DuesFixed).round == 1


def test_tokens_of_any_contract_are_kept_apart() -> None:
    world = World()
    world.deposit(ANNA, 5)
    world.deposit(ANNA, 6, token=OTHER_TOKEN)
    world.do(ANNA, Withdraw(OTHER_TOKEN, Amount(6), ANNA))
    assert (world.balance(ANNA), world.balance(ANNA, OTHER_TOKEN)) == (5, 0)


def test_a_withdrawal_is_a_delegate_call_of_the_safe_transfer_library() -> None:
    world = World()
    world.deposit(ANNA, 5)
    result = world.do(ANNA, Withdraw(TOKEN, Amount(2), BERT))
    assert result.outputs == (Transfer(TOKEN, BERT, Amount(2)),)
    (emission,) = result.emissions
    assert isinstance(emission, DelegateCallEmission)
    assert emission.destination == DEPLOYMENT.safe_transfer
    assert (world.balance(ANNA), world.wallet(BERT)) == (3, 2)


def test_ether_is_credited_and_leaves_as_ether() -> None:
    world = World()
    assert world.deposit(ANNA, 10**18, b"createJob, please", token=ETHER).credited == ""
    assert world.balance(ANNA, ETHER) == 10**18
    (emission,) = world.do(ANNA, Withdraw(ETHER, Amount(10**18), BERT)).emissions
    assert emission == VoucherEmission(BERT, 10**18, b"")
    assert world.held(ETHER) == 0


def test_an_erc721_deposit_goes_back() -> None:
    world = World()
    payload = raw(COLLECTIBLE) + raw(ANNA) + (2**256 - 1).to_bytes(32, "big") + bytes(64)
    result = world.send(DEPLOYMENT.erc721_portal, payload)
    assert result.outputs == (ForeignReturn(COLLECTIBLE, ANNA, (2**256 - 1,), None),)
    (emission,) = result.emissions
    assert isinstance(emission, VoucherEmission)
    assert (emission.destination, emission.value) == (COLLECTIBLE, 0)
    assert emission.payload[4:36].endswith(raw(APP))
    assert emission.payload[36:68].endswith(raw(ANNA))


def test_erc1155_deposits_go_back() -> None:
    world = World()
    single = raw(COLLECTIBLE) + raw(ANNA) + (7).to_bytes(32, "big") + (3).to_bytes(32, "big") + bytes(128)
    result = world.send(DEPLOYMENT.erc1155_single_portal, single)
    assert result.outputs == (ForeignReturn(COLLECTIBLE, ANNA, (7,), (3,)),)
    batch = encode(("uint256[]", "uint256[]", "bytes", "bytes"), ([1, 2], [3, 4], b"", b"x"))
    result = world.send(DEPLOYMENT.erc1155_batch_portal, raw(COLLECTIBLE) + raw(BERT) + batch)
    assert result.outputs == (ForeignReturn(COLLECTIBLE, BERT, (1, 2), (3, 4)),)
    assert len(world.returned) == 2


@pytest.mark.parametrize(
    ("portal", "size"),
    [("ether_portal", 51), ("erc20_portal", 71), ("erc721_portal", 71), ("erc1155_single_portal", 103)],
)
def test_what_no_portal_sends_is_refused(portal: str, size: int) -> None:
    """A real portal never sends less; the dapp says so instead of breaking."""
    problem = World().send(getattr(DEPLOYMENT, portal), bytes(size)).problem
    assert problem is not None
    assert problem.code() == "MALFORMED_MESSAGE"


@pytest.mark.parametrize("payload", [bytes(39), bytes(40), bytes(200), bytes(40) + b"\xff" * 128])
def test_a_batch_that_cannot_be_read_is_refused(payload: bytes) -> None:
    problem = World().send(DEPLOYMENT.erc1155_batch_portal, payload).problem
    assert problem is not None
    assert problem.code() == "MALFORMED_MESSAGE"


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\x00" * 4, b"hello, dapp", bytes(1_000)])
def test_bytes_that_are_no_input_are_refused(payload: bytes) -> None:
    problem = World().send(ANNA, payload).problem
    assert problem is not None
    assert problem.code() == "UNKNOWN_SELECTOR"


def test_orders_that_need_a_deposit_are_refused_without_one() -> None:
    world = World()
    for order in (CreateJob(terms_from_now(world)), TopUp(JobId(1))):
        problem = world.send(SPONSOR, inputs.encode(order)).problem
        assert problem is not None
        assert problem.code() == "NEEDS_DEPOSIT"
