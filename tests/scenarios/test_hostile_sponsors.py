"""Sponsors that want models without paying, or their clients' stakes."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pytest

from deml.base.commitment import holdout_commitment
from deml.base.errors import DemlError
from deml.base.inputs import Codec, CreateJob, Settle, Slot, Stream, Upload, Withdraw
from deml.base.outputs import DuesFixed, Refuted, Report
from deml.base.states import Phase
from deml.base.types import Amount, Score, Timestamp
from deml.core.errors import AlreadyRefuted, BaselineMismatch, CommitmentMismatch, NotDue
from deml.ipld.errors import OversizedStream, WrongCarRoot
from deml.scoring.errors import (
    EmptyHoldout,
    LabelOutOfRange,
    MalformedSafetensors,
    MissingTensor,
    NotFinite,
    TooManyRows,
)
from tests.support import models
from tests.support.course import ANNA, BERT, CARO, DORA, SPONSOR, Course, salt_of, terms_from_now
from tests.support.deployment import CHAIN_ID, account
from tests.support.models import PERCENT
from tests.support.world import TOKEN, World

PUPPET = account(0x99)


def test_sponsor_never_reveals() -> None:
    """No holdout, no models: committed clients keep theirs, get their stakes back and share the bond."""
    world = World()
    course = Course(world, bond_bps=5_000, max_participants=2, allow_list=(ANNA, BERT))
    course.join(ANNA, 80)
    course.join(BERT, 70)
    course.after_the_last_round()
    assert course.settle().ending == "holdout-not-revealed"
    assert (world.wallet(ANNA), world.wallet(BERT), world.wallet(SPONSOR)) == (250, 250, -500)


def test_sponsor_and_puppets_share_their_own_bond() -> None:
    """Puppets take places: an honest client still receives what it would if all places were taken, and never less."""
    world = World()
    course = Course(world, bond_bps=5_000, max_participants=5, allow_list=(ANNA, BERT, CARO, DORA, PUPPET))
    course.join(ANNA, 80)
    for puppet in (BERT, CARO, DORA, PUPPET):
        course.join(puppet, 50)
    course.after_the_last_round()
    course.settle()
    assert world.wallet(ANNA) == 100


X = ("F32", (100, 1), list(range(100)))
JUNK = [
    (b"not a holdout at all", MalformedSafetensors),
    (models.safetensors({"x": X, "y": ("I64", (100,), [7] * 100)}), LabelOutOfRange),
    (models.safetensors({"x": X}), MissingTensor),
    (models.safetensors({"x": ("F32", (0, 1), []), "y": ("I64", (0,), [])}), EmptyHoldout),
    (models.safetensors({"x": ("F32", (1, 1), [float("nan")]), "y": ("I64", (1,), [1])}), NotFinite),
    (models.safetensors({"x": ("F32", (101, 1), [0.0] * 101), "y": ("I64", (101,), [1] * 101)}), TooManyRows),
]


@pytest.mark.parametrize(("file", "error"), JUNK, ids=[error.__name__ for _, error in JUNK])
def test_sponsor_commits_to_junk(file: bytes, error: type[DemlError]) -> None:
    """A holdout that cannot score the initial model cannot be revealed; the bond is lost, no model was seen."""
    world = World()
    content = models.Content(file)
    nonce = bytes(31) + b"\x07"
    sealed = holdout_commitment(CHAIN_ID, world.app, nonce, SPONSOR, content.cid.binary, salt_of(SPONSOR, nonce))
    course = Course(world, nonce=nonce, holdout_commitment=sealed)
    course.holdout = content
    course.join(ANNA, 80)
    course.enter(Phase.REVEAL)
    refuted = world.do(SPONSOR, course.opening()).notice(Refuted)
    assert (refuted.client, refuted.reason) == (SPONSOR, error.code())
    world.refuse(AlreadyRefuted, SPONSOR, course.opening())
    course.enter(Phase.DECLARE)
    assert course.settle().ending == "holdout-not-revealed"
    assert world.wallet(ANNA) == 100


@pytest.mark.parametrize("declared", [0, 49, 51, 89])
def test_sponsor_lies_about_the_baseline(declared: int) -> None:
    """A baseline set too high would lower every gain; too low would be generous. Neither can be revealed."""
    world = World()
    course = Course(world, baseline=Score(declared * PERCENT))
    course.join(ANNA, 80)
    course.enter(Phase.REVEAL)
    refuted = world.do(SPONSOR, course.opening()).notice(Refuted)
    assert (refuted.declared, refuted.computed) == (declared * PERCENT, 50 * PERCENT)
    assert refuted.reason == BaselineMismatch.code()
    course.enter(Phase.DECLARE)
    course.settle()
    assert world.wallet(ANNA) == 100


def test_sponsor_swaps_the_holdout_after_the_commitments() -> None:
    """Having heard what clients trained on, the sponsor wants a harder holdout. It has committed to one."""
    world = World()
    course = Course(world)
    course.join(ANNA, 80)
    course.enter(Phase.REVEAL)
    harder = models.holdout(7)
    swapped = course.opening(data_cid=str(harder.cid), holdout=harder.stream())
    world.refuse(CommitmentMismatch, SPONSOR, swapped)
    for salt in (bytes(32), b"\xff" * 32):
        world.refuse(CommitmentMismatch, SPONSOR, replace(swapped, salt=salt))


def test_sponsor_swaps_the_initial_model() -> None:
    """The initial model is named in the terms by its CID; other bytes are not it."""
    world = World()
    course = Course(world)
    course.join(ANNA, 80)
    course.enter(Phase.REVEAL)
    other = world.do(SPONSOR, course.opening(initial_model=models.model(60).stream()))
    assert other.notice(Report).body["reason"]["code"] == WrongCarRoot.code()
    assert course.job.revealed is None


def test_sponsor_has_an_overfitted_puppet() -> None:
    """The puppet, first in the order, commits to a model made for the holdout: 90 %, the whole pool.

    The honest clients learn their dues, nothing, before anybody asks for their weights. They keep them, and their
    stakes; the sponsor has paid itself.
    """
    world = World()
    course = Course(world)
    course.join(PUPPET, 90)
    course.to_declare(anna=80, bert=85)
    for client in (PUPPET, ANNA, BERT):
        course.declare(client)
    course.enter(Phase.SUBMIT)
    dues = world.do(ANNA, Settle(course.id)).notice(DuesFixed).dues
    assert [(one.client, one.pay) for one in dues] == [(PUPPET, 1_000)]
    world.refuse(NotDue, ANNA, course.submission(ANNA))
    course.submit(PUPPET)
    settled = course.settle()
    assert [one.client for one in settled.models] == [PUPPET]
    assert (world.wallet(ANNA), world.wallet(BERT)) == (0, 0)
    assert world.wallet(SPONSOR) + world.wallet(PUPPET) == 0


def test_sponsor_has_a_puppet_that_undercuts() -> None:
    """The puppet leaves an honest client the least possible due; a minimum pay keeps its weights at home."""
    world = World()
    course = Course(world)
    course.join(PUPPET, 79)
    course.to_declare(anna=80)
    course.declare(PUPPET)
    course.declare(ANNA, min_pay=100)
    course.enter(Phase.SUBMIT)
    fixed = course.submit(PUPPET).notice(DuesFixed)
    assert fixed.waived == (ANNA,)
    world.refuse(NotDue, ANNA, course.submission(ANNA))
    course.settle()
    assert world.wallet(ANNA) == 0


def test_sponsor_reuses_a_holdout_commitment() -> None:
    """The first job's reveal would show the second one's holdout while its clients still train."""
    world = World()
    course = Course(world)
    again = replace(course.terms, title="Another job, the same holdout", commit_until=Timestamp(world.now + 300))
    assert world.deposit(SPONSOR, 1_000, CreateJob(again)).credited == "HOLDOUT_REUSED"
    world.do(SPONSOR, Withdraw(TOKEN, Amount(1_000), SPONSOR))
    assert world.wallet(SPONSOR) == -1_000


def test_a_rival_copies_a_holdout_commitment() -> None:
    """The commitment names its sponsor: the copy makes a job that can never be revealed, at the copier's expense."""
    world = World()
    original = Course(world)
    copy = Course(
        world, sponsor=PUPPET, nonce=original.terms.nonce, holdout_commitment=original.terms.holdout_commitment
    )
    for course in (original, copy):
        course.join(ANNA, 80)
    original.enter(Phase.REVEAL)
    original.reveal()
    opened = original.opening()
    world.refuse(CommitmentMismatch, PUPPET, replace(opened, job_id=copy.id))
    original.enter(Phase.DECLARE)
    assert copy.settle().ending == "holdout-not-revealed"
    assert world.wallet(PUPPET) == -100


