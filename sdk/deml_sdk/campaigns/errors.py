"""What can go wrong with a campaign."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError
from deml.base.types import JobId
from deml_sdk.errors import TimedOut


@dataclass(eq=False)
class NoSuchRound(DemlError):
    job_id: JobId
    what = "No notice says that there is a job {job_id} in this campaign."
    fix = "'deml job list' shows the jobs there are. The node may still be reading the chain; try again later."


@dataclass(eq=False)
class RoundGoesOn(DemlError):
    job_id: JobId
    what = "Job {job_id} has not ended, so nobody knows yet which of its models scores best."
    fix = (
        "Wait until it has ended; 'deml watch {job_id}' does what is due, 'deml settle {job_id}' ends it if it can end."
    )


@dataclass(eq=False)
class RulesChanged(DemlError):
    job_id: JobId
    field: str
    before: str
    now: str
    what = "The file has the {field} {now}; job {job_id}, whose model the round starts from, has {before}."
    fix = "Keep the {field}, or post a separate job with 'deml job post'."


@dataclass(eq=False)
class NoColumns(DemlError):
    job_id: JobId
    path: str
    what = "Job {job_id} has no specification, so nothing says how {path} is read."
    fix = "Name the job file as well, which says which column is the label; or give the rows as safetensors."


@dataclass(eq=False)
class TooFewParts(DemlError):
    rows: int
    rounds: int
    what = "{rows} distinct rows cannot be shared out among {rounds} rounds."
    fix = "Use fewer rounds, or more rows."


@dataclass(eq=False)
class NotACampaign(DemlError):
    path: str
    problem: str
    what = "{path} is not a campaign: {problem}."
    fix = "'deml campaign new FOLDER --job job.toml --data rows.csv' creates one."


@dataclass(eq=False)
class BudgetTooSmall(DemlError):
    budget: str
    escrow: str
    what = "The budget of {budget} does not cover even one round, whose escrow is {escrow}."
    fix = "Raise --budget, or lower 'escrow' in the job file."


@dataclass(eq=False)
class CampaignBusy(DemlError):
    path: str
    what = "Another program is running the campaign in {path}."
    fix = "Let it finish, or stop it first: two would open every round twice."


@dataclass(eq=False)
class NoFreshRows(DemlError):
    job_id: JobId
    what = "The round after job {job_id} needs rows that nobody has seen, and none were given."
    fix = "Give them with --holdout FILE, or in a job file."


@dataclass(eq=False)
class StillOnItsWay(TimedOut):
    number: int
    what = "The transaction that opens round {number} is not in a block yet, or the node has not processed its input."
    fix = "It will be looked up again; until its outcome is known, nothing is sent a second time."


@dataclass(eq=False)
class NothingLearnt(DemlError):
    job_id: JobId
    what = "No model of the campaign of job {job_id} has been scored yet."
    fix = "Wait for the end of its first round; 'deml campaign show {job_id}' shows its progress."
