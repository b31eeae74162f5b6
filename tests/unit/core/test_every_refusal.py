"""Each reason for which the heart refuses an input or credits a deposit is reached, with the values it names."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from safetensors.numpy import load, save

from deml.base import bounds, limits, outputs
from deml.base.errors import DemlError, catalogue
from deml.base.inputs import (
    Accept,
    Aggregate,
    Cancel,
    Commit,
    CreateJob,
    Declare,
    ScoreSlices,
    SetPayTo,
    Settle,
    Slot,
    Stream,
    TopUp,
    Upload,
    Withdraw,
)
from deml.base.names import camel
from deml.base.outputs import Refuted
from deml.base.states import Ending, Phase
from deml.base.terms import FixedRule, MarketRule, UnknownRule
from deml.base.types import ETHER, Amount, JobId, Score, Timestamp
from deml.core import errors
from deml.ipld import file_cid
from deml.ledger import InsufficientBalance
from deml.market import errors as market
from deml.scoring.blocks import BLOCK_NUMBERS
from deml.scoring.memory import BLOCK_ARRAYS, OBJECTS
from deml.scoring.reservation import BYTES_PER_CLIENT, RECORD_BYTES, buffer_bytes
from tests.support import models
from tests.support.course import ANNA, BERT, CARO, SPONSOR, STRANGER, WINDOW, Course, terms_from_now
from tests.support.deployment import APP, account
from tests.support.models import PERCENT
from tests.support.slow import SLOW
from tests.support.world import START, TOKEN, Result, World

Report = dict[str, Any]
Case = Callable[[World], DemlError | Report]

CASES: list[tuple[type[DemlError], dict[str, Any], Case]] = []
NO_JOB = JobId(7)
OTHER_TOKEN = account(0x71)
MEAN_OF_70 = str(file_cid(save(load(models.model(70).file))))
"""The mean of one model is that model, as the safetensors library writes it."""


def reaches(error: type[DemlError], **values: Any) -> Callable[[Case], Case]:
    def register(case: Case) -> Case:
        CASES.append((error, values, case))
        return case

    return register


def refused_terms(world: World, escrow: int = 1_000, token: str = TOKEN, **changes: Any) -> Report:
    """Why a deposit with these terms was credited."""
    order = CreateJob(terms_from_now(world, **changes))
    result = world.deposit(SPONSOR, escrow, order, token=account(int(token[2:4], 16)))
    assert world.balance(SPONSOR, account(int(token[2:4], 16))) == escrow
    assert not world.state.jobs
    return reason(result)


def reason(result: Any) -> Report:
    (report,) = result.outputs
    found: Report = report.body["reason"]
    return found


def refutation(result: Result) -> Report:
    """Why an accepted input was the last word on what it published."""
    (report,), (notice,) = result.all(outputs.Report), result.all(Refuted)
    found: Report = report.body["reason"]
    assert notice.reason == found["code"]
    return found


def at_declare(world: World, **changes: Any) -> Course:
    course = Course(world, **changes)
    course.to_declare(anna=70)
    return course


def at_submit(world: World, **changes: Any) -> Course:
    course = at_declare(world, **changes)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    return course


# Jobs and phases


@reaches(errors.UnknownJob, job_id=7)
def settle_no_job(world: World) -> DemlError:
    return world.refuse(errors.UnknownJob, ANNA, Settle(NO_JOB))


@reaches(errors.UnknownJob, job_id=2**256 - 1)
def top_up_no_job(world: World) -> Report:
    return reason(world.deposit(ANNA, 5, TopUp(JobId(2**256 - 1))))


@reaches(errors.UnknownJob, job_id=7)
def accept_no_job(world: World) -> Report:
    return reason(world.deposit(ANNA, 5, Accept(NO_JOB, ANNA)))


@reaches(errors.JobEnded, job_id=1, ending="cancelled")
def act_on_an_ended_job(world: World) -> DemlError:
    course = Course(world)
    world.do(SPONSOR, Cancel(course.id))
    return world.refuse(errors.JobEnded, SPONSOR, Settle(course.id))


@reaches(errors.WrongPhase, job_id=1, action="commit", needed="commit", phase="reveal", timestamp=START + WINDOW + 1)
def commit_late(world: World) -> DemlError:
    course = Course(world)
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    return world.refuse(errors.WrongPhase, ANNA, Commit(course.id, bytes(32)))


@reaches(errors.WrongPhase, job_id=1, action="accept", needed="commit", phase="reveal", timestamp=START + WINDOW + 1)
def accept_late(world: World) -> Report:
    course = Course(world)
    course.enter(Phase.REVEAL)
    return reason(world.deposit(ANNA, 100, Accept(course.id, ETHER)))


@reaches(errors.WrongPhase, job_id=1, action="topUp", needed="commit", phase="reveal", timestamp=START + WINDOW + 1)
def top_up_late(world: World) -> Report:
    course = Course(world)
    course.enter(Phase.REVEAL)
    return reason(world.deposit(SPONSOR, 100, TopUp(course.id)))


@reaches(errors.WrongPhase, job_id=1, action="cancel", needed="commit", phase="reveal", timestamp=START + WINDOW + 1)
def cancel_late(world: World) -> DemlError:
    course = Course(world)
    course.enter(Phase.REVEAL)
    return world.refuse(errors.WrongPhase, SPONSOR, Cancel(course.id))


@reaches(errors.WrongPhase, job_id=1, action="revealHoldout", needed="reveal", phase="commit", timestamp=START)
def reveal_early(world: World) -> DemlError:
    course = Course(world)
    course.join(ANNA, 70)
    return world.refuse(errors.WrongPhase, SPONSOR, course.opening())


@reaches(errors.WrongPhase, job_id=1, action="declare", needed="declare", phase="reveal", timestamp=START + WINDOW + 1)
def declare_early(world: World) -> DemlError:
    course = Course(world)
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    course.reveal()
    return world.refuse(errors.WrongPhase, ANNA, Declare(course.id, Score(1), Amount(0)))


@reaches(
    errors.WrongPhase, job_id=1, action="submit", needed="submit", phase="declare", timestamp=START + 2 * WINDOW + 1
)
def submit_early(world: World) -> DemlError:
    course = at_declare(world)
    course.declare(ANNA)
    return world.refuse(errors.WrongPhase, ANNA, course.submission(ANNA))


# Who


@reaches(errors.NotTheSponsor, job_id=1, sender=ANNA, sponsor=SPONSOR)
def cancel_of_another(world: World) -> DemlError:
    return world.refuse(errors.NotTheSponsor, ANNA, Cancel(Course(world).id))


@reaches(errors.NotTheSponsor, job_id=1, sender=ANNA, sponsor=SPONSOR)
def top_up_of_another(world: World) -> Report:
    return reason(world.deposit(ANNA, 5, TopUp(Course(world).id)))


@reaches(errors.NotTheSponsor, job_id=1, sender=ANNA, sponsor=SPONSOR)
def reveal_of_another(world: World) -> DemlError:
    course = Course(world)
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    return world.refuse(errors.NotTheSponsor, ANNA, course.opening())


@reaches(errors.NotAParticipant, job_id=1, sender=BERT)
def commit_without_accepting(world: World) -> DemlError:
    return world.refuse(errors.NotAParticipant, BERT, Commit(Course(world).id, bytes(32)))


@reaches(errors.NotAParticipant, job_id=1, sender=BERT)
def set_pay_to_without_accepting(world: World) -> DemlError:
    return world.refuse(errors.NotAParticipant, BERT, SetPayTo(Course(world).id, BERT))


@reaches(errors.NotAParticipant, job_id=1, sender=BERT)
def declare_without_accepting(world: World) -> DemlError:
    course = at_declare(world)
    return world.refuse(errors.NotAParticipant, BERT, Declare(course.id, Score(1), Amount(0)))


@reaches(errors.NotAParticipant, job_id=1, sender=BERT)
def submit_without_accepting(world: World) -> DemlError:
    course = at_submit(world)
    return world.refuse(errors.NotAParticipant, BERT, course.submission(ANNA))


@reaches(errors.AlreadyAccepted, job_id=1, client=ANNA)
def accept_twice(world: World) -> Report:
    course = Course(world)
    course.accept(ANNA)
    return reason(world.deposit(ANNA, 100, Accept(course.id, ETHER)))


@reaches(errors.NotOnAllowList, job_id=1, sender=BERT)
def accept_uninvited(world: World) -> Report:
    course = Course(world, allow_list=(ANNA, CARO))
    return reason(world.deposit(BERT, 100, Accept(course.id, ANNA)))


@reaches(errors.JobFull, job_id=1, limit=1)
def accept_a_full_job(world: World) -> Report:
    course = Course(world, max_participants=1, stake=Amount(1_000))
    course.accept(ANNA)
    return reason(world.deposit(BERT, 100, Accept(course.id, ETHER)))


@reaches(errors.StakeMissing, job_id=1, stake=100, amount=99)
def accept_with_too_little(world: World) -> Report:
    return reason(world.deposit(ANNA, 99, Accept(Course(world).id, ETHER)))


@reaches(errors.StakeMissing, job_id=1, stake=100, amount=0)
def accept_without_the_stake(world: World) -> DemlError:
    return world.refuse(errors.StakeMissing, ANNA, Accept(Course(world).id, ETHER))


@reaches(errors.WrongToken, token=OTHER_TOKEN, expected=TOKEN)
def accept_in_another_token(world: World) -> Report:
    return reason(world.deposit(ANNA, 100, Accept(Course(world).id, ETHER), token=OTHER_TOKEN))


@reaches(errors.WrongToken, token=OTHER_TOKEN, expected=TOKEN)
def top_up_in_another_token(world: World) -> Report:
    return reason(world.deposit(SPONSOR, 100, TopUp(Course(world).id), token=OTHER_TOKEN))


@reaches(errors.WrongToken, token=OTHER_TOKEN, expected=TOKEN)
def create_in_another_token(world: World) -> Report:
    return refused_terms(world, token=OTHER_TOKEN)


@reaches(errors.HasParticipants, job_id=1, participants=1)
def cancel_with_participants(world: World) -> DemlError:
    course = Course(world)
    course.accept(ANNA)
    return world.refuse(errors.HasParticipants, SPONSOR, Cancel(course.id))


# Amounts


@reaches(errors.AmountTooLarge, amount=2**128, limit=2**128 - 1)
def create_with_too_much(world: World) -> Report:
    return refused_terms(world, escrow=2**128)


@reaches(errors.AmountTooLarge, amount=2**256 - 1, limit=2**128 - 1)
def accept_with_too_much(world: World) -> Report:
    return reason(world.deposit(ANNA, 2**256 - 1, Accept(Course(world).id, ETHER)))


@reaches(errors.AmountTooLarge, amount=2**128, limit=2**128 - 1)
def top_up_beyond_the_limit(world: World) -> Report:
    course = Course(world)
    return reason(world.deposit(SPONSOR, 2**128 - 1_000, TopUp(course.id)))


@reaches(errors.AmountTooLarge, amount=2**128, limit=2**128 - 1)
def declare_an_absurd_minimum(world: World) -> DemlError:
    course = at_declare(world)
    return world.refuse(errors.AmountTooLarge, ANNA, Declare(course.id, Score(1), Amount(2**128)))


@reaches(errors.NothingToWithdraw)
def withdraw_nothing(world: World) -> DemlError:
    return world.refuse(errors.NothingToWithdraw, ANNA, Withdraw(TOKEN, Amount(0), ANNA))


@reaches(errors.SinkRefused, to=ETHER)
def withdraw_to_nobody(world: World) -> DemlError:
    world.deposit(ANNA, 5)
    return world.refuse(errors.SinkRefused, ANNA, Withdraw(TOKEN, Amount(5), ETHER))


@reaches(errors.SinkRefused, to=APP)
def withdraw_to_the_application(world: World) -> DemlError:
    world.deposit(ANNA, 5)
    return world.refuse(errors.SinkRefused, ANNA, Withdraw(TOKEN, Amount(5), APP))


@reaches(errors.SinkRefused, to=APP)
def be_paid_at_the_application(world: World) -> Report:
    return reason(world.deposit(ANNA, 100, Accept(Course(world).id, APP)))


@reaches(errors.SinkRefused, to=APP)
def be_paid_at_the_application_later(world: World) -> DemlError:
    course = Course(world)
    course.accept(ANNA)
    return world.refuse(errors.SinkRefused, ANNA, SetPayTo(course.id, APP))


@reaches(InsufficientBalance, account=ANNA, token=TOKEN, balance=5, amount=6)
def withdraw_too_much(world: World) -> DemlError:
    world.deposit(ANNA, 5)
    return world.refuse(InsufficientBalance, ANNA, Withdraw(TOKEN, Amount(6), ANNA))


@reaches(InsufficientBalance, account=BERT, token=ETHER, balance=0, amount=2**256 - 1)
def withdraw_what_is_not_there(world: World) -> DemlError:
    return world.refuse(InsufficientBalance, BERT, Withdraw(ETHER, Amount(2**256 - 1), BERT))


# Revealing


@reaches(errors.NobodyCommitted, job_id=1)
def reveal_to_nobody(world: World) -> DemlError:
    course = Course(world)
    course.accept(ANNA)
    course.enter(Phase.REVEAL)
    return world.refuse(errors.NobodyCommitted, SPONSOR, course.opening())


@reaches(errors.AlreadyRevealed, job_id=1)
def reveal_twice(world: World) -> DemlError:
    course = Course(world)
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    course.reveal()
    return world.refuse(errors.AlreadyRevealed, SPONSOR, course.opening())


@reaches(errors.BaselineMismatch, job_id=1, declared=510_000, computed=500_000)
def reveal_with_a_false_baseline(world: World) -> DemlError:
    course = Course(world, baseline=Score(51 * PERCENT))
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    return refutation(world.do(SPONSOR, course.opening()))


@reaches(errors.CommitmentMismatch)
def reveal_another_holdout(world: World) -> DemlError:
    course = Course(world)
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    other = models.holdout(1)
    opening = course.opening(data_cid=str(other.cid), holdout=other.stream())
    return world.refuse(errors.CommitmentMismatch, SPONSOR, opening)


@reaches(errors.CommitmentMismatch)
def reveal_with_another_salt(world: World) -> DemlError:
    course = Course(world)
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    return world.refuse(errors.CommitmentMismatch, SPONSOR, course.opening(salt=bytes(32)))


@reaches(errors.NothingUploaded, job_id=1, slot="holdout")
def reveal_no_bytes(world: World) -> DemlError:
    course = Course(world)
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    return world.refuse(errors.NothingUploaded, SPONSOR, course.opening(holdout=Stream()))


@reaches(errors.NothingUploaded, job_id=1, slot="initial model")
def reveal_no_initial_model(world: World) -> DemlError:
    course = Course(world)
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    return world.refuse(errors.NothingUploaded, SPONSOR, course.opening(initial_model=Stream()))


# Declaring


@reaches(errors.NotRevealed, job_id=1)
def declare_without_a_holdout(world: World) -> DemlError:
    course = Course(world)
    course.join(ANNA, 70)
    course.enter(Phase.DECLARE)
    return world.refuse(errors.NotRevealed, ANNA, Declare(course.id, Score(1), Amount(0)))


@reaches(errors.NoCommitment, job_id=1, client=BERT)
def declare_without_a_commitment(world: World) -> DemlError:
    course = Course(world)
    course.accept(BERT)
    course.to_declare(anna=70)
    return world.refuse(errors.NoCommitment, BERT, Declare(course.id, Score(1), Amount(0)))


@reaches(errors.AlreadyDeclared, job_id=1, client=ANNA, declared=700_000)
def declare_twice(world: World) -> DemlError:
    course = at_declare(world)
    course.declare(ANNA)
    return world.refuse(errors.AlreadyDeclared, ANNA, Declare(course.id, Score(1), Amount(0)))


@reaches(errors.ScoreOutOfRange, score=-(2**40) - 1, limit=2**40)
def declare_below_all_scores(world: World) -> DemlError:
    course = at_declare(world)
    return world.refuse(errors.ScoreOutOfRange, ANNA, Declare(course.id, Score(-(2**40) - 1), Amount(0)))


# Submitting


@reaches(errors.NotDue, job_id=1, client=BERT, standing="not-due")
def submit_a_copy(world: World) -> DemlError:
    course = Course(world)
    course.to_declare(anna=70, bert=70)
    course.declare(ANNA)
    course.declare(BERT)
    course.enter(Phase.SUBMIT)
    return world.refuse(errors.NotDue, BERT, course.submission(BERT))


@reaches(errors.NotDue, job_id=1, client=ANNA, standing="verified")
def submit_twice(world: World) -> DemlError:
    course = at_submit(world)
    course.submit(ANNA)
    return world.refuse(errors.NotDue, ANNA, course.submission(ANNA))


@reaches(errors.NotDue, job_id=1, client=ANNA, standing="committed")
def submit_undeclared(world: World) -> DemlError:
    course = at_declare(world)
    course.enter(Phase.SUBMIT)
    return world.refuse(errors.NotDue, ANNA, course.submission(ANNA))


@reaches(errors.NotDue, job_id=1, client=ANNA, standing="failed")
def submit_after_the_round(world: World) -> DemlError:
    course = at_submit(world)
    course.enter(Phase.SUBMIT, 2)
    return world.refuse(errors.NotDue, ANNA, course.submission(ANNA))


@reaches(errors.NotDue, job_id=1, client=ANNA, standing="waived")
def submit_after_a_waiver(world: World) -> DemlError:
    course = at_declare(world)
    course.declare(ANNA, min_pay=501)
    course.enter(Phase.SUBMIT)
    return world.refuse(errors.NotDue, ANNA, course.submission(ANNA))


@reaches(errors.WrongHoldout, job_id=1, data_cid=str(models.holdout(1).cid), revealed=str(models.holdout().cid))
def submit_for_another_holdout(world: World) -> DemlError:
    course = at_submit(world)
    submission = course.submission(ANNA, data_cid=str(models.holdout(1).cid))
    return world.refuse(errors.WrongHoldout, ANNA, submission)


@reaches(errors.CommitmentMismatch)
def submit_another_model(world: World) -> DemlError:
    course = at_submit(world)
    other = models.model(90)
    submission = course.submission(ANNA, model_cid=str(other.cid), weights=other.stream())
    return world.refuse(errors.CommitmentMismatch, ANNA, submission)


@reaches(errors.ScoreMismatch, job_id=1, declared=900_000, computed=700_000)
def submit_less_than_declared(world: World) -> DemlError:
    course = at_declare(world)
    course.declare(ANNA, percent=90)
    course.enter(Phase.SUBMIT)
    return refutation(course.submit(ANNA))


@reaches(errors.ScoreMismatch, job_id=1, declared=600_000, computed=700_000)
def submit_more_than_declared(world: World) -> DemlError:
    course = at_declare(world)
    course.declare(ANNA, percent=60)
    course.enter(Phase.SUBMIT)
    return refutation(course.submit(ANNA))


@reaches(errors.BeingScored, job_id=1, client=ANNA)
def submit_while_being_scored(_: World) -> DemlError:
    world = World(SLOW)
    course = at_submit(world)
    course.submit(ANNA)
    return world.refuse(errors.BeingScored, ANNA, course.submission(ANNA))


@reaches(errors.AlreadyRefuted, job_id=1, client=ANNA)
def submit_after_a_refutation(world: World) -> DemlError:
    course = at_declare(world)
    course.declare(ANNA, percent=90)
    course.enter(Phase.SUBMIT)
    course.submit(ANNA)
    return world.refuse(errors.AlreadyRefuted, ANNA, course.submission(ANNA))


@reaches(errors.BeingScored, job_id=1, client=SPONSOR)
def reveal_while_the_baseline_is_scored(_: World) -> DemlError:
    world = World(SLOW)
    course = Course(world)
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    world.do(SPONSOR, course.opening())
    return world.refuse(errors.BeingScored, SPONSOR, course.opening())


@reaches(errors.AlreadyRefuted, job_id=1, client=SPONSOR)
def reveal_after_a_refutation(world: World) -> DemlError:
    course = Course(world, baseline=Score(51 * PERCENT))
    course.join(ANNA, 70)
    course.enter(Phase.REVEAL)
    world.do(SPONSOR, course.opening())
    return world.refuse(errors.AlreadyRefuted, SPONSOR, course.opening())


@reaches(errors.NothingToScore, job_id=1, client=ANNA)
def score_what_was_not_submitted(world: World) -> DemlError:
    at_submit(world)
    return world.refuse(errors.NothingToScore, CARO, ScoreSlices(JobId(1), ANNA, 1))


@reaches(errors.NoSlices)
def score_nothing(world: World) -> DemlError:
    at_submit(world)
    return world.refuse(errors.NoSlices, CARO, ScoreSlices(JobId(1), ANNA, 0))


@reaches(errors.NothingUploaded, job_id=1, slot="weights")
def submit_no_bytes(world: World) -> DemlError:
    course = at_submit(world)
    return world.refuse(errors.NothingUploaded, ANNA, course.submission(ANNA, weights=Stream()))


# Uploading


@reaches(errors.EmptyChunk, job_id=1, slot="weights")
def upload_nothing(world: World) -> DemlError:
    course = at_submit(world)
    return world.refuse(errors.EmptyChunk, ANNA, Upload(course.id, Slot.WEIGHTS, 0, b""))


@reaches(errors.WrongSequence, job_id=1, slot="weights", seq=2, expected=1)
def upload_out_of_order(world: World) -> DemlError:
    course = at_submit(world)
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 0, b"first"))
    return world.refuse(errors.WrongSequence, ANNA, Upload(course.id, Slot.WEIGHTS, 2, b"third"))


@reaches(errors.UploadTooLarge, job_id=1, slot="weights", size=4_097, limit=4_096)
def upload_too_much(world: World) -> DemlError:
    course = at_submit(world)
    world.do(ANNA, Upload(course.id, Slot.WEIGHTS, 0, bytes(4_096)))
    return world.refuse(errors.UploadTooLarge, ANNA, Upload(course.id, Slot.WEIGHTS, 1, b"."))


@reaches(errors.TooManyChunks, job_id=1, slot="weights", limit=2)
def upload_crumbs(world: World) -> DemlError:
    course = at_submit(world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("deml.core.buffers.MAX_CHUNKS", 2)
        for seq in range(2):
            world.do(ANNA, Upload(course.id, Slot.WEIGHTS, seq, b"."))
        return world.refuse(errors.TooManyChunks, ANNA, Upload(course.id, Slot.WEIGHTS, 2, b"."))


# Settling


@reaches(errors.NothingToSettle, job_id=1, phase="commit", until=START + WINDOW)
def settle_too_early(world: World) -> DemlError:
    return world.refuse(errors.NothingToSettle, ANNA, Settle(Course(world).id))


@reaches(errors.NothingToSettle, job_id=1, phase="submit", until=START + 4 * WINDOW + 1)
def settle_with_a_client_due(world: World) -> DemlError:
    course = at_submit(world)
    world.do(CARO, Settle(course.id))
    return world.refuse(errors.NothingToSettle, CARO, Settle(course.id))


@reaches(errors.TooManyMismatches, job_id=1, client=ANNA, limit=limits.MAX_MISMATCHES)
def submit_other_bytes_again_and_again(world: World) -> DemlError:
    course = at_submit(world)
    other = course.submission(ANNA, weights=models.model(61).stream())
    for left in (3, 2, 1, 0):
        assert world.do(ANNA, other).notice(outputs.Report).body["mismatch"]["triesLeft"] == left
    return world.refuse(errors.TooManyMismatches, ANNA, course.submission(ANNA))


# Terms


@reaches(bounds.TermOutOfBounds, term="escrow", value=0, low=1, high=2**128 - 1)
def create_for_nothing(world: World) -> Report:
    return refused_terms(world, escrow=0)


BOUNDS: list[tuple[str, dict[str, Any], int, int, int]] = [
    ("title, in bytes,", {"title": ""}, 0, 1, 200),
    ("title, in bytes,", {"title": "é" * 101}, 202, 1, 200),
    ("architecture, in bytes,", {"architecture": ""}, 0, 1, 8_192),
    ("architecture, in bytes,", {"architecture": " " * 8_193}, 8_193, 1, 8_192),
    ("baseline", {"baseline": Score(2**40 + 1)}, 2**40 + 1, -(2**40), 2**40),
    ("baseline", {"baseline": Score(-(2**40) - 1)}, -(2**40) - 1, -(2**40), 2**40),
    ("maxRounds", {"max_rounds": 0}, 0, 1, 16),
    ("maxRounds", {"max_rounds": 17}, 17, 1, 16),
    ("bondBps", {"bond_bps": 499}, 499, 500, 10_000),
    ("bondBps", {"bond_bps": 10_001}, 10_001, 500, 10_000),
    ("maxParticipants", {"max_participants": 0}, 0, 1, 128),
    ("maxParticipants", {"max_participants": 129}, 129, 1, 128),
    ("maxModelBytes", {"max_model_bytes": 0}, 0, 1, limits.MAX_FILE_BYTES),
    ("maxModelBytes", {"max_model_bytes": 2**25 + 1}, 2**25 + 1, 1, limits.MAX_FILE_BYTES),
    ("maxHoldoutBytes", {"max_holdout_bytes": 0}, 0, 1, limits.MAX_FILE_BYTES),
    ("maxHoldoutBytes", {"max_holdout_bytes": 2**25 + 1}, 2**25 + 1, 1, limits.MAX_FILE_BYTES),
    ("maxRows", {"max_rows": 0}, 0, 1, 1_000_000),
    ("maxRows", {"max_rows": 1_000_001}, 1_000_001, 1, 1_000_000),
    ("minRows", {"min_rows": 0}, 0, 1, 100),
    ("minRows", {"min_rows": 101}, 101, 1, 100),
    ("confidence", {"confidence": 1}, 1, 500_000, 999_000),
    ("confidence", {"confidence": 999_001}, 999_001, 500_000, 999_000),
    ("evidenceCut", {"evidence_cut": 1}, 1, 0, 0),
]


@pytest.mark.parametrize(("term", "changes", "value", "low", "high"), BOUNDS)
def test_a_term_beyond_its_bounds(term: str, changes: dict[str, Any], value: int, low: int, high: int) -> None:
    found = refused_terms(World(), **changes)
    assert found["code"] == "TERM_OUT_OF_BOUNDS"
    assert found["values"] == {"term": term, "value": str(value), "low": str(low), "high": str(high)}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"metric": "macro_f1"}, "NO_PAIRING"),
        ({"metric": "log_loss"}, "CUT_OUT_OF_RANGE"),
        ({"evidence_cut": 1}, "CUT_OUT_OF_RANGE"),
    ],
)
def test_luck_that_cannot_be_told(changes: dict[str, Any], code: str) -> None:
    sure = {"confidence": 950_000, "min_rows": 100}
    assert refused_terms(World(), **sure, **changes)["code"] == code


@pytest.mark.parametrize("window", ["commit", "reveal", "declare", "submit"])
@pytest.mark.parametrize("seconds", [119, 0, -1])
def test_a_window_too_short(window: str, seconds: int) -> None:
    world = World()
    terms = terms_from_now(world)
    names = ["commit_until", "holdout_until", "declare_until", "submit_until"]
    index = ["commit", "reveal", "declare", "submit"].index(window)
    begin = world.now if index == 0 else getattr(terms, names[index - 1])
    changes: dict[str, Any] = {names[index]: Timestamp(begin + seconds)}
    for later in range(index + 1, 4):
        changes[names[later]] = Timestamp(begin + seconds + later * WINDOW)
    found = refused_terms(world, **changes)
    assert found["code"] == "WINDOW_TOO_SHORT"
    assert found["values"] == {"window": window, "seconds": str(seconds), "minimum": "120"}


def test_windows_at_their_limits_are_taken() -> None:
    world = World()
    ends = ("commit_until", "holdout_until", "declare_until", "submit_until")
    shortest: dict[str, Any] = {name: Timestamp(START + 120 * index) for index, name in enumerate(ends, start=1)}
    assert Course(world, **shortest, max_rounds=16).job.terms.window == 120
    end = START + limits.MAX_JOB_SECONDS
    windows = {"declare_until": Timestamp(end - 2_000), "submit_until": Timestamp(end - 1_000)}
    longest = Course(world, variant=1, max_rounds=1, **windows)
    assert longest.terms.latest_end - START == limits.MAX_JOB_SECONDS


@pytest.mark.parametrize(("term", "changes", "value", "low", "high"), BOUNDS)
def test_a_term_at_its_bounds(term: str, changes: dict[str, Any], value: int, low: int, high: int) -> None:
    """Where a value beyond a bound is refused, the bound itself is not; other checks may still object."""
    (name,) = changes
    for bound in (low, high):
        at_bound = "x" * bound if isinstance(changes[name], str) else bound
        terms = terms_from_now(World(), **{name: at_bound})
        bounds.check_terms(terms, Amount(1_000), START)


@reaches(bounds.WindowTooShort, window="reveal", seconds=119, minimum=120)
def create_in_haste(world: World) -> Report:
    return refused_terms(world, commit_until=Timestamp(START + 2 * WINDOW - 119))


@reaches(bounds.JobTooLong, seconds=limits.MAX_JOB_SECONDS + 1, limit=limits.MAX_JOB_SECONDS)
def create_for_too_long(world: World) -> Report:
    """One round of 1,000 seconds, and as long again to score what it brought: one second too long."""
    end = START + limits.MAX_JOB_SECONDS + 1
    windows = {"declare_until": Timestamp(end - 2_000), "submit_until": Timestamp(end - 1_000)}
    return refused_terms(world, max_rounds=1, **windows)


@reaches(bounds.UnprintableTitle, position=4)
def create_with_an_escape_sequence(world: World) -> Report:
    return refused_terms(world, title="ring\x07")


@reaches(bounds.StakeTooSmall, stake=10, minimum=11)
def create_with_too_small_a_stake(world: World) -> Report:
    return refused_terms(world, escrow=1_001, stake=Amount(10))


@reaches(bounds.StakeTooSmall, stake=0, minimum=10)
def create_with_rivals_and_no_stake(world: World) -> Report:
    return refused_terms(world, rule=FixedRule(Amount(300), 1), max_participants=4, stake=Amount(0))


@reaches(market.UnknownRewardRule, kind="shapley")
def create_with_an_unknown_rule(world: World) -> Report:
    return refused_terms(world, rule=UnknownRule("shapley", b"?"))


@reaches(market.RewardTooSmall, reward=0, threshold=5)
def create_without_a_reward(world: World) -> Report:
    return refused_terms(world, rule=FixedRule(Amount(0), 5))


@reaches(market.EscrowBelowReward, escrow=1_000, reward=1_001)
def create_with_an_unaffordable_reward(world: World) -> Report:
    return refused_terms(world, rule=FixedRule(Amount(1_001), 5))


@reaches(market.TargetNotAboveBaseline, target=500_000, baseline=500_000)
def create_with_nothing_to_improve(world: World) -> Report:
    return refused_terms(world, rule=MarketRule(Score(500_000), 1))


@reaches(market.GridOutOfRange, grid=400_001, distance=400_000)
def create_with_a_grid_too_coarse(world: World) -> Report:
    return refused_terms(world, rule=MarketRule(Score(900_000), 400_001))


@reaches(bounds.SeatsTooCheap, stake=100, minimum=125)
def create_with_places_for_little(world: World) -> Report:
    return refused_terms(world, max_participants=8)


@reaches(market.TooFewRowsForTarget, distance=400_000, rows=19, needed=20)
def create_with_a_target_that_could_be_luck(world: World) -> Report:
    return refused_terms(world, confidence=950_000, min_rows=19)


def settled(world: World, *, aggregate: bool) -> Course:
    """A job of which Anna's model, right in 70 of 100 cases, is verified and paid."""
    course = Course(world, aggregate=aggregate)
    course.to_declare(anna=70)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.deliver(ANNA)
    course.settle()
    return course


