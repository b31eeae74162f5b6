"""What is checked after every input that the crowd sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from deml.base.commitment import model_commitment
from deml.base.inputs import (
    Deposit,
    Submit,
)
from deml.base.limits import MAX_MISMATCHES
from deml.base.outputs import (
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
from deml.base.states import Ending, Standing
from deml.base.terms import FixedRule, MarketRule
from deml.base.types import Address, JobId
from deml.core import closing
from deml.core.job import JobState
from deml.core.phases import advance, phase_of
from deml.ipld import Cid
from tests.support import models, naive, plots
from tests.support.course import BASELINE, Course
from tests.support.crowd_state import (
    HONEST,
    PORTALS,
    CrowdState,
    Move,
)
from tests.support.deployment import CHAIN_ID
from tests.support.models import PERCENT
from tests.support.world import Result


class CheckedCrowd(CrowdState):
    """Sees that each input did what it must, and nothing else."""

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
            self._check_mismatches(mismatches)
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

    def _check_mismatches(self, mismatches: list[Report]) -> None:
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
