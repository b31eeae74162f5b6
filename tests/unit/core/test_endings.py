"""The table of endings, row by row, to the last unit."""

from __future__ import annotations

import pytest

from deml.base.inputs import Cancel, Settle, TopUp
from deml.base.outputs import DuesFixed, Payout, Settled, Transfer, VerifiedModel
from deml.base.states import Ending, Phase
from deml.base.terms import FixedRule
from deml.base.types import BURN, Address, Amount, Score
from deml.core.errors import JobEnded
from tests.support.course import ANNA, BERT, CARO, DORA, GUESTS, SPONSOR, Course
from tests.support.models import PERCENT
from tests.support.world import TOKEN, World

WITNESS = Address("0x" + "99" * 20)


def finish(course: Course) -> tuple[Settled, list[Transfer]]:
    """Settle, check what the ending has in common with all others, and return the notice and the transfers."""
    result = course.world.do(WITNESS, Settle(course.id))
    settled = result.notice(Settled)
    assert settled.job_id == course.id
    course.world.refuse(JobEnded, WITNESS, Settle(course.id))
    assert course.world.held(TOKEN) == sum(
        amount for (_, token), amount in course.world.state.balances.items() if token == TOKEN
    )
    return settled, result.transfers


def transfer(to: Address, amount: int) -> Transfer:
    return Transfer(TOKEN, to, Amount(amount))


def payout(client: Address, pay: int = 0, stake: int = 100, compensation: int = 0) -> Payout:
    return Payout(client, client, Amount(pay), Amount(stake), Amount(compensation))


def test_settled_pays_and_returns_the_rest() -> None:
    course = Course(World())
    course.to_declare(anna=60, bert=80, caro=70)
    for client in (ANNA, BERT, CARO):
        course.declare(client)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    course.submit(BERT)
    settled, transfers = finish(course)
    assert settled == Settled(
        job_id=course.id,
        ending="settled",
        data_cid=str(course.holdout.cid),
        models=(
            VerifiedModel(ANNA, str(course.models[ANNA].cid), Score(60 * PERCENT), Score(60 * PERCENT)),
            VerifiedModel(BERT, str(course.models[BERT].cid), Score(80 * PERCENT), Score(80 * PERCENT)),
        ),
        payouts=(payout(ANNA, 250), payout(BERT, 500), payout(CARO)),
        sponsor_refund=Amount(250),
        burnt=Amount(0),
    )
    assert transfers == [transfer(ANNA, 350), transfer(BERT, 600), transfer(CARO, 100), transfer(SPONSOR, 250)]


def test_settled_to_the_last_unit_leaves_out_zero_transfers() -> None:
    course = Course(World(), stake=Amount(100), escrow=1_000)
    course.to_declare(anna=90)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    settled, transfers = finish(course)
    assert settled.sponsor_refund == 0
    assert transfers == [transfer(ANNA, 1_100)]


def test_a_fixed_reward_without_stakes() -> None:
    free = {"stake": Amount(0), "max_participants": 3, "allow_list": GUESTS[:3]}
    course = Course(World(), rule=FixedRule(Amount(300), 10 * PERCENT), **free)
    course.to_declare(anna=59, bert=60, caro=90)
    for client in (ANNA, BERT, CARO):
        course.declare(client)
    course.enter(Phase.SUBMIT)
    course.submit(BERT)
    course.submit(CARO)
    settled, transfers = finish(course)
    assert settled.ending == Ending.SETTLED
    assert transfers == [transfer(BERT, 300), transfer(CARO, 300), transfer(SPONSOR, 400)]


def test_a_holdout_that_is_not_revealed_costs_the_sponsor_its_bond() -> None:
    """Escrow 1,000, bond 10 % of it: each of the two committed clients receives half, the third that accepted none."""
    course = Course(World())
    course.join(ANNA, 60)
    course.join(BERT, 70)
    course.accept(CARO)
    course.enter(Phase.DECLARE)
    settled, transfers = finish(course)
    assert settled.ending == "holdout-not-revealed"
    assert settled.data_cid == ""
    assert settled.payouts == (payout(ANNA, compensation=50), payout(BERT, compensation=50), payout(CARO))
    assert settled.sponsor_refund == 900
    assert transfers == [transfer(ANNA, 150), transfer(BERT, 150), transfer(CARO, 100), transfer(SPONSOR, 900)]


