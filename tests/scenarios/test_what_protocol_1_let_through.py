"""Plots that worked against the first protocol, once more: each got more, or cost others more, than the rules mean.

Beside these: padding (`test_attacks_on_scoring.py`), luck (`test_lucky_draws.py`), rounds computed late
(`test_late_pokes.py`), places and memory (`test_griefers.py`), and sheltered stakes
(`test_false_declaration_does_not_pay.py`).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from deml.base.inputs import Accept, Cancel, Commit, CreateJob, TopUp
from deml.base.limits import MAX_ENDED_JOBS, MAX_MISMATCHES
from deml.base.outputs import JobCreated, Report
from deml.base.states import Phase, Standing
from deml.base.terms import MarketRule
from deml.base.types import ETHER, Amount, Score, Timestamp
from deml.core.errors import TooManyMismatches, WrongPhase
from deml.ipld import reader
from tests.support import models
from tests.support.course import ANNA, BERT, SPONSOR, STRANGER, Course, terms_from_now
from tests.support.deployment import DEPLOYMENT, account
from tests.support.models import PERCENT
from tests.support.world import World

STEP = MarketRule(Score(90 * PERCENT), PERCENT)
LADDER = {percent: account(percent) for percent in range(70, 89)}


def shaved(min_pay: int) -> Course:
    """Puppets of the sponsor committed to true models of every score; the one just below Anna's declares after her."""
    course = Course(World(), max_participants=20, rule=STEP)
    for percent, puppet in LADDER.items():
        course.join(puppet, percent)
    course.join(ANNA, 85)
    course.enter(Phase.REVEAL)
    course.reveal()
    course.enter(Phase.DECLARE)
    course.declare(ANNA, min_pay=min_pay)
    course.declare(LADDER[84])
    course.enter(Phase.SUBMIT)
    course.deliver(LADDER[84])
    return course


def test_a_ladder_of_true_models_shaves_a_client_without_a_minimum() -> None:
    """Alone it would have been paid 875. This is what `deml declare` shows as the least that can be left to it."""
    course = shaved(min_pay=0)
    course.deliver(ANNA)
    assert {one.client: one.pay for one in course.settle().payouts}[ANNA] == 25


def test_a_ladder_of_true_models_gets_nothing_from_a_client_with_the_proposed_minimum() -> None:
    """It keeps its model and its stake, and the sponsor has paid for a model that it had already."""
    course = shaved(min_pay=87)
    assert course.world.client(course.id, ANNA).standing is Standing.WAIVED
    settled = course.settle()
    assert [one.client for one in settled.models] == [LADDER[84]]
    payout = next(one for one in settled.payouts if one.client == ANNA)
    assert (payout.pay, payout.stake) == (0, course.terms.stake)


