"""Jobs and their participants as the dapp's inspect answers describe them (``docs/protocol.md``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deml.base.inputs import Slot
from deml.base.limits import MAX_PAGE_SIZE
from deml.base.states import Ending, Opening, Phase, Standing
from deml.base.terms import FixedRule, MarketRule, Rule, Terms, UnknownRule
from deml.base.types import NOTHING, Address, Amount, JobId, Score, Timestamp

Inspect = Callable[[str], Mapping[str, Any]]
"""Ask the dapp a query such as ``jobs/7``; raises `DemlError` where it answers with an error."""

_SLOTS: Final = {slot.name.lower().replace("_", " "): slot for slot in Slot}


@dataclass(frozen=True, slots=True)
class Payout:
    """What a client received when its job ended."""

    pay: Amount
    stake: Amount
    compensation: Amount

    @property
    def total(self) -> Amount:
        """All three: what its one voucher carries."""
        return Amount(self.pay + self.stake + self.compensation)


@dataclass(frozen=True, slots=True)
class Participant:
    """A client in a job.

    `order` is its place among the commitments, `due` its pay when dues were last fixed, `scored_by` the last second in
    which its model may be scored, while it is.
    """

    client: Address
    pay_to: Address
    stake: Amount
    status: Standing
    commitment: bytes | None = None
    order: int | None = None
    score: Score | None = None
    min_pay: Amount = NOTHING
    due: Amount | None = None
    model_cid: str | None = None
    scored_by: Timestamp | None = None
    payout: Payout | None = None


@dataclass(frozen=True, slots=True)
class Buffer:
    """An unfinished upload: `next_seq` is the number of the chunk to send next."""

    owner: Address
    slot: Slot
    next_seq: int
    size: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the holdout's rows a model has been scored on; the sponsor's is the initial one."""

    owner: Address
    rows_done: int
    rows: int


