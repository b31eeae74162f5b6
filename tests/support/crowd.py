"""Sponsors and clients, honest and hostile, who act at random on one dapp; and what must hold whatever they do.

Anna and Bert are honest: they follow the rules in every job they take part in. Whatever the others do, sponsors
included, the crowd checks that those two lose nothing, that dues never fall, that nothing about a sealed model is
public, and that every job ends as a second implementation of the rules says. The machine is a slow one: no holdout is
scored by one input.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from eth_abi.abi import encode as abi_encode

from deml.base.commitment import model_commitment
from deml.base.inputs import (
    Accept,
    Aggregate,
    Cancel,
    Codec,
    Commit,
    CreateJob,
    Declare,
    Deposit,
    ScoreSlices,
    SetPayTo,
    Settle,
    Slot,
    Stream,
    Submit,
    TopUp,
    Upload,
    Withdraw,
)
from deml.base.limits import MAX_MISMATCHES, PPM
from deml.base.outputs import (
    Accepted,
    Committed,
    Declared,
    DuesFixed,
    HoldoutRevealed,
    Refuted,
    Report,
    Scored,
    ScoringProgress,
    Settled,
    ToppedUp,
)
from deml.base.states import AWAITED, Ending, Opening, Phase, Standing
from deml.base.terms import FixedRule, MarketRule
from deml.base.types import ETHER, Address, Amount, JobId, Score, Timestamp
from deml.core import closing
from deml.core.endings import ending_of
from deml.core.errors import CapacityReached
from deml.core.job import ClientState, JobState
from deml.core.phases import advance, phase_of
from deml.core.state import BufferKey
from deml.ipld import Cid
from deml.market import distance
from deml.wire import inputs
from tests.support import models, naive, plots
from tests.support.course import ANNA, BASELINE, BERT, CARO, DORA, EMIL, SPONSOR, Course, terms_from_now
from tests.support.crowd_averages import Averages
from tests.support.deployment import CHAIN_ID, DEPLOYMENT, account
from tests.support.models import PERCENT
from tests.support.slow import SLOW
from tests.support.world import TOKEN, Result, World

Move = Callable[[], Result]

HONEST: Final = (ANNA, BERT)
OTHERS: Final = (CARO, DORA, EMIL)
CLIENTS: Final = (*HONEST, *OTHERS)
SPONSORS: Final = (SPONSOR, account(0x5B))
STRANGER: Final = account(0x66)
HOSTILE: Final = (*OTHERS, *SPONSORS, STRANGER)
TOKENS: Final = (TOKEN, account(0x71))
OPEN_JOBS: Final = 4
PORTALS: Final = (
    DEPLOYMENT.ether_portal,
    DEPLOYMENT.erc20_portal,
    DEPLOYMENT.erc721_portal,
    DEPLOYMENT.erc1155_single_portal,
    DEPLOYMENT.erc1155_batch_portal,
)
PLOTS: Final = (plots.squat, plots.hoard, plots.climb, plots.repeat)
ROOM_FOR_TERMS: Final = 20_000
"""Bytes; more than the terms of any job here set aside."""
_PERCENTS: Final = {str(models.model(percent).cid): percent for percent in range(101)}


class Crowd:
    """One world full of people; `step` sends one input. Those who are `scheming` try plots of several inputs, too."""

    def __init__(self, seed: int, *, scheming: bool = False) -> None:
        self.rng = random.Random(seed)
        self.world = World(SLOW)
        self.courses: dict[JobId, Course] = {}
        self.reveals: dict[JobId, bool] = {}
        self.verified: dict[tuple[JobId, Address], Amount] = {}
        self.submitted: dict[tuple[JobId, Address], Submit] = {}
        self.fates: dict[tuple[JobId, Address], naive.Fate] = {}
        self.sealed: dict[tuple[JobId, Address], tuple[bytes, ...]] = {}
        self.published: list[Submit] = []
        self.commitments: dict[JobId, dict[Address, bytes]] = {}
        self.declared: dict[tuple[JobId, Address], Score] = {}
        self.revealed: list[JobId] = []
        self.fixed: dict[tuple[JobId, int], Timestamp] = {}
        self.failed: list[tuple[JobId, Address]] = []
        self.percents = dict(_PERCENTS)
        self.seen: Counter[str] = Counter()
        self.averages = Averages(self.world, self.courses)
        self.pending: list[Move] = []
        self.scheming = scheming
        self.honest, self.puppets, self.stranger = HONEST, OTHERS, STRANGER
        self._mismatches: Counter[tuple[JobId, Address, int]] = Counter()
        self._variant = 0

    def step(self) -> None:
        """Let somebody send something, and check what it did."""
        if self.scheming and self.rng.random() < 0.01:
            plots.oversleep(self)
        if self.pending:
            self._watch(self.pending.pop(0))
            return
        if self.rng.random() < 0.03:
            self.pass_time()
        move = self._invited() if self.rng.random() < 0.72 else self._hostile
        self._watch(move)

    def finish(self) -> None:
        """Let everybody go home: each job ends when poked after each of its rounds, and every token leaves."""
        for course in list(self.courses.values()):
            pokes = 0
            while course.job.outcome is None:
                self.pass_time(max(self.world.now, *_ends(course)) + 1)
                self._watch(partial(self.world.send, STRANGER, inputs.encode(Settle(course.id))))
                pokes += 1
                assert pokes <= 2 + 2 * course.terms.max_rounds
        for (owner, token), amount in list(self.world.state.balances.items()):
            self._watch(partial(self.world.do, owner, Withdraw(token, amount, owner)))
        for token in (*TOKENS, ETHER):
            assert self.world.held(token) == 0
        for move in list(self.averages.moves()):
            self._watch(move)
        state = self.world.state
        held = state.places.keys()
        assert held <= self.averages.not_made()
        assert not state.buffers
        assert not state.scorings
        assert state.holdouts.keys() == state.initials.keys() == held
        assert {key.job_id for key in state.verified} | state.averages.keys() == held
        assert state.progress.open_jobs == len(held)

    # What happens

    def _watch(self, move: Move) -> None:
        before = {job_id: self.current(course.job) for job_id, course in self.running()}
        result = move()
        self.seen["steps"] += 1
        self.seen["accepted"] += result.accepted
        if result.problem is not None:
            self.seen[f"refused {result.problem.code()}"] += 1
        elif result.body is not None:
            self._count(result, before)
        self._check_secrets(result)
        for made in result.all(Committed):
            self.commitments.setdefault(made.job_id, {}).pop(made.client, None)
            self.commitments[made.job_id][made.client] = made.commitment
        for declared in result.all(Declared):
            assert (declared.job_id, declared.client) not in self.declared
            self.declared[declared.job_id, declared.client] = declared.credited
            if self.scheming and declared.client in HONEST:
                self.pending.append(partial(plots.shave, self))
        for topped in result.all(ToppedUp):
            assert isinstance(result.body, Deposit)
            assert result.body.sender == self.courses[topped.job_id].sponsor
        for revealed in result.all(HoldoutRevealed):
            assert revealed.job_id not in self.revealed
            self.revealed.append(revealed.job_id)
            assert revealed.data_cid == str(self.courses[revealed.job_id].holdout.cid)
            assert revealed.baseline == BASELINE * PERCENT
        mismatches = [one for one in result.all(Report) if "mismatch" in one.body]
        if mismatches:
            self.seen["mismatch"] += 1
            assert result.meta.sender not in HONEST
            self._check_patience(mismatches)
        if result.accepted and isinstance(result.body, Submit) and not mismatches:
            key = (result.body.job_id, result.meta.sender)
            assert key not in self.submitted, "a model was taken twice"
            self.submitted[key], self.fates[key] = result.body, "slow"
        for scored in result.all(Scored):
            self._check_submission(scored)
        for refuted in result.all(Refuted):
            self._check_refutation(refuted)
        for scoring in result.all(ScoringProgress):
            assert 0 < scoring.rows_done < scoring.rows == models.ROWS
        for settled in result.all(Settled):
            self._check_ending(settled)
        self.seen.update(self.averages.watch(result))
        self._check_dues(before)
        self._check_windows(result)
        self._check_memory()

    def _check_patience(self, mismatches: list[Report]) -> None:
        """Files that are others than was committed to are read so often, and no more."""
        for report in mismatches:
            told = report.body["mismatch"]
            owner = (told["jobId"], told["client"], self.world.job(told["jobId"]).round)
            self._mismatches[owner] += 1
            assert self._mismatches[owner] == MAX_MISMATCHES - told["triesLeft"] <= MAX_MISMATCHES

    def _check_memory(self) -> None:
        """What is set aside is what jobs may come to hold until all is done about them; and they hold no more."""
        state = self.world.state
        open_jobs = [state.jobs[job_id] for job_id in state.places]
        assert state.progress.reserved_bytes == sum(one.reserved_bytes for one in open_jobs)
        assert state.progress.reserved_bytes <= closing.MAX_RESERVED_BYTES
        held: Counter[JobId] = Counter()
        for key, buffer in state.buffers.items():
            held[key.job_id] += buffer.size
        for scored, scoring in state.scorings.items():
            held[scored.job_id] += len(scoring.file) + sum(part.nbytes for part in scoring.parts)
        for one in open_jobs:
            assert held[one.id] <= one.reserved_bytes

    def _count(self, result: Result, before: dict[JobId, JobState]) -> None:
        body = result.body
        self.seen[f"accepted {type(body).__name__}"] += 1
        if isinstance(body, Deposit):
            outcome = "done" if result.credited is None else result.credited or "excess or plain"
            self.seen[f"deposit for {type(body.order).__name__}: {outcome}"] += 1
        if result.meta.sender in PORTALS:
            self.seen[f"portal {PORTALS.index(result.meta.sender)}"] += 1
        if (job_id := getattr(body, "job_id", None)) in before:
            self.seen[f"phase {phase_of(before[job_id], result.meta.timestamp)}"] += 1
        for fixed in result.all(DuesFixed):
            self.seen[f"round {fixed.round}"] += 1
            assert all(one.pay for one in fixed.dues)
            course = self.courses[fixed.job_id]
            late = self.world.now - course.terms.round_end(fixed.round - 1)
            self.seen["round begun a window late"] += late > course.terms.window

    def running(self) -> Iterator[tuple[JobId, Course]]:
        yield from ((job_id, one) for job_id, one in self.courses.items() if one.job.outcome is None)

    def current(self, job: JobState) -> JobState:
        return advance(job, self.world.now)[0]

    def _check_secrets(self, result: Result) -> None:
        """Until its owner publishes a model, neither an input nor an output shows its CID or its bytes."""
        public = result.payload + b"".join(one.payload for one in result.emissions)
        for (job_id, client), secrets in self.sealed.items():
            if any(secret in public for secret in secrets):
                raise AssertionError(f"{result.body} shows the model of {client} in job {job_id}")

    def _check_submission(self, scored: Scored) -> None:
        """A verified model is the one committed to, scores what was declared, and what its threshold says."""
        job, client = self.world.job(scored.job_id), self.world.client(scored.job_id, scored.client)
        body = self.submitted[job.id, scored.client]
        assert body.data_cid == scored.data_cid == str(self.courses[job.id].holdout.cid)
        cid = Cid.parse(scored.model_cid)
        sealed = model_commitment(CHAIN_ID, self.world.app, job.id, scored.client, cid.binary, body.salt)
        assert sealed == self.commitments[job.id][scored.client]
        percent = self.percents[scored.model_cid]
        assert scored.score == client.score == percent * PERCENT
        assert scored.credited == self.declared[job.id, scored.client] == naive.credited(job.terms, percent, BASELINE)
        self.seen["credited less than the score"] += scored.credited < scored.score
        self.verified[job.id, scored.client] = client.due
        self.fates[job.id, scored.client] = "verified"

    def _check_refutation(self, refuted: Refuted) -> None:
        """What is refuted does not score what was declared; nobody honest declares such a thing."""
        job = self.world.job(refuted.job_id)
        assert refuted.client not in HONEST
        percent = self.percents[refuted.model_cid]
        assert refuted.declared != refuted.computed
        if not job.round:
            assert refuted.client == job.sponsor
            assert refuted.declared == job.terms.baseline
            assert refuted.computed == percent * PERCENT
            self.seen["refuted baseline"] += 1
            return
        assert refuted.declared == self.declared[job.id, refuted.client]
        assert refuted.computed == naive.credited(job.terms, percent, BASELINE)
        in_time = self.world.client(job.id, refuted.client).scored_by > job.round_until
        self.fates[job.id, refuted.client] = "failed" if in_time else "slow"
        self.seen[f"refuted {'in its window' if in_time else 'in the window after'}"] += 1

    def _check_dues(self, before: dict[JobId, JobState]) -> None:
        """No one's action lowers what another is due; only failing, in time, loses it."""
        for job_id, job in before.items():
            after = self.current(self.world.job(job_id)) if self.world.job(job_id).outcome is None else None
            for client in job.standing(Standing.DUE, Standing.SCORING, Standing.VERIFIED):
                now = after.client(client.address) if after else None
                assert now is None or now.due >= client.due

    def _check_windows(self, result: Result) -> None:
        """Nobody fails in a round whose dues were not there for a whole window, and at most one begins at a time."""
        for fixed in result.all(DuesFixed):
            assert len(result.all(DuesFixed)) == 1
            assert fixed.round_until == self.world.now + self.courses[fixed.job_id].terms.window
            self._check_failed(fixed.job_id, fixed.failed, fixed.round - 1)
            self.fixed[fixed.job_id, fixed.round] = self.world.now
        for settled in result.all(Settled):
            job = self.world.job(settled.job_id)
            failed = tuple(one.address for one in job.standing(Standing.FAILED))
            self._check_failed(job.id, failed, job.round)

    def _check_failed(self, job_id: JobId, failed: tuple[Address, ...], number: int) -> None:
        for client in failed:
            if (job_id, client) not in self.failed:
                self.failed.append((job_id, client))
                assert self.world.now > self.fixed[job_id, number] + self.courses[job_id].terms.window

    def _check_ending(self, settled: Settled) -> None:
        job = self.world.job(settled.job_id)
        assert sum(one.pay for one in settled.payouts) <= job.escrow
        self.seen[f"ending {settled.ending}"] += 1
        assert settled.ending != Ending.CANCELLED or not settled.payouts
        self.seen[f"rule {type(job.terms.rule).__name__}"] += 1
        self.seen["burnt"] += bool(settled.burnt)
        self.seen["compensated"] += any(one.compensation for one in settled.payouts if settled.ending == Ending.SETTLED)
        for payout in settled.payouts:
            client = self.world.client(job.id, payout.client)
            self.seen[f"standing {client.standing}"] += 1
            if (job.id, client.address) in self.verified:
                assert payout.pay >= self.verified[job.id, client.address] > 0
            if client.address in HONEST:
                assert client.standing is not Standing.FAILED
                assert payout.stake == job.terms.stake
                assert client.standing is not Standing.VERIFIED or payout.pay >= client.min_pay
            if settled.ending == Ending.HOLDOUT_NOT_REVEALED:
                committed = sum(one.commitment is not None for one in job.clients)
                share = job.escrow * job.terms.bond_bps // 10_000 // committed
                assert payout.compensation == (share if client.commitment is not None else 0)
        if job.round:
            self._compare(job, settled)

    def _compare(self, job: JobState, settled: Settled) -> None:
        """Hold an ending to the naive implementation of rounds, pays and forfeits."""
        terms, rule = job.terms, job.terms.rule
        assert isinstance(rule, FixedRule | MarketRule)
        in_order = [self.world.client(job.id, one) for one in self.commitments[job.id]]
        declared = [one for one in in_order if one.declared is not None]
        players = [naive.Player(one.address, int(one.declared or 0), one.min_pay) for one in declared]
        expected = naive.play(
            rule,
            job.escrow,
            terms.baseline,
            terms.stake,
            terms.max_rounds,
            players,
            lambda name: self.fates.get((job.id, Address(name)), "failed"),
        )
        by_client = {one.client: one for one in settled.payouts}
        assert {one.client for one in settled.models} == set(expected.pays)
        assert {name: by_client[Address(name)].pay for name in expected.pays} == expected.pays
        for client, payout in by_client.items():
            assert payout.compensation == expected.compensations.get(client, 0)
        assert settled.burnt == expected.burnt
        assert {one.address for one in job.standing(Standing.FAILED)} == expected.failed
        assert {one.address for one in job.standing(Standing.WAIVED)} == expected.waived

    # Time

    def pass_time(self, target: int | None = None) -> None:
        """Let time pass; honest clients that are due submit by the last second of their round."""
        now = self.world.now
        if target is None:
            edge = self._next_end(now) or now + 60
            target = self.rng.choice((now + self.rng.randint(1, 40), edge, edge + 1, edge + 1, edge + 1))
            if self.rng.random() < 0.02:
                target = now + self.rng.randint(100, 3_000)
        end = self._next_end(now)
        while end is not None and end < target:
            self.world.now = Timestamp(end)
            for _, course in list(self.running()):
                for move in self._last_minute(course):
                    self._watch(move)
            end = self._next_end(end + 1)
        self.world.now = Timestamp(target)

    def _next_end(self, since: int) -> int | None:
        """The next last second, from `since` on, of anything in any job."""
        return min((end for _, one in self.running() for end in _ends(one) if end >= since), default=None)

    def _last_minute(self, course: Course) -> Iterator[Move]:
        """What is done in the last second of a phase: by honest clients that are due, always; by others, often."""
        now, terms, job = self.world.now, course.terms, course.job
        willing = self.reveals[course.id] and job.mismatches < MAX_MISMATCHES
        if now == terms.holdout_until and job.committed and not job.revealed and willing:
            if self.rng.random() < 0.8:
                if job.opened is None:
                    yield partial(self.world.do, course.sponsor, course.opening())
                while (opened := course.job.opened) and opened.opening is Opening.SCORING:
                    yield self._score(course, course.sponsor)
        elif now == terms.declare_until and job.revealed:
            for client in job.clients:
                if client.commitment is not None and client.declared is None and self.rng.random() < 0.6:
                    yield partial(self._declare, course, client)
        elif job.round:
            for client in job.standing(Standing.DUE):
                if client.address in HONEST and now == job.round_until:
                    yield self._submit_inline(course, client.address)
            for client in course.job.standing(Standing.SCORING):
                while (
                    client.address in HONEST
                    and client.scored_by == now
                    and self._standing(course, client) is Standing.SCORING
                ):
                    yield self._score(course, client.address)

    # What the rules invite to

    def _invited(self) -> Move:
        """Something that the rules invite somebody to, about one of the jobs or about none."""
        if (averages := list(self.averages.moves())) and self.rng.random() < 0.05:
            return self.rng.choice(averages)
        running = list(self.running())
        subjects: list[Course | None] = [None, *(one for _, one in running for _ in range(2))]
        course = self.rng.choice(subjects)
        if course is not None:
            by_phase = {
                Phase.COMMIT: self._commit_moves,
                Phase.REVEAL: self._reveal_moves,
                Phase.DECLARE: self._declare_moves,
                Phase.SUBMIT: self._submit_moves,
            }
            moves = list(by_phase[phase_of(course.job, self.world.now)](course))
            if moves:
                return self.rng.choice(moves)
            if self.rng.random() < 0.4:
                self.pass_time()
                return partial(self.world.send, STRANGER, inputs.encode(Settle(course.id)))
        if len(running) < OPEN_JOBS:
            return self.new_job
        return self.rng.choice((self._withdraw, self._plain_deposit, self._foreign_deposit))

    def new_job(self) -> Result:
        """Somebody posts a job; where there is no room for its terms, they deposit something."""
        rng, world = self.rng, self.world
        if world.state.progress.reserved_bytes + ROOM_FOR_TERMS > closing.MAX_RESERVED_BYTES:
            return self._plain_deposit()
        self._variant += 1
        sponsor, token = rng.choice(SPONSORS), rng.choice(TOKENS)
        escrow = rng.choice((1, 97, 1_000, 10**21, 2**128 - 1))
        places = rng.randint(2, 6)
        ends = [world.now]
        for _ in range(4):
            ends.append(Timestamp(ends[-1] + rng.randint(120, 400)))
        stake = -(-escrow // min(100, places)) + rng.randint(0, escrow)
        rule: FixedRule | MarketRule
        guests = (ANNA, CARO, DORA) if rng.random() < 0.1 else ()
        if rng.random() < 0.4:
            rewards = rng.randint(1, places)
            rule = FixedRule(Amount(max(1, escrow // rewards)), rng.choice((1, PERCENT, 10 * PERCENT)))
            if escrow // rule.reward >= places and rng.random() < 0.7:
                stake, guests = 0, CLIENTS[:places]
        else:
            rule = MarketRule(Score(rng.randint(60, 95) * PERCENT), rng.choice((1, PERCENT, 3 * PERCENT, 9 * PERCENT)))
        sure = distance(rule, Score(BASELINE * PERCENT)) * models.ROWS >= naive.BAR * PPM
        confidence = 950_000 if sure and rng.random() < 0.5 else 0
        truthful = rng.random() < 0.9
        course = Course(
            world,
            escrow,
            sponsor,
            variant=self._variant,
            reward_token=token,
            rule=rule,
            baseline=Score((BASELINE if truthful else BASELINE + rng.choice((-1, 1))) * PERCENT),
            commit_until=ends[1],
            holdout_until=ends[2],
            declare_until=ends[3],
            submit_until=ends[4],
            max_rounds=rng.choice((1, 2, 3, 3)),
            stake=Amount(min(stake, 2**128 - 1)),
            bond_bps=rng.choice((500, 1_000, 10_000)),
            max_participants=places,
            confidence=confidence,
            min_rows=models.ROWS if confidence else rng.choice((1, models.ROWS)),
            aggregate=rng.random() < 0.5,
            allow_list=guests,
        )
        self.courses[course.id] = course
        self.reveals[course.id] = rng.random() < 0.85
        return world.history[-1]

    def _commit_moves(self, course: Course) -> Iterator[Move]:
        job = course.job
        crowded = len(job.clients) >= course.terms.max_participants
        for client in CLIENTS:
            invited = not course.terms.allow_list or client in course.terms.allow_list
            if job.client(client) is None and invited and not crowded:
                yield partial(self._accept, course, client)
            elif (found := job.client(client)) is not None:
                for _ in range(3 if found.commitment is None else 1):
                    yield partial(self._commit, course, client)
                if self.rng.random() < 0.3:
                    yield partial(self._set_pay_to, course, client)
        if self.rng.random() < 0.3 and job.escrow < 2**127:
            yield lambda: self.world.deposit(
                course.sponsor, self.rng.randint(0, 500), TopUp(course.id), course.terms.reward_token
            )
        if not job.clients and self.rng.random() < 0.3:
            yield partial(self.world.do, course.sponsor, Cancel(course.id))

    def _accept(self, course: Course, client: Address) -> Result:
        excess = self.rng.choice((0, 0, 7)) if course.terms.stake else 0
        pay_to = self.rng.choice((ETHER, client, STRANGER))
        if not course.terms.stake:
            result = self.world.send(client, inputs.encode(Accept(course.id, pay_to)))
            assert result.accepted or isinstance(result.problem, CapacityReached)
            return result
        amount = course.terms.stake + excess
        if amount >= 2**128:
            amount = course.terms.stake
        result = self.world.deposit(client, amount, Accept(course.id, pay_to), course.terms.reward_token)
        assert result.credited == "CAPACITY_REACHED" or result.notice(Accepted).client == client
        return result

    def _commit(self, course: Course, client: Address) -> Result:
        """Honest clients' models have bytes of their own; the others share theirs."""
        percent = self.rng.randint(45, 95)
        self._variant += 1
        variant = self._variant if client in HONEST else 0
        if client in HONEST:
            content = models.model(percent, variant)
            self.percents[str(content.cid)] = percent
            self.sealed[course.id, client] = (str(content.cid).encode(), content.cid.binary, content.file)
        return course.commit(client, percent, variant)

    def _set_pay_to(self, course: Course, client: Address) -> Result:
        return self.world.do(client, SetPayTo(course.id, self.rng.choice((ETHER, client, STRANGER))))

    def _reveal_moves(self, course: Course) -> Iterator[Move]:
        job = course.job
        if not job.committed:
            yield partial(self.world.do, STRANGER, Settle(course.id))
        elif job.revealed is None and self.reveals[course.id] and job.mismatches < MAX_MISMATCHES:
            if job.opened is not None:
                yield from [self._score(course, course.sponsor)] * (5 if job.opened.opening is Opening.SCORING else 0)
                return
            yield from [partial(self.world.do, course.sponsor, course.opening())] * 5
            yield partial(self._upload, course, course.sponsor, Slot.HOLDOUT, course.holdout)
            yield partial(self._upload, course, course.sponsor, Slot.INITIAL_MODEL, course.initial)

    def _declare_moves(self, course: Course) -> Iterator[Move]:
        job = course.job
        if job.revealed is None:
            yield partial(self.world.do, STRANGER, Settle(course.id))
            return
        for client in job.clients:
            if client.commitment is not None and client.declared is None:
                yield from [partial(self._declare, course, client)] * 4

    def _declare(self, course: Course, client: ClientState) -> Result:
        """The honest declare what is true; the others often do not, or commit to something they cannot open."""
        escrow = course.job.escrow
        min_pay = self.rng.choice((0, 0, 0, 1, escrow // 4, escrow, 2**128 - 1))
        percent: int | None = None
        if client.address in OTHERS and self.rng.random() < 0.6:
            percent = self.rng.randint(40, 99)
        if not self.knows(course, client):
            percent = percent or 77
        return course.declare(client.address, percent, min_pay)

    def _submit_moves(self, course: Course) -> Iterator[Move]:
        job, outputs = advance(course.job, self.world.now)
        for client in job.standing(Standing.DUE):
            if client.mismatches >= MAX_MISMATCHES:
                continue
            if self._can_open(course, client):
                yield from [self._submit_inline(course, client.address)] * 3
                yield self._upload_weights(course, client.address)
                buffer = self.world.state.buffers.get(BufferKey(job.id, client.address, Slot.WEIGHTS))
                complete = buffer and buffer.size == len(course.models[client.address].car)
                if complete or (buffer and client.address in OTHERS):
                    yield self._submit_uploaded(course, client.address)
            elif self.knows(course, client):
                yield from [self._submit_inline(course, client.address)] * 2
        for client in job.standing(Standing.SCORING):
            yield from [self._score(course, client.address)] * 2
        if outputs or ending_of(job, self.world.now) is not None:
            yield from [partial(self.world.do, STRANGER, Settle(course.id))] * 2

    def _score(self, course: Course, owner: Address) -> Move:
        """Somebody, who need not be the owner, lets a scoring go on."""
        message = ScoreSlices(course.id, owner, self.rng.choice((1, 2, 2, 3, 2**32 - 1)))
        return partial(self.world.do, self.rng.choice((owner, *CLIENTS, STRANGER)), message)

    def _standing(self, course: Course, client: ClientState) -> Standing:
        return self.world.client(course.id, client.address).standing

    def _can_open(self, course: Course, client: ClientState) -> bool:
        return self.knows(course, client) and client.declared == course.scores[client.address]

    def knows(self, course: Course, client: ClientState) -> bool:
        """Whether the client's commitment is to the model it has, and not to nonsense."""
        return client.address in course.models and client.commitment == course.commitment(client.address)

    def _submit_inline(self, course: Course, client: Address) -> Move:
        def move() -> Result:
            codec = self.rng.choice(list(Codec))
            submission = course.submission(client, weights=course.models[client].stream(codec))
            self.sealed.pop((course.id, client), None)
            self.published.append(submission)
            return self.world.do(client, submission)

        return move

    def _submit_uploaded(self, course: Course, client: Address) -> Move:
        """Submit what is in the buffer; where it is not complete that is counted."""
        return lambda: self.world.send(client, inputs.encode(course.submission(client, weights=Stream())))

    def _upload_weights(self, course: Course, client: Address) -> Move:
        def move() -> Result:
            self.sealed.pop((course.id, client), None)
            return self._upload(course, client, Slot.WEIGHTS, course.models[client])

        return move

    def _upload(self, course: Course, owner: Address, slot: Slot, content: models.Content) -> Result:
        """Send the next third of a CAR."""
        buffer = self.world.state.buffers.get(BufferKey(course.id, owner, slot))
        seq = buffer.chunks if buffer else 0
        third = -(-len(content.car) // 3)
        chunk = content.car[seq * third : (seq + 1) * third]
        if not chunk:
            seq, chunk = 0, content.car[:third]
        return self.world.do(owner, Upload(course.id, slot, seq, chunk))

    def _withdraw(self) -> Result:
        """Take out some of a balance, or all of it."""
        if not self.world.state.balances:
            return self._plain_deposit()
        owner, token = self.rng.choice(list(self.world.state.balances))
        balance = self.world.balance(owner, token)
        amount = self.rng.choice((balance, self.rng.randint(1, balance)))
        return self.world.do(owner, Withdraw(token, Amount(amount), self.rng.choice((owner, STRANGER))))

    def _plain_deposit(self) -> Result:
        data = self.rng.choice((b"", b"for nothing"))
        token = self.rng.choice((*TOKENS, ETHER))
        return self.world.deposit(self.rng.choice(CLIENTS), self.rng.randint(0, 10**6), data, token)

    def _foreign_deposit(self) -> Result:
        collection, owner = bytes.fromhex("72" * 20), bytes.fromhex(self.rng.choice(CLIENTS)[2:])
        number = self.rng.randint(0, 2**256 - 1).to_bytes(32, "big")
        portal = self.rng.choice(PORTALS[2:])
        if portal == DEPLOYMENT.erc1155_batch_portal:
            rest = abi_encode(("uint256[]", "uint256[]", "bytes", "bytes"), ([1, 2], [3, 4], b"", b""))
        else:
            rest = number * 2
        return self.world.send(portal, collection + owner + rest)

    # What they forbid

    def _hostile(self) -> Result:
        kinds = (
            self.anything,
            self.anything,
            self._replayed,
            self._mutated,
            self._stolen,
            self._any_average,
            self._odd_deposit,
            self._false_submission,
            self._false_reveal,
            *(partial(one, self) for one in PLOTS if self.scheming),
        )
        return self.rng.choice(kinds)()

    def anything(self) -> Result:
        """Any message about any job from anybody who is not honest."""
        rng = self.rng
        job_id = JobId(rng.choice([*self.courses, 0, 2**256 - 1]))
        who = rng.choice(HOSTILE)
        message = rng.choice(
            (
                Accept(job_id, rng.choice((ETHER, self.world.app, STRANGER))),
                SetPayTo(job_id, rng.choice((self.world.app, STRANGER))),
                Commit(job_id, rng.randbytes(32)),
                Declare(job_id, Score(rng.randint(-(2**63), 2**63 - 1)), Amount(rng.choice((0, 2**256 - 1)))),
                Upload(job_id, rng.choice(list(Slot)), rng.randint(0, 3), rng.randbytes(rng.randint(0, 200))),
                Settle(job_id),
                ScoreSlices(job_id, rng.choice((*CLIENTS, *SPONSORS)), rng.choice((0, 1, 2**32 - 1))),
                Cancel(job_id),
                Withdraw(rng.choice((*TOKENS, ETHER)), Amount(rng.randint(0, 2**256 - 1)), STRANGER),
                CreateJob(terms_from_now(self.world)),
                TopUp(job_id),
            )
        )
        return self.world.send(who, inputs.encode(message))

    def _replayed(self) -> Result:
        """An earlier input once more, from somebody who is not honest."""
        return self.world.send(self.rng.choice(HOSTILE), self._earlier())

    def _mutated(self) -> Result:
        payload = bytearray(self._earlier())
        for _ in range(self.rng.randint(1, 3)):
            if payload:
                payload[self.rng.randrange(len(payload))] = self.rng.randrange(256)
        if self.rng.random() < 0.3:
            del payload[self.rng.randrange(len(payload) + 1) :]
        return self.world.send(self.rng.choice(HOSTILE), bytes(payload))

    def _earlier(self) -> bytes:
        """Payload of an earlier input; the commonest ones are those that do something."""
        if not self.world.history:
            return b""
        return self.rng.choice(self.world.history).payload

    def _stolen(self) -> Result:
        """A published submission, sent again by somebody else who may even be due."""
        if not self.published:
            return self.anything()
        return self.world.send(self.rng.choice(OTHERS), inputs.encode(self.rng.choice(self.published)))

    def _any_average(self) -> Result:
        """An average of any job, however that ended, if it has: few are there to be made, and some no longer."""
        not_made = sorted(self.averages.not_made())
        job_id = self.rng.choice(not_made if not_made and self.rng.random() < 0.3 else [*self.courses, JobId(0)])
        return self.world.send(self.rng.choice(HOSTILE), inputs.encode(Aggregate(job_id)))

    def _odd_deposit(self) -> Result:
        """A deposit with an order that cannot be carried out, or only by accident."""
        rng = self.rng
        job_id = JobId(rng.choice([*self.courses, 99]))
        terms = terms_from_now(self.world, rng.choice(SPONSORS), variant=rng.randint(-9, -1))
        order = rng.choice(
            (
                Accept(job_id, ETHER),
                TopUp(job_id),
                CreateJob(replace(terms, max_rounds=0)),
                CreateJob(replace(terms, bond_bps=0, rule=MarketRule(Score(0), 0))),
                Settle(job_id),
            )
        )
        data = inputs.encode(order)
        if rng.random() < 0.2:
            data = data[: rng.randrange(len(data))]
        amount = rng.choice((0, 1, 2**127, 2**128, 2**200))
        return self.world.deposit(rng.choice(HOSTILE), amount, data, rng.choice(TOKENS))

    def _false_submission(self) -> Result:
        """A client that is awaited and not honest sends what it did not commit to, or not what it declared."""
        due = [
            (course, client.address)
            for _, course in self.running()
            for client in self.current(course.job).standing(*AWAITED)
            if client.address in OTHERS and client.address in course.models
        ]
        if not due:
            return self.anything()
        course, client = self.rng.choice(due)
        other = models.model(self.rng.randint(0, 100))
        declared = self.declared[course.id, client] // PERCENT
        fitted = models.model(min(max(declared, 0), 100))
        changed = self.rng.choice(
            (
                {},
                {"model_cid": str(fitted.cid), "weights": fitted.stream()},
                {"model_cid": str(other.cid)},
                {"weights": other.stream()},
                {"weights": Stream(Codec.ZLIB, other.car)},
                {"salt": bytes(32)},
                {"data_cid": str(models.holdout(-1).cid)},
                {"model_cid": "nonsense"},
            )
        )
        return self.world.send(client, inputs.encode(course.submission(client, **changed)))

    def _false_reveal(self) -> Result:
        """A sponsor opens something else, or at any time, or under terms that lie about the baseline."""
        if not self.courses:
            return self.anything()
        course = self.rng.choice(list(self.courses.values()))
        other = models.holdout(-1)
        changed = self.rng.choice(
            (
                {},
                {"data_cid": str(other.cid), "holdout": other.stream()},
                {"holdout": other.stream()},
                {"salt": bytes(32)},
                {"initial_model": models.model(99).stream()},
                {"holdout": Stream()},
            )
        )
        return self.world.send(course.sponsor, inputs.encode(course.opening(**changed)))


def _ends(course: Course) -> Iterator[int]:
    terms = course.terms
    yield from (terms.commit_until, terms.holdout_until, terms.declare_until)
    if course.job.round:
        yield course.job.round_until
        yield from (one.scored_by for one in course.job.standing(Standing.SCORING))