def test_sponsor_posts_a_job_in_a_token_it_prints() -> None:
    """Escrow and stakes of a job are in the one token its terms name; a fake one moves nothing else."""
    fake = account(0xFA)
    world = World()
    real = Course(world)
    course = Course(world, sponsor=PUPPET, reward_token=fake, escrow=10**30, stake=Amount(10**29))
    course.join(ANNA, 90)
    course.enter(Phase.REVEAL)
    course.reveal()
    course.enter(Phase.DECLARE)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    course.settle()
    assert world.wallet(ANNA, fake) == 10**30
    assert world.wallet(ANNA, TOKEN) == 0
    real.settle()
    assert world.held(TOKEN) == world.held(fake) == 0


def test_sponsor_uploads_for_ever() -> None:
    """The sponsor's buffers are its own and bounded; clients' places are not touched by it."""
    world = World()
    course = Course(world)
    course.join(ANNA, 80)
    course.enter(Phase.REVEAL)
    for _ in range(3):
        world.do(SPONSOR, Upload(course.id, Slot.HOLDOUT, 0, bytes(8_192)))
    assert sum(one.size for one in world.state.buffers.values()) == 8_192
    world.do(SPONSOR, course.opening())
    assert not world.state.buffers


def test_sponsor_sends_a_bomb() -> None:
    """A zlib stream that unpacks beyond the terms' cap is cut off there."""
    world = World()
    course = Course(world)
    course.join(ANNA, 80)
    course.enter(Phase.REVEAL)
    bomb = zlib.compress(bytes(30_000_000), 9)
    assert len(bomb) < 60_000
    sent = world.do(SPONSOR, course.opening(holdout=Stream(Codec.ZLIB, bomb)))
    assert sent.notice(Report).body["reason"]["code"] == OversizedStream.code()
    course.reveal()


def test_terms_of_a_posted_job_never_change() -> None:
    """There is no input that changes them; posting again makes another job."""
    world = World()
    course = Course(world)
    before = course.job.terms
    world.deposit(SPONSOR, 1_000, CreateJob(terms_from_now(world, variant=1, stake=Amount(500))))
    assert course.job.terms is before
    assert len(world.state.jobs) == 2