@dataclass(frozen=True, slots=True)
class Job:
    """A job as of `as_of`, the time of the last input that the dapp accepted.

    `opening` is what has become of the opened holdout: it is being scored until the baseline is found confirmed
    or refuted. `round_until` is when the current round ends, or the window for scoring alone that prolongs it.
    """

    as_of: Timestamp
    id: JobId
    sponsor: Address
    phase: Phase
    ending: Ending | None
    round: int
    escrow: Amount
    participants: int
    committed: int
    declared: int
    data_cid: str | None
    rows: int | None
    terms: Terms
    clients: tuple[Participant, ...] = ()
    buffers: tuple[Buffer, ...] = ()
    scorings: tuple[Progress, ...] = ()
    opening: Opening | None = None
    round_until: Timestamp | None = None
    sponsor_refund: Amount | None = None
    burnt: Amount | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing can happen to the job any more."""
        return self.ending is not None

    def client(self, address: Address) -> Participant | None:
        """Find a participant by account."""
        return next((one for one in self.clients if one.client == address), None)

    def buffer(self, owner: Address, slot: Slot) -> Buffer | None:
        """Find an unfinished upload."""
        return next((one for one in self.buffers if (one.owner, one.slot) == (owner, slot)), None)

    def scoring(self, owner: Address) -> Progress | None:
        """Find how far the scoring of a model has come, if it is going on."""
        return next((one for one in self.scorings if one.owner == owner), None)

    def in_commit_order(self) -> list[Participant]:
        """List those who committed, first come first."""
        committed = [one for one in self.clients if one.order is not None]
        return sorted(committed, key=lambda one: one.order or 0)


def fetch_job(inspect: Inspect, job_id: int) -> Job:
    """Read one job with all its participants and unfinished uploads."""
    answer = inspect(f"jobs/{job_id}")
    clients: list[Participant] = []
    buffers: tuple[Buffer, ...] = ()
    scorings: tuple[Progress, ...] = ()
    for page in _pages(inspect, f"jobs/{job_id}/submissions?"):
        clients.extend(map(_participant, page["submissions"]))
        buffers = tuple(map(_buffer, page["uploads"]))
        scorings = tuple(Progress(one["owner"], one["rowsDone"], one["rows"]) for one in page["scorings"])
    return _job(answer["job"], answer["asOf"], tuple(clients), buffers, scorings)


def fetch_jobs(inspect: Inspect, sponsor: str | None = None) -> list[Job]:
    """Read all jobs that the dapp remembers, without their participants."""
    wanted = f"jobs?sponsor={sponsor}&" if sponsor else "jobs?"
    return [_job(one, page["asOf"]) for page in _pages(inspect, wanted) for one in page["jobs"]]


def jobs_of(inspect: Inspect, account: Address) -> tuple[list[int], list[int]]:
    """Numbers of the jobs that an account sponsors, and of those it takes part in."""
    jobs = inspect(f"accounts/{account}")["jobs"]
    return list(jobs["sponsor"]), list(jobs["client"])


def balances_of(inspect: Inspect, account: Address) -> dict[Address, Amount]:
    """What the dapp owes an account, by token, however many there are."""
    pages = _pages(inspect, f"accounts/{account}?")
    return {Address(one["token"]): Amount(int(one["amount"])) for page in pages for one in page["balances"]}


def terms_from(fields: Mapping[str, Any]) -> Terms:
    """Read terms in their JSON form."""
    return Terms(
        title=fields["title"],
        spec_cid=fields["specCid"],
        initial_model_cid=fields["initialModelCid"],
        architecture=fields["architecture"],
        metric=fields["metric"],
        baseline=Score(fields["baseline"]),
        holdout_commitment=_bytes(fields["holdoutCommitment"]),
        reward_token=Address(fields["rewardToken"]),
        rule=_rule(fields["rule"]),
        commit_until=Timestamp(fields["commitUntil"]),
        holdout_until=Timestamp(fields["holdoutUntil"]),
        declare_until=Timestamp(fields["declareUntil"]),
        submit_until=Timestamp(fields["submitUntil"]),
        max_rounds=fields["maxRounds"],
        stake=Amount(int(fields["stake"])),
        bond_bps=fields["bondBps"],
        max_participants=fields["maxParticipants"],
        max_model_bytes=fields["maxModelBytes"],
        max_holdout_bytes=fields["maxHoldoutBytes"],
        max_rows=fields["maxRows"],
        allow_list=tuple(Address(one) for one in fields["allowList"]),
        nonce=_bytes(fields["nonce"]),
    )


def _pages(inspect: Inspect, query: str) -> Iterator[Mapping[str, Any]]:
    cursor = 0
    while True:
        page = inspect(f"{query}limit={MAX_PAGE_SIZE}&cursor={cursor}")
        yield page
        if page["next"] is None:
            return
        cursor = page["next"]


def _job(
    fields: Mapping[str, Any],
    as_of: int,
    clients: tuple[Participant, ...] = (),
    buffers: tuple[Buffer, ...] = (),
    scorings: tuple[Progress, ...] = (),
) -> Job:
    return Job(
        as_of=Timestamp(as_of),
        id=JobId(fields["jobId"]),
        sponsor=Address(fields["sponsor"]),
        phase=Phase(fields["phase"]),
        ending=None if fields["ending"] is None else Ending(fields["ending"]),
        round=fields["round"],
        escrow=Amount(int(fields["escrow"])),
        participants=fields["participants"],
        committed=fields["committed"],
        declared=fields["declared"],
        data_cid=fields["dataCid"],
        rows=fields["rows"],
        terms=terms_from(fields["terms"]),
        clients=clients,
        buffers=buffers,
        scorings=scorings,
        opening=None if fields["opening"] is None else Opening(fields["opening"]),
        round_until=_time(fields["roundUntil"]),
        sponsor_refund=_amount(fields.get("sponsorRefund")),
        burnt=_amount(fields.get("burnt")),
    )


def _participant(fields: Mapping[str, Any]) -> Participant:
    return Participant(
        client=Address(fields["client"]),
        pay_to=Address(fields["payTo"]),
        stake=Amount(int(fields["stake"])),
        status=Standing(fields["status"]),
        commitment=_bytes(fields["commitment"]) if fields["commitment"] else None,
        order=fields["order"],
        score=None if fields["score"] is None else Score(fields["score"]),
        min_pay=Amount(int(fields["minPay"] or 0)),
        due=_amount(fields["due"]),
        model_cid=fields["modelCid"],
        scored_by=_time(fields["scoredBy"]),
        payout=_payout(fields.get("payout")),
    )


def _payout(fields: Mapping[str, Any] | None) -> Payout | None:
    if fields is None:
        return None
    return Payout(Amount(int(fields["pay"])), Amount(int(fields["stake"])), Amount(int(fields["compensation"])))


def _buffer(fields: Mapping[str, Any]) -> Buffer:
    return Buffer(Address(fields["owner"]), _SLOTS[fields["slot"]], fields["nextSeq"], fields["bytes"])


def _rule(fields: Mapping[str, Any]) -> Rule:
    match fields["kind"]:
        case "fixed":
            return FixedRule(Amount(int(fields["reward"])), int(fields["threshold"]))
        case "market":
            return MarketRule(Score(int(fields["target"])), int(fields["grid"]))
        case kind:
            return UnknownRule(kind, b"")


def _time(seconds: int | None) -> Timestamp | None:
    return None if seconds is None else Timestamp(seconds)


def _amount(text: str | None) -> Amount | None:
    return None if text is None else Amount(int(text))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