@reaches(errors.NotSettled, job_id=1, phase=Phase.SUBMIT)
def average_before_settlement(world: World) -> DemlError:
    course = Course(world, aggregate=True)
    course.to_declare(anna=70)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    course.deliver(ANNA)
    return world.refuse(errors.NotSettled, STRANGER, Aggregate(course.id))


@reaches(errors.NothingToAggregate, job_id=1, ending=Ending.SETTLED)
def average_that_nobody_asked_for(world: World) -> DemlError:
    course = settled(world, aggregate=False)
    return world.refuse(errors.NothingToAggregate, STRANGER, Aggregate(course.id))


@reaches(errors.AlreadyAggregated, job_id=1, model_cid=MEAN_OF_70)
def average_twice(world: World) -> DemlError:
    course = settled(world, aggregate=True)
    world.do(STRANGER, Aggregate(course.id))
    return world.refuse(errors.AlreadyAggregated, STRANGER, Aggregate(course.id))


@reaches(errors.TooLateToAggregate, job_id=1, until=START + 4 * WINDOW + 1, timestamp=START + 4 * WINDOW + 2)
def average_too_late(world: World) -> DemlError:
    course = settled(world, aggregate=True)
    world.wait(WINDOW + 1)
    return world.refuse(errors.TooLateToAggregate, STRANGER, Aggregate(course.id))


