"""A campaign as the notices tell it: its rounds, what they brought, what they cost, and who took part.

A round's terms name the job before it. The dapp forgets jobs that ended long ago, and checks no more than that there
has been one of that number; notices are kept for good. So a campaign is read from notices alone, and what a round
claims of the one before it is held against these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from deml.base.outputs import (
    Accepted,
    Aggregated,
    Committed,
    HoldoutRevealed,
    JobCreated,
    Scored,
    Settled,
    ToppedUp,
)
from deml.base.states import Ending
from deml.base.terms import Terms
from deml.base.types import NOTHING, Address, Amount, JobId, Score, Timestamp
from deml.ipld import Cid
from deml_sdk.campaigns.errors import NoSuchRound
from deml_sdk.node.records import Seen


class StartedFrom(StrEnum):
    """Where a model came from, told by what the round before it has proven."""

    INITIAL = "initial"
    """What that round started from."""
    BEST = "best"
    """Its verified model with the highest score."""
    AVERAGE = "average"
    """The mean of all that it verified."""
    DELIVERED = "delivered"
    """Another model that it verified."""
    OWN = "own"
    """None of these files: the sponsor's own; a delivered model that was written out in another form, too."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that a next round can start from; `score` is that on the round's own holdout, in ppm."""

    origin: StartedFrom
    model_cid: str
    score: Score
    client: Address | None = None


@dataclass(frozen=True, slots=True)
class RoundClient:
    """A client in a round: how far it came, what its verified model scored, in ppm, and what it earned.

    `earned` is pay and its share of forfeits, or of the bond, without the stake; in the token's smallest unit.
    """

    client: Address
    committed: bool = False
    score: Score | None = None
    credited: Score | None = None
    model_cid: str | None = None
    earned: Amount = NOTHING


@dataclass(frozen=True, slots=True)
class Round:
    """A job of a campaign; what is not known yet, or does not apply, is None.

    `escrow` has what was added to it; `opened` is the time of the block that created the job; `ending` is None while
    the job runs. `origin` tells where its initial model came from; None in the first round.
    """

    job_id: JobId
    terms: Terms
    escrow: Amount
    opened: Timestamp
    origin: StartedFrom | None = None
    data_cid: str | None = None
    rows: int | None = None
    clients: tuple[RoundClient, ...] = ()
    ending: Ending | None = None
    refund: Amount | None = None
    burnt: Amount | None = None
    average: Candidate | None = None

    @property
    def spent(self) -> Amount:
        """What of the escrow did not come back; all of it while the job runs."""
        return Amount(self.escrow - (self.refund or 0))

    @property
    def initial(self) -> Candidate:
        """What the round started from."""
        return Candidate(StartedFrom.INITIAL, self.terms.initial_model_cid, self.terms.baseline)

    @property
    def best(self) -> Candidate | None:
        """The verified model with the highest score; among equals, the one that was committed first."""
        return max(self.verified, key=lambda one: one.score, default=None)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Models that a next round can start from; the initial one first, which needs no new file."""
        return tuple(one for one in (self.initial, self.best, self.average) if one is not None)

    @property
    def winner(self) -> Candidate:
        """The candidate that scored best; among equals, the first."""
        return max(self.candidates, key=lambda one: one.score)

    def origin_of(self, cid: str) -> StartedFrom:
        """Tell which of this round's models a file is, by its CID in any form."""
        for one in self.candidates:
            if _same(one.model_cid, cid):
                return one.origin
        return StartedFrom.DELIVERED if any(_same(one.model_cid, cid) for one in self.verified) else StartedFrom.OWN

    @property
    def verified(self) -> tuple[Candidate, ...]:
        """Models that were verified, in the order of their commitments."""
        return tuple(
            Candidate(StartedFrom.BEST, one.model_cid, one.score, one.client)
            for one in self.clients
            if one.model_cid is not None and one.score is not None
        )


@dataclass(frozen=True, slots=True)
class ClientTotal:
    """A client over all rounds: how many it took part in, how many of its models were verified, what it earned."""

    client: Address
    rounds: int
    models: int
    earned: Mapping[Address, Amount]


