"""Somebody declares a score it cannot deliver, to push an honest client out of the dues for an accomplice's sake.

The accomplice holds a real model, better than the honest one but later in the order, and would be paid for the
difference only. With the honest client out, it is paid for all. Those who declared falsely are due, fail, and lose
their stakes; others beside them may claim to be their victims, or ask for absurd minima, to shelter those stakes.

``docs/protocol.md`` derives what the coalition can gain at most: D - F, where D is what the honest clients that it
keeps out would have earned, and F the stakes that it loses, at least stake x maxRounds unless those ask for minima.
This searches for counterexamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deml.base.states import AWAITED, Opening, Phase, Standing
from deml.base.terms import FixedRule, MarketRule, Rule
from deml.base.types import Address, Amount, JobId, Score, Timestamp
from deml.core.endings import end, ending_of
from deml.core.job import ClientState, JobState, Opened
from deml.core.phases import advance, scoring_ends
from tests.support.course import ANNA, BERT, CARO, DORA, Course, terms_from_now
from tests.support.deployment import account
from tests.support.scale import SCALE
from tests.support.world import World

ESCROW = 1_000
SPAN = 40
MARKET = MarketRule(Score(SPAN), grid=1)
TERMS = replace(terms_from_now(World()), baseline=Score(0), rule=MARKET)


@dataclass(frozen=True)
class Party:
    """A declarer: what its model really scores (None: it has none), what it declares, and whether it is honest.

    A slow one publishes in its round what takes another window to score; if it does not deliver, nothing comes of it.
    """

    honest: bool
    real: int | None
    declared: int
    min_pay: int = 0
    willing: bool = True
    slow: bool = False

    @property
    def delivers(self) -> bool:
        return self.willing and self.real == self.declared

    def truthful(self) -> Party:
        """The same party as it would act without a plan."""
        return self if self.honest or self.real is None else accomplice(self.real)


def honest(score: int, min_pay: int = 0) -> Party:
    return Party(True, score, score, min_pay)


def accomplice(real: int) -> Party:
    return Party(False, real, real)


def puppet(declared: int, min_pay: int = 0, slow: bool = False) -> Party:
    return Party(False, None, declared, min_pay, slow=slow)


def played(parties: Sequence[Party], rule: Rule, stake: int, rounds: int) -> JobState:
    """The job in the real engine, ended: all rounds, then the ending."""
    terms = replace(TERMS, rule=rule, max_rounds=rounds, stake=Amount(stake))
    clients = tuple(
        ClientState(
            address=account(index + 1),
            pay_to=account(index + 1),
            stake=terms.stake,
            standing=Standing.DECLARED,
            commitment=bytes(32),
            order=index + 1,
            declared=Score(party.declared),
            min_pay=Amount(party.min_pay),
        )
        for index, party in enumerate(parties)
    )
    by_address = {one.address: party for one, party in zip(clients, parties, strict=True)}
    opened = Opened("holdout", 1, Opening.CONFIRMED)
    job = JobState(JobId(1), account(0x5A), terms, Amount(ESCROW), 0, clients, len(clients), opened)
    now = Timestamp(terms.declare_until + 1)
    while (job := advance(job, now)[0]).standing(*AWAITED):
        for client in job.standing(Standing.DUE, Standing.SCORING):
            party = by_address[client.address]
            if party.slow and client.standing is Standing.DUE:
                job = job.with_client(replace(client, standing=Standing.SCORING, scored_by=scoring_ends(job)))
            elif party.delivers:
                job = job.with_client(replace(client, standing=Standing.VERIFIED, score=client.declared))
        now = Timestamp(job.round_until + 1)
    ending = ending_of(job, now)
    assert ending is not None
    job, _ = end(job, ending)
    return job


def nets(job: JobState) -> list[int]:
    """What each party receives beyond the stake it brought."""
    assert job.outcome is not None
    return [one.pay + one.stake + one.compensation - job.terms.stake for one in job.outcome.payouts]


@dataclass(frozen=True)
class Plot:
    """What a plan brings.

    `gain` of the coalition of all who are not honest, over acting honestly; what the honest clients it keeps out would
    have earned; and how many of its declarations fail.
    """

    gain: int
    kept_from: int
    failures: int


def plot(parties: Sequence[Party], rule: Rule, stake: int, rounds: int) -> Plot:
    job = played(parties, rule, stake, rounds)
    present = [one.truthful() for one in parties if one.honest or one.real is not None]
    planned, truthful = nets(job), nets(played(present, rule, stake, rounds))
    theirs = [
        sum(net for net, one in zip(*two, strict=True) if not one.honest)
        for two in ((planned, parties), (truthful, present))
    ]
    ours = [
        [net for net, one in zip(*two, strict=True) if one.honest] for two in ((planned, parties), (truthful, present))
    ]
    kept_from = sum(earned for got, earned in zip(*ours, strict=True) if not got)
    return Plot(theirs[0] - theirs[1], kept_from, len(job.standing(Standing.FAILED)))


def gain(parties: Sequence[Party], rule: Rule, stake: int, rounds: int) -> int:
    return plot(parties, rule, stake, rounds).gain


SCORES = st.integers(0, SPAN)
MINIMA = st.sampled_from((0, 0, 1, 100, 500, ESCROW, 2 * ESCROW))


@st.composite
def plots(draw: st.DrawFn, minima: bool) -> list[Party]:
    """Honest clients and a coalition, in any order of commitments."""
    clients = draw(st.lists(st.builds(honest, SCORES, MINIMA if minima else st.just(0)), min_size=1, max_size=3))
    clients = [replace(one, slow=draw(st.booleans())) for one in clients]
    real = draw(st.lists(st.builds(accomplice, SCORES), min_size=1, max_size=2))
    puppets = draw(st.lists(st.builds(puppet, SCORES, MINIMA, st.booleans()), min_size=1, max_size=5))
    turncoats = draw(st.lists(st.builds(Party, st.just(False), SCORES, SCORES, MINIMA, st.booleans()), max_size=1))
    return draw(st.permutations([*clients, *real, *puppets, *turncoats]))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    if draw(st.integers(0, 3)) == 0:
        return FixedRule(Amount(draw(st.sampled_from((1_000, 500, 400, 250)))), draw(st.integers(1, SPAN)))
    return draw(st.sampled_from((MARKET, MarketRule(Score(SPAN), grid=5), MarketRule(Score(SPAN - 10), grid=1))))


@settings(max_examples=300 * SCALE)
@given(plots(minima=False), rules(), st.integers(1, 4))
@example([puppet(36), puppet(36), honest(32), accomplice(SPAN)], MARKET, 1)
@example([puppet(32), puppet(32), puppet(32), honest(32), accomplice(SPAN)], MARKET, 2)
@example([puppet(35), honest(12), accomplice(36)], MARKET, 1)
def test_where_stake_times_rounds_covers_the_escrow(parties: list[Party], rule: Rule, rounds: int) -> None:
    assert gain(parties, rule, -(-ESCROW // rounds), rounds) <= 0


@settings(max_examples=250 * SCALE)
@given(plots(minima=False), rules(), st.integers(1, 4), st.integers(10, ESCROW))
@example([puppet(35), honest(12), accomplice(36)], MARKET, 1, 300)
@example([puppet(35), puppet(35), honest(12), accomplice(36)], MARKET, 2, 150)
def test_no_more_is_gained_than_honest_clients_were_kept_from_less_the_stakes_lost(
    parties: list[Party], rule: Rule, rounds: int, stake: int
) -> None:
    found = plot(parties, rule, stake, rounds)
    assert found.gain <= max(0, found.kept_from - found.failures * stake)
    assert found.gain <= 0 or (isinstance(rule, MarketRule) and found.failures >= rounds)


@settings(max_examples=250 * SCALE)
@given(plots(minima=True), rules(), st.integers(1, 4), st.integers(10, ESCROW))
def test_that_holds_against_minima_too_only_that_fewer_stakes_need_be_lost(
    parties: list[Party], rule: Rule, rounds: int, stake: int
) -> None:
    found = plot(parties, rule, stake, rounds)
    assert found.gain <= max(0, found.kept_from - found.failures * stake)
    assert found.gain <= 0 or isinstance(rule, MarketRule)


@pytest.mark.parametrize(("rounds", "stake"), [(1, 10), (1, 600), (2, 10), (2, 300), (3, 250), (4, 249)])
def test_what_the_plain_plan_gains_below_the_bound(rounds: int, stake: int) -> None:
    """One puppet a round at the honest score, then the accomplice at the target: V - m s, to the unit."""
    target, displaced = SPAN, SPAN - 1
    parties = [*(puppet(displaced) for _ in range(rounds)), honest(displaced), accomplice(target)]
    worth = ESCROW * displaced // SPAN
    assert gain(parties, MARKET, stake, rounds) == worth - min(worth, rounds * stake)


@pytest.mark.parametrize(("rounds", "stake"), [(1, 10), (2, 300), (3, 250), (4, 249)])
def test_a_puppet_that_lets_its_scoring_stall_wins_time_and_no_round(rounds: int, stake: int) -> None:
    """Each takes two windows for its one stake; but a window for scoring alone is no round, so as many are needed."""
    displaced = SPAN - 1
    parties = [*(puppet(displaced, slow=True) for _ in range(rounds)), honest(displaced), accomplice(SPAN)]
    worth = ESCROW * displaced // SPAN
    assert gain(parties, MARKET, stake, rounds) == worth - min(worth, rounds * stake)
    assert gain(parties[1:], MARKET, stake, rounds) <= 0


def test_what_one_puppet_gains_against_a_minimum() -> None:
    """The honest client asks for all it adds; a puppet just below it has it waived for good. V - s."""
    parties = [puppet(1), honest(SPAN, min_pay=ESCROW), accomplice(SPAN)]
    assert gain(parties, MARKET, stake=400, rounds=4) == ESCROW - 400


def test_an_accomplice_that_holds_back_can_have_a_minimum_waived_for_nothing() -> None:
    """With the first, Bert is waived, and Caro due just what it asks for. Without it Bert is due, and Caro waived."""
    held_back, bert, caro = Party(False, real=1, declared=0), honest(2, min_pay=50), honest(39, min_pay=950)
    found = plot([held_back, bert, caro, accomplice(SPAN)], MARKET, ESCROW, rounds=4)
    assert found == Plot(gain=900, kept_from=950, failures=0)


@pytest.mark.parametrize("stake", [100, 300, 900, ESCROW])
def test_an_accomplices_own_loss_shelters_no_stake(stake: int) -> None:
    """It is verified, and has a loss too; but what the honest client lost, and cannot prove, is burnt before that."""
    found = plot([puppet(35), honest(12), accomplice(36)], MARKET, stake, rounds=1)
    assert found.gain == max(0, 300 - stake)


@pytest.mark.parametrize("stake", [500, ESCROW])
def test_a_puppet_that_plays_the_victim_shelters_no_stake(stake: int) -> None:
    """The first puppet fails; the second, never due and never verified, claims the loss. (ADR 5)"""
    parties = [puppet(36), puppet(36), honest(32), accomplice(SPAN)]
    assert gain(parties, MARKET, stake, rounds=1) <= max(0, 800 - stake)


@pytest.mark.parametrize("min_pay", [901, 2**128 - 1])
def test_a_puppet_that_asks_for_the_moon_shelters_no_stake(min_pay: int) -> None:
    parties = [puppet(36), puppet(39, min_pay), honest(32, 0), accomplice(36)]
    assert gain(parties, MARKET, stake=ESCROW, rounds=1) <= 0


def test_the_plan_on_the_real_path() -> None:
    """Anna and Bert declare 85 % falsely, so that Caro's 80 % is never due and Dora's 90 % is paid in full.

    Two rounds, a stake of half the escrow. Dora's pay rises from 250 to 1,000; of the forfeited 1,000, Caro's loss of
    750 is burnt before the rest follows pay: 1,000 + 250 - 1,000 leaves the coalition where honesty would have.
    """
    world = World()
    course = Course(world, stake=Amount(500))
    course.to_declare(anna=60, bert=60, caro=80, dora=90)
    for client, percent in ((ANNA, 85), (BERT, 85), (CARO, None), (DORA, None)):
        course.declare(client, percent=percent)
    course.enter(Phase.SUBMIT)
    course.submit(DORA)
    course.after_the_last_round()
    settled = course.settle()
    coalition = sum(world.wallet(one) for one in (ANNA, BERT, DORA))
    assert coalition == 250
    assert world.wallet(CARO) == 0
    assert settled.burnt == 750
    assert coalition == honest_outcome()


def honest_outcome() -> int:
    """What Dora is paid for her 90 % where Anna and Bert do not lie."""
    world = World()
    course = Course(world, stake=Amount(500))
    course.to_declare(anna=60, bert=60, caro=80, dora=90)
    course.declare(CARO)
    course.declare(DORA)
    course.enter(Phase.SUBMIT)
    course.submit(CARO)
    course.submit(DORA)
    course.settle()
    earned: dict[Address, int] = {one: world.wallet(one) for one in (ANNA, BERT, CARO, DORA)}
    assert earned[CARO] == 750
    return earned[ANNA] + earned[BERT] + earned[DORA]