@reaches(errors.UnknownPreviousJob, previous_job=1, jobs=0)
def create_after_a_job_that_never_was(world: World) -> Report:
    return refused_terms(world, previous_job=JobId(1))


@reaches(errors.TopUpWeakens, job_id=1, escrow=1_001, stakes=1_000)
def top_up_beyond_what_the_stakes_cover(world: World) -> Report:
    course = Course(world, stake=Amount(500))
    course.accept(ANNA)
    return reason(world.deposit(SPONSOR, 1, TopUp(course.id)))


@reaches(errors.HoldoutReused, job_id=1)
def create_twice_with_one_holdout(world: World) -> Report:
    terms = Course(world).terms
    return reason(world.deposit(SPONSOR, 1_000, CreateJob(replace(terms, title="Once more"))))


@reaches(
    errors.CapacityReached,
    needed=2 * (RECORD_BYTES + 4 * (21 + len(models.ARCHITECTURE)))
    + (buffer_bytes(2**13) + 8 * 2 + 8 * 100)
    + 129 * buffer_bytes(2**22)
    + 128 * 2 * BYTES_PER_CLIENT,
    available=limits.MAX_RESERVED_BYTES,
)
def create_with_too_much_to_hold(world: World) -> Report:
    return refused_terms(world, max_participants=128, max_model_bytes=2**22)