@pytest.mark.parametrize(
    ("escrow", "bps", "committed", "share"),
    [
        (1_000, 10_000, 1, 1_000),
        (1_999, 500, 2, 49),
        (1_999, 500, 3, 33),
        (19, 500, 1, 0),
        (2**128 - 1, 500, 1, 2**128 // 20),
    ],
)
def test_the_bond_is_rounded_down_and_shared(escrow: int, bps: int, committed: int, share: int) -> None:
    """Whoever committed has an equal share; places that nobody took have none."""
    course = Course(World(), escrow=escrow, bond_bps=bps, stake=Amount(2**127))
    clients = (ANNA, BERT, CARO)[:committed]
    for client in clients:
        course.join(client, 60)
    course.enter(Phase.DECLARE)
    settled, _ = finish(course)
    assert settled.payouts == tuple(payout(one, stake=2**127, compensation=share) for one in clients)
    assert settled.sponsor_refund == escrow - committed * share


def test_the_bond_counts_what_was_topped_up() -> None:
    world = World()
    course = Course(world, stake=Amount(800))
    world.deposit(SPONSOR, 7_000, TopUp(course.id))
    course.join(ANNA, 60)
    course.enter(Phase.DECLARE)
    assert finish(course)[0].payouts[0].compensation == 800


def test_cancelled() -> None:
    course = Course(World())
    result = course.world.do(SPONSOR, Cancel(course.id))
    settled = result.notice(Settled)
    assert (settled.ending, settled.payouts, settled.sponsor_refund) == ("cancelled", (), 1_000)
    assert result.transfers == [transfer(SPONSOR, 1_000)]


def test_nobody_accepted() -> None:
    course = Course(World())
    course.enter(Phase.REVEAL)
    settled, transfers = finish(course)
    assert (settled.ending, settled.payouts) == ("nobody-accepted", ())
    assert transfers == [transfer(SPONSOR, 1_000)]


def test_nobody_committed() -> None:
    course = Course(World())
    course.accept(ANNA)
    course.enter(Phase.REVEAL)
    settled, transfers = finish(course)
    assert (settled.ending, settled.payouts) == ("nobody-committed", (payout(ANNA),))
    assert transfers == [transfer(ANNA, 100), transfer(SPONSOR, 1_000)]


def test_nobody_declared() -> None:
    course = Course(World())
    course.to_declare(anna=60)
    course.enter(Phase.SUBMIT)
    settled, transfers = finish(course)
    assert (settled.ending, settled.payouts) == ("nobody-declared", (payout(ANNA),))
    assert settled.data_cid == str(course.holdout.cid)
    assert transfers == [transfer(ANNA, 100), transfer(SPONSOR, 1_000)]


@pytest.mark.parametrize(("percent", "min_pay", "waived"), [(50, 0, ()), (20, 0, ()), (60, 251, (ANNA,))])
def test_nobody_due(percent: int, min_pay: int, waived: tuple[Address, ...]) -> None:
    course = Course(World())
    course.to_declare(anna=percent)
    course.declare(ANNA, min_pay=min_pay)
    course.enter(Phase.SUBMIT)
    result = course.world.do(WITNESS, Settle(course.id))
    fixed, settled = result.notice(DuesFixed), result.notice(Settled)
    assert (fixed.round, fixed.dues, fixed.waived, fixed.failed) == (1, (), waived, ())
    assert (settled.ending, settled.payouts) == ("nobody-due", (payout(ANNA),))
    assert result.transfers == [transfer(ANNA, 100), transfer(SPONSOR, 1_000)]


def test_nobody_submitted_burns_the_stakes_of_the_failed() -> None:
    course = Course(World())
    course.to_declare(anna=60, bert=80, caro=50)
    for client in (ANNA, BERT, CARO):
        course.declare(client)
    course.after_the_last_round()
    settled, transfers = finish(course)
    assert settled.ending == "nobody-submitted"
    assert settled.payouts == (payout(ANNA, stake=0), payout(BERT, stake=0), payout(CARO))
    assert (settled.sponsor_refund, settled.burnt) == (1_000, 200)
    assert transfers == [transfer(CARO, 100), transfer(SPONSOR, 1_000), transfer(BURN, 200)]


def test_who_failed_without_a_stake_burns_nothing() -> None:
    course = Course(World(), rule=FixedRule(Amount(100), 1), stake=Amount(0), allow_list=GUESTS)
    course.to_declare(anna=60)
    course.declare(ANNA)
    course.after_the_last_round()
    settled, transfers = finish(course)
    assert (settled.ending, settled.burnt) == ("nobody-submitted", 0)
    assert transfers == [transfer(SPONSOR, 1_000)]


def test_a_forfeit_goes_to_the_paid_where_nobody_lost() -> None:
    """Bert fails behind Anna, who was due all the same; Caro would not have been due without him either."""
    course = Course(World())
    course.to_declare(anna=70, bert=80, caro=70)
    for client in (ANNA, BERT, CARO):
        course.declare(client)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    course.after_the_last_round()
    settled, transfers = finish(course)
    assert settled.payouts == (payout(ANNA, 500, compensation=100), payout(BERT, stake=0), payout(CARO))
    assert transfers == [transfer(ANNA, 700), transfer(CARO, 100), transfer(SPONSOR, 500)]


def test_forfeits_make_good_the_losses_of_the_verified_first() -> None:
    """Anna's false 80 % lowered Bert's first due from 250 to 0 and Caro's from 750 to 250: 1 to 2 in losses.

    Anna's stake of 400 is shared 133 : 266, and the unit left goes by pay, 250 : 750, the remainder to the first paid.
    """
    course = Course(World(), stake=Amount(400))
    course.to_declare(anna=70, bert=60, caro=90)
    course.declare(ANNA, percent=80)
    course.declare(BERT)
    course.declare(CARO)
    course.enter(Phase.SUBMIT)
    course.submit(CARO)
    course.enter(Phase.SUBMIT, 2)
    course.submit(BERT)
    settled, _ = finish(course)
    assert settled.payouts == (
        payout(ANNA, stake=0),
        payout(BERT, 250, stake=400, compensation=133 + 1),
        payout(CARO, 750, stake=400, compensation=266),
    )
    assert (settled.sponsor_refund, settled.burnt) == (0, 0)


def test_the_loss_of_an_unverified_client_is_burnt() -> None:
    """Anna's false 80 % pushed Dora's 70 % out for good; nobody can tell Dora's claim from a puppet's.

    Losses: Dora 500, burnt; Caro 500 - 250. The last 50 of Anna's 800 follow pay.
    """
    course = Course(World(), stake=Amount(800), max_rounds=1)
    course.to_declare(anna=60, dora=70, caro=90)
    course.declare(ANNA, percent=80)
    course.declare(DORA)
    course.declare(CARO)
    course.enter(Phase.SUBMIT)
    course.submit(CARO)
    course.after_the_last_round()
    settled, _ = finish(course)
    assert settled.payouts == (
        payout(ANNA, stake=0),
        payout(DORA, stake=800),
        payout(CARO, 1_000, stake=800, compensation=250 + 50),
    )
    assert settled.burnt == 500
    assert settled.sponsor_refund == 0


def test_the_loss_of_a_waived_client_is_burnt() -> None:
    """Anna's false 79 % left Dora less than she asked for, so her 750 are burnt and 50 follow pay."""
    course = Course(World(), stake=Amount(800), max_rounds=1)
    course.to_declare(anna=60, dora=80, caro=90)
    course.declare(ANNA, percent=79)
    course.declare(DORA, min_pay=700)
    course.declare(CARO)
    course.enter(Phase.SUBMIT)
    course.submit(CARO)
    course.after_the_last_round()
    settled, _ = finish(course)
    assert settled.payouts[1:] == (payout(DORA, stake=800), payout(CARO, 1_000, stake=800, compensation=50))
    assert settled.burnt == 750


def test_several_forfeits_form_one_pool() -> None:
    course = Course(World(), stake=Amount(150))
    course.to_declare(anna=70, bert=70, caro=90)
    course.declare(ANNA, percent=80)
    course.declare(BERT, percent=80)
    course.declare(CARO)
    course.enter(Phase.SUBMIT)
    course.submit(CARO)
    course.after_the_last_round()
    settled, _ = finish(course)
    assert settled.payouts[2] == payout(CARO, 1_000, stake=150, compensation=300)
    assert settled.burnt == 0


def test_pay_stake_and_compensation_leave_in_one_voucher() -> None:
    course = Course(World())
    course.to_declare(anna=70, bert=80)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    course.after_the_last_round()
    _, transfers = finish(course)
    assert [one.to for one in transfers].count(ANNA) == 1
    assert transfers[0] == transfer(ANNA, 500 + 100 + 100)