@dataclass(frozen=True, slots=True)
class Campaign:
    """Rounds in the order of their jobs.

    `earlier` is the job that the first round names as the one before and that is none of this sponsor's; None for none.
    """

    sponsor: Address
    rounds: tuple[Round, ...]
    earlier: JobId | None = None

    @classmethod
    def of(cls, seen: Iterable[Seen], job_id: int) -> Self:
        """Gather the campaign that a job belongs to.

        A round belongs to it whose terms name another of its rounds, and whose sponsor is the same: who names a
        stranger's job does not get into the stranger's campaign.

        Parameters
        ----------
        seen
            All notices, in order.

        Raises
        ------
        NoSuchRound
            If no notice says that there is such a job.
        """
        notices = list(seen)
        created = {one.notice.job_id: one.notice for one in notices if isinstance(one.notice, JobCreated)}
        if job_id not in created:
            raise NoSuchRound(JobId(job_id))
        first = created[JobId(job_id)]
        while (before := _before(first, created)) is not None:
            first = before
        members = {first.job_id: first}
        for number in sorted(created):
            if number > first.job_id and _before(created[number], members) is not None:
                members[number] = created[number]
        rounds = _told(notices, members)
        claimed = first.terms.previous_job
        return cls(first.sponsor, tuple(_with_origin(one, rounds) for one in rounds.values()), claimed or None)

    @property
    def latest(self) -> Round:
        """The round that was opened last."""
        return self.rounds[-1]

    @property
    def scored(self) -> Round | None:
        """The last round of which the models were scored; None before the first was."""
        return next((one for one in reversed(self.rounds) if one.ending is Ending.SETTLED), None)

    @property
    def model(self) -> Candidate | None:
        """What has been learnt so far: the winner of the last round that was scored; None before the first was."""
        return None if self.scored is None else self.scored.winner

    @property
    def spent(self) -> Mapping[Address, Amount]:
        """What the sponsor has spent in rounds that have ended, by token, in its smallest unit."""
        return self._by_token(one for one in self.rounds if one.ending is not None)

    @property
    def held(self) -> Mapping[Address, Amount]:
        """What is in escrow now, by token, in its smallest unit."""
        return self._by_token(one for one in self.rounds if one.ending is None)

    @property
    def clients(self) -> tuple[ClientTotal, ...]:
        """Clients over all rounds, in the order in which they first took part."""
        rounds: Counter[Address] = Counter()
        models: Counter[Address] = Counter()
        earned: dict[Address, Counter[Address]] = {}
        for played in self.rounds:
            for one in played.clients:
                rounds[one.client] += 1
                models[one.client] += one.model_cid is not None
                earned.setdefault(one.client, Counter())[played.terms.reward_token] += one.earned
        return tuple(
            ClientTotal(one, count, models[one], {token: Amount(sum_) for token, sum_ in earned[one].items() if sum_})
            for one, count in rounds.items()
        )

    def round(self, job_id: int) -> Round:
        """Find the round of a job.

        Raises
        ------
        NoSuchRound
        """
        found = next((one for one in self.rounds if one.job_id == job_id), None)
        if found is None:
            raise NoSuchRound(JobId(job_id))
        return found

    @staticmethod
    def _by_token(rounds: Iterable[Round]) -> Mapping[Address, Amount]:
        found: Counter[Address] = Counter()
        for one in rounds:
            found[one.terms.reward_token] += one.spent
        return {token: Amount(amount) for token, amount in found.items()}


def _before(created: JobCreated, known: Mapping[JobId, JobCreated]) -> JobCreated | None:
    """The job that another one goes on from, if it is known and the same sponsor's."""
    before = known.get(created.terms.previous_job)
    return before if before is not None and before.sponsor == created.sponsor else None


def _with_origin(one: Round, rounds: Mapping[JobId, Round]) -> Round:
    before = rounds.get(one.terms.previous_job)
    return one if before is None else replace(one, origin=before.origin_of(one.terms.initial_model_cid))


def _told(notices: Iterable[Seen], members: Mapping[JobId, JobCreated]) -> dict[JobId, Round]:
    """Tell each round as far as notices do."""
    rounds: dict[JobId, Round] = {}
    clients: dict[JobId, dict[Address, RoundClient]] = {number: {} for number in members}
    for seen in notices:
        notice = seen.notice
        if notice.job_id not in members:
            continue
        mine = clients[notice.job_id]
        match notice:
            case JobCreated(number, _, escrow, terms):
                rounds[number] = Round(number, terms, escrow, seen.timestamp)
            case ToppedUp(number, escrow):
                rounds[number] = replace(rounds[number], escrow=escrow)
            case Accepted(_, client):
                mine[client] = RoundClient(client)
            case Committed(_, client):
                # A client that commits again goes to the end of the order.
                mine[client] = replace(mine.pop(client), committed=True)
            case HoldoutRevealed(number, data_cid, _, rows):
                rounds[number] = replace(rounds[number], data_cid=data_cid, rows=rows)
            case Scored(_, client, model_cid, _, score, credited):
                mine[client] = replace(mine[client], score=score, credited=credited, model_cid=model_cid)
            case Settled(number):
                rounds[number] = _ended(rounds[number], notice)
                for payout in notice.payouts:
                    earned = Amount(payout.pay + payout.compensation)
                    mine[payout.client] = replace(mine[payout.client], earned=earned)
            case Aggregated(number, model_cid, _, score):
                average = Candidate(StartedFrom.AVERAGE, model_cid, score)
                rounds[number] = replace(rounds[number], average=average)
    return {number: replace(one, clients=tuple(clients[number].values())) for number, one in rounds.items()}


def _ended(one: Round, settled: Settled) -> Round:
    return replace(one, ending=settled.ending, refund=settled.sponsor_refund, burnt=settled.burnt)


def _same(known: str, cid: str) -> bool:
    return Cid.parse(known).v1() == Cid.parse(cid).v1()