@reaches(
    bounds.TooMuchMemory,
    needed=2 * (2**13 + 2**12)
    + 16 * (2 * 2**13 + (2**13 + 1) * 2**13 + (2**13 + 1) * 2)
    + 64 * 100
    + BLOCK_ARRAYS * 8 * BLOCK_NUMBERS
    + OBJECTS,
    limit=limits.MAX_WORKING_BYTES,
)
def create_with_too_much_memory(world: World) -> Report:
    """Seventy million weights in float64."""
    fields = {"family": "mlp", "task": "classification", "inputs": 1, "hidden": [8_192, 8_192], "outputs": 2}
    return refused_terms(world, architecture=json.dumps(fields))


@reaches(bounds.TooMuchWork)
def create_with_too_much_work(world: World) -> Report:
    return refused_terms(world, max_model_bytes=limits.MAX_FILE_BYTES)


@reaches(bounds.TooManySlices, slices=455, limit=limits.MAX_SLICES)
def create_with_endless_scoring(world: World) -> Report:
    """Each row takes seven million multiply-adds."""
    fields = {"family": "mlp", "task": "classification", "inputs": 1, "hidden": [1_024] * 8, "outputs": 2}
    return refused_terms(world, architecture=json.dumps(fields), max_rows=5_000)


# Asking


