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
        "Wait until it has ended; 'deml watch {job_id}' does what is due, 'deml settle {job_id}' ends it where it can."
    )


@dataclass(eq=False)
class RulesChanged(DemlError):
    job_id: JobId
    field: str
    before: str
    now: str
    what = "The file has the {field} {now}; job {job_id}, whose model the round is to go on from, has {before}."
    fix = "Leave the {field} as it was; for another, post a job of its own with 'deml job post'."


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
    what = "{path} is no campaign: {problem}."
    fix = "'deml campaign new FOLDER --job job.toml --data rows.csv' makes one."


@dataclass(eq=False)
class BudgetTooSmall(DemlError):
    budget: str
    escrow: str
    what = "The budget of {budget} does not even pay for one round, which holds {escrow}."
    fix = "Raise --budget, or lower 'escrow' in the job file."


@dataclass(eq=False)
class CampaignBusy(DemlError):
    path: str
    what = "Another program is running the campaign in {path}."
    fix = "Let it go on, or end it first: two would open every round twice."


@dataclass(eq=False)
class NoFreshRows(DemlError):
    job_id: JobId
    what = "The round after job {job_id} needs rows that nobody has seen, and none are named."
    fix = "Name them with --holdout FILE, or a job file that does."


@dataclass(eq=False)
class StillOnItsWay(TimedOut):
    number: int
    what = "What was sent to open round {number} is in no block yet, or not run by the node."
    fix = "It is looked for again; until its outcome is known, nothing is sent a second time."


@dataclass(eq=False)
class NothingLearnt(DemlError):
    job_id: JobId
    what = "No model of the campaign of job {job_id} has been scored yet."
    fix = "Wait for the end of its first round; 'deml campaign show {job_id}' tells how far it is."
