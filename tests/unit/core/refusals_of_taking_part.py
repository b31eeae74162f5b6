"""Phases, persons and amounts: what is refused."""

from __future__ import annotations

from deml.base.errors import DemlError
from deml.base.inputs import (
    Accept,
    Cancel,
    Commit,
    Declare,
    SetPayTo,
    Settle,
    TopUp,
    Withdraw,
)
from deml.base.states import Phase
from deml.base.types import ETHER, Amount, JobId, Score
from deml.core import errors
from deml.ledger import InsufficientBalance
from tests.support.course import ANNA, BERT, CARO, SPONSOR, WINDOW, Course
from tests.support.deployment import APP
from tests.support.refusals import (
    NO_JOB,
    OTHER_TOKEN,
    Report,
    at_declare,
    at_submit,
    reaches,
    reason,
    refused_terms,
)
from tests.support.world import START, TOKEN, World

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
