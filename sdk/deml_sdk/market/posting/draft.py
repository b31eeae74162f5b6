"""From a sponsor's file to terms that the dapp will accept: everything is checked before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from deml.base.bounds import check_seats, check_stake, check_terms
from deml.base.limits import MAX_ROWS
from deml.base.terms import FixedRule, MarketRule, Rule, Terms
from deml.base.types import Amount, JobId, Score, Timestamp
from deml.ipld import Cid, file_car, file_cid
from deml.market import check_rule, needs_stake
from deml.scoring import (
    Holdout,
    conclude,
    distinct_rows,
    evidence,
    load_holdout,
    load_model,
    parse_architecture,
    parse_metric,
)
from deml_sdk.addresses import parse_address
from deml_sdk.chain.tokens import Token
from deml_sdk.data.holdout import read_holdout
from deml_sdk.errors import InitialModelMissing
from deml_sdk.files.files import read_file
from deml_sdk.jobspec.job_file import JobFile
from deml_sdk.market.judging.chance import chance_warnings
from deml_sdk.market.judging.luck import check_duplicates, check_luck, default_cut
from deml_sdk.market.posting.room import check_size
from deml_sdk.market.slices import inputs_for

START_DELAY_SECONDS: Final = 60
"""Windows are counted from this long after the latest block, so that the first keeps its length although the deposit
takes some blocks to arrive."""

MODEL_ROOM: Final = 2
"""A client's model may be this many times as large as the initial one: writers of safetensors add different headers."""


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a job is made of but its commitment; `holdout` is the sponsor's secret, `doubts` those in its labels."""

    terms: Terms
    escrow: Amount
    token: Token
    initial: bytes
    holdout: bytes
    spec: bytes | None
    prepared: Holdout
    doubts: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of the holdout."""
        return self.prepared.rows

    @property
    def holdout_cid(self) -> Cid:
        """CID of the holdout; a secret until it is revealed."""
        return file_cid(self.holdout)

    @property
    def false_declarations_cost(self) -> Amount:
        """What a coalition must risk to keep an honest client out of all rounds: a stake for each."""
        return Amount(self.terms.stake * self.terms.max_rounds)


CommitTo = Callable[[Cid, bytes], bytes]
"""Commitment to a holdout's CID under a nonce."""


def draft(job: JobFile, token: Token, now: Timestamp, nonce: bytes, commit: CommitTo) -> Draft:
    """Work out a job and check it as the dapp will.

    Parameters
    ----------
    now
        Timestamp of the latest block.
    nonce
        32 bytes that no other job of this sponsor has.
    commit
        Makes the holdout's commitment.

    Raises
    ------
    DemlError
        Whatever the dapp would refuse, and files that cannot be read.
    """
    architecture = parse_architecture(job.architecture)
    metric = parse_metric(job.metric, architecture)
    if not job.initial.exists():
        raise InitialModelMissing(str(job.initial))
    initial, holdout = read_file(job.initial), read_holdout(job.holdout, architecture, job.reading)
    spec = read_file(job.spec) if job.spec else None
    prepared = load_holdout(architecture, metric, holdout, job.rows or MAX_ROWS)
    distinct = distinct_rows(holdout)
    check_duplicates(prepared.rows, distinct)
    model = load_model(architecture, initial)
    found = evidence(model, prepared, slice(None))
    cut = default_cut(job.metric, found) if job.evidence_cut is None else job.evidence_cut
    begin = now + START_DELAY_SECONDS
    commit_until = begin + job.commit
    escrow = token.parse(job.escrow)
    terms = Terms(
        title=job.title,
        spec_cid=str(file_cid(spec)) if spec is not None else "",
        initial_model_cid=str(file_cid(initial)),
        architecture=job.architecture,
        metric=job.metric,
        baseline=Score(conclude(prepared, found)),
        holdout_commitment=commit(file_cid(holdout), nonce),
        reward_token=token.address,
        rule=_rule(job, token),
        commit_until=Timestamp(commit_until),
        holdout_until=Timestamp(commit_until + job.reveal),
        declare_until=Timestamp(commit_until + job.reveal + job.declare),
        submit_until=Timestamp(commit_until + job.reveal + job.declare + job.submit),
        max_rounds=job.rounds,
        stake=job.stake.of(escrow, token),
        bond_bps=job.bond_bps,
        max_participants=job.participants,
        max_model_bytes=job.model_bytes or MODEL_ROOM * len(file_car(initial)),
        max_holdout_bytes=job.holdout_bytes or len(file_car(holdout)),
        max_rows=job.rows or prepared.rows,
        min_rows=job.min_rows or distinct,
        confidence=job.confidence,
        evidence_cut=cut if job.confidence else 0,
        previous_job=JobId(job.previous_job),
        aggregate=job.aggregate,
        allow_list=tuple(parse_address(one) for one in job.allow_list),
        nonce=nonce,
    )
    check(terms, escrow, Timestamp(begin))
    check_luck(terms, prepared)
    doubts = tuple(chance_warnings(model, prepared, terms.baseline))
    return Draft(terms, escrow, token, initial, holdout, spec, prepared, doubts)


def check(terms: Terms, escrow: Amount, now: Timestamp) -> None:
    """Refuse terms that the dapp would refuse at `now`.

    Raises
    ------
    DemlError
    """
    check_terms(terms, escrow, now)
    check_rule(terms.rule, escrow, terms.baseline)
    if needs_stake(terms.rule, escrow, terms.max_participants):
        check_stake(terms.stake, escrow)
    check_seats(terms, escrow)
    check_luck(terms)
    inputs_for(terms, terms.max_rows)
    check_size(terms)


def _rule(job: JobFile, token: Token) -> Rule:
    if job.rule == "fixed":
        return FixedRule(token.parse(job.reward), job.threshold)
    return MarketRule(Score(job.target), job.grid)
