"""Clients that want to be paid for somebody else's model, for no model, or twice for one."""

from __future__ import annotations

import pytest

from deml.base.inputs import Accept, Commit, Declare, Settle, Stream, Submit
from deml.base.outputs import DuesFixed, Refuted, Report
from deml.base.states import Phase
from deml.base.terms import FixedRule
from deml.base.types import ETHER, Amount, Score
from deml.core.errors import CommitmentMismatch, NotAParticipant, NotDue, NothingUploaded, ScoreMismatch, WrongPhase
from deml.ipld.errors import WrongCarRoot
from tests.support.course import ANNA, BASELINE, BERT, CARO, DORA, Course
from tests.support.deployment import account
from tests.support.models import PERCENT, model
from tests.support.world import World

COPIER = BERT


def test_copier_replays_a_commitment() -> None:
    """Bert copies Anna's commitment out of her transaction. It names her, so he can never open it.

    She replaces hers, which puts him in front of her in the order; he declares her score, and is due, and still cannot
    open it: he loses his stake, and she is paid in the next round.
    """
    world = World()
    course = Course(world)
    course.join(ANNA, 80)
    course.accept(COPIER)
    world.do(COPIER, Commit(course.id, course.commitment(ANNA)))
    course.commit(ANNA, 80)
    course.to_declare()
    course.declare(ANNA)
    world.do(COPIER, Declare(course.id, Score(80 * PERCENT), Amount(0)))
    course.enter(Phase.SUBMIT)
    assert [one.client for one in world.do(ANNA, Settle(course.id)).notice(DuesFixed).dues] == [COPIER]
    world.refuse(CommitmentMismatch, COPIER, course.submission(ANNA))
    course.enter(Phase.SUBMIT, 2)
    course.submit(ANNA)
    course.settle()
    assert world.wallet(ANNA) == 750 + 100
    assert world.wallet(COPIER) == -100


def test_copier_replays_the_bytes() -> None:
    """Bert waits until Anna has published, and sends the same bytes with his own commitment to something else."""
    world = World()
    course = Course(world)
    course.to_declare(anna=80, bert=85)
    course.declare(ANNA)
    course.declare(COPIER)
    course.enter(Phase.SUBMIT)
    published = course.submission(ANNA)
    course.submit(ANNA)
    world.refuse(CommitmentMismatch, COPIER, published)
    own = Submit(course.id, published.model_cid, published.data_cid, course.salt(COPIER), published.weights)
    world.refuse(CommitmentMismatch, COPIER, own)
    course.after_the_last_round()
    course.settle()
    assert world.wallet(COPIER) == -100


def test_copier_front_runs_a_submission_from_the_mempool() -> None:
    """Whoever sees Anna's submission before it is mined gains nothing by sending it first, participant or not."""
    world = World()
    course = Course(world)
    course.to_declare(anna=80, bert=70)
    course.declare(ANNA)
    course.declare(COPIER)
    course.enter(Phase.SUBMIT)
    seen = course.submission(ANNA)
    world.refuse(NotAParticipant, account(0x66), seen)
    world.refuse(NotDue, COPIER, seen)
    course.submit(ANNA)
    course.settle()
    assert world.wallet(ANNA) == 750
    assert world.wallet(COPIER) == 0


def test_copier_front_runs_a_model_sent_too_early() -> None:
    """Anna submits before her dues are fixed; the dapp refuses it, but the world has seen it. It is too late to use it.

    Committing is over, and before it was over nothing but a commitment could be seen.
    """
    world = World()
    course = Course(world)
    course.to_declare(anna=80)
    world.refuse(WrongPhase, ANNA, course.submission(ANNA))
    assert world.deposit(COPIER, 100, Accept(course.id, ETHER)).credited == "WRONG_PHASE"
    world.refuse(WrongPhase, COPIER, Commit(course.id, bytes(32)))
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    assert course.settle().payouts[0].pay == 750


def test_late_submission_is_worth_nothing_and_costs_the_stake() -> None:
    world = World()
    course = Course(world)
    course.to_declare(anna=80)
    course.declare(ANNA)
    course.after_the_last_round()
    world.refuse(NotDue, ANNA, course.submission(ANNA))
    assert course.settle().ending == "nobody-submitted"
    assert world.wallet(ANNA) == -100


def test_free_rider_resubmits_the_initial_model() -> None:
    """The initial model adds nothing: never due, nothing paid, stake back."""
    world = World()
    course = Course(world)
    course.join(ANNA, 70)
    course.join(BERT, BASELINE)
    course.to_declare()
    assert course.models[BERT].cid == course.initial.cid
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    world.refuse(NotDue, BERT, course.submission(BERT))
    course.settle()
    assert world.wallet(BERT) == 0
    assert world.wallet(ANNA) == 500