def test_a_due_client_has_wrong_bytes_hashed_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small input that names an upload of the largest size: it is read four times in a round, then no more."""
    course = Course(World())
    course.to_declare(anna=80)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    read: list[int] = []
    whole = reader.read_file

    def counted(car: bytes, *given: object) -> bytes:
        read.append(len(car))
        return whole(car, *given)  # type: ignore[arg-type]

    monkeypatch.setattr("deml.core.buffers.read_file", counted)
    wrong = course.submission(ANNA, weights=models.model(10).stream())
    for _ in range(MAX_MISMATCHES):
        (report,) = course.world.do(ANNA, wrong).all(Report)
        assert "mismatch" in report.body
    for _ in range(20):
        course.world.refuse(TooManyMismatches, ANNA, wrong)
    assert len(read) == MAX_MISMATCHES


@pytest.mark.parametrize("places", [1, 8, 128])
def test_a_sponsor_that_never_reveals_pays_its_whole_bond_however_many_places_there_were(places: int) -> None:
    """One client committed: it receives the bond, not the part of one place among many."""
    world = World()
    course = Course(world, escrow=100_000, max_participants=places, stake=Amount(100_000), bond_bps=500)
    course.join(ANNA, 80)
    world.wait_until(course.terms.holdout_until + 1)
    settled = course.settle()
    assert settled.payouts[0].compensation == 5_000
    assert settled.sponsor_refund == 95_000


def test_an_opened_holdout_cannot_be_used_again_after_a_thousand_cancelled_jobs() -> None:
    """Anybody can have records of ended jobs forgotten; which holdouts were opened never is."""
    world = World()
    course = Course(world)
    course.join(ANNA, 80)
    course.enter(Phase.REVEAL)
    course.reveal()
    course.enter(Phase.DECLARE)
    course.enter(Phase.SUBMIT)
    course.settle()
    for number in range(MAX_ENDED_JOBS + 1):
        terms = replace(terms_from_now(world), stake=Amount(1), holdout_commitment=number.to_bytes(32, "big"))
        made = world.deposit(STRANGER, 1, CreateJob(terms)).notice(JobCreated)
        world.do(STRANGER, Cancel(made.job_id))
    assert course.id not in world.state.jobs
    again = replace(terms_from_now(world), holdout_commitment=course.terms.holdout_commitment)
    assert world.deposit(SPONSOR, 1_000, CreateJob(again)).credited == "HOLDOUT_REUSED"


def test_tokens_of_the_zero_address_are_no_ether() -> None:
    """Whoever makes the ERC-20 portal say "the token 0x0" gets nothing for it: Ether comes by its own portal."""
    world = World()
    claimed = bytes(20) + bytes.fromhex(STRANGER[2:]) + (10**18).to_bytes(32, "big")
    refused = world.send(DEPLOYMENT.erc20_portal, claimed)
    assert refused.problem is not None
    assert refused.problem.code() == "MALFORMED_MESSAGE"
    assert world.balance(STRANGER, ETHER) == 0


def test_a_timestamp_that_goes_back_reopens_no_phase() -> None:
    world = World()
    course = Course(world)
    course.join(ANNA, 80)
    course.enter(Phase.REVEAL)
    course.reveal()
    world.now = Timestamp(course.terms.commit_until - 10)
    world.refuse(WrongPhase, ANNA, Commit(course.id, bytes(32)))
    assert world.deposit(BERT, 100, Accept(course.id, ETHER)).credited == "WRONG_PHASE"
    assert world.query("stats")["asOf"] == course.terms.commit_until + 1


def test_a_sponsor_tops_up_until_stakes_deter_nobody() -> None:
    """Anna accepted where a false declaration could not pay: 10 rounds of 100 for 1,000. Nothing may change that."""
    world = World()
    course = Course(world, max_rounds=10, stake=Amount(100))
    course.accept(ANNA)
    added = world.deposit(SPONSOR, 1, TopUp(course.id))
    assert added.credited == "TOP_UP_WEAKENS"
    assert course.job.escrow == 1_000
    assert world.balance(SPONSOR) == 1


def test_a_squatter_of_all_places_but_its_own_locks_up_the_escrow() -> None:
    """Seven accounts that never commit, one mediocre model: to hold eight places costs as much as there is to win."""
    world = World()
    posted = world.deposit(SPONSOR, 1_000, CreateJob(terms_from_now(world, max_participants=8, stake=Amount(100))))
    assert posted.credited == "SEATS_TOO_CHEAP"
    course = Course(world, max_participants=8, stake=Amount(125))
    for number in range(7):
        course.accept(account(0x40 + number))
    course.join(BERT, 60)
    assert sum(one.stake for one in course.job.clients) == course.job.escrow
    assert world.deposit(ANNA, 125, Accept(course.id, ETHER)).credited == "JOB_FULL"


def test_one_input_holds_no_memory_for_a_year() -> None:
    """A job reserves its terms; what its clients need, when they come: so ten inputs leave the Application empty."""
    world, year = World(), 364 * 86_400
    ends = {
        name: Timestamp(world.now + year + 120 * place)
        for place, name in enumerate(("commit_until", "holdout_until", "declare_until", "submit_until"))
    }
    terms = terms_from_now(world, max_participants=128, stake=Amount(1), max_model_bytes=2_000_000, **ends)
    for number in range(10):
        made = replace(terms, nonce=number.to_bytes(32, "big"), holdout_commitment=number.to_bytes(32, "big"))
        assert world.deposit(STRANGER, 1, CreateJob(made)).credited is None
    assert world.state.progress.reserved_bytes < 2**18
    honest = Course(world)
    honest.join(ANNA, 80)
    world.wait(300 * 86_400)
    Course(world, variant=1).join(BERT, 80)