@reaches(errors.UnknownQuery, path="weather/today")
def ask_for_the_weather(world: World) -> DemlError:
    with pytest.raises(errors.UnknownQuery) as caught:
        world.query("weather/today")
    return caught.value


@reaches(errors.BadQueryParameter, name="limit", value="201", expected="between 1 and 200")
def ask_for_too_much(world: World) -> DemlError:
    with pytest.raises(errors.BadQueryParameter) as caught:
        world.query("jobs?limit=201")
    return caught.value


@pytest.mark.parametrize(("error", "values", "case"), CASES, ids=[case.__name__ for _, _, case in CASES])
def test_reached(error: type[DemlError], values: dict[str, Any], case: Case) -> None:
    found = case(World())
    report = found.as_report() if isinstance(found, DemlError) else found
    assert report["code"] == error.code()
    if values:
        assert report["values"] == {camel(name): str(value) for name, value in values.items()}
    assert report["message"]
    assert "{" not in report["message"]


def test_none_is_left_out() -> None:
    """Each leaf of the heart's error modules has a case above."""
    owned = {"deml.core.errors", "deml.base.bounds", "deml.market.errors", "deml.ledger"}
    leaves = {leaf for leaf in catalogue().values() if leaf.__module__ in owned}
    assert leaves
    assert {error for error, _, _ in CASES} == leaves