def test_free_rider_declares_a_score_for_no_model() -> None:
    """A commitment to nothing, and a false score: due at first, then the stake is gone, and goes to the paid."""
    world = World()
    course = Course(world)
    course.accept(BERT)
    world.do(BERT, Commit(course.id, bytes(32)))
    course.to_declare(anna=70)
    world.do(BERT, Declare(course.id, Score(60 * PERCENT), Amount(0)))
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    forged = Submit(course.id, str(model(60).cid), str(course.holdout.cid), bytes(32), model(60).stream())
    world.refuse(CommitmentMismatch, BERT, forged)
    course.submit(ANNA)
    course.after_the_last_round()
    course.settle()
    assert world.wallet(BERT) == -100
    assert world.wallet(ANNA) == 500 + 100


@pytest.mark.parametrize("percent", [0, 30, 49])
def test_poisoner_is_never_asked_for_its_model(percent: int) -> None:
    """A model worse than the initial one is not due: it never reaches sponsor or chain."""
    world = World()
    course = Course(world)
    course.to_declare(anna=80, bert=percent)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    world.refuse(NotDue, BERT, course.submission(BERT))
    settled = course.settle()
    assert [one.client for one in settled.models] == [ANNA]
    assert world.wallet(BERT) == 0


def test_poisoner_declares_a_good_score_for_a_bad_model() -> None:
    """The machine computes what it declared falsely; the stake is forfeited and the model refused."""
    world = World()
    course = Course(world)
    course.to_declare(bert=10, anna=80)
    course.declare(BERT, percent=80)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    refuted = course.submit(BERT).notice(Refuted)
    assert (refuted.declared, refuted.computed) == (80 * PERCENT, 10 * PERCENT)
    assert refuted.reason == ScoreMismatch.code()
    course.enter(Phase.SUBMIT, 2)
    course.submit(ANNA)
    settled = course.settle()
    assert [one.client for one in settled.models] == [ANNA]
    assert (world.wallet(ANNA), world.wallet(BERT)) == (750 + 100, -100)


def test_sybils_split_one_improvement() -> None:
    """Three accounts that rise to 80 % in steps earn together what one account earns with the best of the models."""
    world = World()
    course = Course(world)
    course.to_declare(anna=60, bert=70, caro=80, dora=80)
    for client in (ANNA, BERT, CARO, DORA):
        course.declare(client)
    course.enter(Phase.SUBMIT)
    for client in (ANNA, BERT, CARO):
        course.submit(client)
    course.settle()
    split = sum(world.wallet(one) for one in (ANNA, BERT, CARO, DORA))

    alone = World()
    course = Course(alone)
    course.to_declare(anna=80)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    course.settle()
    assert split == alone.wallet(ANNA) == 750


def test_sybils_submit_one_model_under_many_names() -> None:
    """In a `market` job a copy adds nothing to its original, whoever sends it."""
    world = World()
    course = Course(world)
    course.to_declare(anna=80, bert=80, caro=80)
    for client in (ANNA, BERT, CARO):
        course.declare(client)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    course.settle()
    assert [world.wallet(one) for one in (ANNA, BERT, CARO)] == [750, 0, 0]


def test_sybils_meet_an_allow_list() -> None:
    """A `fixed` job pays one model under several names several times; its allow-list lets in known accounts only.

    A stranger's stake comes back, whoever it names as payee, and an invited account cannot let it in.
    """
    world = World()
    course = Course(world, rule=FixedRule(Amount(250), PERCENT), allow_list=(ANNA, CARO))
    course.join(ANNA, 80)
    for stranger, payee in ((BERT, BERT), (DORA, ANNA), (account(0x66), CARO)):
        assert world.deposit(stranger, 100, Accept(course.id, payee)).credited == "NOT_ON_ALLOW_LIST"
        assert world.balance(stranger) == 100
        world.refuse(NotAParticipant, stranger, Commit(course.id, bytes(32)))
    assert [one.address for one in course.job.clients] == [ANNA]


def test_a_client_opens_a_better_model_than_it_committed_to() -> None:
    """After the reveal Anna fits the holdout perfectly. Her commitment is older than her knowledge."""
    world = World()
    course = Course(world)
    course.to_declare(anna=60)
    course.declare(ANNA, percent=90)
    course.enter(Phase.SUBMIT)
    overfitted = model(90)
    forged = course.submission(ANNA, model_cid=str(overfitted.cid), weights=overfitted.stream())
    world.refuse(CommitmentMismatch, ANNA, forged)
    sent = world.do(ANNA, course.submission(ANNA, weights=overfitted.stream()))
    assert sent.notice(Report).body["reason"]["code"] == WrongCarRoot.code()
    course.after_the_last_round()
    assert course.settle().ending == "nobody-submitted"
    assert world.wallet(ANNA) == -100


def test_a_client_submits_without_bytes() -> None:
    """Naming a CID is not delivering it: without the bytes there is no score."""
    world = World()
    course = Course(world)
    course.to_declare(anna=80)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    world.refuse(NothingUploaded, ANNA, course.submission(ANNA, weights=Stream()))
