"""Somebody commits to many variations of the initial model under many names, and declares the luckiest.

On the 100 rows here a model that knows nothing has up to eight more hits than misses by luck, once in twenty times that
twelve of them are drawn. Such gains are credited nothing; what counts of larger ones is told before anything is shown.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from deml.base.commitment import holdout_commitment
from deml.base.inputs import CreateJob, Settle
from deml.base.outputs import DuesFixed, Refuted, Scored
from deml.base.states import Ending, Phase, Standing
from deml.base.terms import FixedRule, MarketRule
from deml.base.types import Amount, Score
from tests.support import models
from tests.support.course import ANNA, BASELINE, BERT, CARO, SPONSOR, STRANGER, Course, salt_of, terms_from_now
from tests.support.deployment import CHAIN_ID, account
from tests.support.models import PERCENT
from tests.support.slow import SLOW
from tests.support.world import World

SURE = {"confidence": 950_000, "min_rows": models.ROWS}


@pytest.mark.parametrize("world", [World(), World(SLOW)], ids=["at once", "in slices"])
def test_what_luck_could_explain_is_credited_nothing_and_is_never_due(world: World) -> None:
    """Ten names, one to ten more hits. Declared truly, eight of them are at the baseline; the ninth adds 3 points."""
    course = Course(world, **SURE)
    puppets = [account(0x80 + number) for number in range(1, 11)]
    for number, puppet in enumerate(puppets, start=1):
        course.join(puppet, BASELINE + number)
    course.enter(Phase.REVEAL)
    course.reveal()
    course.enter(Phase.DECLARE)
    for puppet in puppets:
        course.declare(puppet)
    assert [course.scores[one] for one in puppets] == [500_000] * 8 + [530_000, 544_721]
    course.enter(Phase.SUBMIT)
    fixed = world.do(STRANGER, Settle(course.id)).notice(DuesFixed)
    assert [(one.client, one.pay) for one in fixed.dues] == [(puppets[8], 75), (puppets[9], 25)]
    for puppet in puppets[8:]:
        (scored,) = course.deliver(puppet).all(Scored)
        assert (scored.score, scored.credited) == (course_percent(course, puppet), course.scores[puppet])
    settled = course.settle()
    assert [(one.score, one.credited) for one in settled.models] == [(590_000, 530_000), (600_000, 544_721)]


def course_percent(course: Course, client: str) -> int:
    percent = next(one for one in range(101) if models.model(one).cid == course.models[client].cid)
    return percent * PERCENT


def test_the_luckiest_declares_its_score_as_it_is_and_is_refuted() -> None:
    """Eight hits more is what the file scores, and more than is credited: a false declaration like any other."""
    world = World()
    course = Course(world, **SURE)
    course.to_declare(anna=58, bert=80)
    course.declare(ANNA, percent=58)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    refuted = course.deliver(ANNA).notice(Refuted)
    assert (refuted.declared, refuted.computed, refuted.reason) == (580_000, 500_000, "SCORE_MISMATCH")
    course.deliver(BERT)
    course.after_the_last_round()
    course.settle()
    assert world.client(course.id, ANNA).standing is Standing.FAILED
    assert world.wallet(ANNA) == -100


def test_fixed_rewards_are_for_credited_gains() -> None:
    """A threshold of ten points: eighteen more hits do, for root(18^2 - 8 x 18) is 13.4; sixteen do; ten do not."""
    world = World()
    course = Course(world, rule=FixedRule(Amount(300), 10 * PERCENT), **SURE)
    course.to_declare(anna=60, bert=66, caro=68)
    for client in (ANNA, BERT, CARO):
        course.declare(client)
    assert [course.scores[one] for one in (ANNA, BERT, CARO)] == [544_721, 613_137, 634_164]
    course.enter(Phase.SUBMIT)
    fixed = world.do(STRANGER, Settle(course.id)).notice(DuesFixed)
    assert [one.client for one in fixed.dues] == [BERT, CARO]


def test_a_model_worse_than_the_initial_one_is_credited_what_it_scores() -> None:
    course = Course(World(), **SURE)
    course.to_declare(anna=40)
    course.declare(ANNA)
    assert course.job.clients[0].declared == 400_000
    course.enter(Phase.SUBMIT)
    assert course.settle().ending == Ending.NOBODY_DUE


def test_without_confidence_luck_is_paid() -> None:
    course = Course(World())
    course.to_declare(anna=58)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    assert course.deliver(ANNA).notice(Scored).credited == 580_000
    assert course.settle().payouts[0].pay == 200


@pytest.mark.parametrize(("copies", "rows", "ending"), [(0, 100, "revealed"), (1, 99, "refuted"), (50, 50, "refuted")])
def test_a_sponsor_pads_its_holdout_with_copies(copies: int, rows: int, ending: str) -> None:
    """Every copy passes for evidence of its own. Terms promise distinct rows, and the dapp counts them."""
    world = World()
    values = list(range(100 - copies)) + list(range(copies))
    labels = [int(x >= 50) for x in values]
    padded = models.Content(models.safetensors({"x": ("F32", (100, 1), values), "y": ("I64", (100,), labels)}))
    nonce = bytes(31) + b"\x09"
    sealed = holdout_commitment(CHAIN_ID, world.app, nonce, SPONSOR, padded.cid.binary, salt_of(SPONSOR, nonce))
    misses = sum(labels)
    changes = {"nonce": nonce, "holdout_commitment": sealed, "baseline": Score((100 - misses) * PERCENT)}
    course = Course(world, **SURE, **changes, rule=MarketRule(Score(1_200_000), 1))
    course.holdout = padded
    course.join(ANNA, 90)
    course.enter(Phase.REVEAL)
    result = world.do(SPONSOR, course.opening())
    if ending == "revealed":
        assert course.job.revealed is not None
    else:
        assert result.notice(Refuted).reason == "TOO_FEW_DISTINCT_ROWS"
        course.enter(Phase.DECLARE)
        assert course.settle().ending == Ending.HOLDOUT_NOT_REVEALED


def test_a_target_within_luck_is_refused_before_anybody_trains() -> None:
    """Seven points on 100 rows: whoever reaches them may have been lucky, so nobody could ever be paid."""
    world = World()
    terms = terms_from_now(world, **SURE)
    for points, code in ((7, "TOO_FEW_ROWS_FOR_TARGET"), (8, None)):
        rule = replace(terms.rule, target=Score((BASELINE + points) * PERCENT))
        order = CreateJob(replace(terms, rule=rule))
        assert world.deposit(SPONSOR, 1_000, order).credited == code
