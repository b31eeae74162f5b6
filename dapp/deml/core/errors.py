"""Why the protocol refuses an input."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError
from deml.base.states import Ending, Phase, Standing
from deml.base.types import Address, Amount, JobId, Score, Timestamp


@dataclass(eq=False)
class UnknownJob(DemlError):
    job_id: JobId
    what = "There is no job {job_id}."


@dataclass(eq=False)
class JobEnded(DemlError):
    job_id: JobId
    ending: Ending
    what = "Job {job_id} has ended ({ending})."


@dataclass(eq=False)
class WrongPhase(DemlError):
    job_id: JobId
    action: str
    needed: Phase
    phase: Phase
    timestamp: Timestamp
    what = "{action} belongs to the {needed} phase of job {job_id}; at {timestamp} it is in its {phase} phase."


@dataclass(eq=False)
class NotTheSponsor(DemlError):
    job_id: JobId
    sender: Address
    sponsor: Address
    what = "Only the sponsor {sponsor} of job {job_id} may do this, not {sender}."


@dataclass(eq=False)
class NotAParticipant(DemlError):
    job_id: JobId
    sender: Address
    what = "{sender} has not accepted job {job_id}."


@dataclass(eq=False)
class AlreadyAccepted(DemlError):
    job_id: JobId
    client: Address
    what = "{client} has accepted job {job_id} already."


@dataclass(eq=False)
class NotOnAllowList(DemlError):
    job_id: JobId
    sender: Address
    what = "Job {job_id} is open to the accounts on its allow-list only, and {sender} is not on it."


@dataclass(eq=False)
class JobFull(DemlError):
    job_id: JobId
    limit: int
    what = "Job {job_id} has its {limit} participants."


@dataclass(eq=False)
class StakeMissing(DemlError):
    job_id: JobId
    stake: Amount
    amount: Amount
    what = "Job {job_id} asks for a stake of {stake}; {amount} came with the acceptance."


@dataclass(eq=False)
class WrongToken(DemlError):
    token: Address
    expected: Address
    what = "The deposit is in token {token}; the job's reward token is {expected}."


@dataclass(eq=False)
class AmountTooLarge(DemlError):
    amount: Amount
    limit: Amount
    what = "{amount} is more than the {limit} that one job can handle."


@dataclass(eq=False)
class HasParticipants(DemlError):
    job_id: JobId
    participants: int
    what = "Job {job_id} can no longer be cancelled: {participants} accepted."


@dataclass(eq=False)
class SinkRefused(DemlError):
    to: Address
    what = "Tokens sent to {to} could not be moved again."


@dataclass(eq=False)
class NothingToWithdraw(DemlError):
    what = "The amount to withdraw is zero."


@dataclass(eq=False)
class NobodyCommitted(DemlError):
    job_id: JobId
    what = "Nobody has committed to a model for job {job_id}, so there is nothing to reveal the holdout for."


@dataclass(eq=False)
class AlreadyRevealed(DemlError):
    job_id: JobId
    what = "The holdout of job {job_id} is revealed already."


@dataclass(eq=False)
class BeingScored(DemlError):
    job_id: JobId
    client: Address
    what = "What {client} published for job {job_id} has arrived and is being scored."


@dataclass(eq=False)
class AlreadyRefuted(DemlError):
    job_id: JobId
    client: Address
    what = "What {client} published for job {job_id} was found not to be what was declared; that is final."


@dataclass(eq=False)
class NothingToScore(DemlError):
    job_id: JobId
    client: Address
    what = "No model of {client} is being scored for job {job_id}."


@dataclass(eq=False)
class NoSlices(DemlError):
    what = "The input asks for no slices to be scored."


@dataclass(eq=False)
class NotRevealed(DemlError):
    job_id: JobId
    what = "The holdout of job {job_id} was not revealed in time."


@dataclass(eq=False)
class NoCommitment(DemlError):
    job_id: JobId
    client: Address
    what = "{client} has not committed to a model for job {job_id}."


@dataclass(eq=False)
class AlreadyDeclared(DemlError):
    job_id: JobId
    client: Address
    declared: Score
    what = "{client} has declared a score of {declared} for job {job_id}; a declaration is final."


@dataclass(eq=False)
class ScoreOutOfRange(DemlError):
    score: Score
    limit: Score
    what = "A score of {score} ppm lies outside -{limit} to {limit}."


@dataclass(eq=False)
class NotDue(DemlError):
    job_id: JobId
    client: Address
    standing: Standing
    what = "{client} is not due to publish in job {job_id} now (standing: {standing})."


@dataclass(eq=False)
class CommitmentMismatch(DemlError):
    job_id: JobId
    cid: str
    committed: str
    computed: str
    what = "CID {cid} and this salt give the commitment {computed}; committed for job {job_id} was {committed}."


@dataclass(eq=False)
class WrongHoldout(DemlError):
    job_id: JobId
    data_cid: str
    revealed: str
    what = "The submission names the holdout {data_cid}; job {job_id} is scored on {revealed}."


@dataclass(eq=False)
class BaselineMismatch(DemlError):
    job_id: JobId
    declared: Score
    computed: Score
    what = "The initial model scores {computed} on this holdout; the terms of job {job_id} declare {declared}."


@dataclass(eq=False)
class ScoreMismatch(DemlError):
    job_id: JobId
    declared: Score
    computed: Score
    what = "The model is credited {computed} on the holdout of job {job_id}; declared was {declared}."


@dataclass(eq=False)
class NothingUploaded(DemlError):
    job_id: JobId
    slot: str
    what = "The input brings no bytes, and nothing was uploaded to the slot '{slot}' of job {job_id}."


@dataclass(eq=False)
class TooManyMismatches(DemlError):
    job_id: JobId
    client: Address
    limit: int
    what = "{client} has sent other bytes than it committed to in job {job_id} {limit} times; no more are looked at."


@dataclass(eq=False)
class EmptyChunk(DemlError):
    job_id: JobId
    slot: str
    what = "The chunk for the slot '{slot}' of job {job_id} is empty."


@dataclass(eq=False)
class WrongSequence(DemlError):
    job_id: JobId
    slot: str
    seq: int
    expected: int
    what = "Chunk {seq} came for the slot '{slot}' of job {job_id}, where chunk {expected} is next."


@dataclass(eq=False)
class UploadTooLarge(DemlError):
    job_id: JobId
    slot: str
    size: int
    limit: int
    what = "The upload to the slot '{slot}' of job {job_id} comes to {size} bytes; the terms allow {limit}."


@dataclass(eq=False)
class TooManyChunks(DemlError):
    job_id: JobId
    slot: str
    limit: int
    what = "The upload to the slot '{slot}' of job {job_id} has more than {limit} chunks."


@dataclass(eq=False)
class NothingToSettle(DemlError):
    job_id: JobId
    phase: Phase
    until: Timestamp
    what = "Job {job_id} cannot end yet: it is in its {phase} phase until {until}, and its phase is up to date."


@dataclass(eq=False)
class NotSettled(DemlError):
    job_id: JobId
    phase: Phase
    what = "Job {job_id} has no verified models to average before it is settled; it is in its {phase} phase."


@dataclass(eq=False)
class NothingToAggregate(DemlError):
    job_id: JobId
    ending: Ending
    what = "Job {job_id} has ended ({ending}) without an average: no model was verified, or its terms ask for none."


@dataclass(eq=False)
class AlreadyAggregated(DemlError):
    job_id: JobId
    model_cid: str
    what = "The average of job {job_id} has been made: {model_cid}."


@dataclass(eq=False)
class TooLateToAggregate(DemlError):
    job_id: JobId
    until: Timestamp
    timestamp: Timestamp
    what = "The average of job {job_id} could be made until {until}; it is {timestamp}."


@dataclass(eq=False)
class HoldoutReused(DemlError):
    job_id: JobId
    what = "The same holdout commitment serves your job {job_id}; its reveal there would reveal this one too."


@dataclass(eq=False)
class UnknownPreviousJob(DemlError):
    previous_job: JobId
    jobs: int
    what = "The terms name job {previous_job} as the one before; there have been {jobs}."


@dataclass(eq=False)
class TopUpWeakens(DemlError):
    job_id: JobId
    escrow: Amount
    stakes: Amount
    what = "With an escrow of {escrow}, the stakes of all rounds of job {job_id}, {stakes}, would no longer deter lies."


@dataclass(eq=False)
class CapacityReached(DemlError):
    needed: int
    available: int
    what = "The job would reserve {needed} bytes of the machine's memory, of which {available} are free."


@dataclass(eq=False)
class UnknownQuery(DemlError):
    path: str
    what = "There is no query '{path}'."


@dataclass(eq=False)
class BadQueryParameter(DemlError):
    name: str
    value: str
    expected: str
    what = "The query parameter {name} is '{value}'; it must be {expected}."
