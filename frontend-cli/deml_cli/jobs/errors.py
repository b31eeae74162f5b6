"""What can go wrong between a person and the marketplace."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class BadJobFile(DemlError):
    path: str
    field: str
    problem: str
    what = "In {path}, {field}: {problem}."
    fix = "Correct it; 'deml job new' writes a file in which every field is explained."


@dataclass(eq=False)
class DamagedRecord(DemlError):
    path: str
    problem: str
    what = "The journal's record {path} cannot be read: {problem}."
    fix = "Move it away. 'deml declare JOB --model FILE' or 'deml job reveal JOB --holdout FILE' makes a new one."


@dataclass(eq=False)
class FileNotKept(DemlError):
    cid: str
    directory: str
    what = "The file {cid} is not in the journal at {directory}."
    fix = "Name the file itself with --model, --holdout or --initial; its CID tells whether it is the right one."


@dataclass(eq=False)
class TooManyDecimals(DemlError):
    amount: str
    decimals: int
    what = "{amount} has more decimals than the token, which has {decimals}."
    fix = "Write the amount with at most {decimals} decimals."


@dataclass(eq=False)
class NotOnChain(DemlError):
    cid: str
    job_id: int
    what = "No accepted input of job {job_id} brought the file {cid}."
    fix = "It may not be delivered yet, or the node may still be reading the chain; try again later."
