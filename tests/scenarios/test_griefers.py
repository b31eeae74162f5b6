"""Parties that gain nothing themselves and want others to lose."""

from __future__ import annotations

from itertools import takewhile

from deml.base.inputs import Accept, Cancel, Declare, SetPayTo, Settle, Slot, Stream, Upload, Withdraw
from deml.base.outputs import Settled
from deml.base.states import Ending, Phase
from deml.base.types import ETHER, Address, Amount, Score
from deml.core.errors import (
    AlreadyDeclared,
    JobEnded,
    NotAParticipant,
    NotDue,
    NothingToSettle,
    NotTheSponsor,
    SinkRefused,
    WrongPhase,
)
from deml.ledger import InsufficientBalance
from tests.support.course import ANNA, BERT, CARO, DORA, SPONSOR, Course
from tests.support.deployment import APP, account
from tests.support.models import PERCENT
from tests.support.world import TOKEN, World

GRIEFER = account(0x66)
FAKE = account(0xFA)


def test_griefer_declares_and_never_submits() -> None:
    """It delays Anna by one round and pays for it: her pay is the same, and the stake is hers."""
    world = World()
    course = Course(world)
    course.join(GRIEFER, 80)
    course.to_declare(anna=80)
    world.do(GRIEFER, Declare(course.id, Score(90 * PERCENT), Amount(0)))
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    world.do(CARO, Settle(course.id))
    world.refuse(NotDue, ANNA, course.submission(ANNA))
    course.enter(Phase.SUBMIT, 2)
    course.submit(ANNA)
    course.settle()
    assert (world.wallet(ANNA), world.wallet(GRIEFER)) == (750 + 100, -100)


def test_griefers_take_all_places() -> None:
    """Places cost a stake each until the end; an allow-list keeps them for whom the sponsor knows."""
    world = World()
    course = Course(world, max_participants=2, allow_list=(ANNA, BERT))
    for puppet in range(0x60, 0x68):
        assert world.deposit(account(puppet), 100, Accept(course.id, ETHER)).credited == "NOT_ON_ALLOW_LIST"
    course.accept(ANNA)
    course.accept(BERT)


def test_griefers_hold_the_memory() -> None:
    """Jobs that nobody joined hold next to nothing: memory is set aside for each client as it accepts.

    What others hold comes free as soon as it is overdue, without anybody's help: who lacks room ends those jobs.
    """
    world = World()
    honest = Course(world)
    honest.join(ANNA, 80)
    big = {"max_participants": 128, "max_model_bytes": 2_900_000}
    squatted = [Course(world, sponsor=GRIEFER, variant=number, **big) for number in range(50)]
    assert world.state.progress.reserved_bytes < 2**20
    seats = [(one.id, Address(f"0x{1_000 + puppet:040x}")) for one in squatted for puppet in range(128)]
    taken = list(takewhile(lambda seat: world.deposit(seat[1], 100, Accept(seat[0], ETHER)).credited is None, seats))
    assert 128 < len(taken) < len(seats)
    world.wait_until(squatted[0].terms.commit_until + 24 * 3_600)
    last = Course(world, variant=100, **big)
    made = world.deposit(CARO, 100, Accept(last.id, ETHER))
    assert made.credited is None
    assert {one.ending for one in made.all(Settled)} <= {Ending.NOBODY_ACCEPTED, Ending.NOBODY_COMMITTED}
    honest.settle()
    assert world.wallet(ANNA) == 100


def test_nobody_pokes() -> None:
    """Nobody sends anything for a year. One `settle` by a stranger then ends the job, and every token leaves."""
    world = World()
    course = Course(world)
    course.to_declare(anna=80, bert=85)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    world.wait(365 * 24 * 3600)
    settled = world.do(GRIEFER, Settle(course.id)).notice(Settled)
    assert settled.ending == "settled"
    assert world.held(TOKEN) == 0
    assert (world.wallet(ANNA), world.wallet(BERT), world.wallet(SPONSOR)) == (850, -100, -750)


def test_nobody_pokes_in_any_phase() -> None:
    """Whatever the phase in which everybody stops, the job ends with one input."""
    for stop in range(5):
        world = World()
        course = Course(world)
        if stop > 0:
            course.join(ANNA, 80)
        if stop > 1:
            course.enter(Phase.REVEAL)
            course.reveal()
        if stop > 2:
            course.enter(Phase.DECLARE)
            course.declare(ANNA)
        if stop > 3:
            course.enter(Phase.SUBMIT)
            course.submit(ANNA)
        course.after_the_last_round()
        course.settle()
        assert world.held(TOKEN) == 0


def test_griefer_pokes_too_often() -> None:
    """`settle` never brings anything about before its time."""
    world = World()
    course = Course(world)
    course.join(ANNA, 80)
    for phase in (Phase.REVEAL, Phase.DECLARE):
        world.refuse(NothingToSettle, GRIEFER, Settle(course.id))
        course.enter(phase)
        if phase is Phase.REVEAL:
            course.reveal()
    course.declare(ANNA)
    world.refuse(NothingToSettle, GRIEFER, Settle(course.id))
    course.enter(Phase.SUBMIT)
    world.do(GRIEFER, Settle(course.id))
    world.refuse(NothingToSettle, GRIEFER, Settle(course.id))
    course.submit(ANNA)
    assert course.settle().payouts[0].pay == 750


