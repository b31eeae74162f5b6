"""Jobs in words: phases as of the chain's latest block, amounts and scores exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.answers import JobsOfAccount
from deml.base.limits import MAX_SCORE
from deml.base.states import Phase
from deml.base.terms import FixedRule, UnknownRule
from deml.base.types import Amount, Timestamp
from deml.core import inspect
from deml.core.phases import phase_of, until
from deml.wire import answers
from deml_sdk.chain.tokens import Token
from deml_sdk.dates import duration_text
from deml_sdk.market.schedule import phase_at, phase_end
from deml_sdk.market.view import fetch_job, fetch_jobs, jobs_of
from deml_sdk.market.words.text import (
    PARTICIPANT_COLUMNS,
    SUMMARY_COLUMNS,
    details,
    outcome,
    participant,
    phase_text,
    rule_text,
    summary,
)
from deml_sdk.scores import score_text
from tests.support.course import ANNA, BERT, SPONSOR, Course
from tests.support.world import START, TOKEN, World

COIN = Token(TOKEN, "TST", 2)


@pytest.fixture
def course():
    made = Course(World())
    made.join(ANNA, 70)
    made.accept(BERT)
    return made


def shown(course):
    return fetch_job(course.world.query, course.id)


def test_what_inspect_says_reads_back(course):
    job = shown(course)
    assert job.terms == course.terms
    assert (job.participants, job.committed, job.declared) == (2, 1, 0)
    assert job.client(ANNA).commitment == course.commitment(ANNA)
    assert job.client(BERT).order is None
    assert [one.client for one in job.in_commit_order()] == [ANNA]
    assert jobs_of(course.world.query, SPONSOR) == JobsOfAccount((1,), ())
    assert jobs_of(course.world.query, BERT) == JobsOfAccount((), (1,))


def test_every_page_is_read():
    world = World()
    for variant in range(3):
        Course(world, variant=variant)

    def small_pages(path):
        return answers.write(inspect(world.state, path.replace("limit=200", "limit=1")))

    assert [one.job_id for one in fetch_jobs(small_pages)] == [1, 2, 3]
    assert [one.job_id for one in fetch_jobs(small_pages, SPONSOR)] == [1, 2, 3]
    assert fetch_jobs(small_pages, ANNA) == []


@given(st.integers(0, 4_000))
def test_phases_are_the_dapps(seconds):
    course = Course(World())
    now = Timestamp(START + seconds)
    job = shown(course)
    phase = phase_at(job, now)
    if phase is Phase.OVER:
        assert phase_of(course.job, now) is Phase.SUBMIT
        assert phase_end(job, now) is None
    else:
        assert phase == phase_of(course.job, now)
        assert phase_end(job, now) == until(course.job, now)


@pytest.mark.parametrize("rounds", [1, 2])
def test_a_round_lasts_as_long_as_the_dapp_says(rounds):
    course = Course(World(), max_rounds=rounds)
    course.to_declare(anna=60)
    course.declare(ANNA)
    course.enter(Phase.SUBMIT)
    now = course.world.now
    assert phase_text(shown(course), now) == "submit; round 1 begins once somebody settles"
    assert phase_end(shown(course), now) is None
    course.poke()
    assert phase_text(shown(course), now) == "submit, round 1 for 10m"
    assert phase_end(shown(course), now) == now + 600
    late = Timestamp(now + 601)
    after = "over, to be settled" if rounds == 1 else "submit; round 2 begins once somebody settles"
    assert phase_text(shown(course), late) == after


def test_texts_of_a_running_job(course):
    job, now = shown(course), course.world.now
    assert phase_text(job, now) == "commit for 10m"
    assert phase_text(job, Timestamp(now + 600 + 1)) == "reveal for 9m 59s"
    assert phase_text(job, Timestamp(now + 9_000)) == "over, to be settled"
    assert len(summary(job, now, COIN)) == len(SUMMARY_COLUMNS)
    assert all(len(participant(one, COIN)) == len(PARTICIPANT_COLUMNS) for one in job.clients)
    facts = details(job, now, COIN)
    assert facts["escrow"] == "10 TST"
    assert facts["holdout"] == "secret until it is revealed"
    assert "1 committed" in str(facts["clients"])


def test_texts_of_an_ended_job(course):
    course.enter(Phase.REVEAL)
    course.world.wait(2_000)
    course.settle()
    job = shown(course)
    assert phase_text(job, course.world.now) == "ended: holdout-not-revealed"
    assert "to the sponsor" in outcome(job, course.world.now, COIN)
    assert participant(job.client(ANNA), COIN)[PARTICIPANT_COLUMNS.index("received")] == "2 TST"


def test_rules_in_words(course):
    assert "everything at 0.900000" in rule_text(course.rule, COIN)
    assert rule_text(FixedRule(Amount(150), 20_000), COIN).startswith("1.5 TST each")
    assert "unknown" in rule_text(UnknownRule("lottery", b""), COIN)


@given(st.integers(-MAX_SCORE, MAX_SCORE))
def test_scores_are_written_exactly(ppm):
    text = score_text(ppm)
    assert int(text.replace(".", "").replace("-", "")) == abs(ppm)
    assert text.startswith("-") == (ppm < 0)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (59, "59s"), (3_600, "1h"), (90_061, "1d 1h"), (86_401, "1d 1s")]
)
def test_durations(seconds, text):
    assert duration_text(seconds) == text
