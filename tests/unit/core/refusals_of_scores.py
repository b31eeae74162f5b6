"""Revealing, declaring, submitting and settling: what is refused."""

from __future__ import annotations

import pytest

from deml.base import limits, outputs
from deml.base.errors import DemlError
from deml.base.inputs import (
    Declare,
    ScoreSlices,
    Settle,
    Slot,
    Stream,
    Upload,
)
from deml.base.states import Phase
from deml.base.types import Amount, JobId, Score
from deml.core import errors
from tests.support import models
from tests.support.course import ANNA, BERT, CARO, SPONSOR, WINDOW, Course
from tests.support.models import PERCENT
from tests.support.refusals import at_declare, at_submit, reaches, refutation
from tests.support.slow import SLOW
from tests.support.world import START, World

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
