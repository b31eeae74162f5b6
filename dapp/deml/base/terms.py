"""What a sponsor promises: the terms of a job and the reward rules they name."""

from __future__ import annotations

from dataclasses import dataclass, field

from deml.base.types import Address, Amount, JobId, Score, Timestamp


@dataclass(frozen=True, slots=True)
class FixedRule:
    """`reward` to each of the first ``escrow // reward`` clients whose score beats the baseline by `threshold` ppm."""

    reward: Amount
    threshold: int


@dataclass(frozen=True, slots=True)
class MarketRule:
    """Pay for marginal improvement up to `target` ppm, counted in steps of `grid` ppm."""

    target: Score
    grid: int


@dataclass(frozen=True, slots=True)
class UnknownRule:
    """A rule this version does not know; such a job is refused at creation, its deposit credited."""

    kind: str
    params: bytes


Rule = FixedRule | MarketRule | UnknownRule


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a job, field by field as in ``IDeML.sol``.

    `confidence` is in ppm, and 0 where scores count as they are; `evidence_cut` in ppm of the loss's unit, and 0 where
    losses are bounded, or nothing is taken off. `previous_job` is 0 where there is none. `aggregate` asks for the mean
    of the verified models, once the job is settled.
    """

    title: str
    spec_cid: str
    initial_model_cid: str
    architecture: str
    metric: str
    baseline: Score
    holdout_commitment: bytes
    reward_token: Address
    rule: Rule
    commit_until: Timestamp
    holdout_until: Timestamp
    declare_until: Timestamp
    submit_until: Timestamp
    max_rounds: int
    stake: Amount
    bond_bps: int
    max_participants: int
    max_model_bytes: int
    max_holdout_bytes: int
    max_rows: int
    min_rows: int
    confidence: int
    evidence_cut: int
    previous_job: JobId
    aggregate: bool = False
    allow_list: tuple[Address, ...] = field(default=())
    nonce: bytes = bytes(32)

    @property
    def window(self) -> int:
        """Length of a submission round in seconds."""
        return self.submit_until - self.declare_until

    def round_end(self, number: int) -> Timestamp:
        """Last second of submission round `number`, counted from 1, if no scoring has prolonged one before it."""
        return Timestamp(self.declare_until + number * self.window)

    @property
    def latest_end(self) -> Timestamp:
        """Last second of a job that is poked in time: each round may be followed by a window for scoring alone.

        Where an average is asked for, a window to make it in comes last.
        """
        return self.round_end(2 * self.max_rounds + int(self.aggregate))