def test_settling_twice_pays_once() -> None:
    """Two settlements in one block: the second is refused, as is anything else about the job."""
    world = World()
    course = Course(world)
    course.to_declare(anna=80)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    first = world.do(ANNA, Settle(course.id))
    for sender in (ANNA, SPONSOR, GRIEFER):
        world.refuse(JobEnded, sender, Settle(course.id))
    world.refuse(JobEnded, ANNA, course.submission(ANNA))
    world.refuse(JobEnded, ANNA, SetPayTo(course.id, GRIEFER))
    world.refuse(JobEnded, SPONSOR, Cancel(course.id))
    assert sum(one.amount for one in first.transfers) == 1_100
    assert world.wallet(ANNA) == 750


def test_cancelling_and_settling_race() -> None:
    world = World()
    course = Course(world)
    world.wait_until(course.terms.commit_until)
    world.do(SPONSOR, Cancel(course.id))
    world.refuse(JobEnded, GRIEFER, Settle(course.id))
    assert world.wallet(SPONSOR) == 0


def test_withdrawing_what_others_have() -> None:
    """A balance belongs to whom the portal named; nobody else can take it, in whatever token."""
    world = World()
    world.deposit(ANNA, 70)
    world.deposit(GRIEFER, 5, token=FAKE)
    for token, amount in ((TOKEN, 1), (TOKEN, 70), (FAKE, 6), (ETHER, 1)):
        world.refuse(InsufficientBalance, GRIEFER, Withdraw(token, Amount(amount), GRIEFER))
    world.do(GRIEFER, Withdraw(FAKE, Amount(5), ANNA))
    assert world.balance(ANNA) == 70


def test_withdrawing_what_jobs_hold() -> None:
    """Escrows and stakes are no balances."""
    world = World()
    course = Course(world)
    course.accept(ANNA)
    world.refuse(InsufficientBalance, SPONSOR, Withdraw(TOKEN, Amount(1), SPONSOR))
    world.refuse(InsufficientBalance, ANNA, Withdraw(TOKEN, Amount(1), ANNA))


def test_withdrawing_twice() -> None:
    world = World()
    world.deposit(ANNA, 70)
    world.do(ANNA, Withdraw(TOKEN, Amount(70), ANNA))
    world.refuse(InsufficientBalance, ANNA, Withdraw(TOKEN, Amount(70), ANNA))


def test_staking_in_a_fake_token() -> None:
    """A worthless token is no stake, however much of it comes."""
    world = World()
    course = Course(world)
    assert world.deposit(GRIEFER, 10**30, Accept(course.id, ETHER), token=FAKE).credited == "WRONG_TOKEN"
    assert not course.job.clients
    assert world.balance(GRIEFER, FAKE) == 10**30


def test_pretending_to_be_a_portal() -> None:
    """Only the portals' own addresses make deposits; the same bytes from anybody else are no input at all."""
    world = World()
    forged = bytes.fromhex(TOKEN[2:] + GRIEFER[2:]) + (10**6).to_bytes(32, "big")
    problem = world.send(GRIEFER, forged).problem
    assert problem is not None
    assert problem.code() == "UNKNOWN_SELECTOR"
    assert not world.state.balances


def test_uploading_into_the_buffer_of_another() -> None:
    """A buffer belongs to the sender: what a stranger or rival uploads never mixes with Anna's chunks."""
    world = World()
    course = Course(world)
    course.to_declare(anna=70, bert=80)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    car = course.models[ANNA].car
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 0, car[:50]))
    world.refuse(NotAParticipant, GRIEFER, Upload(course.id, Slot.WEIGHTS, 0, b"rubbish"))
    world.do(BERT, Upload(course.id, Slot.WEIGHTS, 0, b"rubbish"))
    world.refuse(NotTheSponsor, BERT, Upload(course.id, Slot.HOLDOUT, 0, b"rubbish"))
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 1, car[50:]))
    world.do(ANNA, course.submission(ANNA, weights=Stream()))


def test_being_paid_at_the_application() -> None:
    """Tokens sent to the Application itself would be nobody's; no destination may be that."""
    world = World()
    course = Course(world)
    assert world.deposit(ANNA, 100, Accept(course.id, APP)).credited == "SINK_REFUSED"
    course.join(ANNA, 80)
    world.refuse(SinkRefused, ANNA, SetPayTo(course.id, APP))
    world.deposit(ANNA, 5)
    world.refuse(SinkRefused, ANNA, Withdraw(TOKEN, Amount(5), APP))


def test_redirecting_the_pay_of_another() -> None:
    world = World()
    course = Course(world)
    course.join(ANNA, 80)
    world.refuse(NotAParticipant, GRIEFER, SetPayTo(course.id, GRIEFER))
    course.join(BERT, 60)
    world.do(BERT, SetPayTo(course.id, GRIEFER))
    assert [one.pay_to for one in course.job.clients] == [ANNA, GRIEFER]


def test_declaring_for_another_and_twice() -> None:
    world = World()
    course = Course(world)
    course.to_declare(anna=80)
    world.refuse(NotAParticipant, GRIEFER, Declare(course.id, Score(0), Amount(0)))
    course.declare(ANNA)
    world.refuse(AlreadyDeclared, ANNA, Declare(course.id, Score(0), Amount(0)))


def test_last_second_declaration_against_a_known_score() -> None:
    """Dora waits for all declarations and tops them in the last second; she has committed long before, so it is false.

    She delays Anna by a round at the price of her stake.
    """
    world = World()
    course = Course(world)
    course.to_declare(dora=60, anna=80)
    course.declare(ANNA)
    world.wait_until(course.terms.declare_until)
    course.declare(DORA, percent=81)
    world.wait(1)
    world.refuse(WrongPhase, DORA, Declare(course.id, Score(0), Amount(0)))
    course.enter(Phase.SUBMIT, 2)
    course.submit(ANNA)
    course.settle()
    assert (world.wallet(ANNA), world.wallet(DORA)) == (850, -100)
