"""What the rules invite the crowd to do, and how its time passes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from eth_abi.abi import encode as abi_encode

from deml.base.inputs import (
    Accept,
    Cancel,
    Codec,
    ScoreSlices,
    SetPayTo,
    Settle,
    Slot,
    Stream,
    TopUp,
    Upload,
    Withdraw,
)
from deml.base.limits import MAX_MISMATCHES, PPM
from deml.base.outputs import (
    Accepted,
)
from deml.base.states import Opening, Phase, Standing
from deml.base.terms import FixedRule, MarketRule
from deml.base.types import ETHER, Address, Amount, Score, Timestamp
from deml.core import closing
from deml.core.endings import ending_of
from deml.core.errors import CapacityReached
from deml.core.job import ClientState
from deml.core.phases import advance, phase_of
from deml.core.state import BufferKey
from deml.market import distance
from deml.wire import inputs
from tests.support import models, naive
from tests.support.course import ANNA, BASELINE, CARO, DORA, Course
from tests.support.crowd_checks import CheckedCrowd
from tests.support.crowd_state import (
    CLIENTS,
    HONEST,
    OPEN_JOBS,
    OTHERS,
    PORTALS,
    ROOM_FOR_TERMS,
    SPONSORS,
    STRANGER,
    TOKENS,
    Move,
    ends,
)
from tests.support.deployment import DEPLOYMENT
from tests.support.models import PERCENT
from tests.support.world import Result


class InvitedCrowd(CheckedCrowd):
    """Knows what is worth doing in every phase."""

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
        return min((end for _, one in self.running() for end in ends(one) if end >= since), default=None)

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
